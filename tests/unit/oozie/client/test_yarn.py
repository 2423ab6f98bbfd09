from __future__ import annotations

import json
import socket
import threading
from contextlib import suppress

import pytest

from oozie.client import WorkflowAction
from oozie.client.errors import YarnError
from oozie.client.yarn import Application, Container, LogFile, Yarn, applications_of
from tests.oozie_rest import SERVER, Answer, Asked, Recording, Responder, serving

ID = "container_1_0002_01_000001"
HERE = Container(ID, "localhost:8041", f"http://{SERVER}/node/containerlogs/{ID}/root")
TEXT = {"Content-Type": "text/plain"}
MOVED = Answer(307, "", {"Location": f"http://{SERVER}/jobhistory/logs/localhost:8041/{ID}/{ID}/root"})
WRAPPED = """Container: container on localhost_8041
LogAggregationType: AGGREGATED
===================
LogType:stderr
LogLastModifiedTime:Sat Nov 21 12:26:26 +0000 2026
LogLength:503
LogContents:
one
  two \u00e9

three

End of LogType:stderr
*********************
"""


def at(pages: dict[str, Answer]) -> Responder:
    """Answers by path; everything else is not there."""
    return lambda asked: pages.get(asked.target.partition("?")[0], Answer(404, "no", TEXT))


def lines(pages: dict[str, Answer], name: str = "stderr", **options: int) -> tuple[list[str], list[Asked]]:
    with serving(at(pages)) as server, Yarn(server.origin) as yarn:
        container = Container(ID, HERE.node, HERE.log_link.replace(f"http://{SERVER}", server.origin))
        return list(yarn.lines(container, name, **options)), server.asked


@pytest.mark.parametrize(
    ("external", "children", "expected"),
    [
        ("application_1_2", (), ("application_1_2",)),
        ("application_1_2", ("job_1_3", "job_1_4"), ("application_1_3", "application_1_4", "application_1_2")),
        ("job_1_2", ("job_1_2",), ("application_1_2",)),  # the launcher of Oozie 4 is a MapReduce job
        ("0000001-261121120000000-oozie-root-W", (), ()),
        ("oozie-oozi-1@email", (), ()),
        ("application_1_2/../../conf", (), ()),
    ],
)
def test_the_applications_of_an_action(external: str, children: tuple[str, ...], expected: tuple[str, ...]) -> None:
    action = WorkflowAction("J@a", "a", "java", "OK", external_id=external, external_child_ids=children)

    assert applications_of(action) == expected


def test_the_recorded_launcher_has_its_container_and_files() -> None:
    recording = Recording()
    with serving(recording) as server, Yarn(server.origin) as yarn:
        application_id = next(
            key.rpartition("/")[2].partition("?")[0]
            for key in recording.keys
            if "/ws/v1/cluster/apps/application_" in key and not key.endswith("appattempts")
        )
        application = yarn.application(application_id)
        (container,) = application.containers
        files = {file.name: file.size for file in yarn.files(container)}

        assert (application.type, application.final_status, application.is_finished) == (
            "Oozie Launcher",
            "FAILED",
            True,
        )
        assert yarn.containers(application) == (container,)
        assert files["stdout"] > 10_000
        assert yarn.tail(container, "stderr")[-1] == "cannot reach the moon: no rocket"
        assert yarn.tail(container, "nothing") == []


def test_a_running_containers_log_is_its_nodes() -> None:
    found, asked = lines({f"/ws/v1/node/containerlogs/{ID}/stderr": Answer(200, WRAPPED, TEXT)}, last_bytes=300)

    assert found == ["one", "  two \u00e9", "", "three"]
    assert [each.target for each in asked] == [f"/ws/v1/node/containerlogs/{ID}/stderr?size=-300"]


def test_a_finished_containers_log_is_where_its_node_sends_us() -> None:
    pages = {
        f"/node/containerlogs/{ID}/root": MOVED,
        f"/ws/v1/history/containerlogs/{ID}/stderr": Answer(200, WRAPPED, TEXT),
    }
    assert lines(pages)[0] == ["one", "  two \u00e9", "", "three"]


