"""The real Oozie gives the codes that tests/conformance/mutants/codes.txt holds: a sample, as all take many minutes."""

from __future__ import annotations

import random
import uuid

import pytest

from howdah.stack.addresses import Addresses
from tests.conformance.mutants import table
from tests.conformance.mutants.making import mutants
from tests.contract.oozie.driver import Driver
from tests.contract.oozie.verdicts import RealVerdicts

pytestmark = [pytest.mark.stack, pytest.mark.slow]
_SAMPLE, _SEED = 100, 5


def test_a_sample(stack: Addresses) -> None:
    expected = {verdict.name: verdict.oozie for verdict in table.read()}
    asked = random.Random(_SEED).sample(mutants(), _SAMPLE)
    driver = Driver(stack, f"/user/{stack.user}/mutants/{uuid.uuid4().hex[:8]}")
    try:
        answers = zip(asked, RealVerdicts(driver).of_mutants(asked), strict=True)
        different = [
            (mutant.name, expected[mutant.name], code) for mutant, code in answers if code != expected[mutant.name]
        ]
    finally:
        driver.delete()
    assert different == []
