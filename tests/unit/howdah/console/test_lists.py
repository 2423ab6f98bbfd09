"""What the address of a list asks for."""

from __future__ import annotations

import pytest
from werkzeug.datastructures import MultiDict

from howdah.console.errors import ConsoleError
from howdah.console.lists import Query, read_query


def read(*pairs: tuple[str, str]) -> Query:
    return read_query("wf", MultiDict(pairs))


def test_without_anything_the_first_fifty() -> None:
    query = read()

    assert (query.offset, query.length, query.filters(), query.is_filtered) == (1, 50, {}, False)


def test_a_filter_as_oozie_takes_it() -> None:
    query = read(("status", "KILLED"), ("status", "FAILED"), ("name", " load "), ("user", "ann"), ("page", "3"))

    assert query.filters() == {"status": ("KILLED", "FAILED"), "text": "load", "user": "ann"}
    assert query.offset == 101
    assert query.is_filtered


def test_the_address_of_another_page_keeps_the_filter() -> None:
    query = read(("status", "KILLED"), ("name", "a&b"), ("since", "2d"), ("length", "25"))

    address = query.address(4)
    assert address == {"status": ["KILLED"], "name": "a&b", "since": "2d", "length": 25, "page": 4}
    pairs = [
        (name, str(one)) for name, many in address.items() for one in ([many] if not isinstance(many, list) else many)
    ]
    assert read(*pairs).offset == 76


@pytest.mark.parametrize(
    ("since", "told"),
    [
        ("2d", "-2d"),
        ("-6H", "-6h"),
        ("30 m", "-30m"),
        ("2026-11-21", "2026-11-21T00:00Z"),
        ("2026-11-21 08:30", "2026-11-21T08:30Z"),
        ("2026-11-21T08:30:12Z", "2026-11-21T08:30Z"),
    ],
)
def test_a_beginning_as_people_write_it(since: str, told: str) -> None:
    assert read(("since", since)).filters() == {"startcreatedtime": told}


@pytest.mark.parametrize(
    "pair",
    [("status", "NONE"), ("since", "yesterday"), ("since", "2d;status=RUNNING"), ("name", "a;user=b"), ("user", "a=b")],
)
def test_what_cannot_be_asked_is_refused(pair: tuple[str, str]) -> None:
    with pytest.raises(ConsoleError) as caught:
        read(pair)
    assert caught.value.code == "H758"
    assert caught.value.diagnostics[0].hint


@pytest.mark.parametrize("text", ["0", "-1", "x", "", "99999999999", "²"])
def test_a_number_that_is_none_is_the_usual_one(text: str) -> None:
    query = read(("page", text), ("length", text))

    assert (query.page, query.length) == (1, 50)
