"""CSV in, CSV out, with lines that a spreadsheet shows."""

import csv
import io
import json
import time

import pytest

from models.manifest import Field
from serving.app import create_app

HEADER = "hits,revenue,medium,direct"


@pytest.fixture
def client(shop, registry, settings):
    shop.publish()
    registry.look()
    return create_app(registry, settings).test_client()


def ask(client, text, content_type="text/csv", address="/predict"):
    data = text.encode() if isinstance(text, str) else text
    return client.post(address, data=data, content_type=content_type)


def test_the_rows_come_back_with_their_answers(client, shop):
    response = ask(client, f'{HEADER}\n12,1.5,organic,true\n 7 , 2e1 ,"cpc",FALSE\n600,,,\n')
    assert response.status_code == 200, response.text
    assert response.content_type == "text/csv; charset=utf-8"
    assert response.text.splitlines() == [
        f"{HEADER},prediction,probability.leave,probability.buy",
        "12,1.5,organic,true,buy,0.25,0.75",
        " 7 , 2e1 ,cpc,FALSE,buy,0.25,0.75",
        "600,,,,buy,0.25,0.75",
    ]
    headers = response.headers
    assert (headers["Howdah-Model"], headers["Howdah-Version"], headers["Howdah-Engine"]) == ("funnel", "1", "stub")
    assert headers["Howdah-Manifest"] == shop.repository.manifest("funnel", 1).digest
    assert headers["Howdah-Warnings"] == "1"
    assert float(headers["Howdah-Time-Ms"]) >= 0


def test_the_model_gets_what_json_would_give_it(client, registry, record):
    ask(client, f"\ufeff{HEADER}\r\n12,1.5,organic,true\r\n\r\n-3.0,,,\r\n")
    scorer = registry.states["funnel"].loaded.scorer
    assert scorer.rows[-2:] == [record, {"hits": -3, "revenue": None, "medium": None, "direct": None}]


def test_an_empty_cell_is_an_empty_text_where_null_may_not_be(shop, registry, client):
    inputs = (Field("a", "string", nullable=False), Field("b", "string", categories=("", "x")), Field("c", "string"))
    shop.publish(inputs=inputs)
    registry.look()
    assert ask(client, "a,b,c\n,,\n").status_code == 200
    assert registry.states["funnel"].loaded.scorer.rows[-1] == {"a": "", "b": "", "c": None}


def test_a_regression_has_only_its_number(shop, registry, client):
    shop.publish(prediction=2.5, probability=None, classes=())
    registry.look()
    assert ask(client, f"{HEADER}\n1,2,cpc,true").text == f"{HEADER},prediction\n1,2,cpc,true,2.5\n"


def test_what_does_not_fit_is_named_by_its_line(steady_client):
    response = ask(steady_client, f'{HEADER}\n12,1.5,organic,true\n\n3,"1\n2",organic,true\n,1_0,emial,yes\n')
    assert response.status_code == 422
    error = response.json["error"]
    assert error["code"] == "H508"
    assert error["message"].startswith("line 5, field 'revenue' is the text")
    assert [(field["line"], field["record"], field["field"]) for field in error["fields"]] == [
        (5, 1, "revenue"), (6, 2, "hits"), (6, 2, "revenue"), (6, 2, "medium"), (6, 2, "direct"),
    ]  # fmt: skip


@pytest.mark.parametrize(("separator", "word"), [(";", "semicolons"), ("\t", "tabs")])
def test_a_table_of_semicolons_or_tabs_is_told_so(steady_client, separator, word):
    text = f"{HEADER}\n12,1.5,organic,true\n3,2,cpc,true\n".replace(",", separator)
    error = ask(steady_client, text).json["error"]
    column = HEADER.replace(",", separator)
    assert error["message"] == f"line 2, field '{column}' is not an input of this model (and 1 more)"
    assert error["hint"] == f"the columns are separated by {word}: save the file with commas"
    assert [(field["line"], field["hint"]) for field in error["fields"]] == [(2, error["hint"]), (3, error["hint"])]
    stranger = ask(steady_client, f"x{separator}y\n1{separator}2\n").json["error"]
    assert (stranger["code"], word in json.dumps(stranger)) == ("H508", False)


def test_so_is_one_with_decimal_commas(steady_client):
    error = ask(steady_client, f"{HEADER.replace(',', ';')}\n12;1,5;organic;true\n").json["error"]
    assert (error["code"], error["message"]) == ("H538", "line 2: 2 cells where the header has 1")
    assert (
        error["hint"] == "the columns are separated by semicolons: save the file with commas, and numbers with points"
    )


def test_a_row_that_the_model_cannot_score_is_named_by_its_line(steady_client):
    rows = ["1,2,cpc,true"] * 20
    rows[13] = "1,-2,cpc,true"
    response = ask(steady_client, "\n".join([HEADER, *rows]))
    assert (response.status_code, response.json["error"]["message"]) == (422, "line 15: revenue is negative")


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("", "H538", "line 1: there is no header"),
        (HEADER, "H538", "line 1: there is a header, and no record"),
        (f"{HEADER}\n1,2\n", "H538", "line 2: 2 cells where the header has 4"),
        ('a,b\n"x,1\n', "H538", "line 2: unexpected end of data"),
        ('a,b\n"x"y,1\n', "H538", "line 2: "),
        ("a,a\n1,2\n", "H538", "line 1: the column 'a' stands twice"),
        (b"a,b\nx,\xff\n", "H538", "line 2: byte 6 is not UTF-8"),
        ("a\n" + "x" * 140_000, "H538", "line 2: field larger than field limit"),
        (HEADER + "\n1,2,cpc,true" * 51, "H509", "more than 50 records"),
        ("a,b\n1,\x00\n", "H538", "line 2: it holds a NUL"),
    ],
)
def test_what_is_no_csv(steady_client, text, code, message):
    response = ask(steady_client, text)
    assert response.status_code in (400, 413, 422), response.text
    error = response.json["error"]
    assert error["code"] == code
    if code == "H538":
        assert message in error["message"]


def test_other_charsets_and_models(steady_client):
    assert ask(steady_client, HEADER, "text/csv; charset=latin-1").json["error"]["code"] == "H503"
    assert ask(steady_client, HEADER, address="/predict?model=x").json["error"]["code"] == "H506"


def test_what_a_writer_quotes_a_reader_reads(steady_client):
    text = ask(steady_client, f'{HEADER}\n1,2,"cpc",true').text
    assert next(csv.DictReader(io.StringIO(text)))["prediction"] == "buy"


def test_digits_without_an_end_cost_no_time(steady_client):
    began = time.process_time()
    response = ask(steady_client, f"{HEADER}\n12,{'1' * 100_000}x,organic,true\n")
    assert response.json["error"]["code"] == "H508"
    assert time.process_time() - began < 2


def test_a_column_that_stands_twice_among_many_is_found_at_once(steady_client):
    began = time.process_time()
    response = ask(steady_client, ",".join([*map(str, range(30_000)), "29999"]) + "\n1\n")
    assert "the column '29999' stands twice" in response.json["error"]["message"]
    assert time.process_time() - began < 2
