"""Our validator gives the code for each mutant that the real Oozie gave, and gives it first.

What Oozie gave is in mutants/codes.txt; tests/contract/oozie/test_mutants.py asks it again.
"""

from __future__ import annotations

import re

import pytest

from tests.conformance.cases import HERE
from tests.conformance.mutants import table
from tests.conformance.mutants.judging import first_code
from tests.conformance.mutants.making import mutants

_AGREE_AT_LEAST = 0.98


@pytest.fixture(scope="module")
def made():
    return {mutant.name: mutant for mutant in mutants()}


def test_what_is_recorded_is_what_is_made(made):
    """Each mutant was put to the real Oozie as it is made now: python -m tests.conformance.mutants."""
    recorded = [(verdict.name, verdict.digest) for verdict in table.read()]
    assert recorded == [(mutant.name, mutant.digest) for mutant in made.values()]


def test_the_first_code_is_oozies(made):
    found = [(verdict, first_code(made[verdict.name])) for verdict in table.read()]
    wrong = [
        f"{verdict.name}: {verdict.ours} is expected, {ours} found" for verdict, ours in found if ours != verdict.ours
    ]
    assert not wrong, "\n" + "\n".join(wrong)


def test_a_difference_is_one():
    assert not [verdict.name for verdict in table.read() if verdict.here == verdict.oozie]


def test_the_page_counts_the_mutants():
    """docs/conformance.md says how many there are and in how many both agree, and explains the others."""
    page = (HERE.parents[1] / "docs" / "conformance.md").read_text("utf-8")
    verdicts = table.read()
    different = [verdict for verdict in verdicts if verdict.here]
    assert f"In {len(verdicts) - len(different):,} of {len(verdicts):,} mutants" in " ".join(page.split())
    assert len(verdicts) - len(different) >= _AGREE_AT_LEAST * len(verdicts)
    explained = set(re.findall(r"^\| mutant: ([^|]+?) \|", page, re.MULTILINE))
    assert {verdict.reason for verdict in different} == explained
