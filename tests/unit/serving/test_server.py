"""``howdah serve`` as a process: real gunicorn, real models, loopback."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import click
import pytest

from howdah.commands.serve import command
from models.manifest import Field
from models.plain import PlainFolder
from models.repository import Repository
from serving.errors import ServingError
from serving.server import bind, url_of
from serving.settings import Settings
from storage.errors import HowdahError
from storage.local import LocalDisk

FIXTURES = Path(__file__).parents[2] / "fixtures" / "spark-3.5"
CASES = ("forest-categorical", "tree-categorical")
RECORD = {"age": 30.0, "spend": 5.0, "constant": 7.0, "channel": "paid", "city": "city-3"}
FIELDS = (
    Field("age", "double", example=43.5),
    Field("spend", "double", example=120.0),
    Field("constant", "double", example=7.0),
    Field("channel", "string", example="paid"),
    Field("city", "string", example="city-3"),
)


def publish(root, case="forest-categorical"):
    with Repository(LocalDisk(durable=False), str(root)).stage("funnel") as staging:
        shutil.copytree(FIXTURES / case / "model", staging.model_path)
        return staging.publish(inputs=FIELDS, classes=("a", "b", "c"), metrics={}, aliases=["champion"]).version


def overwrite(folder, case):
    with PlainFolder(LocalDisk(durable=False), str(folder), "plain").stage() as staging:
        shutil.copytree(FIXTURES / case / "model", staging.model_path)
        return staging.publish(inputs=FIELDS, classes=("a", "b", "c"), metrics={}).version


class Service:
    """A running ``howdah serve``."""

    def __init__(self, root, folder, *options):
        self._ready = folder / "ready.json"
        self.log = folder / "serve.log"
        command = [sys.executable, "-m", "howdah", "serve", "--models", str(root), "--ready-file", str(self._ready)]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*command, "--port", "0", "--poll-seconds", "0.1", *options], stdout=log, stderr=log
            )
        self.port = self._wait()

    def _wait(self):
        end = time.monotonic() + 60
        while not self._ready.exists():
            if self.process.poll() is not None or time.monotonic() > end:
                self.process.kill()
                self.process.wait()
                pytest.fail(f"the service did not start: {self.log.read_text()}")
            time.sleep(0.02)
        self.told = json.loads(self._ready.read_text())
        return int(self.told["url"].rpartition(":")[2])

    def workers(self):
        """The processes that answer (Linux tells them)."""
        pid = self.process.pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def get(self, address):
        connection = self.connect()
        try:
            connection.request("GET", address)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        return self.process.wait(60)


def ask(connection, record=RECORD):
    body = json.dumps(record)
    connection.request("POST", "/predict", body, {"Content-Type": "application/json"})
    response = connection.getresponse()
    return response.status, json.loads(response.read())


@pytest.fixture(scope="module")
def steady(tmp_path_factory):
    """One service with one version, for tests that change neither."""
    folder = tmp_path_factory.mktemp("steady")
    publish(folder / "models")
    service = Service(folder / "models", folder)
    yield service
    service.stop()


@pytest.fixture
def root(tmp_path):
    return tmp_path / "models"


@pytest.fixture
def start(root, tmp_path):
    services = []

    def start(*options):
        services.append(Service(root, tmp_path, *options))
        return services[-1]

    yield start
    for service in services:
        if service.process.poll() is None:
            service.stop()


@pytest.fixture
def closing():
    """Connections that are closed after the test, however it ends."""
    connections = []
    yield connections
    for connection in connections:
        connection.close()


@pytest.mark.slow
def test_no_request_fails_while_twenty_versions_are_published(root, start):
    publish(root, CASES[1])
    service = start()
    versions, wrong, stop = [], [], threading.Event()
    expected = {}

    def client():
        connection = service.connect()
        while not stop.is_set():
            try:
                status, answer = ask(connection)
            except OSError as error:
                wrong.append(repr(error))
                return
            if status != 200:
                wrong.append((status, answer))
                continue
            versions.append(answer["version"])
            parity = answer["version"] % 2
            if expected.setdefault(parity, answer["probabilities"]) != answer["probabilities"]:
                wrong.append(answer)
        connection.close()

    threads = [threading.Thread(target=client) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(20):
        version = publish(root, CASES[number % 2])
        end = time.monotonic() + 20
        while (not versions or versions[-1] < version) and time.monotonic() < end and not wrong:
            time.sleep(0.01)
    stop.set()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert expected[0] != expected[1]
    assert set(versions) == set(range(1, 22))


def test_it_starts_without_a_model_and_takes_up_the_first(root, start):
    service = start()
    assert "no model in" in service.log.read_text()
    connection = service.connect()
    status, answer = ask(connection)
    assert (status, answer["error"]["code"]) == (503, "H511")
    publish(root)
    end = time.monotonic() + 20
    while status != 200 and time.monotonic() < end:
        time.sleep(0.05)
        status, answer = ask(connection)
    connection.close()
    assert (status, answer["version"]) == (200, 1)


def test_a_plain_folder_is_followed_too(root, start, tmp_path):
    folder = tmp_path / "refinedzone" / "model"
    publish(root)
    first = overwrite(folder, CASES[0])
    service = start("--plain", f"plain={folder}")
    assert {model["name"]: model["version"] for model in service.told["models"]} == {"funnel": 1, "plain": first}
    second = overwrite(folder, CASES[1])
    end = time.monotonic() + 20
    while (now := service.get("/models/plain")[1])["version"] != second and time.monotonic() < end:
        time.sleep(0.05)
    assert (now["version"], now["problem"]) == (second, None)


def test_the_ready_file_names_url_process_and_models(steady):
    assert steady.told["url"] == f"http://127.0.0.1:{steady.port}"
    assert steady.told["pid"] == steady.process.pid
    assert [(model["name"], model["version"]) for model in steady.told["models"]] == [("funnel", 1)]
    assert f"Serving at {steady.told['url']}" in steady.log.read_text()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_in_order(root, start, how):
    publish(root)
    service = start("--workers", "2")
    workers = service.workers()
    assert len(workers) == 2
    assert service.stop(how) == 0
    assert "Traceback" not in service.log.read_text()
    for worker in workers:
        with pytest.raises(ProcessLookupError):
            os.kill(worker, 0)


@pytest.mark.slow
def test_a_reload_through_one_worker_reaches_all_of_them_within_a_second(root, start, closing):
    publish(root)
    service = start("--workers", "3", "--poll-seconds", "3600")
    connections = [service.connect() for _ in range(12)]
    closing.extend(connections)
    for connection in connections:
        assert ask(connection)[1]["version"] == 1
    took = []
    for number in range(10):
        version = publish(root, CASES[number % 2])
        began = time.monotonic()
        connection = service.connect()
        connection.request("POST", "/models/funnel/reload")
        answer = json.loads(connection.getresponse().read())
        connection.close()
        assert answer["version"] == version
        assert {ask(connection)[1]["version"] for connection in connections} == {version}
        took.append(time.monotonic() - began)
    assert sorted(took)[len(took) // 2] < 1


@pytest.mark.slow
def test_a_hundred_reloads_under_load_fail_mix_and_leak_nothing(root, start):
    publish(root, CASES[1])
    service = start("--poll-seconds", "3600")
    worker = service.workers()[0]
    stop, wrong, answered, expected = threading.Event(), [], [], {}

    def client():
        connection = service.connect()
        while not stop.is_set():
            status, answer = ask(connection)
            answered.append(status)
            if (
                status != 200
                or expected.setdefault(answer["version"] % 2, answer["probabilities"]) != (answer["probabilities"])
            ):
                wrong.append(answer)
            time.sleep(0.002)
        connection.close()

    threads = [threading.Thread(target=client) for _ in range(3)]
    for thread in threads:
        thread.start()
    memory = []
    for number in range(100):
        version = publish(root, CASES[number % 2])
        connection = service.connect()
        connection.request("POST", "/models/funnel/reload")
        answer = json.loads(connection.getresponse().read())
        connection.close()
        if answer.get("version") != version:
            wrong.append(answer)
        memory.append(memory_kib(worker, "VmRSS"))
    stop.set()
    for thread in threads:
        thread.join()
    assert wrong == []
    state = service.get("/state/funnel")[1]
    assert (state["usage"], len(state["versions"])) == (len(answered), 101)
    assert max(memory[10:]) < 1.05 * memory[9]


@pytest.mark.slow
def test_a_promotion_over_http_reaches_every_worker_under_the_token_s_name(root, start, tmp_path, closing):
    for case in CASES:
        publish(root, case)
    tokens = tmp_path / "tokens"
    tokens.write_text(f"ann admin {hashlib.sha256(b'hunter2').hexdigest()}\n")
    service = start("--workers", "2", "--poll-seconds", "3600", "--tokens", str(tokens))
    assert service.get("/models")[0] == 401
    connections = [service.connect() for _ in range(8)]
    closing.extend(connections)
    headers = {"Content-Type": "application/json", "Authorization": "Bearer hunter2"}

    def post(connection, address, value):
        connection.request("POST", address, json.dumps(value), headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())

    assert {post(each, "/predict", RECORD)[1]["version"] for each in connections} == {2}
    status, told = post(connections[0], "/repository/funnel/promote", {"version": 1, "reason": "alarms"})
    assert (status, told["transition"]["who"]) == (200, "ann")
    end = time.monotonic() + 20
    while (found := {post(each, "/predict", RECORD)[1]["version"] for each in connections}) != {1}:
        assert time.monotonic() < end, found
    assert post(connections[0], "/predict", {})[0] == 422


@pytest.mark.slow
def test_answers_go_on_while_the_repository_is_away(root, start, tmp_path):
    publish(root)
    service = start()
    root.rename(tmp_path / "elsewhere")
    end = time.monotonic() + 20
    while (health := service.get("/health"))[1]["status"] == "ok" and time.monotonic() < end:
        time.sleep(0.05)
    assert (health[0], health[1]["status"]) == (200, "degraded")
    connection = service.connect()
    assert ask(connection)[0] == 200
    (tmp_path / "elsewhere").rename(root)
    version = publish(root, CASES[1])
    end = time.monotonic() + 20
    while (answer := ask(connection)[1])["version"] != version and time.monotonic() < end:
        time.sleep(0.05)
    connection.close()
    assert answer["version"] == version
    assert service.get("/health")[1]["status"] == "ok"


@pytest.mark.slow
def test_a_killed_worker_takes_no_count_along_and_leaves_none_twice(root, start):
    publish(root)
    service = start("--workers", "2")
    answered = 0
    for _ in range(3):
        for _ in range(20):
            connection = service.connect()  # anew, so that both workers get some
            try:
                answered += ask(connection)[0] == 200
            finally:
                connection.close()
        killed = service.workers()[0]
        os.kill(killed, signal.SIGKILL)
        end = time.monotonic() + 20
        while (killed in service.workers() or len(service.workers()) < 2) and time.monotonic() < end:
            time.sleep(0.02)
    state = service.get("/state/funnel")[1]
    assert answered == 60
    assert (state["usage"], state["records"], state["errors"]["failed"]) == (60, 60, 0)
    assert service.get("/health")[1]["status"] == "ok"


def test_a_taken_port_is_one_line_that_names_it(steady, tmp_path):
    second = subprocess.run(
        [sys.executable, "-m", "howdah", "serve", "--models", str(tmp_path), "--port", str(steady.port)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert second.returncode == 1
    assert second.stderr.splitlines()[0] == f"H530 port {steady.port} on 127.0.0.1 is taken"
    assert "--port" in second.stderr
    assert "Traceback" not in second.stderr


def memory_kib(pid, what="VmHWM"):
    text = Path(f"/proc/{pid}/status").read_text()
    return int(text.partition(f"{what}:")[2].split()[0])


@pytest.mark.parametrize("chunked", [False, True])
def test_a_hundred_megabytes_are_refused_quickly_and_never_held(steady, chunked):
    worker = steady.workers()[0]
    before = memory_kib(worker)
    connection = steady.connect()
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


@pytest.mark.slow
def test_limits_are_the_owner_s(root, start, closing):
    publish(root)
    service = start("--max-records", "2", "--max-megabytes", "0.002")
    closing.append(service.connect())
    assert ask(closing[0], [RECORD] * 2)[0] == 200
    assert ask(closing[0], [RECORD] * 3)[1]["error"]["code"] == "H509"
    assert ask(closing[0], {"x": "y" * 3000})[1]["error"]["code"] == "H502"


def test_a_client_that_falls_silent_keeps_no_thread(root, start):
    publish(root)
    service = start("--threads", "1", "--read-timeout-seconds", "0.5")
    with socket.create_connection(("127.0.0.1", service.port), timeout=20) as silent:
        silent.sendall(
            b"POST /predict HTTP/1.1\r\nHost: localhost\r\n"
            b"Content-Type: application/json\r\nContent-Length: 50\r\n\r\n{"
        )
        assert service.get("/health/live")[0] == 200
        assert b" 408 " in silent.recv(100)


@pytest.mark.slow  # it waits for the limit
def test_half_requests_keep_no_thread(root, start):
    publish(root)
    service = start("--threads", "1")
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", service.port), timeout=20) as half:
        half.sendall(b"POST /predict HTTP/1.1\r\nHost: loc")
        time.sleep(0.2)  # so that it is the first in the only thread
        assert service.get("/health/live")[0] == 200
        assert half.recv(100) == b""
    assert time.monotonic() - began < 10
    assert "Traceback" not in service.log.read_text()


def test_chunks_that_are_none_are_the_client_s_fault(steady):
    with socket.create_connection(("127.0.0.1", steady.port), timeout=20) as client:
        client.sendall(
            b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc"
        )
        client.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: client.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"H513" in answer
    assert "Traceback" not in steady.log.read_text()


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--models", "ftp://host/models"], "H108"),
        (["--plain", "../x=/model"], "H201"),
        (["--models", ".", "--model", "../x"], "H201"),
        (["--models", ".", "--ready-file", "/none/file"], "H712"),
        (["--models", ".", "--host", "192.0.2.1", "--open-to-all"], "H530"),
        (["--models", ".", "--host", "no such host", "--open-to-all"], "H530"),
        (["--models", ".", "--host", "0.0.0.0"], "H531"),
        (["--models", ".", "--tokens", "/none"], "H532"),
    ],
)
def test_what_cannot_be_served_is_said_before_anything_starts(options, code):
    with pytest.raises(HowdahError) as refused:
        command.main(["--port", "0", *options], standalone_mode=False)
    assert refused.value.code == code
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("options", [[], ["--plain", "no-equals"]])
def test_a_call_without_anything_to_serve_is_a_wrong_call(options):
    with pytest.raises(click.UsageError):
        command.main(options, standalone_mode=False)


def test_an_address_of_every_interface_is_shown_as_one_that_can_be_opened():
    listener = bind(Settings(host="127.0.0.1", port=0))
    try:
        port = listener.getsockname()[1]
        assert url_of(listener) == f"http://127.0.0.1:{port}"
        with pytest.raises(ServingError, match=f"port {port} on 127.0.0.1 is taken"):
            bind(Settings(port=port))
    finally:
        listener.close()
