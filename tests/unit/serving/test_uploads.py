"""CSV files in forms."""

from __future__ import annotations

import io

import pytest

from tests.unit.serving.conftest import problem_of

ROWS = b"hits,revenue,medium,direct\n12,1.5,organic,true\n"


def post(client, address="/predict", **parts):
    return client.post(address, data=parts, content_type="multipart/form-data")


def file(content=ROWS, name="rows.csv", kind="text/csv"):
    return io.BytesIO(content), name, kind


@pytest.mark.parametrize(
    ("name", "kind"), [("rows.csv", "text/csv"), ("rows.csv", "application/vnd.ms-excel"), ("x", "text/plain")]
)
def test_a_file_is_answered_as_the_same_body_is(steady_client, name, kind):
    response = post(steady_client, file=file(name=name, kind=kind))
    plain = steady_client.post("/predict", data=ROWS, content_type="text/csv")
    assert (response.status_code, response.data) == (200, plain.data)
    assert response.mimetype == "text/csv"
    assert response.headers["Howdah-Model"] == "funnel"


@pytest.mark.parametrize(("address", "parts"), [("/predict", {"model": "funnel"}), ("/predict?model=funnel", {})])
def test_the_form_or_the_address_names_the_model(steady_client, address, parts):
    assert post(steady_client, address, file=file(), **parts).status_code == 200


def test_a_file_of_many_rows(steady_client):
    rows = ROWS + b"12,1.5,organic,true\n" * 49
    assert post(steady_client, file=file(rows)).data.count(b"\n") == 51
    assert problem_of(post(steady_client, file=file(rows + ROWS[-20:])), 422)["code"] == "H509"


def test_a_form_larger_than_the_limit(steady_client):
    assert problem_of(post(steady_client, file=file(ROWS * 5_000)), 413)["code"] == "H502"


def test_a_model_that_is_not_there(steady_client):
    for name in ("x", "f" * 2000):
        assert problem_of(post(steady_client, file=file(), model=name), 404)["code"] == "H506"


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("/predict", {}),
        ("/predict", {"model": "funnel"}),
        ("/predict", {"file": [file(), file()]}),
        ("/predict", {"file": file(), "other": file()}),
        ("/predict", {"file": file(), "x": "1"}),
        ("/predict", {"file": file(), "model": ["funnel", "funnel"]}),
        ("/predict?model=funnel", {"file": file(), "model": "trees"}),
    ],
)
def test_what_is_no_upload(steady_client, address, parts):
    error = problem_of(post(steady_client, address, **parts), 400)
    assert error["code"] == "H512"


@pytest.mark.parametrize(
    "kind", ["multipart/form-data", "multipart/form-data; boundary=x", "multipart/form-data; boundary=é"]
)
def test_a_form_that_cannot_be_read(steady_client, kind):
    error = problem_of(steady_client.post("/predict", data=ROWS, content_type=kind), 400)
    assert error["code"] == "H512"


def test_a_file_that_is_not_csv(steady_client):
    assert problem_of(post(steady_client, file=file(b"PK\x03\x04\xff")), 400)["code"] == "H538"
