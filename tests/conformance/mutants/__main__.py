"""``python -m tests.conformance.mutants`` asks the real Oozie ($HOWDAH_STACK) about mutants that are not recorded yet.

``--all`` asks about all of them, ``--salt TEXT`` about other ones than those that are recorded and writes nothing down:
it shows where our validator differs. ``--print NAME`` shows a mutant.
"""

from __future__ import annotations

import argparse
import os
import sys
import uuid
from pathlib import Path

from howdah.stack.addresses import Addresses
from tests.conformance.mutants import table
from tests.conformance.mutants.judging import first_code
from tests.conformance.mutants.making import mutants
from tests.conformance.mutants.table import Verdict
from tests.contract.oozie.driver import Driver
from tests.contract.oozie.mutants import RealVerdicts


def main() -> int:
    """Record, or show."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--salt", default="")
    parser.add_argument("--print", metavar="NAME")
    options = parser.parse_args()
    made = mutants(options.salt)
    if options.print:
        sys.stdout.buffer.writelines(mutant.data for mutant in made if mutant.name == options.print)
        return 0
    known = {verdict.digest: verdict for verdict in (table.read() if table.CODES.is_file() else [])}
    asked = [mutant for mutant in made if options.all or mutant.digest not in known]
    stack = Addresses.read(Path(os.environ["HOWDAH_STACK"]))
    driver = Driver(stack, f"/user/{stack.user}/mutants/{uuid.uuid4().hex[:8]}")
    try:
        for number, (mutant, code) in enumerate(zip(asked, RealVerdicts(driver).codes(asked), strict=True), 1):
            before = known.get(mutant.digest, Verdict("", "", ""))
            known[mutant.digest] = Verdict(mutant.name, mutant.digest, code, before.here, before.reason)
            if first_code(mutant) != code:
                sys.stdout.write(f"{mutant.name}: Oozie {code}, here {first_code(mutant)}\n")
            if not options.salt and (number % 50 == 0 or number == len(asked)):
                table.write(known[one.digest] for one in made if one.digest in known)
                sys.stdout.write(f"{number} of {len(asked)}\n")
                sys.stdout.flush()
    finally:
        driver.delete()
    return 0


if __name__ == "__main__":
    sys.exit(main())
