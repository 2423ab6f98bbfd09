import pytest

from models.rows import by_columns

ROWS = [{"a": 1, "b": "x", "c": None}, {"c": 2.5, "b": "y", "a": 3}]


@pytest.mark.parametrize(
    ("names", "columns"),
    [([], []), (["b"], [["x", "y"]]), (["b", "a"], [["x", "y"], [1, 3]]), (["a", "c"], [[1, 3], [None, 2.5]])],
)
def test_rows_become_columns(names, columns):
    assert [list(column) for column in by_columns(ROWS, names)] == columns
    assert [list(column) for column in by_columns([], names)] == [[] for _ in names]


@pytest.mark.parametrize("names", [["d"], ["a", "d"]])
def test_a_name_that_a_row_lacks_is_told(names):
    assert by_columns(ROWS, names) is None
