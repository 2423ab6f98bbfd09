"""What the CSV of a request and the CSV of a file take for a number."""

import math
import time
from itertools import product

import pytest

from howdah.scoring.cells import read_cell
from models.manifest import Field
from models.number_cells import read_boolean, read_number, read_whole
from serving.csv_form import ask_sheet, read_sheet


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("3", 3),
        (" -3.5 ", -3.5),
        ("+.5", 0.5),
        ("7.", 7),
        ("2E1", 20),
        ("1e-400", 0),
        ("1e999999", math.inf),
        ("007", 7),
    ],
)
def test_what_is_a_number(cell, number):
    assert read_number(cell) == number
    assert isinstance(read_number(cell), float)


@pytest.mark.parametrize(
    "cell", ["", " ", ".", "1_000", "1e", "0x1", "1,5", "NaN", "inf", "\uff11", "1 2", "true", "1d"]
)
def test_what_is_none(cell):
    assert read_number(cell) is None
    assert read_whole(cell) is None


def test_a_whole_number_is_an_int_up_to_19_digits():
    found = [read_whole(cell) for cell in (" 12 ", "-" + "9" * 19, "9" * 20, "12.0", "1e3")]
    assert found == [12, -(10**19) + 1, 1e20, 12.0, 1e3]
    assert list(map(type, found)) == [int, int, float, float, float]


def test_what_is_true_or_false():
    assert [read_boolean(cell) for cell in ("true", " FALSE ", "yes", "1", "")] == [True, False, None, None, None]


def test_cells_without_an_end_cost_no_time():
    began = time.process_time()
    for cell in (
        "1" * 100_000 + "x",
        "1e" + "9" * 100_000,
        " " * 100_000 + "x",
        "1" * 100_000 + "." + "1" * 100_000 + "e",
    ):
        read_whole(cell)
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        *product(["12", " 3.0 ", "-1.5e1", "2e3"], ["double", "long"]),
        *product(["True", " false"], ["boolean"]),
    ],
)
def test_a_file_and_a_request_read_the_same(cell, kind):
    """Where a request takes the cell: what else a file may hold is tested with the files."""
    question = ask_sheet(read_sheet(f"a\n{cell}\n".encode(), 1), "m", [Field("a", kind)])
    value = question.records[0]["a"]
    assert not isinstance(value, str)
    assert value == read_cell(cell, kind)
