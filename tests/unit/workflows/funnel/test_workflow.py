"""The funnel's training as it is declared, through the gate at its own number of rows, and served."""

from __future__ import annotations

import pytest

from workflows.funnel.sample import rows
from workflows.funnel.workflow import FUNNEL


@pytest.mark.slow
@pytest.mark.spark
def test_the_funnel_goes_through_the_gate_and_is_served_compiled(write_import, check_served_as_spark):
    write_import("user/rawzone/funnel-sqoop-toHDFS", list(rows(5, 4_000)))
    check_served_as_spark(FUNNEL)
