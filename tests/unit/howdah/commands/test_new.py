from __future__ import annotations

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


def test_a_bad_name_makes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    result = CliRunner().invoke(command, ["../daily"])

    assert isinstance(result.exception, GenerationError)
    assert result.exception.code == "H322"
    assert not list(tmp_path.iterdir())
