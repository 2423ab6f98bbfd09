"""``howdah serve`` as a process: real gunicorn, real models, loopback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from models.repository import Repository
from serving.errors import ServingError
from serving.server import bind, url_of
from serving.settings import Settings
from storage.local import LocalDisk
from tests.unit.serving.service_process import CASES, RECORD, ask, memory_kib, overwrite, publish


@pytest.mark.slow
def test_no_request_fails_while_twenty_versions_are_published(root, start_service):
    publish(root, CASES[1])
    service = start_service()
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


def test_a_service_for_qa_answers_with_what_is_in_qa(root, start_service):
    publish(root)
    publish(root, CASES[1])
    Repository(LocalDisk(durable=False), str(root)).set_alias("funnel", "qa", 1)
    service = start_service("--stage", "qa", "--workers", "2")
    assert "Answers come from what is in qa" in service.log.read_text()
    connection = service.connect()
    assert ask(connection)[1]["version"] == 1
    connection.close()


def test_it_starts_without_a_model_and_takes_up_the_first(root, start_service):
    service = start_service()
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


def test_a_plain_folder_is_followed_too(root, start_service, tmp_path):
    folder = tmp_path / "refinedzone" / "model"
    publish(root)
    first = overwrite(folder, CASES[0])
    service = start_service("--plain", f"plain={folder}")
    assert {model["name"]: model["version"] for model in service.told["models"]} == {"funnel": 1, "plain": first}
    second = overwrite(folder, CASES[1])
    end = time.monotonic() + 20
    while (now := service.get("/models/plain")[1])["version"] != second and time.monotonic() < end:
        time.sleep(0.05)
    assert (now["version"], now["problem"]) == (second, None)


def test_the_ready_file_names_url_process_and_models(steady_service):
    assert steady_service.told["url"] == f"http://127.0.0.1:{steady_service.port}"
    assert steady_service.told["pid"] == steady_service.process.pid
    assert [(model["name"], model["version"]) for model in steady_service.told["models"]] == [("funnel", 1)]
    assert f"Serving at {steady_service.told['url']}" in steady_service.log.read_text()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, pytest.param(signal.SIGHUP, marks=pytest.mark.slow)])
def test_it_ends_in_order(root, start_service, how):
    publish(root)
    service = start_service("--workers", "2")
    workers = service.workers()
    assert len(workers) == 2
    assert service.stop(how) == 0
    assert "Traceback" not in service.log.read_text()
    for worker in workers:
        with pytest.raises(ProcessLookupError):
            os.kill(worker, 0)


@pytest.mark.slow
def test_a_reload_through_one_worker_reaches_all_of_them_within_a_second(root, start_service, closing):
    publish(root)
    service = start_service("--workers", "3", "--poll-seconds", "3600")
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
def test_a_hundred_reloads_under_load_fail_mix_and_leak_nothing(root, start_service):
    publish(root, CASES[1])
    service = start_service("--poll-seconds", "3600", "--workers", "2")
    workers = service.workers()
    stop, wrong, answered, expected = threading.Event(), [], [], {}

    def client():
        connection = service.connect()
        while not stop.is_set():
            status, answer = ask(connection, [RECORD] * 3)
            answered.append(status)
            if status != 200 or any(
                expected.setdefault(answer["version"] % 2, one["probabilities"]) != one["probabilities"]
                for one in answer["predictions"]
            ):
                wrong.append(answer)
            time.sleep(0.002)
        connection.close()

    threads = [threading.Thread(target=client) for _ in range(3)]
    for thread in threads:
        thread.start()
    memory, took = [], []
    for number in range(100):
        version = publish(root, CASES[number % 2])
        published = time.monotonic()
        connection = service.connect()
        connection.request("POST", "/models/funnel/reload")
        told = json.loads(connection.getresponse().read())
        status, answer = ask(connection)
        took.append(time.monotonic() - published)
        connection.close()
        answered.append(status)
        if (told.get("version"), answer.get("version")) != (version, version):
            wrong.append((told, answer))
        memory.append(sum(memory_kib(worker, "VmRSS") for worker in workers))
    stop.set()
    for thread in threads:
        thread.join()
    assert wrong == []
    state = service.get("/state/funnel")[1]
    assert (state["usage"], len(state["versions"])) == (len(answered), 101)
    assert service.workers() == workers
    assert max(memory[10:]) < 1.05 * memory[9]
    assert sorted(took)[len(took) // 2] < 1


@pytest.mark.slow
def test_answers_go_on_while_the_repository_is_away(root, start_service, tmp_path):
    publish(root)
    service = start_service()
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
def test_a_killed_worker_takes_no_count_along_and_leaves_none_twice_and_no_files(
    root, start_service, tmp_path, monkeypatch
):
    publish(root)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    service = start_service("--workers", "2")
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
    (cache,) = tmp_path.glob("howdah-serving-*")
    end = time.monotonic() + 20  # the last one may still have to load its model
    while (left := {int(folder.name) for folder in cache.iterdir()}) != set(service.workers()):
        assert time.monotonic() < end, left
        time.sleep(0.02)


def test_a_taken_port_is_one_line_that_names_it(steady_service, tmp_path):
    second = subprocess.run(
        [sys.executable, "-m", "howdah", "serve", "--models", str(tmp_path), "--port", str(steady_service.port)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert second.returncode == 1
    assert second.stderr.splitlines()[0] == f"H530 port {steady_service.port} on 127.0.0.1 is taken"
    assert "--port" in second.stderr
    assert "Traceback" not in second.stderr


@pytest.mark.slow
def test_limits_are_the_owner_s(root, start_service, closing):
    publish(root)
    service = start_service("--max-records", "2", "--max-megabytes", "0.002")
    closing.append(service.connect())
    assert ask(closing[0], [RECORD] * 2)[0] == 200
    assert ask(closing[0], [RECORD] * 3)[1]["error"]["code"] == "H509"
    assert ask(closing[0], {"x": "y" * 3000})[1]["error"]["code"] == "H502"


def test_an_address_of_every_interface_is_shown_as_one_that_can_be_opened():
    listener = bind(Settings(host="127.0.0.1", port=0))
    try:
        port = listener.getsockname()[1]
        assert url_of(listener) == f"http://127.0.0.1:{port}"
        with pytest.raises(ServingError, match=f"port {port} on 127.0.0.1 is taken"):
            bind(Settings(port=port))
    finally:
        listener.close()
