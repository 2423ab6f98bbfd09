from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oozie.language.model import Action, Case, Decision, Element, End, Fork, Join, Kill, Start, Workflow
from oozie.local import machine
from oozie.local.errors import RunError
from oozie.local.events import (
    Abandoned,
    Concluded,
    Decided,
    Finished,
    KillRequested,
    Launched,
    RerunRequested,
    ResumeRequested,
    RetryDue,
    Started,
    Stopped,
    SuspendRequested,
    from_json,
    to_json,
)
from oozie.local.machine import Conclude, Decide, Launch, Stop, Wait, Watch, pending, step
from oozie.local.states import ActionStatus, JobStatus, WorkflowJob

T0 = datetime(2026, 1, 1, tzinfo=timezone.utc)
BODY = Element("shell")


def job_of(*nodes, configuration=None):
    return WorkflowJob("J", "/app", Workflow("w", nodes), configuration or {}, T0)


def chain(**retry):
    return job_of(Start("a"), Action("a", BODY, "end", "fail", **retry), Kill("fail", "no"), End("end"))


def play(job, *events):
    effects = ()
    for event in events:
        job, effects = step(job, event)
    return job, effects


def launched(node="a", launch=1, **retry):
    return Launched(T0, node, launch, f"id{launch}", **retry)


def test_start_leads_to_the_first_action():
    job, effects = play(chain(), Started(T0))
    assert job.status is JobStatus.RUNNING
    assert effects == (Launch("a"),)
    assert job.actions[":start:"].transition == "a"


def test_an_action_is_watched_once_it_is_launched():
    job, effects = play(chain(), Started(T0), launched())
    assert effects == (Watch("a", 1),)
    assert job.actions["a"].status is ActionStatus.RUNNING


def test_ok_leads_to_the_end():
    job, effects = play(chain(), Started(T0), launched(), Finished(T0, "a", "OK", "SUCCEEDED", data={"k": "v"}))
    assert (job.status, effects) == (JobStatus.SUCCEEDED, ())
    assert job.actions["a"].data == {"k": "v"}


def test_error_leads_to_the_kill_node_whose_message_is_asked_for():
    job, effects = play(chain(), Started(T0), launched(), Finished(T0, "a", "ERROR", "", "1", "bad"))
    assert effects == (Conclude("fail"),)
    assert job.last_error_node == "a"
    job, _ = play(job, Concluded(T0, "fail", "no"))
    assert (job.status, job.error_message) == (JobStatus.KILLED, "no")


def test_failed_ends_the_job_without_a_transition():
    job, _ = play(chain(), Started(T0), launched(), Finished(T0, "a", "FAILED", "", "EL_ERROR", "x"))
    assert (job.status, job.error_code) == (JobStatus.FAILED, "EL_ERROR")
    assert job.actions["a"].transition == ""


@pytest.mark.parametrize(
    ("policy", "minutes"), [("periodic", [5, 5, 5]), ("exponential", [5, 10, 20])], ids=["periodic", "exponential"]
)
def test_user_retry_waits_by_its_policy(policy, minutes):
    job, _ = play(chain(), Started(T0))
    waits = []
    for launch in range(1, 5):
        job, effects = play(
            job, launched(launch=launch, retry_max=3, retry_interval=5, retry_policy=policy),
            Finished(T0, "a", "ERROR", "", "JA018", "x"),
        )  # fmt: skip
        if isinstance(effects[0], Wait):
            waits.append(effects[0].until - T0)
            job, effects = play(job, RetryDue(T0, "a"))
            assert effects == (Launch("a"),)
    assert waits == [timedelta(minutes=m) for m in minutes]
    assert job.actions["a"].status is ActionStatus.ERROR


