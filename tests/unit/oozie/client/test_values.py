from __future__ import annotations

import pytest

from oozie.client import Workflow, WorkflowAction


def job(status: str, *actions: str) -> Workflow:
    """Actions as ``name:type:status>transition``."""
    made = []
    for text in actions:
        head, _, transition = text.partition(">")
        name, kind, state = head.split("/")
        made.append(WorkflowAction(f"J@{name}", name, kind, state, transition))
    return Workflow("J", "app", "/app", status, "root", actions=tuple(made))


@pytest.mark.parametrize(
    ("workflow", "passed_over", "failures"),
    [
        (job("SUCCEEDED", "a/fs/OK>b", "b/fs/OK>end", "end/:END:/OK"), [], []),
        (job("SUCCEEDED", "report/hive2/ERROR>train", "train/spark/OK>end", "end/:END:/OK"), ["report"], []),
        (job("KILLED", "a/fs/ERROR>fail", "fail/:KILL:/OK"), [], ["a"]),
        # A mail between the failure and the kill does not make it less of a failure.
        (job("KILLED", "a/fs/ERROR>mail", "mail/email/OK>fail", "fail/:KILL:/OK"), [], ["a"]),
        # The report is led over, what fails after it is another matter.
        (job("KILLED", "r/hive2/ERROR>t", "t/spark/ERROR>fail", "fail/:KILL:/OK"), ["r"], ["t"]),
        (job("FAILED", "a/java/FAILED>"), [], ["a"]),
        (job("KILLED", "a/java/KILLED>"), [], ["a"]),
        (job("RUNNING", "r/hive2/ERROR>t", "t/spark/RUNNING>"), ["r"], []),
        # Where it leads is not known yet.
        (job("RUNNING", "r/hive2/ERROR>t"), [], ["r"]),
        (job("RUNNING", "a/fs/ERROR>b", "b/fs/ERROR>a"), ["a", "b"], []),
    ],
)
def test_a_failure_is_passed_over_or_ends_the_job(
    workflow: Workflow, passed_over: list[str], failures: list[str]
) -> None:
    assert [action.name for action in workflow.passed_over] == passed_over
    assert [action.name for action in workflow.failures] == failures


def test_work_that_is_done_has_not_ended() -> None:
    """Oozie has still to take its transition, and an action may still become an error."""
    assert not WorkflowAction("J@a", "a", "fs", "DONE").is_ended
    assert WorkflowAction("J@a", "a", "fs", "OK").is_ended


@pytest.mark.parametrize(("kind", "is_control"), [(":START:", True), ("switch", True), (":FORK:", True), ("fs", False)])
def test_control_nodes(kind: str, is_control: bool) -> None:
    assert WorkflowAction("J@a", "a", kind, "OK").is_control is is_control
