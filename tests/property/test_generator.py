"""Any declaration that can be written gives an app that Oozie takes, and always the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.app import generate
from generator.declare import (
    Schedule,
    alert,
    cron,
    decide,
    email,
    every,
    handle,
    hive,
    kill,
    parallel,
    retry,
    shell,
    spark,
    sqoop_import,
    when,
    workflow,
)
from generator.passes import lower
from generator.profiles import HDP, LOCAL
from generator.values import Workflow
from oozie.language.check import check_folder
from oozie.language.reader import read
from oozie.language.writer import write
from tests.golden import schemas

TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="$#\ufffe\uffff"), min_size=1).filter(
    str.strip
)
ROUTES = st.sampled_from(["kill", "continue", "alert", "alert-continue", "own", "handle", "handle-continue"])

# A tree of steps without names: they are counted when it is built, so that no two are the same.
LEAVES = st.tuples(st.sampled_from(["shell", "hive", "sqoop", "spark", "email"]), ROUTES, TEXTS, st.booleans())
SEQUENCES = st.recursive(
    st.lists(LEAVES.map(lambda leaf: ("leaf", leaf)), min_size=1, max_size=3),
    lambda inner: st.lists(
        st.one_of(
            LEAVES.map(lambda leaf: ("leaf", leaf)),
            st.lists(inner, min_size=2, max_size=3).map(lambda branches: ("parallel", branches)),
            st.tuples(st.lists(inner, min_size=1, max_size=2), st.one_of(st.just([]), inner)).map(
                lambda parts: ("decide", parts)
            ),
        ),
        min_size=1,
        max_size=3,
    ),
    max_leaves=12,
)
SCHEDULES = st.one_of(
    st.none(),
    st.sampled_from([every(minutes=150), every(days=1), cron("0 2 * * *")]).map(
        lambda frequency: Schedule(frequency, start="2026-01-01T00:00Z", end="2027-01-01T00:00Z")
    ),
)


def _declare(tree: Any, schedule: Schedule | None) -> Workflow:
    numbers = count(1)
    return workflow("w", *_steps(tree, numbers), schedule=schedule, parameters={"database": "d"})


def _steps(tree: Any, numbers: Iterator[int]) -> tuple[Any, ...]:
    return tuple(_step(kind, content, numbers) for kind, content in tree)


def _step(kind: str, content: Any, numbers: Iterator[int]) -> Any:
    if kind == "leaf":
        return _leaf(content, numbers)
    if kind == "parallel":
        return parallel(*(_steps(branch, numbers) for branch in content))
    cases, otherwise = content
    whens = [when("${wf:run() gt 0}", *_steps(case, numbers)) for case in cases]
    return decide(f"decide{next(numbers)}", *whens, otherwise=_steps(otherwise, numbers))


def _leaf(leaf: tuple[str, str, str, bool], numbers: Iterator[int]) -> Any:
    kind, route, text, again = leaf
    name = f"step{next(numbers)}"
    common: dict[str, Any] = {"on_error": _route(route, numbers), "retry": retry(2) if again else None}
    match kind:
        case "shell":
            return shell(name, command="echo", arguments=(text,), **common)
        case "hive":
            return hive(name, script="/x.hql", params={"p": text}, **common)
        case "sqoop":
            words = {"username": "${dbUser}", "password_file": "${passwordFile}"}
            return sqoop_import(name, connect="${jdbcUrl}", table=text, target_dir="/x", **words, **common)
        case "spark":
            return spark(name, application="/x.py", args=(text,), **common)
        case _:
            return email(name, to="a@b", subject=text, body=text, **common)


def _route(route: str, numbers: Iterator[int]) -> Any:
    then = "continue" if route.endswith("continue") else "kill"
    match route.partition("-")[0]:
        case "alert":
            return alert("a@b", then=then)  # type: ignore[arg-type]
        case "own":
            return kill(f"message {next(numbers)}")
        case "handle":
            return handle(shell(f"step{next(numbers)}", command="true"), then=then)  # type: ignore[arg-type]
        case _:
            return route


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(tree=SEQUENCES, schedule=SCHEDULES, profile=st.sampled_from([LOCAL, HDP]))
def test_every_declaration_gives_an_app_that_oozie_takes(tree: Any, schedule: Any, profile: Any) -> None:
    declared = _declare(tree, schedule)

    files = generate(declared, profile, folder=Path(__file__).parent)  # refuses what Oozie would refuse

    assert files == generate(_declare(tree, schedule), profile, folder=Path(__file__).parent)
    assert {checked.path for checked in check_folder(files)} == {name for name in files if name.endswith(".xml")}
    app = lower(declared, profile)
    assert read(write(app)) == app
    if folder := schemas.folder():
        for name in (name for name in files if name.endswith(".xml")):
            assert schemas.problems(files[name], folder) == []


@pytest.mark.parametrize(
    "tree", [[("parallel", [[("decide", ([[("leaf", ("shell", "continue", "x", False))]], []))]] * 2)]]
)
def test_decisions_inside_of_forks(tree: Any) -> None:
    assert "workflow.xml" in generate(_declare(tree, None), folder=Path(__file__).parent)
