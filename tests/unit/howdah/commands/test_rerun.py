from __future__ import annotations

import pytest

from tests.oozie_rest import serving
from tests.unit.howdah.commands.conftest import called
from tests.unit.howdah.commands.jobs_that_change import BUNDLE, COORDINATOR, ORDERS, WORKFLOW, ChangingJob

FAILED, SKIP = "oozie.wf.rerun.failnodes", "oozie.wf.rerun.skip.nodes"


def rerun(job: ChangingJob, *arguments: str) -> tuple[int, str, dict[str, str]]:
    """Exit code, output, and what Oozie was told."""
    with serving(job) as server:
        result = called(server.oozie, "rerun", *arguments)
    told = dict(job.changes[0][1]) if job.changes else {}
    told.pop("user.name", None)
    return result.exit_code, result.output, told


@pytest.mark.parametrize("arguments", [(), ("--failed",)])
def test_what_failed_is_oozies_own_choice(arguments: tuple[str, ...]) -> None:
    code, output, told = rerun(ChangingJob("KILLED"), WORKFLOW, *arguments)

    assert (code, told) == (0, {FAILED: "true"})
    assert output.startswith(f"{WORKFLOW} runs again, without make (run 1, is RUNNING)\n")


def test_after_a_rerun_that_skipped_names_what_failed_is_a_list_too() -> None:
    """Oozie keeps the property of the rerun before, and refuses both together (E0404)."""
    _, _, told = rerun(ChangingJob("KILLED", configuration={SKIP: "make"}), WORKFLOW, "--failed")

    assert told == {FAILED: "false", SKIP: "make"}


def test_all_but_some_actions() -> None:
    _, _, told = rerun(ChangingJob("KILLED", configuration={FAILED: "true"}), WORKFLOW, "--skip", " make ,move")

    assert told == {FAILED: "false", SKIP: "make,move"}


def test_everything() -> None:
    _, output, told = rerun(ChangingJob("SUCCEEDED"), WORKFLOW, "--all")

    assert told == {FAILED: "false", SKIP: ","}
    assert "without" not in output


def test_properties_may_change() -> None:
    assert rerun(ChangingJob("KILLED"), WORKFLOW, "--set", "day=2026-01-01")[2] == {FAILED: "true", "day": "2026-01-01"}


def test_a_job_that_goes_on_is_refused() -> None:
    code, output, told = rerun(ChangingJob("RUNNING"), WORKFLOW)

    assert (code, told) == (1, {})
    assert "howdah kill" in output


def test_a_name_that_is_no_action_is_refused_with_the_nearest() -> None:
    code, output, told = rerun(ChangingJob("KILLED"), WORKFLOW, "--skip", "mke")

    assert (code, told) == (1, {})
    assert "did you mean 'make'?" in output


def test_instances_of_a_coordinator() -> None:
    code, output, told = rerun(ChangingJob(), COORDINATOR, "--actions", "1-3", "--refresh", "--no-cleanup")

    assert code == 0
    assert told == {"type": "action", "scope": "1-3", "refresh": "true", "nocleanup": "true", "failed": "false"}
    assert output.startswith("instance 2 of 2026-11-01T00:00Z runs again (is WAITING)\n")


def test_instances_by_their_times() -> None:
    scope = "2026-01-01T00:00Z::2026-01-03T00:00Z"

    _, _, told = rerun(ChangingJob(), COORDINATOR, "--dates", scope, "--failed")

    assert (told["type"], told["scope"], told["failed"], told["nocleanup"]) == ("date", scope, "true", "false")


def test_a_bundles_coordinators() -> None:
    code, _, told = rerun(ChangingJob(), BUNDLE, "--coordinators", "one")

    assert (code, told["coord-scope"]) == (0, "one")


@pytest.mark.parametrize(
    "arguments",
    [
        (COORDINATOR,),
        (COORDINATOR, "--actions", "1", "--dates", "2026-01-01T00:00Z"),
        (COORDINATOR, "--skip", "a"),
        (COORDINATOR, "--actions", "1", "--set", "a=b"),
        (BUNDLE,),
        (BUNDLE, "--actions", "1"),
        (BUNDLE, "--coordinators", "one", "--failed"),
        (WORKFLOW, "--actions", "1"),
        (WORKFLOW, "--dates", "2026-01-01T00:00Z"),
        (WORKFLOW, "--refresh"),
        (WORKFLOW, "--no-cleanup"),
        (WORKFLOW, "--failed", "--all"),
        (WORKFLOW, "--skip", "a", "--failed"),
    ],
)
def test_an_option_that_does_not_fit_is_a_wrong_call(arguments: tuple[str, ...]) -> None:
    job = ChangingJob("KILLED")

    assert rerun(job, *arguments)[0] == 2
    assert job.changes == []


def test_names_give_a_terminal_no_orders() -> None:
    _, output, _ = rerun(ChangingJob("KILLED", actions=((ORDERS, "OK"),)), WORKFLOW)

    assert r"without \x1b]0;x\x07\x9b31m\u202e (run" in output
