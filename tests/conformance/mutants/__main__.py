"""``python -m tests.conformance.mutants`` asks the real Oozie ($HOWDAH_STACK) about mutants, and writes it down.

Only those are asked about that codes.txt does not hold yet; with ``--all`` all of them. Nothing is written down, and
shown is only where our validator differs, with ``--salt TEXT`` (another throw of the dice) and with ``--apps FOLDER``
(mutants of the valid apps below a folder). ``--print NAME`` shows a mutant.
"""

from __future__ import annotations

import argparse
import os
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

from howdah.stack.addresses import Addresses
from tests.conformance.mutants import table
from tests.conformance.mutants.judging import first_code
from tests.conformance.mutants.making import mutants, mutants_of
from tests.conformance.mutants.mutant import Mutant
from tests.conformance.mutants.table import Verdict
from tests.contract.oozie.driver import Driver
from tests.contract.oozie.verdicts import RealVerdicts


def main() -> int:
    """Record, or show."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--salt", default="")
    parser.add_argument("--apps", metavar="FOLDER", type=Path, nargs="+")
    parser.add_argument("--count", type=int, default=1000, help="of --apps")
    parser.add_argument("--print", metavar="NAME")
    options = parser.parse_args()
    made = mutants_of(options.apps, options.count, options.salt) if options.apps else mutants(options.salt)
    if options.print:
        sys.stdout.buffer.writelines(mutant.data for mutant in made if mutant.name == options.print)
        return 0
    known = {verdict.digest: verdict for verdict in table.read()}
    asked = [mutant for mutant in made if options.all or mutant.digest not in known]
    different = 0
    for number, (mutant, code) in enumerate(_answers(asked), 1):
        before = known.get(mutant.digest, Verdict("", "", ""))
        known[mutant.digest] = Verdict(mutant.name, mutant.digest, code, before.here, before.reason)
        if first_code(mutant) != code:
            different += 1
            _say(f"{mutant.name}: Oozie {code}, here {first_code(mutant)}")
        if not (options.salt or options.apps) and (number % 50 == 0 or number == len(asked)):
            table.write(known[one.digest] for one in made if one.digest in known)
    _say(f"{len(asked)} mutants, {different} differ")
    return 0


def _answers(asked: list[Mutant]) -> Iterator[tuple[Mutant, str]]:
    stack = Addresses.read(Path(os.environ["HOWDAH_STACK"]))
    driver = Driver(stack, f"/user/{stack.user}/mutants/{uuid.uuid4().hex[:8]}")
    try:
        yield from zip(asked, RealVerdicts(driver).of_mutants(asked), strict=True)
    finally:
        driver.delete()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
