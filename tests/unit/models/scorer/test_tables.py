"""Columns of Arrow as the inputs of a graph."""

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from models.scorer.tables import feed_table


@pytest.mark.parametrize("kind", [pa.decimal128(38, 8), pa.decimal256(60, 8)])
def test_a_decimal_is_the_double_that_is_nearest_to_it(kind):
    numbers = [Decimal(text) for text in ("0.1", "-0.3", "9007199254740993.1", "0.00000001", "0")]
    table = pa.table({"n": pa.array([*numbers, None], kind)})
    fed = feed_table(table, {"number": [("n", "n")]}, "")
    assert fed["n"][:-1, 0].tolist() == [float(number) for number in numbers]
    assert np.isnan(fed["n"][-1, 0])
