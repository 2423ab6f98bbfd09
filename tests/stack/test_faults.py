"""Services of the real stack that fail under the chain, and under the service that answers with its model."""

from __future__ import annotations

import email
import email.policy
import json
import subprocess
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from generator.declare import fs, op, retry
from howdah.demo.scenes import CHAMPION
from howdah.demo.service import Service
from howdah.demo.stack_chain import FOLDER
from howdah.stack.addresses import Addresses
from models.manifest import Field
from models.repository import Repository
from models.tracked.partitions import read as read_tracked
from oozie.client import Workflow
from storage.filesystem import FileSystem
from storage.webhdfs import WebHdfs
from tests.smtp import smtp_server
from tests.stack.chain import IMPORT, TABLE, Chain, await_action, only
from tests.stack.own_stack import OwnStack, own_stack
from tests.unit.serving import service_process as unit
from workflows.funnel.workflow import RAW

pytestmark = [pytest.mark.stack, pytest.mark.slow]

MODEL = Path(__file__).parents[1] / "fixtures" / "spark-3.5" / "forest-categorical" / "model"
MODELS = "/user/refinedzone/models-of-faults"
NAME = "forest"
FIELDS = (
    Field("age", "double"),
    Field("spend", "double"),
    Field("constant", "double", nullable=False),
    Field("channel", "string"),
    Field("city", "string"),
)
RECORD = {"age": 43.9, "spend": 12.5, "constant": 7.0, "channel": "paid", "city": "city-11"}
CLASSES = ("leave", "browse", "buy")
WAIT_S = 90.0
GOES_ON = fs("goes-on", op("mkdir", path="${nameNode}/tmp/howdah-goes-on"))
DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@pytest.fixture(scope="module")
def own_stack_of_all(stack: Addresses, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnStack]:
    """A stack that may be broken, beside the one that all share."""
    with own_stack(tmp_path_factory.mktemp("faults") / "stack") as made:
        assert made.addresses.oozie != stack.oozie
        yield made


@pytest.fixture
def own(own_stack_of_all: OwnStack) -> OwnStack:
    """The same, whole again whatever the test before has left of it."""
    if own_stack_of_all.state() != "up":
        own_stack_of_all.up()
    return own_stack_of_all


@pytest.fixture
def chain(own: OwnStack, tmp_path: Path) -> Chain:
    return Chain(own.addresses, tmp_path)


def until(done: Callable[[], bool], what: str, timeout_s: float = WAIT_S) -> None:
    deadline = time.monotonic() + timeout_s
    while not done():
        assert time.monotonic() < deadline, f"after {timeout_s:.0f} s not yet: {what}"
        time.sleep(0.1)


def rows(chain: Chain) -> int:
    [[count]] = chain.query(f"SELECT count(*) FROM {TABLE}")
    return int(count)


def statuses(job: Workflow) -> dict[str, str]:
    """The actions that do something, in the order in which they began."""
    return {action.name: action.status for action in job.actions if not action.is_control}


def kill_message(job: Workflow) -> str:
    [node] = [action for action in job.actions if action.type == ":KILL:"]
    return node.error_message


def rerun(own: OwnStack, chain: Chain, job_id: str) -> None:
    """What failed in a workflow once more, this time to its good end."""
    done = own.call("rerun", job_id, "--oozie", own.addresses.oozie)
    assert done.returncode == 0, done.stderr
    until(lambda: chain.oozie.workflow(job_id).is_ended, "the job ends again")
    assert chain.oozie.workflow(job_id).status == "SUCCEEDED"


def paths(filesystem: FileSystem, folder: str) -> list[str]:
    """All that lies below ``folder``."""
    if not filesystem.exists(folder):
        return []
    found: list[str] = []
    for child in filesystem.list(folder):
        found.append(child.path)
        if child.is_directory:
            found += paths(filesystem, child.path)
    return found


