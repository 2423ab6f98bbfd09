from __future__ import annotations

from typing import Any

from generator.declare import alert, decide, handle, kill, parallel, retry, shell, when, workflow
from generator.passes import lower
from generator.profiles import LOCAL
from oozie.language import model


def _step(name: str, **arguments: Any) -> Any:
    return shell(name, command="true", **arguments)


def _route(*steps: Any) -> list[str]:
    """One line a node: where it leads."""
    lines = []
    for node in lower(workflow("w", *steps), LOCAL).nodes:
        match node:
            case model.Start():
                lines.append(f"-> {node.to}")
            case model.Action():
                lines.append(f"{node.name} -> {node.ok} | {node.error}")
            case model.Fork():
                lines.append(f"{node.name} -> {' & '.join(node.paths)}")
            case model.Join():
                lines.append(f"{node.name} -> {node.to}")
            case model.Decision():
                lines.append(f"{node.name} -> {' ? '.join([*(case.to for case in node.cases), node.default])}")
            case model.Kill():
                lines.append(f"{node.name}: {node.message}")
            case model.End():
                lines.append(node.name)
    return lines


FAIL = "fail: ${wf:errorMessage(wf:lastErrorNode())}"


def test_a_sequence() -> None:
    assert _route(_step("a"), _step("b")) == ["-> a", "a -> b | fail", "b -> end | fail", FAIL, "end"]


def test_continue_goes_where_ok_goes_and_needs_no_kill() -> None:
    assert _route(_step("a", on_error="continue"), _step("b", on_error="continue")) == [
        "-> a",
        "a -> b | b",
        "b -> end | end",
        "end",
    ]


def test_an_alert_then_a_kill() -> None:
    assert _route(_step("a", on_error=alert("x@y"))) == [
        "-> a",
        "a -> end | a-alert",
        "a-alert -> fail | fail",
        FAIL,
        "end",
    ]


def test_an_alert_then_onwards() -> None:
    assert _route(_step("a", on_error=alert("x@y", then="continue")), _step("b", on_error="continue")) == [
        "-> a",
        "a -> b | a-alert",
        "a-alert -> b | b",
        "b -> end | end",
        "end",
    ]


def test_handlers_have_errors_of_their_own() -> None:
    tidy = _step("tidy", on_error=kill("tidying failed"))

    assert _route(_step("a", on_error=handle(tidy, _step("tell"), then="continue")), _step("b")) == [
        "-> a",
        "a -> b | tidy",
        "tidy -> tell | tidy-fail",
        "tell -> b | fail",
        "b -> end | fail",
        "tidy-fail: tidying failed",
        FAIL,
        "end",
    ]


def test_a_checkpoint_in_a_fork_stops_no_sibling() -> None:
    assert _route(
        parallel([_step("a", on_error="continue"), _step("b")], _step("c", on_error="continue")), _step("d")
    ) == [
        "-> fork-1",
        "fork-1 -> a & c",
        "a -> b | b",
        "b -> join-1 | fail",
        "c -> join-1 | join-1",
        "join-1 -> d",
        "d -> end | fail",
        FAIL,
        "end",
    ]


def test_forks_in_forks() -> None:
    assert _route(parallel(_step("a"), parallel(_step("b"), _step("c"), name="in"), name="out")) == [
        "-> out",
        "out -> a & in",
        "a -> out-join | fail",
        "in -> b & c",
        "b -> in-join | fail",
        "c -> in-join | fail",
        "in-join -> out-join",
        "out-join -> end",
        FAIL,
        "end",
    ]


def test_decisions_meet_again_behind() -> None:
    decision = decide("d", when("${a}", _step("b")), when("${c}"), otherwise=(_step("e"), kill("no")))

    assert _route(decision, _step("f")) == [
        "-> d",
        "d -> b ? f ? e",
        "b -> f | fail",
        "e -> kill-1 | fail",
        "f -> end | fail",
        "kill-1: no",
        FAIL,
        "end",
    ]


def test_retries_are_oozie_s_attributes() -> None:
    nodes = lower(workflow("w", _step("a", retry=retry(3, 5)), _step("b", retry=retry(1, policy="exponential"))), LOCAL)

    first, second = nodes.actions
    assert (first.retry_max, first.retry_interval, first.retry_policy) == ("3", "5", "")
    assert (second.retry_max, second.retry_interval, second.retry_policy) == ("1", "10", "exponential")
