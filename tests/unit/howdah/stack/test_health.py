"""Whether a service is up, by what it answers over HTTP."""

from __future__ import annotations

import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from howdah.stack import health
from howdah.stack.ports import DEFAULTS
from howdah.stack.services import SERVICES

_NODES = "/ws/v1/cluster/nodes"
_STATE = "/jmx?qry=Hadoop:service=NameNode,name=FSNamesystemState"
_DATANODE = "/jmx?qry=Hadoop:service=DataNode,name=DataNodeInfo"


@pytest.fixture
def answers():
    """Path -> what a server answers there; anything else is 404."""
    return {}


@pytest.fixture
def ports(answers):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            body = answers.get(self.path)
            self.send_response(404 if body is None else 200)
            self.end_headers()
            self.wfile.write(b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode())

        def log_message(self, *_arguments):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield dict.fromkeys(DEFAULTS, server.server_port)
        server.shutdown()
        thread.join()


def test_a_namenode_that_lists_its_root(ports, answers):
    assert not health.is_namenode_up(ports, 0)
    answers["/webhdfs/v1/?op=LISTSTATUS"] = {"FileStatuses": {"FileStatus": []}}
    assert health.is_namenode_up(ports, 0)


@pytest.mark.parametrize(
    ("state", "live", "actors", "up"),
    [
        ("Operational", 1, '[{"ActorState":"RUNNING"}]', True),
        ("safeMode", 1, '[{"ActorState":"RUNNING"}]', False),
        ("Operational", 0, '[{"ActorState":"RUNNING"}]', False),
        ("Operational", 1, '[{"ActorState":"CONNECTING"}]', False),
    ],
)
def test_a_datanode_that_is_registered_and_whose_blocks_are_known(ports, answers, state, live, actors, up):
    answers[_STATE] = {"beans": [{"FSState": state, "NumLiveDataNodes": live}]}
    answers[_DATANODE] = {"beans": [{"BPServiceActorInfo": actors}]}

    assert health.is_datanode_up(ports, 0) is up


def test_a_datanode_that_has_no_beans_yet(ports, answers):
    answers[_STATE] = answers[_DATANODE] = {"beans": []}

    assert not health.is_datanode_up(ports, 0)


def test_a_nodemanager_of_before_is_not_believed_in(ports, answers):
    now = time.time()
    answers[_NODES] = {"nodes": {"node": [{"state": "RUNNING", "lastHealthUpdate": int((now - 60) * 1000)}]}}

    assert health.is_nodemanager_up(ports, now - 70)
    assert not health.is_nodemanager_up(ports, now)


@pytest.mark.parametrize("body", [{"nodes": None}, {"nodes": {}}, b"<html>", {}])
def test_no_nodemanager(ports, answers, body):
    answers[_NODES] = body

    assert not health.is_nodemanager_up(ports, 0)


def test_a_resourcemanager(ports, answers):
    answers["/ws/v1/cluster/info"] = {"clusterInfo": {"state": "INITED"}}
    assert not health.is_resourcemanager_up(ports, 0)
    answers["/ws/v1/cluster/info"] = {"clusterInfo": {"state": "STARTED"}}
    assert health.is_resourcemanager_up(ports, 0)


def test_a_historyserver(ports, answers):
    assert not health.is_historyserver_up(ports, 0)
    answers["/ws/v1/history/info"] = {"historyInfo": {}}
    assert health.is_historyserver_up(ports, 0)


@pytest.mark.parametrize(("mode", "up"), [("NORMAL", True), ("SAFEMODE", False)])
def test_oozie(ports, answers, mode, up):
    answers["/oozie/v2/admin/status"] = {"systemMode": mode}

    assert health.is_oozie_up(ports, 0) is up


def test_oozie_takes_up_its_share_lib(ports, answers):
    assert not health.update_share_lib(ports, 0.1)
    answers["/oozie/v2/admin/update_sharelib"] = {"sharelibUpdate": {}}
    assert health.update_share_lib(ports, 5)


def test_nobody_is_there():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        ports = dict.fromkeys(DEFAULTS, probe.getsockname()[1])

        assert [service.name for service in SERVICES if service.is_up(ports, 0)] == []


def test_mariadb_greets_who_connects():
    with socket.create_server(("127.0.0.1", 0)) as server:
        ports = {"mariadb": server.getsockname()[1], "hive": server.getsockname()[1]}
        assert health.is_hive_up(ports, 0)

        def greet():
            for _ in range(2):  # the first connection is that of is_hive_up
                connection, _ = server.accept()
                with connection:
                    connection.sendall(b"J")

        thread = threading.Thread(target=greet)
        thread.start()
        assert health.is_mariadb_up(ports, 0)
        thread.join()


def test_a_proxy_is_not_asked(ports, answers, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    answers["/ws/v1/history/info"] = {}

    assert health.is_historyserver_up(ports, 0)
