import pytest

from howdah.scoring.types import type_of_cell, wider_type


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        *((["1", "2"], "long"), (["1", "2.0"], "double"), (["1", "9" * 19], "double"), (["True"], "boolean")),
        *((["1", "x"], "string"), (["true", "1"], "string"), (["1_0"], "string"), (["-4", " 7"], "long")),
        *((["NaN", "1"], "double"), (["\u0661"], "string"), (["9" * 20], "double"), (["1e999"], "double")),
    ],
)
def test_a_column_of_csv_has_the_type_that_spark_infers(cells, kind):
    found = None
    for cell in cells:
        found = wider_type(found, type_of_cell(cell))
    assert found == kind
