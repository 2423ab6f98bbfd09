"""Run a command and say how long it took and how much memory all its processes held at once.

    python benchmarks/process_tree.py -- make demo

Memory is the proportional set size (shared pages counted once), sampled five times a second; the figure is a lower
bound by what happens between two samples. Linux only.
"""

from __future__ import annotations

import argparse
import ctypes
import subprocess
import sys
import time
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36
_INTERVAL_S = 0.2


def children_of(pid: int) -> list[int]:
    """Every process below ``pid``."""
    found: list[int] = []
    try:
        for tasks in Path(f"/proc/{pid}/task").iterdir():
            for child in map(int, (tasks / "children").read_text().split()):
                found += [child, *children_of(child)]
    except OSError:
        return found
    return found


def memory_kib(pid: int) -> int:
    """The proportional set size of a process, 0 when it is gone."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    except OSError:
        return 0
    return 0


def main() -> int:
    """Run, watch, print; the exit code is the command's."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--most-seconds", type=float, default=float("inf"), help="fail when it takes longer")
    parser.add_argument("--most-mib", type=float, default=float("inf"), help="fail when it holds more memory")
    parser.add_argument("command", nargs="+")
    arguments = parser.parse_args()
    command = arguments.command
    # Processes that lose their parent become ours, so that none escapes the sum.
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    started, peak = time.monotonic(), 0
    process = subprocess.Popen(command)
    own = {process.pid}
    while process.poll() is None:
        pids = {process.pid, *children_of(process.pid), *own}
        own |= pids
        peak = max(peak, sum(map(memory_kib, pids)))
        time.sleep(_INTERVAL_S)
    left = [pid for pid in own if pid != process.pid and memory_kib(pid)]
    seconds, mib = time.monotonic() - started, peak / 1024
    print(
        f"{' '.join(command)}: exit {process.returncode}, {seconds:.1f} s, peak {mib:.0f} MiB, "
        f"processes left over: {len(left)}"
    )
    too_much = seconds > arguments.most_seconds or mib > arguments.most_mib or bool(left)
    return process.returncode or int(too_much)


if __name__ == "__main__":
    sys.exit(main())
