from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest

from oozie.local.engine import Engine, Interrupted
from oozie.local.errors import RunError
from oozie.local.events import Launched
from oozie.local.states import ActionStatus, JobStatus
from storage.errors import HowdahError

SUB = "<sub-workflow><app-path>{path}</app-path>{more}</sub-workflow>"
PROPAGATE = "<propagate-configuration/>"


def status_of(job):
    return {action.name: action.status.value for action in job.actions.values() if not action.is_control}


def ran(host, job, name):
    """How often a script that appends to a file `ran` of the HDFS root did so."""
    file = host.engine.root / "ran" / name
    return file.read_text().count("x") if file.exists() else 0


def tally(host, name, **options):
    (host.engine.root / "ran").mkdir(exist_ok=True)
    then = options.pop("then", "true")
    return host.shell(name, f"echo x >>$HOWDAH_HDFS_ROOT/ran/{name}; {then}", **options)


def test_a_chain_succeeds(host):
    job = host.run(host.shell("a", "echo hello", ok="b"), host.shell("b", "true"))
    assert job.status is JobStatus.SUCCEEDED
    assert host.log(job, "a") == "hello\n"


def test_a_failure_says_its_last_telling_line(host):
    job = host.run(host.shell("a", "echo begun; echo Error: no table t; echo; exit 7"))
    assert job.status is JobStatus.KILLED
    assert (
        job.error_message == "Main Class [org.apache.oozie.action.hadoop.ShellMain], exit code [7]: Error: no table t"
    )


def test_the_observer_sees_every_event_after_it_is_journaled(tmp_path, host):
    seen = []
    with Engine(tmp_path / "other", observer=lambda job, event: seen.append((job.id, event))) as engine:
        app = engine.root / "apps" / "app"
        app.mkdir(parents=True)
        (app / "workflow.xml").write_text(host.app_xml(host.shell("a", "true")))
        job = engine.run(engine.submit("hdfs://hw1:8020/apps/app", host.addresses))
        assert [event for _, event in seen] == engine.journal.events(job.id)


def test_retries_wait_by_the_clock(host):
    missing = host.shell("a", "true", attributes='retry-max="2" retry-interval="3"', more="<file>no</file>")
    job = host.run(missing)
    assert job.actions["a"].retries == 2
    assert host.clock.waited == pytest.approx([timedelta(minutes=3)] * 2, abs=timedelta(seconds=1))


def test_a_retry_that_succeeds(host):
    code = "oozie.service.LiteWorkflowStoreService.user.retry.error.code.ext"
    node = tally(host, "a", then="[ -e $HOWDAH_HDFS_ROOT/ok ] || { touch $HOWDAH_HDFS_ROOT/ok; exit 1; }",
                 attributes='retry-max="2" retry-interval="1"')  # fmt: skip
    job = host.run(node, properties={code: "1"})
    assert (job.status, ran(host, job, "a")) == (JobStatus.SUCCEEDED, 2)


def test_rerun_of_what_failed(host):
    nodes = (
        tally(host, "a", ok="b"),
        tally(host, "b", then="test -e $HOWDAH_HDFS_ROOT/there", ok="c"),
        tally(host, "c"),
    )
    job = host.run(*nodes)
    assert status_of(job) == {"a": "OK", "b": "ERROR"}
    (host.engine.root / "there").touch()
    host.engine.rerun(job.id)
    job = host.engine.run(job.id)
    assert (job.status, job.run) == (JobStatus.SUCCEEDED, 1)
    assert [ran(host, job, name) for name in "abc"] == [1, 2, 1]


def test_a_rerun_reads_the_app_again(host):
    job = host.run(tally(host, "a", ok="b"), host.shell("b", "false"))
    host.put(tally(host, "a", ok="b"), host.shell("b", "true", ok="c"), tally(host, "c"))
    host.engine.rerun(job.id)
    job = host.engine.run(job.id)
    assert status_of(job) == {"a": "OK", "b": "OK", "c": "OK"}
    assert [ran(host, job, name) for name in "ac"] == [1, 1]


