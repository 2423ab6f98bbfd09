from __future__ import annotations

from collections.abc import Callable

import pytest

from generator.declare import handle, kill, retry, shell, workflow
from generator.errors import DeclarationError
from generator.values import ErrorRoute
from generator.verbatim import action, fork, goto, join


def test_an_action_as_xml() -> None:
    step = action("a", "<x xmlns='uri:x'/>", credentials="c", retry=retry(times=2, minutes=None), on_error=goto("b"))

    assert (step.body.namespace, step.credentials, step.on_error.to) == ("uri:x", "c", "b")
    assert step.retry is not None
    assert step.retry.minutes is None


def test_handlers_lead_anywhere() -> None:
    tidy = shell("tidy", command="true")

    assert handle(tidy, then=goto("b")) == ErrorRoute((tidy,), to="b")
    assert handle(tidy, then=kill("m", name="k")) == ErrorRoute((tidy,), message="m", kill_name="k")


@pytest.mark.parametrize(
    "make", [lambda: fork("f", "a"), lambda: goto(""), lambda: join("a b"), lambda: action("a", "<x/>", retry=3)]
)
def test_what_cannot_be(make: Callable[[], object]) -> None:
    with pytest.raises(DeclarationError):
        make()


@pytest.mark.parametrize(
    "step",
    [
        goto("a"),
        fork("f", "a", "b"),
        join("j"),
        shell("s", command="x", on_error=goto("a")),
        shell("s", command="x").but(schema="0.1"),
    ],
)
def test_a_workflow_of_the_profile_has_no_names_to_go_to(step: object) -> None:
    with pytest.raises(DeclarationError, match="H305"):
        workflow("w", shell("a", command="true"), step)  # type: ignore[arg-type]