@pytest.mark.parametrize(
    ("configuration", "status"),
    [({}, ActionStatus.ERROR), ({".ext": "1"}, ActionStatus.USER_RETRY), ({"": "ALL"}, ActionStatus.USER_RETRY)],
    ids=["default codes", "extended", "all"],
)
def test_only_allowed_codes_are_retried(configuration, status):
    prefix = "oozie.service.LiteWorkflowStoreService.user.retry.error.code"
    job = job_of(
        Start("a"), Action("a", BODY, "end", "fail"), Kill("fail", "no"), End("end"),
        configuration={prefix + k: v for k, v in configuration.items()},
    )  # fmt: skip
    job, _ = play(job, Started(T0), launched(retry_max=1), Finished(T0, "a", "ERROR", "", "1", "x"))
    assert job.actions["a"].status is status


def test_an_abandoned_action_is_launched_again_and_keeps_its_count():
    job, effects = play(chain(), Started(T0), launched(), Abandoned(T0, "a"))
    assert effects == (Launch("a"),)
    assert job.launches == {"a": 1}


def forked():
    return job_of(
        Start("f"), Fork("f", ("a", "b")), Action("a", BODY, "j", "fail"), Action("b", BODY, "j", "fail"),
        Join("j", "end"), Kill("fail", "no"), End("end"),
    )  # fmt: skip


def test_a_join_waits_for_every_branch():
    job, effects = play(forked(), Started(T0))
    assert effects == (Launch("a"), Launch("b"))
    job, _ = play(job, launched("a"), launched("b"), Finished(T0, "b", "OK"))
    assert "j" not in job.actions
    job, _ = play(job, Finished(T0, "a", "OK"))
    assert job.status is JobStatus.SUCCEEDED


def test_a_kill_node_stops_what_still_runs():
    job, _ = play(forked(), Started(T0), launched("a"), launched("b"), Finished(T0, "a", "ERROR", "", "1", "x"))
    job, effects = play(job, Concluded(T0, "fail", "no"))
    assert effects == (Stop("b", 1),)
    job, _ = play(job, Stopped(T0, "b"))
    assert (job.actions["b"].status, pending(job)) == (ActionStatus.KILLED, ())


def test_killing_a_job_stops_what_runs_and_kills_what_waits():
    job, effects = play(forked(), Started(T0), launched("a"), KillRequested(T0))
    assert effects == (Stop("a", 1),)
    assert job.actions["b"].status is ActionStatus.KILLED


def test_a_suspended_job_lets_run_and_begins_nothing():
    job, effects = play(forked(), Started(T0), launched("a"), SuspendRequested(T0))
    assert pending(job) == (Watch("a", 1),)
    job, effects = play(job, Finished(T0, "a", "OK"))
    assert (job.actions["a"].status, effects) == (ActionStatus.DONE, ())
    job, effects = play(job, ResumeRequested(T0))
    assert job.actions["a"].transition == "j"
    assert effects == (Launch("b"),)


def test_a_rerun_skips_what_was_ok_and_keeps_decisions():
    nodes = (
        Start("a"), Action("a", BODY, "d", "fail"), Decision("d", (Case("b", "p"),), "fail"),
        Action("b", BODY, "end", "fail"), Kill("fail", "no"), End("end"),
    )  # fmt: skip
    job, _ = play(
        job_of(*nodes), Started(T0), launched("a"), Finished(T0, "a", "OK", data={"k": "v"}), Decided(T0, "d", "b"),
        launched("b"), Finished(T0, "b", "ERROR", "", "1", "x"), Concluded(T0, "fail", "no"),
    )  # fmt: skip
    job, effects = play(job, RerunRequested(T0, ("a", "d"), {"x": "1"}), Started(T0))
    assert (job.run, job.status, effects) == (1, JobStatus.RUNNING, (Launch("b"),))
    assert job.actions["a"].data == {"k": "v"}
    assert job.launches["b"] == 1


def test_a_job_that_runs_cannot_be_run_again():
    job, _ = play(chain(), Started(T0))
    with pytest.raises(RunError) as caught:
        step(job, RerunRequested(T0, (), {}))
    assert caught.value.code == "H403"


# --- any workflow, any outcomes ---------------------------------------------------------------------------------------

