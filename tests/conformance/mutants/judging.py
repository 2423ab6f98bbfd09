"""What our validator says to a mutant."""

from __future__ import annotations

from oozie.language.check import check_file
from tests.conformance.mutants.mutant import Mutant


def first_code(mutant: Mutant) -> str:
    """The code of the first finding that is an error, or ok."""
    found = check_file(mutant.files(), f"{mutant.kind}.xml").findings
    return next((finding.code for finding in found if finding.severity == "error"), "ok")