# -- HDFS ----------------------------------------------------------------------------------------------------------


def is_writing(chain: Chain) -> bool:
    """Whether the import's mapper has begun its part file, or has ended it."""
    return any(path.rpartition("/")[2].startswith("part-m-") for path in paths(chain.hdfs, RAW))


def test_a_datanode_killed_and_back_during_the_import_costs_no_row(own: OwnStack, chain: Chain) -> None:
    chain.load(0)
    with (
        smtp_server(own.addresses.smtp_port) as server,
        chain.started(only(IMPORT)) as coordinator_id,
    ):
        running = await_action(chain.oozie, coordinator_id, 1, "import-funnel", frozenset({"RUNNING"}))
        until(lambda: is_writing(chain), "the import writes")
        with own.without("datanode"):
            assert chain.oozie.workflow_action(running.id).status == "RUNNING"
        job = chain.follower.follow(coordinator_id, 1)
        chain.await_end(coordinator_id)
        # Mostly YARN's next attempts bring it to its end. Where the one DataNode took the MapReduce job's history with
        # it, Sqoop knows nothing of its own job any more ("Unknown Job") and fails, and Oozie has no retry for that.
        if job.status != "SUCCEEDED":
            assert (job.status, [action.name for action in job.failures]) == ("KILLED", ["import-funnel"])
            assert "Import failed" in chain.said
            assert server.recipients == ["admin@localhost"]
            rerun(own, chain, job.id)

    assert chain.rows_in_hdfs() == rows(chain) > 10_000


def publish(hdfs: WebHdfs) -> int:
    """The next version of the model, its newest."""
    with Repository(hdfs, MODELS).stage(NAME) as staging:
        for file in (each for each in MODEL.rglob("*") if each.is_file()):
            with hdfs.create(f"{staging.model_path}/{file.relative_to(MODEL)}") as stream:
                stream.write(file.read_bytes())
        return staging.publish(inputs=FIELDS, classes=CLASSES, metrics={"accuracy": 0.8}, aliases=[CHAMPION]).version


def read(service: Service, path: str) -> str:
    """What the service says, whatever its status."""
    try:
        with DIRECTLY.open(service.url.rstrip("/") + path, timeout=10) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        return error.read().decode()


def source_of(service: Service) -> dict[str, Any]:
    """The one place where the service's models come from."""
    [source] = json.loads(read(service, "/models"))["sources"]
    return dict(source)


def test_a_namenode_restarted_under_the_service_stops_no_answer(own: OwnStack, tmp_path: Path) -> None:
    hdfs = own.hdfs()
    hdfs.delete(MODELS, recursive=True)
    assert publish(hdfs) == 1
    service = Service(hdfs.uri(MODELS), tmp_path)
    try:
        before = service.ask(NAME, RECORD)
        assert (before["version"], source_of(service)["state"]) == (1, "ok")
        with own.without("namenode"):
            until(lambda: source_of(service)["state"] == "away", "the service has seen it")
            health = json.loads(read(service, "/health"))
            assert health["status"] == "degraded"
            assert [reason["code"] for reason in health["reasons"]] == ["H104"]
            assert f"{own.addresses.webhdfs.partition('://')[2]} does not answer" in health["reasons"][0]["message"]
            page = read(service, f"/?model={NAME}")
            assert "cannot be read" in page
            assert "Version 1 goes on answering." in page
            meanwhile = service.ask(NAME, RECORD)
            assert (meanwhile["version"], meanwhile["predictions"]) == (1, before["predictions"])
        until(lambda: source_of(service)["state"] == "ok", "the service reads it again")
        assert publish(hdfs) == 2
        after, _ = service.await_version(NAME, 2, RECORD)
        assert after["predictions"] == before["predictions"]
        assert json.loads(read(service, "/health"))["status"] == "ok"
        assert Path("/proc", str(service.pid)).exists()
    finally:
        service.stop()


