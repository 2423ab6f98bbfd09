from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from generator.errors import GenerationError
from generator.loader import load_workflow
from howdah.commands.new import command


@pytest.mark.parametrize(("beside", "expected"), [(True, "workflows/daily-orders"), (False, "daily-orders")])
def test_a_folder_to_start_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, beside: bool, expected: str) -> None:
    monkeypatch.chdir(tmp_path)
    if beside:
        Path("workflows").mkdir()

    result = CliRunner().invoke(command, ["daily-orders"], catch_exceptions=False)

    assert result.output.splitlines()[-1] == f"Next: open {expected}/workflow.py, then: howdah generate {expected}"
    assert {path.name for path in Path(expected).iterdir()} == {"workflow.py", "report.hql", "README.md"}
    assert load_workflow(Path(expected)).name == "daily-orders"


def test_what_is_there_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("daily").mkdir()

    result = CliRunner().invoke(command, ["daily"])

    assert isinstance(result.exception, GenerationError)
    assert result.exception.code == "H323"
    assert not list(Path("daily").iterdir())


def test_a_disk_that_fills_up_leaves_no_half_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    # As on a full disk: the second file, the largest, is refused after a part of it.
    code = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000));"
        "from howdah.__main__ import main; main()"
    )

    done = subprocess.run([sys.executable, "-c", code, "new", "daily"], capture_output=True, text=True, timeout=30)

    assert (done.returncode, done.stderr.splitlines()[0]) == (1, "H324 cannot write 'daily': File too large")
    assert not list(tmp_path.iterdir())


def test_who_stops_reading_the_output_gets_the_whole_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as closed:
        done = subprocess.run(
            [sys.executable, "-m", "howdah", "new", "daily"],
            stdout=closed,
            stderr=subprocess.PIPE,
            text=True,
            timeout=30,
        )

    assert done.stderr == ""
    assert {path.name for path in Path("daily").iterdir()} == {"workflow.py", "report.hql", "README.md"}


def test_a_bad_name_makes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    result = CliRunner().invoke(command, ["../daily"])

    assert isinstance(result.exception, GenerationError)
    assert result.exception.code == "H322"
    assert not list(tmp_path.iterdir())
