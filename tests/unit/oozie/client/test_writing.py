from __future__ import annotations

import pytest

from oozie.client import OozieClientError
from oozie.client.reading import read_configuration
from oozie.client.writing import configuration_of, joined_filters


def test_filters_stand_behind_each_other() -> None:
    filters = {"user": "ann", "status": ["RUNNING", "PREP"], "nominaltime": ">=2026-01-01T00:00Z"}

    assert joined_filters(filters) == "user=ann;status=RUNNING;status=PREP;nominaltime=>=2026-01-01T00:00Z"
    assert joined_filters({}) == ""


@pytest.mark.parametrize("value", ["a;status=KILLED", "", " ", "a=b"])
def test_a_value_cannot_become_another_filter(value: str) -> None:
    with pytest.raises(OozieClientError, match="E0420"):
        joined_filters({"name": value})


def test_a_configuration_reads_back() -> None:
    properties = {"a": '<b> & "c"', "é": " x "}

    assert read_configuration(configuration_of(properties).decode()) == properties
