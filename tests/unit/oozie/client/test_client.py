from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timezone

import pytest

from oozie.client import Bundle, Coordinator, OozieClient, OozieClientError, Workflow, kind_of
from oozie.client.reading import read_configuration
from oozie.language.errors import AppError
from tests.oozie_rest import Answer, Asked, ManyJobs, Recording, Server, serving

WORKFLOW = "0000001-261121120000000-oozie-root-W"
COORDINATOR = "0000001-261121120000000-oozie-root-C"
BUNDLE = "0000001-261121120000000-oozie-root-B"


@pytest.fixture(scope="module")
def recording() -> Recording:
    return Recording()


@pytest.fixture
def client(recording: Recording) -> Iterator[OozieClient]:
    with serving(recording) as server, OozieClient(server.oozie, user="root") as client:
        yield client


def answering(body: str, status: int = 200) -> Callable[[Asked], Answer]:
    return lambda asked: Answer(body="[0,1,2]") if "/versions" in asked.target else Answer(status, body)


def asked_for(body: str, call: Callable[[OozieClient], object], *, user: str = "ann") -> tuple[object, Asked, Server]:
    with serving(answering(body)) as server, OozieClient(server.oozie, user=user) as client:
        found = call(client)
        return found, server.asked[-1], server


def test_the_server(client: OozieClient) -> None:
    assert (client.api_version(), client.system_mode(), client.build_version()) == (2, "NORMAL", "5.2.1")
    assert {"oozie", "sqoop", "spark", "hive2"} <= client.share_libs().keys()


def test_a_workflow(client: OozieClient, recording: Recording) -> None:
    job = client.workflow(recording.jobs["succeeded"])

    assert (job.status, job.app_name, job.user, job.run, job.parent_id) == ("SUCCEEDED", "succeeded", "root", 0, "")
    assert job.app_path.endswith("/succeeded")
    assert job.configuration["user.name"] == "root"
    assert [(each.name, each.type, each.status, each.transition) for each in job.actions] == [
        (":start:", ":START:", "OK", "make"),
        ("make", "fs", "OK", "end"),
        ("end", ":END:", "OK", ""),
    ]
    assert job.created is not None
    assert job.created.tzinfo is timezone.utc
    assert "<mkdir" in job.actions[1].configuration_xml
    assert client.workflow_action(job.actions[1].id).configuration_xml == job.actions[1].configuration_xml
    assert client.status(job.id) == "SUCCEEDED"
    assert client.definition(job.id).startswith("<workflow-app")
    assert any("Start action" in line for line in client.log(job.id))


@pytest.mark.parametrize(
    ("scene", "status", "passed_over", "failures"),
    [
        ("killed", "KILLED", [], ["move"]),
        ("alerted", "KILLED", [], ["move"]),
        ("decided", "SUCCEEDED", ["move"], []),
        ("passed-over", "SUCCEEDED", ["report"], []),
        ("parent", "KILLED", [], ["child"]),
    ],
)
def test_what_failed_and_what_was_passed_over(
    client: OozieClient, recording: Recording, scene: str, status: str, passed_over: list[str], failures: list[str]
) -> None:
    job = client.workflow(recording.jobs[scene])

    assert job.status == status
    assert [action.name for action in job.passed_over] == passed_over
    assert [action.name for action in job.failures] == failures


def test_a_coordinator_has_its_instances(client: OozieClient, recording: Recording) -> None:
    job = client.coordinator(recording.jobs["coordinator"])

    assert (job.total, job.frequency, job.time_unit, job.time_zone, job.concurrency) == (3, "1", "DAY", "UTC", 1)
    assert [each.number for each in job.actions] == [1, 2, 3]
    assert job.actions[0].nominal == datetime(2026, 11, 1, tzinfo=timezone.utc)
    assert job.actions[0].job_id == job.id
    (waiting,) = client.missing_dependencies(job.id, actions="1")
    assert waiting.datasets["input"][0].endswith("/in/2026-11-01/_SUCCESS")
    (run,) = client.runs_of(f"{job.id}@2")
    assert (run.status, kind_of(run.id)) == ("SUCCEEDED", "wf")


def test_a_bundle(client: OozieClient, recording: Recording) -> None:
    job = client.job(recording.jobs["bundle"])

    assert isinstance(job, Bundle)
    assert [(each.app_name, kind_of(each.id)) for each in job.coordinators] == [("one", "coord")]


