from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

import pytest


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


def test_a_wrong_call_ends_with_2(tmp_path: Path) -> None:
    process = start("validate", "--no-such-option", cwd=tmp_path)
    _, said = process.communicate(timeout=30)

    assert process.returncode == 2
    assert "No such option" in said