def test_what_is_answered_while_the_namenode_is_gone_is_tracked_once_when_it_is_back(
    own: OwnStack, tmp_path: Path
) -> None:
    hdfs = own.hdfs()
    hdfs.delete(MODELS, recursive=True)
    publish(hdfs)
    root, answered = hdfs.uri(MODELS), []

    def start(name: str) -> unit.Service:
        (tmp_path / name).mkdir()
        spool = str(tmp_path / "spool")
        options = ("--track", root, "--track-spool", spool, "--track-seconds", "1", "--workers", "2")
        return unit.Service(root, tmp_path / name, *options)

    def ask(service: unit.Service, count: int) -> None:
        for _ in range(count):
            status, answer = service.post("/predict", RECORD)
            assert status == 200, answer
            answered.append(answer["request_id"])

    def reasons(service: unit.Service) -> set[str]:
        return {reason["code"] for reason in service.get("/health")[1]["reasons"]}

    service = start("first")
    try:
        ask(service, 20)
        with own.without("namenode"):
            ask(service, 20)
            until(lambda: {"H104", "H545"} <= reasons(service), "the service says that both wait")
            status, refused = service.post(f"/models/{NAME}/reload", {})
            assert (status, refused["error"]["code"]) == (503, "H527"), refused
            assert service.post("/labels", {"request_id": answered[0], "label": CLASSES[0]})[0] == 202
            ask(service, 20)
            other = start("second")  # without a model, and the way to one
            try:
                status, refused = other.post("/predict", RECORD)
                assert (status, refused["error"]["code"]) == (503, "H511"), refused
                assert "does not answer" in refused["error"]["message"]
            finally:
                other.stop()
        until(lambda: not reasons(service), "all is well again")
        ask(service, 20)
    finally:
        service.stop()

    def arrived() -> Counter[str]:
        kept = read_tracked(hdfs, MODELS, NAME, "predictions", ("request_id",))
        return Counter(kept["request_id"].to_pylist())

    until(lambda: arrived() == Counter(answered), "each answer is there once")
    assert read_tracked(hdfs, MODELS, NAME, "labels", ("request_id",))["request_id"].to_pylist() == answered[:1]


def submit(own: OwnStack, chain: Chain, *options: str) -> subprocess.CompletedProcess[str]:
    addresses = own.addresses
    return own.call("submit", chain.app, "--oozie", addresses.oozie, "--hdfs", addresses.webhdfs, *options)


def left_by_submits(chain: Chain) -> tuple[list[str], int]:
    """What submits have put anywhere: files in HDFS, coordinators in Oozie."""
    return paths(chain.hdfs, FOLDER), chain.oozie.jobs("coord").total


def test_a_submit_in_safe_mode_says_so_and_leaves_nothing(own: OwnStack, chain: Chain) -> None:
    chain.generate(only(GOES_ON), instances=1)
    before = left_by_submits(chain)

    with own.safe_mode():
        refused = submit(own, chain)

    assert refused.returncode == 1
    assert "Name node is in safe mode." in refused.stderr
    assert "the NameNode is not ready yet; try again in a minute" in refused.stderr
    assert left_by_submits(chain) == before
    taken = submit(own, chain)
    assert taken.returncode == 0, taken.stderr
    assert chain.end_earlier() <= 1