def test_jobs_come_in_pages(recording: Recording) -> None:
    with serving(ManyJobs(recording, 10_000)) as server, OozieClient(server.oozie) as client:
        first, last = client.jobs(length=50), client.jobs(offset=9_990, length=50)

    assert (first.total, len(first.jobs), first.offset) == (10_000, 50, 1)
    assert (last.total, len(last.jobs), last.offset) == (10_000, 11, 9_990)
    assert first.jobs[0].id > first.jobs[1].id


def test_each_kind_of_job_has_its_list(client: OozieClient) -> None:
    assert isinstance(client.jobs(length=5).jobs[0], Workflow)
    assert isinstance(client.jobs("coord", length=5).jobs[0], Coordinator)
    assert isinstance(client.jobs("bundle", length=5).jobs[0], Bundle)


def test_what_oozie_refuses_has_its_code(client: OozieClient, recording: Recording) -> None:
    with pytest.raises(OozieClientError) as caught:
        client.workflow(recording.jobs["missing"])
    assert str(caught.value) == f"E0604 Job does not exist [{recording.jobs['missing']}]"
    with pytest.raises(OozieClientError) as caught:
        client.jobs(filters={"status": "NONE"})
    assert caught.value.code == "E0420"


@pytest.mark.parametrize(
    "job_id",
    [
        "", "..", ".", "../admin/status", f"{WORKFLOW}/../../admin", f"{WORKFLOW}?show=definition", "%2e%2e-W",
        f"{WORKFLOW}#x", f"{WORKFLOW} ", f"{WORKFLOW}\r\nX: y", "\u0661-W", "a\x1b[2J-W", f"{WORKFLOW}&action=kill",
        "\\-W",
    ],
)  # fmt: skip
def test_an_id_cannot_lead_elsewhere(job_id: str) -> None:
    calls: list[Callable[[OozieClient], object]] = [
        lambda client: client.workflow(job_id),
        lambda client: client.kill(job_id),
        lambda client: client.log(job_id),
        lambda client: client.workflow_action(job_id),
    ]
    with serving(answering("{}")) as server, OozieClient(server.oozie) as client:
        for call in calls:
            with pytest.raises(OozieClientError) as caught:
                call(client)
            assert caught.value.code == "H805"
            assert all(line.isprintable() for line in str(caught.value).splitlines())

        assert [each for each in server.asked if "/versions" not in each.target] == []


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.workflow(COORDINATOR),
        lambda client: client.workflow(f"{WORKFLOW}@a"),
        lambda client: client.coordinator(WORKFLOW),
        lambda client: client.bundle(WORKFLOW),
        lambda client: client.rerun(COORDINATOR, {}),
        lambda client: client.rerun_coordinator(WORKFLOW, type="action", scope="1"),
        lambda client: client.rerun_bundle(WORKFLOW),
    ],
)
def test_a_job_of_another_kind_is_refused_here(call: Callable[[OozieClient], object]) -> None:
    """Oozie itself answers with fields of the other kind, or fails without a reason."""
    with pytest.raises(OozieClientError) as caught:
        asked_for("{}", call)
    assert caught.value.code == "H805"


def test_a_submission() -> None:
    properties = {"oozie.wf.application.path": "hdfs://nn/app", "text": " a <b> & 'c' \u00e9\n"}

    found, asked, _ = asked_for(f'{{"id": "{WORKFLOW}"}}', lambda client: client.submit(properties, start=True))

    assert found == WORKFLOW
    assert (asked.method, asked.target) == ("POST", "/oozie/v2/jobs?action=start&user.name=ann")
    assert asked.headers["Content-Type"] == "application/xml;charset=UTF-8"
    assert read_configuration(asked.body.decode()) == {"user.name": "ann", **properties}


def test_a_submission_may_name_its_user() -> None:
    _, asked, _ = asked_for(f'{{"id": "{WORKFLOW}"}}', lambda client: client.submit({"user.name": "bob"}))

    assert read_configuration(asked.body.decode()) == {"user.name": "bob"}


def test_a_submission_without_an_id_in_the_answer_is_not_oozies() -> None:
    with pytest.raises(OozieClientError) as caught:
        asked_for("{}", lambda client: client.submit({}))
    assert caught.value.code == "H802"


