"""Nominal times and values of coordinators, as the real Oozie gave them, by our own reading of the language."""

from __future__ import annotations

import pytest

from tests.conformance.coordinators import local
from tests.conformance.coordinators.cases import Line, calendar, values


@pytest.mark.parametrize("line", calendar(), ids=lambda line: line.text)
def test_nominal_times(line: Line) -> None:
    assert local.nominal_times(line) == line.ours


@pytest.mark.parametrize("line", values(), ids=lambda line: line.name)
def test_values(line: Line) -> None:
    assert local.value(line) == line.ours


def test_there_are_cases() -> None:
    assert len(calendar()) >= 60
    assert len(values()) >= 150
    assert not [line for line in (*calendar(), *values()) if line.here == line.oozie]
