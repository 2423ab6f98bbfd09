"""``python -m tests.conformance.el`` asks the real Oozie what each text of expressions.txt comes to and writes it down.

$HOWDAH_STACK names the stack. ``--show`` writes nothing and says what differs from what is written, and from ours.
Texts in the files that are named are added, one a line.
"""

from __future__ import annotations

import os
import sys
import tempfile
import uuid
from dataclasses import replace
from pathlib import Path

from howdah.stack.addresses import Addresses
from tests.conformance.el.expressions import FILE, LONGEST, Case, block, read
from tests.conformance.el.local import ours
from tests.contract.oozie.driver import Driver
from tests.contract.oozie.expressions import RealExpressions

_AT_ONCE = 6


def main(arguments: list[str]) -> int:
    """Record or show."""
    properties, cases = read()
    files = [Path(name) for name in arguments if not name.startswith("--")]
    if files:
        known = {case.text for case in cases}
        lines = dict.fromkeys(line for file in files for line in file.read_text("utf-8").splitlines())
        cases = tuple(Case(text, None) for text in lines if text and text not in known)
    with tempfile.TemporaryDirectory() as root:
        (Path(root) / "user").mkdir()
        mine = [ours(case.text, properties, Path(root)) for case in cases]
    stack = Addresses.read(Path(os.environ["HOWDAH_STACK"]))
    driver = Driver(stack, f"/user/{stack.user}/conformance/{uuid.uuid4().hex[:8]}")
    expected = [
        (case.text, case.oozie if case.oozie is not None else value) for case, value in zip(cases, mine, strict=True)
    ]
    try:
        answers = RealExpressions(driver, properties).values(expected, _AT_ONCE)
    finally:
        driver.delete()
    told = [replace(case, oozie=answer) for case, answer in zip(cases, answers, strict=True)]
    for before, after, value in zip(cases, told, mine, strict=True):
        is_new = not files and before.oozie != after.oozie
        if is_new or (value and value[:LONGEST]) != after.ours:
            sys.stdout.write(f"{after.text}\n  Oozie {after.oozie!r}\n  here  {value!r}\n")
    if "--show" not in arguments:
        _write(told, is_added=bool(files))
    return 0


def _write(told: list[Case], *, is_added: bool) -> None:
    text = FILE.read_text("utf-8")
    if is_added:
        FILE.write_text(text + "".join(block(case) for case in told), "utf-8")
        return
    _, written = read()
    for before, after in zip(written, told, strict=True):
        text = text.replace(block(before), block(after))
    FILE.write_text(text, "utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
