"""What the local engine costs: no-op shell actions beside the same commands started bare, and the cold start.

    python benchmarks/engine.py [--counts 10 100] [--rounds 3]

Writes nothing outside of a temporary folder. Goals: at most 50 ms an action over the bare process; a cold
``howdah run`` of a one-action workflow under 0.7 s.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from oozie.local.runs import run_app

ACTION = """<action name="a{n}"><shell xmlns="uri:oozie:shell-action:0.3"><exec>true</exec></shell>
<ok to="{to}"/><error to="failed"/></action>"""
WORKFLOW = """<workflow-app xmlns="uri:oozie:workflow:0.5" name="chain">
<global><job-tracker>local</job-tracker><name-node>hdfs://local</name-node></global><start to="a1"/>
{actions}
<kill name="failed"><message>failed</message></kill><end name="end"/></workflow-app>"""


def write_chain(folder: Path, count: int) -> Path:
    """A workflow of ``count`` shell actions that do nothing."""
    folder.mkdir()
    names = [f"a{n + 1}" for n in range(1, count)] + ["end"]
    actions = "\n".join(ACTION.format(n=n, to=to) for n, to in enumerate(names, start=1))
    (folder / "workflow.xml").write_text(WORKFLOW.format(actions=actions))
    return folder


def bare(count: int) -> float:
    """Seconds for the same commands, one after another, by subprocess."""
    start = time.perf_counter()
    for _ in range(count):
        subprocess.run(["true"], check=True)
    return time.perf_counter() - start


def engine(folder: Path, state: Path) -> float:
    """Seconds for the workflow in this process."""
    start = time.perf_counter()
    result = run_app(folder, state=state)
    if not result.succeeded:
        raise SystemExit(f"{result.job.id} is {result.job.status.value}")
    return time.perf_counter() - start


def cold_start(folder: Path, state: Path) -> float:
    """Seconds for a whole ``howdah run`` process."""
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "howdah", "run", str(folder), "--state", str(state)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--counts", type=int, nargs="+", default=[10, 100])
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        print(f"{'actions':>8} {'bare s':>9} {'engine s':>9} {'ratio':>7} {'over bare, ms an action':>24}")
        for count in options.counts:
            folder = write_chain(Path(place) / f"chain{count}", count)
            rounds = [(bare(count), engine(folder, Path(place) / "state")) for _ in range(options.rounds)]
            plain, ours = (statistics.median(column) for column in zip(*rounds, strict=True))
            over = (ours - plain) / count * 1000
            print(f"{count:>8} {plain:>9.3f} {ours:>9.3f} {ours / plain:>7.1f} {over:>24.1f}")
        one = write_chain(Path(place) / "one", 1)
        starts = [cold_start(one, Path(place) / "cold") for _ in range(max(options.rounds, 3))]
        print(f"cold start of howdah run, one action: {statistics.median(starts):.2f} s (first {starts[0]:.2f} s)")


if __name__ == "__main__":
    main()
