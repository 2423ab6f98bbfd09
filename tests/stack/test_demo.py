"""``howdah demo --stack`` as a person gives it, twice in a row on the same stack."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from howdah.stack.addresses import Addresses
from oozie.client import OozieClient

pytestmark = [pytest.mark.stack, pytest.mark.slow]


def tell(folder: str, build: Path) -> list[str]:
    words = [sys.executable, "-m", "howdah", "demo", "--stack", "--folder", folder, "--build", str(build)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=1_800)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


def test_it_comes_to_its_end_twice_in_a_row(stack: Addresses, tmp_path: Path) -> None:
    versions: list[int] = []
    for _ in range(2):
        lines = tell(os.environ["HOWDAH_STACK"], tmp_path)
        shown = "\n".join(lines)
        assert shown.count("✓ import-funnel") == shown.count("✓ train-model") == 2
        assert shown.index("newer rows") < shown.index("Second instance")
        [coordinator] = re.findall(r"coordinator +(\S+-C) SUCCEEDED", shown)
        assert OozieClient(stack.oozie, user=stack.user).coordinator(coordinator).status == "SUCCEEDED"
        [pid] = set(re.findall(r"process (\d+)", " ".join(shown.split())))
        assert not Path("/proc", pid).exists()
        versions += map(int, re.findall(r"funnel version (\d+),", shown))
        # Ids of jobs and paths are never broken.
        assert not [line for line in lines if len(line.rstrip()) > 80 and "-oozie-" not in line and "/" not in line]
    assert versions == list(range(versions[0], versions[0] + 4))