def test_a_setting_that_is_no_number_fails_the_job(host):
    limit = "oozie.service.LiteWorkflowStoreService.user.retry.max"
    job = host.run(host.shell("a", "true"), properties={limit: "many"})
    assert (job.status, job.error_code) == (JobStatus.FAILED, "E0700")


def test_rerun_with_nodes_to_skip_and_new_properties(host):
    job = host.run(tally(host, "a", ok="b"), tally(host, "b", then="test ${x} = 2"), properties={"x": "1"})
    host.engine.rerun(job.id, {"x": "2"}, skip=("a",))
    job = host.engine.run(job.id)
    assert job.status is JobStatus.SUCCEEDED
    assert [ran(host, job, name) for name in "ab"] == [1, 2]


@pytest.mark.parametrize(("skip", "code"), [(("nope",), "E0807"), ((":start:", "b"), "")])
def test_rerun_refuses_nodes_that_did_not_run(host, skip, code):
    job = host.run(host.shell("a", "true", ok="b"), host.shell("b", "false"))
    if not code:
        host.engine.rerun(job.id, skip=skip)
        return
    with pytest.raises(RunError) as caught:
        host.engine.rerun(job.id, skip=skip)
    assert caught.value.code == code


def test_a_sub_workflow_is_a_job_of_its_own(host):
    child = host.put(host.shell("a", "echo ${x}"), name="child")
    job = host.run(host.action("s", SUB.format(path=child, more=PROPAGATE)), start="s", properties={"x": "7"})
    assert job.status is JobStatus.SUCCEEDED
    inner = host.engine.job(job.actions["s"].external_id)
    assert inner.parent == f"{job.id}@s"
    assert host.log(inner, "a") == "7\n"


def test_without_propagation_the_child_gets_its_own_configuration_alone(host):
    child = host.put(host.shell("a", "echo ${x}"), name="child")
    job = host.run(host.action("s", SUB.format(path=child, more="")), start="s", properties={"x": "7"})
    assert (job.status, job.actions["s"].external_status) == (JobStatus.KILLED, "FAILED")


def test_a_failed_sub_workflow_is_taken_up_again_by_a_rerun(host):
    script = "test -e $HOWDAH_HDFS_ROOT/there"
    child = host.put(tally(host, "a", ok="b"), tally(host, "b", then=script), name="child")
    job = host.run(host.action("s", SUB.format(path=child, more=PROPAGATE)), start="s")
    first = job.actions["s"].external_id
    assert (job.status, job.actions["s"].external_status) == (JobStatus.KILLED, "KILLED")
    (host.engine.root / "there").touch()
    host.engine.rerun(job.id)
    job = host.engine.run(job.id)
    assert job.status is JobStatus.SUCCEEDED
    assert job.actions["s"].external_id == first
    assert [ran(host, job, name) for name in "ab"] == [1, 2]


def test_a_workflow_that_calls_itself_ends(host):
    path = "hdfs://hw1:8020/apps/app"
    job = host.run(
        host.action("a", SUB.format(path=path, more=PROPAGATE)),
        properties={"oozie.action.subworkflow.max.depth": "3"},
    )  # fmt: skip
    assert (job.status, job.actions["a"].external_status) == (JobStatus.KILLED, "KILLED")
    assert len(host.engine.journal.jobs()) == 4


def in_background(engine, job_id, sign, then):
    """Run a job; ``then`` is called from another thread once the file ``sign`` is there."""

    def watch():
        while not sign.exists():
            time.sleep(0.005)
        then()

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        return engine.run(job_id)
    finally:
        thread.join()


def test_an_interrupted_job_goes_on_and_repeats_nothing_that_ended(host):
    sign = "$HOWDAH_HDFS_ROOT/begun"
    slow_at_first = host.shell("a", f"if [ -e {sign} ]; then exit 0; fi; touch {sign}; sleep 300", ok="b")
    job_id = host.submit(host.put(tally(host, "z", ok="a"), slow_at_first, tally(host, "b"), start="z"))
    begun = time.monotonic()
    with pytest.raises(Interrupted):
        in_background(host.engine, job_id, host.engine.root / "begun", host.engine.interrupt)
    assert time.monotonic() - begun < 10
    assert host.engine.job(job_id).actions["a"].status is ActionStatus.PREP
    job = host.engine.run(job_id)
    assert job.status is JobStatus.SUCCEEDED
    assert [ran(host, job, name) for name in "zb"] == [1, 1]


