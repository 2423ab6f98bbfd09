"""``python -m tests.conformance [PATTERN...]`` asks the real Oozie what each case does and writes it down.

$HOWDAH_STACK names the stack. Where the local engine says more than Oozie (the place of an error in an expression, the
reason of a refusal), the line is cut at the point where they part. ``--show`` writes nothing and shows what differs.
"""

from __future__ import annotations

import fnmatch
import os
import sys
import tempfile
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import takewhile, zip_longest
from pathlib import Path

from howdah.stack.addresses import Addresses
from tests.conformance import cases
from tests.conformance.cases import Case, Step
from tests.conformance.local import LocalOozie
from tests.contract.oozie.driver import Driver
from tests.contract.oozie.workflows import RealOozie
from tests.smtp import smtp_server

# Texts of which only the beginning or the code is compared: ours name the place and the remedy, Java's a stack.
_TOLD_OTHERWISE = (
    "cannot be resolved", "Failed to parse", "Function [", "\\n\tat ", "Main Class [", "DagEngineException", "E0756",
    "E0904", "EM004", "EM007",
)  # fmt: skip
_AT_ONCE = 6


def main(arguments: list[str]) -> int:
    """Record or show."""
    patterns = [text for text in arguments if not text.startswith("--")] or ["*"]
    chosen = [name for name in cases.names() if any(fnmatch.fnmatch(name, pattern) for pattern in patterns)]
    stack = Addresses.read(Path(os.environ["HOWDAH_STACK"]))
    driver = Driver(stack, f"/user/{stack.user}/conformance/{uuid.uuid4().hex[:8]}")
    different = 0
    try:
        with smtp_server(stack.smtp_port), ThreadPoolExecutor(_AT_ONCE) as pool:
            for case, real, local in pool.map(lambda name: _both(driver, name), chosen):
                recorded = [_cut(*pair) for pair in zip(real, local, strict=True)]
                if shown := cases.difference(recorded, local, "Oozie", "local engine"):
                    different += 1
                    sys.stdout.write(f"=== {case.name}\n{shown}\n")
                if "--show" not in arguments and not _is_true(case, real, local):
                    _write(case, recorded, local if shown else None)
    finally:
        driver.delete()
    sys.stdout.write(f"{len(chosen)} cases, {different} differ\n")
    return 0


def _both(driver: Driver, name: str) -> tuple[Case, list[Step], list[Step]]:
    case = cases.read_case(name)
    with tempfile.TemporaryDirectory() as state:
        return case, RealOozie(driver).trace(case), LocalOozie(Path(state), driver.stack.smtp_port).trace(case)


def _is_true(case: Case, real: list[Step], local: list[Step]) -> bool:
    """Whether what is written down holds for both engines: then it stays, with what was cut from it by hand."""
    return not (
        case.differs_here or cases.difference(case.steps, real, "", "") or cases.difference(case.steps, local, "", "")
    )


def _write(case: Case, recorded: list[Step], local: list[Step] | None) -> None:
    (cases.HERE / f"{case.name}.path").write_text(cases.write(case, recorded), "utf-8")
    other = cases.HERE / f"{case.name}.local.path"
    if local is None:
        other.unlink(missing_ok=True)
    else:
        other.write_text(cases.write(case, local), "utf-8")


def _cut(real: Step, local: Step) -> Step:
    theirs = {node.splitlines()[0]: node for node in local.nodes}
    nodes = tuple("\n".join(_cut_lines(node, theirs.get(node.splitlines()[0], ""))) for node in real.nodes)
    return Step(real.operation, real.properties, nodes, next(_cut_lines(real.end, local.end)))


def _cut_lines(real: str, local: str) -> Iterator[str]:
    for line, other in zip_longest(real.splitlines(), local.splitlines(), fillvalue=""):
        yield _cut_line(line, other)


def _cut_line(real: str, local: str) -> str:
    if real == local:
        return real
    if real.startswith("refused ") and real.split()[:2] == local.split()[:2]:
        return " ".join([*real.split()[:2], "..."])
    common = "".join(one for one, _ in takewhile(lambda pair: pair[0] == pair[1], zip(real, local, strict=False)))
    if any(text in real for text in _TOLD_OTHERWISE) and common.strip():
        return common + "..."
    return real


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
