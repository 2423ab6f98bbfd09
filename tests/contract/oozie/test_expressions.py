"""The real Oozie makes of a sample of tests/conformance/el/expressions.txt what is written there."""

from __future__ import annotations

import uuid

import pytest

from howdah.stack.addresses import Addresses
from tests.conformance.el.expressions import read
from tests.contract.oozie.driver import Driver
from tests.contract.oozie.expressions import RealExpressions

pytestmark = [pytest.mark.stack, pytest.mark.slow]
_AT_ONCE = 4  # more, and Oozie's embedded Derby refuses locks
_SAMPLE = 5  # every fifth: `python -m tests.conformance.el` asks all of them


def test_values(stack: Addresses) -> None:
    properties, cases = read()
    driver = Driver(stack, f"/user/{stack.user}/conformance/{uuid.uuid4().hex[:8]}")
    sample = cases[::_SAMPLE]
    try:
        answers = RealExpressions(driver, properties).values([(case.text, case.oozie) for case in sample], _AT_ONCE)
    finally:
        driver.delete()
    assert [(case.text, got) for case, got in zip(sample, answers, strict=True) if got != case.oozie] == []
