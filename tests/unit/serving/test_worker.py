"""Clients that would keep a thread of the service for themselves."""

from __future__ import annotations

import socket
import time
from contextlib import ExitStack

import pytest

from tests.unit.serving.service_process import publish


def test_a_client_that_falls_silent_keeps_no_thread(root, start_service):
    publish(root)
    service = start_service("--threads", "1", "--read-timeout-seconds", "0.5")
    with socket.create_connection(("127.0.0.1", service.port), timeout=20) as silent:
        silent.sendall(
            b"POST /predict HTTP/1.1\r\nHost: localhost\r\n"
            b"Content-Type: application/json\r\nContent-Length: 50\r\n\r\n{"
        )
        assert service.get("/health/live")[0] == 200
        assert b" 408 " in silent.recv(100)


@pytest.mark.slow  # it waits for the limit
def test_half_requests_keep_no_thread(root, start_service):
    publish(root)
    service = start_service("--threads", "1")
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", service.port), timeout=20) as half:
        half.sendall(b"POST /predict HTTP/1.1\r\nHost: loc")
        time.sleep(0.2)  # so that it is the first in the only thread
        assert service.get("/health/live")[0] == 200
        assert half.recv(100) == b""
    assert time.monotonic() - began < 10
    assert "Traceback" not in service.log.read_text()


def test_who_says_nothing_keeps_no_thread(root, start_service):
    publish(root)
    service = start_service("--threads", "1")
    began = time.monotonic()
    with ExitStack() as idle:
        for _ in range(20):
            idle.enter_context(socket.create_connection(("127.0.0.1", service.port), timeout=20))
        assert service.get("/health/live")[0] == 200
        assert time.monotonic() - began < 4  # gunicorn itself waits 5 s for each


@pytest.mark.slow  # it waits for the limit
def test_a_client_that_does_not_read_keeps_no_thread(root, start_service):
    publish(root)
    service = start_service("--threads", "1", "--read-timeout-seconds", "0.5")
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        deaf.connect(("127.0.0.1", service.port))
        deaf.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n" * 500)
        time.sleep(1.5)  # so that the answers have nowhere to go, and for longer than the limit
        assert service.get("/health/live")[0] == 200
    assert "Traceback" not in service.log.read_text()


@pytest.mark.slow  # it waits for longer than the other limit
def test_headers_have_a_limit_of_their_own(root, start_service):
    publish(root)
    service = start_service("--threads", "1", "--read-timeout-seconds", "0.5")
    with socket.create_connection(("127.0.0.1", service.port), timeout=20) as slow:
        for part in (b"GET /health/live HTTP/1.1\r\nHost: loc", b"alhost\r\n\r\n"):
            slow.sendall(part)
            time.sleep(0.8)
        assert slow.recv(100).startswith(b"HTTP/1.1 200 ")
    assert "Traceback" not in service.log.read_text()