def test_what_xml_cannot_hold_is_said() -> None:
    with pytest.raises(AppError) as caught:
        asked_for("{}", lambda client: client.submit({"bell": "\x07"}))
    assert caught.value.code == "H004"


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda c: c.start(WORKFLOW), f"PUT /job/{WORKFLOW}?action=start"),
        (lambda c: c.suspend(WORKFLOW), f"PUT /job/{WORKFLOW}?action=suspend"),
        (lambda c: c.resume(COORDINATOR), f"PUT /job/{COORDINATOR}?action=resume"),
        (lambda c: c.kill(BUNDLE), f"PUT /job/{BUNDLE}?action=kill"),
        (lambda c: c.kill(COORDINATOR, scope="1-3"), f"PUT /job/{COORDINATOR}?action=kill&type=action&scope=1-3"),
        (lambda c: c.change(COORDINATOR, "a=2"), f"PUT /job/{COORDINATOR}?action=change&value=a%3D2"),
        (lambda c: c.ignore(COORDINATOR), f"PUT /job/{COORDINATOR}?action=ignore"),
        (lambda c: c.ignore(COORDINATOR, actions="2"), f"PUT /job/{COORDINATOR}?action=ignore&type=action&scope=2"),
        (lambda c: c.rerun(WORKFLOW, {}), f"PUT /job/{WORKFLOW}?action=rerun"),
        (
            lambda c: c.rerun_coordinator(COORDINATOR, type="action", scope="2", refresh=True, cleanup=False),
            f"PUT /job/{COORDINATOR}?action=coord-rerun&type=action&scope=2&refresh=true&nocleanup=true&failed=false",
        ),
        (
            lambda c: c.rerun_bundle(BUNDLE, coordinators="one", dates="2026-01-01T00:00Z"),
            f"PUT /job/{BUNDLE}?action=bundle-rerun&refresh=false&nocleanup=false&coord-scope=one"
            "&date-scope=2026-01-01T00%3A00Z",
        ),
        (lambda c: c.missing_dependencies(COORDINATOR, actions="1"),
         f"GET /job/{COORDINATOR}?show=missing-dependencies&action-list=1"),
        (lambda c: c.coordinator(COORDINATOR, filters={"status!": ["KILLED", "FAILED"]}, newest_first=True, length=3),
         f"GET /job/{COORDINATOR}?show=info&offset=1&len=3&filter=status%21%3DKILLED%3Bstatus%21%3DFAILED&order=desc"),
        (lambda c: c.jobs("coord", filters={"user": "ann", "name": ["a", "b"]}, offset=0, length=7),
         "GET /jobs?jobtype=coord&filter=user%3Dann%3Bname%3Da%3Bname%3Db&offset=1&len=7"),
        (lambda c: list(c.log(COORDINATOR, actions="1-3", filters={"loglevel": "ERROR", "limit": "10"})),
         f"GET /job/{COORDINATOR}?show=log&logfilter=loglevel%3DERROR%3Blimit%3D10&type=action&scope=1-3"),
    ],
)  # fmt: skip
def test_what_oozie_is_asked(call: Callable[[OozieClient], object], expected: str) -> None:
    _, asked, _ = asked_for("{}", call)

    method, _, path = expected.partition(" ")
    assert (asked.method, asked.target) == (method, f"/oozie/v2{path}&user.name=ann")


def test_an_update_tells_the_difference() -> None:
    found, asked, _ = asked_for('{"update": {"diff": "+ a"}}', lambda client: client.update(COORDINATOR, dry_run=True))

    assert found == "+ a"
    assert asked.target.startswith(f"/oozie/v2/job/{COORDINATOR}?action=update&dryrun=true&diff=true")


def test_a_definition_is_validated_as_it_is() -> None:
    found, asked, _ = asked_for(
        '{"validate": "Valid workflow-app"}', lambda client: client.validate(b"<workflow-app/>")
    )

    assert (found, asked.body) == ("Valid workflow-app", b"<workflow-app/>")
    assert asked.target == "/oozie/v2/validate?file=%2Fworkflow.xml&user=ann&user.name=ann"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('{"sharelibUpdate": {"host": "h", "status": "Successful"}}', [{"host": "h", "status": "Successful"}]),
        ('[{"sharelibUpdate": {"host": "h"}}, {"sharelibUpdate": {"host": "i"}}]', [{"host": "h"}, {"host": "i"}]),
    ],
)
def test_each_server_says_how_the_share_libs_update_went(body: str, expected: list[dict[str, str]]) -> None:
    found, asked, _ = asked_for(body, lambda client: client.update_share_lib())

    assert found == expected
    assert asked.target == "/oozie/v2/admin/update_sharelib?allservers=true&user.name=ann"


def test_attempts() -> None:
    body = (
        '{"retries": [{"attempt": "1", "startTime": "Sat, 21 Nov 2026 12:00:00 GMT", "externalChildIDs": "job_1_2"}]}'
    )

    found, _, _ = asked_for(body, lambda client: client.retries(f"{WORKFLOW}@a"))

    assert [(each.number, each.external_child_ids) for each in found] == [(1, ("job_1_2",))]
