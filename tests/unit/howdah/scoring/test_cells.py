import csv
import io
import math

import pytest

from howdah.scoring.cells import WrongCellError, mark_empty_texts, read_cell


def test_an_empty_text_in_csv_is_a_text_and_an_empty_cell_is_null():
    lines = ['a,"","x,"",y"\n', '"",,"begins\n', '"",""\n', 'end"\r\n', '"a""",""']
    marked = "".join(mark_empty_texts(lines))
    assert [read_cell(cell, "string") for row in csv.reader(io.StringIO(marked, newline="")) for cell in row] == [
        *("a", "", 'x,",y'),
        *("", None, 'begins\n","\nend'),
        *('a"', ""),
    ]


@pytest.mark.parametrize(
    ("cell", "kind", "value"),
    [
        *(("1.5", "feature", 1.5), ("[1, 2]", "feature", [1, 2]), ("true", "feature", True), (" 3", "long", 3)),
        ("(4,[1,3],[2.5,1.0])", "vector", {"type": 0, "size": 4, "indices": [1, 3], "values": [2.5, 1.0]}),
        *(('["a"]', "texts", ["a"]), ("", "vector", None)),
        # In a request these are refused; a file may hold them, as one of JSON lines or Parquet may.
        *(("-Infinity", "double", -math.inf), (" inf", "feature", math.inf), ("True", "double", True)),
        *(("0", "boolean", 0), ("TRUE", "long", True)),
    ],
)
def test_a_cell_is_read_as_its_column(cell, kind, value):
    assert read_cell(cell, kind) == value


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        *(("1_000", "double"), ("1_0", "long"), ("x", "vector"), ("a b", "texts"), ("3", "texts")),
        *(("\uff11", "double"), ("--nan", "double"), ("3.5", "long"), ("9" * 19, "long"), ("nan", "long")),
        ("1e999", "long"),
    ],
)
def test_a_cell_that_is_not_of_its_column_is_refused(cell, kind):
    with pytest.raises(WrongCellError):
        read_cell(cell, kind)
