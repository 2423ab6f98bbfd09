"""What can be done in which state."""

from __future__ import annotations

import pytest

from howdah.console.errors import ConsoleError
from howdah.console.operations import operation, operations_of
from oozie.client import Bundle, Coordinator, CoordinatorAction, Job, Workflow


def verbs(thing: Job | CoordinatorAction) -> list[str]:
    return [each.verb for each in operations_of(thing)]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("PREP", ["start", "kill"]),
        ("RUNNING", ["suspend", "kill"]),
        ("SUSPENDED", ["resume", "kill"]),
        ("SUCCEEDED", ["rerun-all"]),
        ("KILLED", ["rerun-failed", "rerun-all"]),
        ("NEWER", []),
    ],
)
def test_a_workflow(status: str, expected: list[str]) -> None:
    assert verbs(Workflow("1-W", "app", "/app", status, "root")) == expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("RUNNING", ["suspend", "rerun", "kill"]),
        ("PREPSUSPENDED", ["resume", "rerun", "kill"]),
        ("DONEWITHERROR", ["rerun"]),
    ],
)
def test_a_coordinator(status: str, expected: list[str]) -> None:
    assert verbs(Coordinator("1-C", "app", "/app", status, "root")) == expected


def test_a_bundle_and_an_instance() -> None:
    assert verbs(Bundle("1-B", "app", "/app", "RUNNING", "root")) == ["suspend", "kill"]
    assert verbs(CoordinatorAction("1-C@1", "1-C", 1, "WAITING")) == ["kill"]
    assert verbs(CoordinatorAction("1-C@1", "1-C", 1, "TIMEDOUT")) == ["rerun"]


def test_what_there_is_not_and_what_does_not_go_now() -> None:
    job = Workflow("1-W", "app", "/app", "SUCCEEDED", "root")

    with pytest.raises(ConsoleError) as caught:
        operation(job, "explode")
    assert caught.value.code == "H750"
    with pytest.raises(ConsoleError) as caught:
        operation(job, "kill")
    assert caught.value.code == "H755"