def test_before_hadoop_3_it_is_a_page() -> None:
    page = "<html><body><a href='x'>y</a><pre>a &lt;b&gt;\n&amp; c</pre></body></html>"
    pages = {
        f"/node/containerlogs/{ID}/root": MOVED,
        f"/jobhistory/logs/localhost:8041/{ID}/{ID}/root/stderr/": Answer(200, page, {"Content-Type": "text/html"}),
    }
    found, asked = lines(pages, last_bytes=4096)

    assert found == ["a <b>", "& c"]
    assert asked[-1].target.endswith("/root/stderr/?start=-4096")


@pytest.mark.parametrize("body", ["", "Can not find logs for container:container_1_0002_01_000001\n"])
def test_a_log_that_is_empty_or_that_hadoop_cannot_find_has_no_lines(body: str) -> None:
    assert lines({f"/ws/v1/node/containerlogs/{ID}/stderr": Answer(200, body, TEXT)})[0] == []


def test_a_log_that_is_nowhere_is_said() -> None:
    with pytest.raises(YarnError) as caught:
        lines({})
    assert (caught.value.code, ID in str(caught.value)) == ("H809", True)


@pytest.mark.parametrize("name", ["../../conf", "", "..", "a/b", "stderr?x=1"])
def test_a_files_name_cannot_lead_elsewhere(name: str) -> None:
    with pytest.raises(YarnError):
        lines({}, name)


def test_the_files_of_an_old_servers_page() -> None:
    link = f"/jobhistory/logs/localhost:8041/{ID}/{ID}/root"
    page = (
        f'<a href="{link}/stderr/?start=-4096">x</a> <a href="{link}/syslog/?start=-4096">y</a> <a href="/about">z</a>'
    )
    pages = {f"/node/containerlogs/{ID}/root": MOVED, link: Answer(200, page, {"Content-Type": "text/html"})}
    with serving(at(pages)) as server, Yarn(server.origin) as yarn:
        container = Container(ID, HERE.node, HERE.log_link.replace(f"http://{SERVER}", server.origin))

        assert yarn.files(container) == (LogFile("stderr"), LogFile("syslog"))


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(404, "{}"), "H809"),
        (Answer(200, "<html>", {"Content-Type": "text/html"}), "H808"),
        (Answer(200, "[]"), "H808"),
        (Answer(200, '{"app": 3}'), "H808"),
        (Answer(302, "", {"Location": "http://sso.example/"}), "H808"),
    ],
)
def test_what_is_not_yarn(answer: Answer, code: str) -> None:
    with serving(lambda _: answer) as server, Yarn(server.origin) as yarn, pytest.raises(YarnError) as caught:
        yarn.application("application_1_2")
    assert caught.value.code == code


def test_without_an_address_the_option_is_named() -> None:
    action = WorkflowAction("J@a", "a", "java", "ERROR", external_id="application_1_2")
    with Yarn.near(action) as yarn, pytest.raises(YarnError) as caught:
        yarn.application("application_1_2")
    assert caught.value.code == "H807"
    assert "--yarn" in caught.value.diagnostics[0].hint


def test_a_node_that_is_gone_is_no_matter_where_the_keeper_is_known() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        gone = f"http://127.0.0.1:{taken.getsockname()[1]}/node/containerlogs/{ID}/root"
    pages = {f"/ws/v1/history/containerlogs/{ID}/stderr": Answer(200, WRAPPED, TEXT)}
    with serving(at(pages)) as server, Yarn(history=server.origin) as yarn:
        assert next(yarn.lines(Container(ID, "gone", gone), "stderr")) == "one"
    with Yarn() as yarn, pytest.raises(YarnError) as caught:
        list(yarn.lines(Container(ID, "gone", gone), "stderr"))
    assert caught.value.code == "H808"


def test_all_containers_of_a_finished_application_are_those_that_are_kept() -> None:
    kept = json.dumps({"containerLogsInfo": [{"containerId": each} for each in (ID, "container_1_0002_01_000002")]})
    pages = {f"/node/containerlogs/{ID}/root": MOVED, "/ws/v1/history/aggregatedlogs": Answer(200, kept)}
    with serving(at(pages)) as server, Yarn(server.origin) as yarn:
        master = Container(ID, HERE.node, HERE.log_link.replace(f"http://{SERVER}", server.origin))
        found = yarn.containers(Application("application_1_2", state="FINISHED", containers=(master,)))

    assert [each.id for each in found] == [ID, "container_1_0002_01_000002"]
    assert found[0] == master


