"""How quick the console is over an Oozie of 10,000 jobs, beside one of 50, and beside Oozie's own answer.

    python -m benchmarks.console [--jobs 10000] [--rounds 15]

Oozie is a stand-in that speaks its protocol: its list is made in memory, so that what is measured is the console.
Goals: a page of the list in under 100 ms and 100 kB at any length of it; 10,000 jobs at most 1.5 times as slow as 50.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import requests

from tests.browser.console_process import running_console
from tests.oozie_rest import Answer, Asked, ManyJobs, Recording, serving

FEW = 50
ACTIONS = ("load", "check", "report", "publish", "clean")
_FRESH_S = 1.6  # an answer of Oozie is shown for 1.5 s: each round asks it anew


class Oozie(ManyJobs):
    """Many jobs, of each of which more is known: a list has no actions, and the console looks for those that failed."""

    def __call__(self, asked: Asked) -> Answer:
        found = re.search(r"/job/([^/?@]+-W)\?.*show=info", asked.target)
        if found is None:
            return super().__call__(asked)
        actions = [{"id": f"{found[1]}@{name}", "name": name, "type": "fs", "status": "OK"} for name in ACTIONS]
        job = {"id": found[1], "appName": "app", "status": "SUCCEEDED", "user": "root", "actions": actions}
        return Answer(body=json.dumps(job))


def timed(ask: Callable[[], requests.Response]) -> tuple[float, int]:
    """Seconds and bytes of one answer."""
    start = time.perf_counter()
    answer = ask()
    answer.raise_for_status()
    return time.perf_counter() - start, len(answer.content)


def main() -> None:
    """Ask in turns, and print medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    with ExitStack() as stack:
        asks: dict[str, Callable[[], requests.Response]] = {}
        for count in (FEW, options.jobs):
            server = stack.enter_context(serving(Oozie(Recording(), count)))
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            url = stack.enter_context(running_console(server.oozie, folder))
            last = -(-count // 50)
            pages = {"the first page": 1, "the last page": last} if count > FEW else {"the only page": 1}
            for name, number in pages.items():
                # Oozie is asked what the console asks it.
                address = f"{server.oozie}/v2/jobs?jobtype=wf&offset={(number - 1) * 50 + 1}&len=50"
                asks[f"{count} jobs, {name}: the stand-in alone"] = lambda address=address: requests.get(
                    address, timeout=60
                )
                address = f"{url}/workflows?page={number}"
                asks[f"{count} jobs, {name}: the console"] = lambda address=address: requests.get(address, timeout=60)
        found: dict[str, list[tuple[float, int]]] = {name: [] for name in asks}
        firsts = {name: timed(ask)[0] for name, ask in asks.items()}  # what is found out about a job is kept
        time.sleep(_FRESH_S)
        for _ in range(options.rounds):
            for name, ask in asks.items():
                found[name].append(timed(ask))
            time.sleep(_FRESH_S)
    few = statistics.median(seconds for seconds, _ in found[f"{FEW} jobs, the only page: the console"])
    print(f"| {'':52} | ms | the first time | kB | times {FEW} jobs |")
    for name, measured in found.items():
        seconds = statistics.median(each for each, _ in measured)
        figures = (
            f"{seconds * 1000:.1f} | {firsts[name] * 1000:.1f} | {measured[-1][1] / 1000:.1f} | {seconds / few:.2f}"
        )
        print(f"| {name:52} | {figures} |")


if __name__ == "__main__":
    main()