def test_a_new_engine_finds_the_job_as_it_was(host, tmp_path):
    with Engine(tmp_path / "other") as engine:
        app = engine.root / "apps" / "app"
        app.mkdir(parents=True)
        (app / "workflow.xml").write_text(host.app_xml(host.shell("a", "echo n=1", more="<capture-output/>")))
        job = engine.run(engine.submit("hdfs://hw1:8020/apps/app", host.addresses))
    with Engine(tmp_path / "other") as later:
        assert later.job(job.id) == job


def test_a_suspended_job_ends_what_runs_and_goes_on_when_resumed(host, tmp_path):
    def suspend(job, event):
        if isinstance(event, Launched) and event.node == "a":
            engine.suspend(job.id)

    with Engine(tmp_path / "other", observer=suspend) as engine:
        other = type(host)(engine, host.clock)
        job_id = other.submit(other.put(other.shell("a", "true", ok="b"), other.shell("b", "true")))
        assert engine.run(job_id).status is JobStatus.SUSPENDED
        assert status_of(engine.job(job_id)) == {"a": "DONE"}
        engine.resume(job_id)
        job = engine.run(job_id)
        assert (job.status, status_of(job)) == (JobStatus.SUCCEEDED, {"a": "OK", "b": "OK"})


@pytest.mark.parametrize("operation", [Engine.kill, Engine.suspend, Engine.resume])
def test_nothing_happens_to_what_has_ended(host, operation):
    job = host.run(start="end")
    operation(host.engine, job.id)
    assert host.engine.job(job.id) == job


@pytest.mark.parametrize("operation", [Engine.suspend, Engine.resume])
def test_nothing_happens_to_what_has_not_begun(host, operation):
    job_id = host.submit(host.put(start="end"))
    operation(host.engine, job_id)
    assert host.engine.job(job_id).status is JobStatus.PREP


def test_a_fork_in_a_killed_sub_workflow_leaves_no_process(host):
    fork = '<fork name="f"><path start="a"/><path start="b"/></fork><join name="j" to="end"/>'
    child = host.put(
        fork, host.shell("a", "sleep 0.1; false", ok="j"), host.shell("b", "sleep 300", ok="j"), start="f", name="child"
    )
    job = host.run(host.action("s", SUB.format(path=child, more=PROPAGATE)), start="s")
    inner = host.engine.job(job.actions["s"].external_id)
    assert (job.status, inner.status) == (JobStatus.KILLED, JobStatus.KILLED)
    assert inner.actions["b"].status is ActionStatus.KILLED


@pytest.mark.parametrize(
    ("definition", "code"),
    [
        ("<workflow-app", "E0701"),
        ('<!DOCTYPE x><workflow-app xmlns="uri:oozie:workflow:0.5" name="x"/>', "E0700"),
        ("", "E0803"),
        ("<workflow-app/>" + " " * 100_000, "E0736"),
        (None, "E0307"),
    ],
    ids=["malformed", "doctype", "empty", "too-large", "missing"],
)
def test_what_cannot_be_submitted(host, definition, code):
    app = host.engine.root / "apps" / "app"
    app.mkdir(parents=True)
    if definition is not None:
        (app / "workflow.xml").write_text(definition)
    with pytest.raises(HowdahError) as caught:
        host.submit("hdfs://hw1:8020/apps/app")
    assert caught.value.code == code


def test_a_job_whose_action_has_a_wrong_sla_is_not_started(host):
    """Oozie would take it in and refuse to start it; here the two are one."""
    times = "<sla:nominal-time>2026-01-01T00:00Z</sla:nominal-time><sla:should-end>1.5</sla:should-end>"
    sla = f'<sla:info xmlns:sla="uri:oozie:sla:0.2">{times}</sla:info>'
    path = host.put(host.shell("a", "true").replace("</action>", f"{sla}</action>"))
    with pytest.raises(HowdahError) as caught:
        host.submit(path)
    assert caught.value.code == "E1007"