BAD = "http://[bad"


def test_a_link_that_is_none_is_no_address() -> None:
    action = WorkflowAction("J@a", "a", "java", "ERROR", external_id="application_1_2", console_url=f"{BAD}/proxy")
    with Yarn.near(action) as yarn, pytest.raises(YarnError) as caught:
        yarn.application("application_1_2")
    assert caught.value.code == "H807"
    with Yarn() as yarn, pytest.raises(YarnError) as caught:
        list(yarn.lines(Container(ID, "", f"{BAD}/logs"), "stderr"))
    assert caught.value.code == "H809"


@pytest.mark.parametrize("address", [BAD, "localhost:8088", "ftp://rm:8088", "http://"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    for options in ({"resource_manager": address}, {"history": address}):
        with pytest.raises(YarnError) as caught:
            Yarn(**options)
        assert (caught.value.code, "--yarn" in caught.value.diagnostics[0].hint) == ("H807", True)


def test_a_place_that_is_none_to_which_a_node_sends_us() -> None:
    pages = {f"/node/containerlogs/{ID}/root": Answer(307, "", {"Location": f"{BAD}/logs"})}
    with pytest.raises(YarnError) as caught:
        lines(pages)
    assert caught.value.code in ("H808", "H809")


@pytest.mark.parametrize(
    "body",
    [
        {"containerLogsInfo": {"containerLogInfo": ["stderr", "stdout"]}},
        {"containerLogsInfo": {"containerLogInfo": 3}},
        {"containerLogsInfo": 3},
        {"containerLogsInfo": ["x"]},
        ["x"],
    ],
)
def test_lists_of_another_shape_are_not_yarns(body: object) -> None:
    pages = {f"/ws/v1/node/containers/{ID}/logs": Answer(200, json.dumps(body))}
    with serving(at(pages)) as server, Yarn(server.origin) as yarn:
        container = Container(ID, HERE.node, HERE.log_link.replace(f"http://{SERVER}", server.origin))
        with pytest.raises(YarnError) as caught:
            yarn.files(container)
    assert caught.value.code == "H808"


def test_a_size_of_many_digits_is_not_told() -> None:
    body = {"containerLogsInfo": {"containerLogInfo": {"fileName": "stderr", "fileSize": "9" * 5000}}}
    pages = {f"/ws/v1/node/containers/{ID}/logs": Answer(200, json.dumps(body))}
    with serving(at(pages)) as server, Yarn(server.origin) as yarn:
        container = Container(ID, HERE.node, HERE.log_link.replace(f"http://{SERVER}", server.origin))
        assert yarn.files(container) == (LogFile("stderr", -1),)


def test_of_a_page_without_end_the_beginning_is_read() -> None:
    link = f"/jobhistory/logs/localhost:8041/{ID}/{ID}/root"
    with socket.create_server(("127.0.0.1", 0)) as endless:
        sent = []

        def answer() -> None:
            connection = endless.accept()[0]
            with connection, suppress(OSError):
                connection.recv(1 << 16)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<pre>one\ntwo</pre>")
                while len(sent) < 1024:  # a gigabyte, which nobody waits for
                    connection.sendall(b" " * (1 << 20))
                    sent.append(1)

        thread = threading.Thread(target=answer)
        thread.start()
        moved = Answer(307, "", {"Location": f"http://127.0.0.1:{endless.getsockname()[1]}{link}"})

        def found(asked: Asked) -> Answer:
            return moved if "containerlogs" in asked.target and "/ws/" not in asked.target else Answer(404, "", TEXT)

        with serving(found) as server, Yarn(server.origin, history=server.origin) as yarn:
            container = Container(ID, HERE.node, HERE.log_link.replace(f"http://{SERVER}", server.origin))
            assert list(yarn.lines(container, "stderr")) == ["one", "two"]
        thread.join()
    assert len(sent) < 64


def test_an_answer_that_breaks_off_is_an_error() -> None:
    def broken(asked: Asked) -> Answer:
        return Answer(200, '{"app": ', {"Content-Length": "1000", "Connection": "close"})

    with (
        serving(broken) as server,
        Yarn(server.origin, timeout_s=(1.0, 0.5)) as yarn,
        pytest.raises(YarnError) as caught,
    ):
        yarn.application("application_1_2")
    assert caught.value.code == "H808"