OUTCOMES = st.sampled_from(["OK", "OK", "OK", "ERROR", "FAILED", "LOST"])


@st.composite
def workflows(draw):
    """Sequences of actions, decisions and forks of such sequences."""
    nodes, count = [], iter(range(10_000))

    def block(to, depth):
        """Nodes that end at ``to``; gives the name of the first."""
        for kind in reversed(draw(st.lists(st.sampled_from(["action", "decision", "fork"]), min_size=1, max_size=3))):
            n = next(count)
            if kind == "fork" and depth < 2:
                branches = tuple(block(f"j{n}", depth + 1) for _ in range(draw(st.integers(2, 3))))
                nodes.append(Fork(f"f{n}", branches))
                nodes.append(Join(f"j{n}", to))
                to = f"f{n}"
            elif kind == "decision":
                other = f"o{n}"
                nodes.append(Action(other, BODY, to, "fail"))
                nodes.append(Decision(f"d{n}", (Case(to, "p"),), other))
                to = f"d{n}"
            else:
                nodes.append(Action(f"a{n}", BODY, to, draw(st.sampled_from([to, "fail"]))))
                to = f"a{n}"
        return to

    first = block("end", 0)
    return Workflow("w", (Start(first), *nodes, Kill("fail", "no"), End("end")))


def answer(job, effect, data):
    """One thing that may happen next."""
    if isinstance(effect, Launch):
        launch = job.launches.get(effect.node, 0) + 1
        return Launched(T0, effect.node, launch, str(launch), data.draw(st.integers(0, 2)), 1, "periodic")
    if isinstance(effect, Watch):
        outcome = data.draw(OUTCOMES)
        if outcome == "LOST" and effect.launch < 4:
            return Abandoned(T0, effect.node)
        code = "" if outcome == "OK" else "JA018"
        return Finished(T0, effect.node, "OK" if outcome == "LOST" else outcome, "", code if outcome != "LOST" else "")
    if isinstance(effect, Decide):
        node = job.workflow.node(effect.node)
        return Decided(T0, effect.node, data.draw(st.sampled_from([node.cases[0].to, node.default])))
    return {
        Wait: lambda: RetryDue(T0, effect.node),
        Conclude: lambda: Concluded(T0, effect.node, "no"),
        Stop: lambda: Stopped(T0, effect.node),
    }[type(effect)]()


@settings(max_examples=150, deadline=None)
@given(workflows(), st.data())
def test_every_run_ends_and_its_replay_is_equal(workflow, data):
    start = WorkflowJob("J", "/app", workflow, {}, T0)
    job, journal, finished = start, [], []
    due = [Started(T0)]
    while due:
        event = due.pop()
        journal.append(to_json(event))
        if isinstance(event, Finished) and event.outcome == "OK":
            finished.append(event.node)
        job, _ = step(job, event)
        effects = pending(job)
        if effects:
            due.append(answer(job, data.draw(st.sampled_from(effects)), data))
        assert len(journal) < 2_000
    assert job.status.is_terminal
    assert not any(a.status in (ActionStatus.RUNNING, ActionStatus.PREP) for a in job.actions.values())
    assert len(finished) == len(set(finished))

    again = start
    for line in journal:
        again, _ = step(again, from_json(line))
    assert again == job


@settings(max_examples=50, deadline=None)
@given(workflows())
def test_all_ok_succeeds_through_every_node_of_the_forks(workflow):
    job = WorkflowJob("J", "/app", workflow, {}, T0)
    job, _ = step(job, Started(T0))
    while pending(job):
        effect = pending(job)[0]
        if isinstance(effect, Launch):
            event = Launched(T0, effect.node, 1, "")
        elif isinstance(effect, Decide):
            event = Decided(T0, effect.node, job.workflow.node(effect.node).default)
        else:
            event = Finished(T0, effect.node, "OK")
        job, _ = machine.step(job, event)
    assert job.status is JobStatus.SUCCEEDED
    assert all(count == 0 for count in job.forks.values())
