"""Bodies that are too large, too short, of another kind, or none."""

from __future__ import annotations

import io
import json
import socket
import time

import pytest

from tests.unit.serving.conftest import problem_of
from tests.unit.serving.service_process import memory_kib


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"{", "H501"), (b"\xff{}", "H501"), (b"[" * 15_000, "H501"), (b'{"a":1,"a":2}', "H501"), (b"3", "H512")],
)
def test_bodies_that_are_no_question(steady_client, body, code):
    error = problem_of(steady_client.post("/predict", data=body, content_type="application/json"), 400)
    assert error["code"] == code


def test_too_many_records(steady_client):
    assert problem_of(steady_client.post("/predict", json=[{}] * 51), 422)["code"] == "H509"


def test_a_body_that_is_too_large_is_not_read(steady_client):
    class Unread:
        def read(self, *_):
            raise AssertionError("the body was read")

    unread = {"wsgi.input": Unread(), "CONTENT_LENGTH": "100000000"}
    response = steady_client.post("/predict", content_type="application/json", environ_overrides=unread)
    assert problem_of(response, 413)["code"] == "H502"


def test_a_body_that_ends_too_early(steady_client):
    cut = {"wsgi.input": io.BytesIO(b'{"hits": 1}'), "CONTENT_LENGTH": "50"}
    response = steady_client.post("/predict", content_type="application/json", environ_overrides=cut)
    assert problem_of(response, 408)["code"] == "H514"


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/json; charset=utf-16"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
        {},
    ],
)
def test_other_kinds_of_body(steady_client, headers):
    assert problem_of(steady_client.post("/predict", data=b"{}", headers=headers), 415)["code"] == "H503"


@pytest.mark.parametrize("chunked", [False, True])
def test_a_hundred_megabytes_are_refused_quickly_and_never_held(steady_service, chunked):
    worker = steady_service.workers()[0]
    before = memory_kib(worker)
    connection = steady_service.connect()
    headers = {"Content-Type": "application/json"}
    body = (b"x" * 1_000_000 for _ in range(100)) if chunked else bytes(100_000_000)
    began = time.monotonic()
    connection.request("POST", "/predict", body, headers, encode_chunked=chunked)
    response = connection.getresponse()
    answer = json.loads(response.read())
    connection.close()
    assert (response.status, answer["error"]["code"]) == (413, "H502")
    assert time.monotonic() - began < 5
    assert memory_kib(worker) - before < 20_000


def test_chunks_that_are_none_are_the_client_s_fault(steady_service):
    with socket.create_connection(("127.0.0.1", steady_service.port), timeout=20) as client:
        client.sendall(
            b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc"
        )
        client.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: client.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"H513" in answer
    assert "Traceback" not in steady_service.log.read_text()
