"""The client on the real Oozie: each of its methods once, with apps that need no container."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest

from howdah.stack.addresses import Addresses
from oozie.client import OozieClient, OozieClientError
from storage.webhdfs import WebHdfs

pytestmark = pytest.mark.stack

# Seconds on an Oozie that is free; one whose threads are taken makes no instances at all.
WAIT_S = 240
WORKFLOW = """<workflow-app xmlns="uri:oozie:workflow:1.0" name="{name}"><start to="make"/>
  <action name="make"><fs><mkdir path="${{nameNode}}{home}/out/${{wf:id()}}"/></fs>
    <ok to="{to}"/><error to="fail"/></action>
  <action name="move"><fs><move source="${{nameNode}}{home}/none" target="${{nameNode}}{home}/other"/></fs>
    <ok to="end"/><error to="fail"/></action>
  <kill name="fail"><message>failed</message></kill><end name="end"/></workflow-app>"""
COORDINATOR = """<coordinator-app xmlns="uri:oozie:coordinator:0.4" name="client" frequency="${{coord:days(1)}}"
    start="2026-11-01T00:00Z" end="2026-11-03T00:00Z" timezone="UTC">
  <controls><timeout>-1</timeout></controls>
  <datasets><dataset name="days" frequency="${{coord:days(1)}}" initial-instance="2026-11-01T00:00Z" timezone="UTC">
    <uri-template>${{nameNode}}{home}/in/${{YEAR}}-${{MONTH}}-${{DAY}}</uri-template></dataset></datasets>
  <input-events><data-in name="input" dataset="days"><instance>${{coord:current(0)}}</instance></data-in></input-events>
  <action><workflow><app-path>${{nameNode}}{home}/good</app-path></workflow></action></coordinator-app>"""
BUNDLE = """<bundle-app xmlns="uri:oozie:bundle:0.2" name="client"><coordinator name="one">
  <app-path>${{nameNode}}{home}/coordinator</app-path></coordinator></bundle-app>"""


@pytest.fixture(scope="module")
def client(stack: Addresses) -> Iterator[OozieClient]:
    with OozieClient(stack.oozie, user=stack.user) as client:
        yield client


@pytest.fixture(scope="module")
def hdfs(stack: Addresses) -> WebHdfs:
    return WebHdfs(stack.webhdfs.replace("http://", "webhdfs://"), user=stack.user)


@pytest.fixture(scope="module")
def home(stack: Addresses, hdfs: WebHdfs) -> Iterator[str]:
    home = f"/user/{stack.user}/test-client-{uuid4().hex[:8]}"
    texts = {
        "good/workflow.xml": WORKFLOW.format(name="good", home=home, to="end"),
        "bad/workflow.xml": WORKFLOW.format(name="bad", home=home, to="move"),
        "coordinator/coordinator.xml": COORDINATOR.format(home=home),
        "bundle/bundle.xml": BUNDLE.format(home=home),
        "in/2026-11-02/_SUCCESS": "",
    }
    for path, text in texts.items():
        with hdfs.create(f"{home}/{path}") as file:
            file.write(text.encode())
    yield home
    hdfs.delete(home, recursive=True)


def properties(stack: Addresses, kind: str, path: str) -> dict[str, str]:
    return {"nameNode": stack.name_node, f"oozie.{kind}.application.path": f"{stack.name_node}{path}"}


def until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT_S
    while not done():
        assert time.monotonic() < end, "the stack does not come to that state"
        time.sleep(0.5)


def test_the_server(client: OozieClient) -> None:
    assert client.api_version() == 2
    assert client.system_mode() == "NORMAL"
    assert client.build_version().startswith("5.")
    assert client.configuration()["oozie.base.url"]
    assert any(file.endswith(".jar") for file in client.share_libs("oozie")["oozie"])
    assert client.update_share_lib()[0]["status"] == "Successful"


def test_a_workflow_from_its_submission_to_its_rerun(client: OozieClient, stack: Addresses, home: str) -> None:
    good = properties(stack, "wf", f"{home}/good")
    assert client.dry_run(good) == "OK"
    job_id = client.submit(good)
    assert client.status(job_id) == "PREP"
    client.start(job_id)
    until(lambda: client.workflow(job_id).is_ended)

    job = client.workflow(job_id)
    assert (job.status, job.configuration["nameNode"]) == ("SUCCEEDED", stack.name_node)
    assert client.workflow_action(f"{job_id}@make").status == "OK"
    assert client.retries(f"{job_id}@make") == ()
    assert client.definition(job_id) == WORKFLOW.format(name="good", home=home, to="end")
    assert any("Start action" in line for line in client.log(job_id))
    assert list(client.error_log(job_id))
    assert list(client.audit_log(job_id))
    assert job_id in [each.id for each in client.jobs(filters={"name": "good", "status": ["SUCCEEDED"]}).jobs]

    client.rerun(job_id, {"oozie.wf.rerun.skip.nodes": ","})
    until(lambda: client.workflow(job_id).is_ended)
    assert client.workflow(job_id).run == 1


def test_a_workflow_that_fails_and_oozies_memory_of_reruns(client: OozieClient, stack: Addresses, home: str) -> None:
    job_id = client.submit(properties(stack, "wf", f"{home}/bad"), start=True)
    until(lambda: client.workflow(job_id).is_ended)
    (failed,) = client.workflow(job_id).failures
    assert (failed.name, failed.error_code) == ("move", "FS006")

    skip, fail = "oozie.wf.rerun.skip.nodes", "oozie.wf.rerun.failnodes"
    client.rerun(job_id, {skip: "make", fail: "false"})
    until(lambda: client.workflow(job_id).is_ended)
    with pytest.raises(OozieClientError) as caught:
        client.rerun(job_id, {fail: "true"})
    assert caught.value.code == "E0404"  # why howdah.rerunning names what is to be skipped


def test_a_coordinator_from_waiting_to_its_end(client: OozieClient, stack: Addresses, home: str, hdfs: WebHdfs) -> None:
    submitted = properties(stack, "coord", f"{home}/coordinator")
    assert "freq_timeunit" in client.dry_run(submitted)
    job_id = client.submit(submitted)
    until(lambda: [each.status for each in client.coordinator(job_id).actions] == ["WAITING", "SUCCEEDED"])

    (waiting,) = client.missing_dependencies(job_id, actions="1-2")
    assert (waiting.number, list(waiting.datasets)) == (1, ["input"])
    assert [each.number for each in client.coordinator(job_id, newest_first=True, length=1).actions] == [2]
    assert [each.number for each in client.coordinator(job_id, filters={"status": "WAITING"}).actions] == [1]
    assert len(client.runs_of(f"{job_id}@2")) == 1
    assert client.update(job_id, submitted, dry_run=True)
    client.change(job_id, "concurrency=2")
    assert client.coordinator(job_id).concurrency == 2

    client.suspend(job_id)
    assert client.status(job_id) == "SUSPENDED"
    client.resume(job_id)
    assert client.status(job_id).startswith("RUNNING")
    (again,) = client.rerun_coordinator(job_id, type="action", scope="2")
    assert again.status in ("WAITING", "READY", "SUBMITTED")
    (killed,) = client.kill(job_id, scope="1")
    assert killed.status == "KILLED"
    assert [each.number for each in client.ignore(job_id, actions="1")] == [1]
    until(lambda: client.coordinator_action(f"{job_id}@2").status == "SUCCEEDED")
    client.kill(job_id)
    until(lambda: client.coordinator(job_id).is_ended)


def test_a_bundle(client: OozieClient, stack: Addresses, home: str) -> None:
    job_id = client.submit(properties(stack, "bundle", f"{home}/bundle"))
    until(lambda: bool(client.bundle(job_id).coordinators))
    assert job_id in [each.id for each in client.jobs("bundle").jobs]
    assert [each.app_name for each in client.bundle(job_id).coordinators] == ["one"]
    client.kill(job_id)
    until(lambda: client.bundle(job_id).is_ended)


def test_a_definition_against_the_schemas(client: OozieClient) -> None:
    good = WORKFLOW.format(name="a", home="/a", to="end").encode()
    assert client.validate(good) == "Valid workflow-app"
    with pytest.raises(OozieClientError) as caught:
        client.validate(good.replace(b"<start", b"<stat"))
    assert caught.value.code == "E0701"


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda c: c.workflow("9999999-261121120227910-oozie-root-W"), "E0604"),
        (lambda c: c.workflow_action("9999999-261121120227910-oozie-root-W@a"), "E0605"),
        (lambda c: c.jobs(filters={"status": "NONE"}), "E0420"),
        (lambda c: c.change("9999999-261121120227910-oozie-root-C", "endtime=2099-01-01T00:00Z"), "E0604"),
    ],
)
def test_what_it_refuses_has_its_own_code(
    client: OozieClient, call: Callable[[OozieClient], object], code: str
) -> None:
    with pytest.raises(OozieClientError) as caught:
        call(client)
    assert caught.value.code == code


def test_another_server_of_the_stack_is_not_oozie(stack: Addresses) -> None:
    for url in (stack.webhdfs, stack.resource_manager_web, f"{stack.history_web}/oozie"):
        with OozieClient(url) as client, pytest.raises(OozieClientError) as caught:
            client.system_mode()
        assert caught.value.code == "H802"
