"""Directories and tables in Pig Latin."""

from __future__ import annotations

import time

import pytest

from oozie.language.dataflow.pig import pig_uses


def told(text: str, **parameters: str) -> list[str]:
    return [f"{use.how} {use.what} {use.name}" for use in pig_uses(text, parameters)]


def test_what_is_loaded_is_read_and_what_is_stored_is_written() -> None:
    text = """
    %default OUT '/data/out'
    %declare HOW x
    /* a = LOAD '/not'; */
    rmf $OUT
    a = LOAD '$INPUT,/b' USING PigStorage(','); -- LOAD '/nor'
    b = load 'shop.orders' using org.apache.hive.hcatalog.pig.HCatLoader();
    STORE a INTO '${OUT}' USING PigStorage();
    store b into '$WHERE/$HOW';
    fs -mkdir -p /made
    """

    assert told(text, INPUT="/a", OUT="/given") == [
        "reads path /a",
        "reads path /b",
        "reads table shop.orders",
        "replaces path /given",
        "writes path $WHERE/x",
        "writes path /made",
    ]


def test_parameters_in_a_circle_end() -> None:
    assert told("a = LOAD '$A';", A="$B$B", B="$A$A")


@pytest.mark.parametrize(
    "text",
    [
        "\n" * 500_000,
        " \n" * 250_000,
        f"%default a x{' ' * 300_000}y",
        f"%default a{' ' * 300_000}",
        f"%default a {'x' * 300_000}\n" + "load '$a';" * 50_000,
    ],
    ids=["lines", "blanks", "blanks-in-a-value", "no-value", "grows"],
)
def test_no_text_takes_long(text: str) -> None:
    began = time.process_time()

    pig_uses(text, {})

    assert time.process_time() - began < 5.0