def test_a_job_that_meets_safe_mode_is_killed_with_the_message_and_runs_again_afterwards(
    own: OwnStack, chain: Chain
) -> None:
    # Oozie tries again only what stands on its list, and SafeModeException does not: no retry here, whatever is asked.
    patient = fs("goes-on", op("mkdir", path="${nameNode}/tmp/howdah-goes-on"), retry=retry(3, minutes=1))
    chain.generate(only(patient), instances=1)
    home = f"{FOLDER}/safe-mode"
    with chain.hdfs.create(f"{home}/workflow.xml", overwrite=True) as stream:
        stream.write((chain.app / "workflow.xml").read_bytes())
    place = {"nameNode": own.addresses.name_node, "jobTracker": own.addresses.resource_manager, "queueName": "default"}
    job_id = chain.oozie.submit({**place, "oozie.wf.application.path": f"{own.addresses.name_node}{home}"})

    with own.safe_mode():
        chain.oozie.start(job_id)
        until(lambda: chain.oozie.workflow(job_id).is_ended, "the job ends")

    job = chain.oozie.workflow(job_id)
    assert job.status == "KILLED"
    [failed] = job.failures
    assert (failed.name, failed.error_code, failed.user_retry_count) == ("goes-on", "SafeModeException", 0)
    assert "Name node is in safe mode." in kill_message(job)
    rerun(own, chain, job_id)


def test_who_may_not_write_is_told_which_path_and_which_user(own: OwnStack, chain: Chain) -> None:
    chain.hdfs.make_directory(FOLDER)
    chain.generate(only(GOES_ON), instances=1)
    before = left_by_submits(chain)

    refused = submit(own, chain, "--user", "stranger")

    assert refused.returncode == 1
    assert f"H103 stranger may not put an app into {FOLDER}/funnel (user=stranger, access=WRITE" in refused.stderr
    assert "ask its owner" in refused.stderr
    assert left_by_submits(chain) == before


# -- Oozie, MariaDB ------------------------------------------------------------------------------------------------


def applications(addresses: Addresses, job_id: str) -> list[str]:
    """What YARN ever ran for a workflow: ``launcher`` is Oozie's own, ``action`` the work that it began."""
    with DIRECTLY.open(f"{addresses.resource_manager_web}/ws/v1/cluster/apps", timeout=10) as answer:
        found = json.load(answer)["apps"] or {"app": []}
    return sorted(each["name"].split(":")[1] for each in found["app"] if each["name"].endswith(f"ID={job_id}"))


def test_oozie_killed_during_the_chain_comes_back_and_it_goes_on_to_its_end(own: OwnStack, chain: Chain) -> None:
    chain.load(0)
    with chain.started(only(IMPORT, GOES_ON)) as coordinator_id:
        running = frozenset({"RUNNING"})
        before = await_action(chain.oozie, coordinator_id, 1, "import-funnel", running)
        with own.without("oozie"):
            away = own.call("jobs", "--oozie", own.addresses.oozie)
            assert (away.returncode, away.stderr.split()[0]) == (1, "H801")
        job = chain.follower.follow(coordinator_id, 1)
        assert chain.await_end(coordinator_id) == "SUCCEEDED"

    assert job.status == "SUCCEEDED", chain.said
    assert statuses(job) == {"import-funnel": "OK", "goes-on": "OK"}
    [after] = [action for action in job.actions if action.name == "import-funnel"]
    assert after.external_id == before.external_id
    assert applications(own.addresses, job.id) == ["action", "launcher"]  # the import ran once
    assert chain.rows_in_hdfs() == rows(chain) > 10_000


def test_without_mariadb_the_mail_goes_out_and_the_workflow_is_killed(own: OwnStack, chain: Chain) -> None:
    with (
        smtp_server(own.addresses.smtp_port) as server,
        own.without("mariadb"),
        chain.started(only(IMPORT, GOES_ON)) as coordinator_id,
    ):
        job = chain.follower.follow(coordinator_id, 1)

    assert job.status == "KILLED"
    assert statuses(job) == {"import-funnel": "ERROR", "import-funnel-alert": "OK"}
    assert kill_message(job)
    assert server.recipients == ["admin@localhost"]
    [mail] = (email.message_from_bytes(message, policy=email.policy.default) for message in server.messages)
    assert mail["Subject"] == "funnel failed at import-funnel"
    assert job.id in str(mail.get_content())
    # Oozie itself knows an exit code alone.
    assert "Communications link failure" in chain.said or "Connection refused" in chain.said
