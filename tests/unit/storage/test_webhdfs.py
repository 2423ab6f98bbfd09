"""What WebHDFS may answer, or fail to; the rest of it is held to the contract on a real HDFS."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from storage.errors import (
    AccessDeniedError,
    NoSpaceError,
    PathNotFoundError,
    StorageError,
    UnreachableError,
)
from storage.webhdfs import WebHdfs


def refusal(exception, message="no"):
    answer = {"exception": exception, "javaClassName": f"x.{exception}", "message": message}
    return json.dumps({"RemoteException": answer}).encode()


class Server:
    """Answers every request with ``status``, ``headers`` and ``body``, and keeps what was asked."""

    def __init__(self):
        self.status, self.headers, self.body, self.asked, self.received = 200, {}, b"{}", [], []
        self.dead_connections = 0
        server = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self):
                server.asked.append(f"{self.command} {self.path}")
                length = int(self.headers.get("content-length") or 0)
                server.received.append(self.rfile.read(length))
                lost = "/datanode" in self.path and server.dead_connections > 0
                server.dead_connections -= lost
                body = refusal("EOFException") if lost else server.body
                self.send_response(403 if lost else server.status)
                for name, value in {"Content-Length": str(len(body)), **server.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_PUT = do_DELETE = do_POST = answer  # noqa: N815

            def log_message(self, *arguments):
                pass

        self.httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.httpd.serve_forever, args=(0.01,))
        self.thread.start()
        self.url = f"webhdfs://127.0.0.1:{self.httpd.server_port}"

    def refuse(self, status, exception, message="no"):
        self.status, self.body = status, refusal(exception, message)

    def close(self):
        self.httpd.shutdown()
        self.httpd.server_close()
        self.thread.join()


@pytest.fixture
def server():
    server = Server()
    yield server
    server.close()


@pytest.mark.parametrize(
    ("status", "exception", "kind"),
    [
        (404, "FileNotFoundException", PathNotFoundError),
        (403, "AccessControlException", AccessDeniedError),
        (401, "AuthenticationException", AccessDeniedError),
        (403, "StandbyException", UnreachableError),
        (403, "SafeModeException", UnreachableError),
        (403, "DSQuotaExceededException", NoSpaceError),
        (500, "RuntimeException", StorageError),
    ],
)
def test_what_hdfs_refuses_is_our_error(server, status, exception, kind):
    server.refuse(status, exception)
    with pytest.raises(kind) as caught:
        WebHdfs(server.url, user="alice").status("/a")
    assert type(caught.value) is kind
    assert len(str(caught.value).splitlines()) == 1
    assert caught.value.diagnostics[0].hint


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, b"<html>"), (200, b"{}"), (200, b"[]"), (404, b"<html>"), (404, b"{}"), (502, b""), (404, b'{"a": 1}')],
)
def test_an_answer_that_is_not_webhdfs(server, status, body):
    server.status, server.body = status, body
    for call in (WebHdfs(server.url).status, WebHdfs(server.url).list, WebHdfs(server.url).delete):
        with pytest.raises(UnreachableError) as caught:
            call("/a")
        assert "9870" in caught.value.diagnostics[0].hint


def test_nobody_answers():
    with pytest.raises(UnreachableError) as caught:
        WebHdfs("webhdfs://127.0.0.1:1").exists("/a")
    assert caught.value.code == "H104"
    assert "127.0.0.1:1" in str(caught.value)


def test_an_answer_that_takes_too_long(server):
    with Silent() as port, pytest.raises(UnreachableError, match="Timeout"):
        WebHdfs(f"webhdfs://127.0.0.1:{port}", timeout_s=(1.0, 0.1)).status("/a")


def test_a_body_that_ends_too_early(server):
    server.body, server.headers = b"half", {"Content-Length": "1000", "Connection": "close"}
    with pytest.raises(UnreachableError), WebHdfs(server.url).open("/a") as stream:
        stream.read()


@pytest.mark.parametrize("dead", [1, 3])
def test_datanodes_that_have_lost_a_restarted_namenode_are_asked_again(server, dead):
    server.dead_connections, server.body = dead, b"whole"
    with WebHdfs(server.url).open("/datanode/a") as stream:
        assert stream.read() == b"whole"
    server.dead_connections, server.received = dead, []
    server.headers = {"Location": f"http{server.url.removeprefix('webhdfs')}/datanode"}
    with WebHdfs(server.url).create("/a", overwrite=True) as file:
        file.write(b"text")
    assert server.received.count(b"text") == dead + 1


def test_datanodes_that_stay_without_their_namenode_are_an_error(server):
    server.dead_connections = 100
    with pytest.raises(UnreachableError, match="H104"):
        WebHdfs(server.url).open("/datanode/a")
    assert len(server.asked) < 10


def test_rename_always_says_how(server):
    WebHdfs(server.url, user="alice").rename("/a", "/b")
    WebHdfs(server.url, user="alice").rename("/a", "/b", overwrite=True)
    assert [request.partition("renameoptions=")[2].partition("&")[0] for request in server.asked] == [
        "NONE",
        "OVERWRITE",
    ]
    assert all("user.name=alice" in request for request in server.asked)


@pytest.mark.parametrize(("permission", "asked"), [("", False), ("400", True)])
def test_a_file_that_nobody_else_may_read_is_never_open_to_them(server, permission, asked):
    server.headers = {"Location": f"http{server.url.removeprefix('webhdfs')}/datanode"}
    with WebHdfs(server.url).create("/secret", overwrite=True, permission=permission) as file:
        file.write(b"x")
    [create] = [line for line in server.asked if "op=CREATE" in line]
    assert ("permission=400" in create) is asked


def test_a_token_says_who_asks(server):
    server.refuse(404, "FileNotFoundException")
    assert not WebHdfs(server.url, authentication="token", token="secret").exists("/a")
    assert "delegation=secret" in server.asked[0]


def test_the_second_name_node_is_asked_when_the_first_is_away(server):
    server.refuse(404, "FileNotFoundException")
    hosts = f"127.0.0.1:1,{server.url.partition('//')[2]}"
    assert not WebHdfs(f"webhdfs://{hosts}").exists("/a")
    assert len(server.asked) == 1


def test_kerberos_without_its_package_says_what_to_install(server):
    try:
        import requests_kerberos  # noqa: F401
    except ImportError:
        with pytest.raises(StorageError, match="H110") as caught:
            WebHdfs(server.url, authentication="kerberos")
        assert "howdah[kerberos]" in caught.value.diagnostics[0].hint
    else:
        assert "Kerberos" in repr(WebHdfs(server.url, authentication="kerberos")._client)


class Silent:
    """A port that takes connections and never answers."""

    def __enter__(self):
        import socket

        self.socket = socket.create_server(("127.0.0.1", 0))
        return self.socket.getsockname()[1]

    def __exit__(self, *arguments):
        self.socket.close()
