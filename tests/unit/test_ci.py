"""CI's own script: a step that fails ends it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_ci_ends_where_what_it_needs_cannot_be_installed(tmp_path: Path) -> None:
    programs = {
        ".ci/install": "echo 'export A=1'; exit 7",
        "bin/make": f"touch {tmp_path}/went-on; exit 8",
    }
    for name, text in programs.items():
        program = tmp_path / name
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\n{text}\n")
        program.chmod(0o755)
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci" / "run")
    environment = {**os.environ, "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"}

    done = subprocess.run([tmp_path / ".ci" / "run"], env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == 7, done.stdout
    assert not (tmp_path / "went-on").exists()
