"""A program that promotes until it is killed: ``python promoting.py ROOT WHO``; it says the number of each entry."""

from __future__ import annotations

import itertools
import sys

from models.lifecycle import Lifecycle
from models.repository import Repository
from storage.resolve import connect


def main() -> None:
    root, who = sys.argv[1:]
    repository = Repository(*connect(root))
    for count in itertools.count():
        made = Lifecycle(repository, who).promote("funnel", count % 3 + 1, f"{who} {count}", verify=False)
        if made is not None:
            sys.stdout.write(f"{made.number} {made.why}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
