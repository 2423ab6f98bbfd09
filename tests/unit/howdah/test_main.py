from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

import pytest
from click.testing import CliRunner

from howdah.__main__ import _refusal, howdah


def start(*arguments: str, cwd: Path, stdout: IO[str] | int = subprocess.PIPE) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "howdah", *arguments],
        cwd=cwd,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("arguments", [("--help",), ("new", "orders")])
def test_a_full_disk_behind_the_output_is_one_line_and_a_hint(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        process = start(*arguments, cwd=tmp_path, stdout=full)
        _, said = process.communicate(timeout=30)

    assert process.returncode == 1
    assert said.splitlines()[0] == "H701 the system refused: No space left on device"
    assert len(said.splitlines()) == 2


@pytest.mark.skipif(sys.version_info[:3] == (3, 13, 0), reason="Python 3.13.0 itself fails in a folder that has gone")
def test_a_folder_that_has_gone_is_one_line_and_a_hint(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    # The interpreter starts elsewhere: it would look for the program in the folder that has gone.
    code = (
        f"import os, sys; import howdah.__main__ as m; os.chdir({str(gone)!r}); os.rmdir({str(gone)!r});"
        "sys.argv = ['howdah', 'serve', '--models', 'x']; m.main()"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30)

    assert done.returncode == 1
    assert done.stderr.startswith("H701 the system refused: ")
    assert len(done.stderr.splitlines()) == 2


def test_a_right_that_is_missing_is_not_a_full_disk() -> None:
    refused = _refusal(PermissionError(errno.EACCES, "Permission denied", "/root/o.csv"))

    assert refused.message == "the system refused: '/root/o.csv': Permission denied"
    assert "owner" in refused.hint


def test_a_package_that_is_not_there_is_one_line_and_a_hint() -> None:
    code = (
        "import sys; import howdah.__main__ as m; sys.modules['flask'] = None;"
        "sys.argv = ['howdah', 'serve', '--models', 'x']; m.main()"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30)

    assert done.returncode == 1
    assert done.stderr.startswith("H702 the package 'flask' is not installed\n")
    assert len(done.stderr.splitlines()) == 2


def test_ctrl_c_ends_with_130_and_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "workflow.py").write_text(
        "from pathlib import Path\nimport time\nPath('began').touch()\ntime.sleep(30)"
    )
    process = start("generate", ".", cwd=tmp_path)
    end = time.monotonic() + 20
    while not (tmp_path / "began").exists() and time.monotonic() < end:
        time.sleep(0.02)

    process.send_signal(signal.SIGINT)
    said, complained = process.communicate(timeout=30)

    assert (process.returncode, said, complained.strip()) == (130, "", "")


def test_ctrl_c_before_the_command_has_begun_ends_with_130_and_says_nothing(tmp_path: Path) -> None:
    """It comes while the program is still importing: click is one that presses Ctrl-C."""
    (tmp_path / "click.py").write_text("import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(30)")
    roots = os.pathsep.join((str(tmp_path), *sys.path))
    done = subprocess.run(
        [sys.executable, "-c", "import howdah.__main__"], cwd=tmp_path, env=os.environ | {"PYTHONPATH": roots},
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip

    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


@pytest.mark.parametrize(
    ("arguments", "code", "count"),
    [(("models", "list", "--models", "there is no such folder " * 4), 1, 2), (("demo", "x" * 40), 2, 4)],
)
def test_a_long_error_is_folded_on_a_terminal_and_one_line_in_a_file(
    tmp_path: Path, arguments: tuple[str, ...], code: int, count: int
) -> None:
    said = {}
    for columns in ({}, {"COLUMNS": "80"}):
        done = subprocess.run(
            [sys.executable, "-m", "howdah", *arguments],
            cwd=tmp_path,
            env={name: value for name, value in os.environ.items() if name != "COLUMNS"} | columns,
            capture_output=True, text=True, timeout=30,
        )  # fmt: skip
        assert done.returncode == code
        said[bool(columns)] = done.stderr.splitlines()

    assert len(said[False]) == count < len(said[True])
    assert all(len(line) <= 80 for line in said[True])
    assert " ".join(said[True]).split() == " ".join(said[False]).split()


def test_a_wrong_call_ends_with_2(tmp_path: Path) -> None:
    process = start("validate", "--no-such-option", cwd=tmp_path)
    _, said = process.communicate(timeout=30)

    assert process.returncode == 2
    assert "No such option" in said


@pytest.mark.parametrize(
    ("name", "said"),
    [("serv", "No such command 'serv'. Did you mean 'serve'?"), ("xyzzy", "No such command 'xyzzy'."),
     ("--serve", "No such option")],
)  # fmt: skip
def test_a_command_that_is_none_is_told_the_nearest_one(name: str, said: str) -> None:
    result = CliRunner().invoke(howdah, [name])

    assert result.exit_code == 2
    assert said in result.output and result.output.count("Did you mean") == said.count("Did you mean")
