"""Any app that can be read is generated again as it was, from the declaration that it is imported as."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.app import generate
from generator.importing.apps import differences, import_app
from oozie.language.check import JOB_PROPERTIES
from oozie.language.model import Action, App, Case, Decision, Element, End, Fork, Join, Kill, Node, Start, Workflow
from oozie.language.properties import write_properties
from oozie.language.writer import write
from storage.errors import HowdahError
from tests.property.test_language_roundtrip import (
    bundles,
    coordinators,
    leaf,
    moves,
    names,
    of,
    parameters,
    shells,
    slas,
    texts,
)

WF, HIVE, EMAIL = "uri:oozie:workflow:0.5", "uri:oozie:hive-action:0.2", "uri:oozie:email-action:0.2"
LIMITS = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]

said = st.sampled_from(["${nameNode}", "/a/b.sql", "run.sh", "a=b", "x y", ""]) | texts
hives = st.builds(
    lambda head, script, params: of(
        HIVE,
        "hive",
        [leaf(HIVE, "job-tracker", head), leaf(HIVE, "name-node", head), leaf(HIVE, "script", script)]
        + [leaf(HIVE, "param", param) for param in params],
    ),
    said,
    said,
    st.lists(said, max_size=2),
)
mails = st.builds(
    lambda to, body: of(
        EMAIL, "email", [leaf(EMAIL, "to", to), leaf(EMAIL, "subject", "s"), leaf(EMAIL, "body", body)]
    ),
    said,
    said,
)
others = st.builds(lambda text: of("uri:x:1", "x", [leaf("uri:x:1", "y", text)], a=text), texts)
bodies: st.SearchStrategy[Element] = hives | mails | shells | moves | others


@st.composite
def nodes_of(draw: Callable[[Any], Any], name: str, targets: st.SearchStrategy[str]) -> Node:
    """A node called ``name`` that leads anywhere: forward, back, out of a fork, to itself."""
    match draw(st.integers(0, 6)):
        case 0:
            return Kill(name, draw(said))
        case 1:
            return Join(name, draw(targets))
        case 2:
            return Fork(name, tuple(draw(st.lists(targets, min_size=2, max_size=3))))
        case 3:
            case_ = st.builds(Case, targets, said, is_cdata=st.just(False))
            return Decision(name, tuple(draw(st.lists(case_, min_size=1, max_size=3))), draw(targets))
        case _:
            again = [draw(st.sampled_from(["", "3", "0", "${n}", "x"])) for _ in range(3)]
            sla = draw(st.none() | slas)
            return Action(name, draw(bodies), draw(targets), draw(targets), draw(said), *again, sla)


@st.composite
def workflows(draw: Callable[[Any], Any]) -> Workflow:
    """Nodes that lead to one another without any order."""
    found = draw(st.lists(names, min_size=1, max_size=9, unique=True))
    targets = st.sampled_from([*found, "nowhere"])
    inner = [draw(nodes_of(name, targets)) for name in found[:-1]]
    return Workflow(
        draw(said),
        (Start(draw(targets)), *inner, End(found[-1])),
        WF,
        parameters=draw(parameters),
        global_section=draw(st.none() | said.map(lambda text: of(WF, "global", [leaf(WF, "name-node", text)]))),
        sla=draw(st.none() | slas),
    )


apps: st.SearchStrategy[App] = workflows() | workflows() | coordinators | bundles
properties = st.none() | st.dictionaries(said.filter(bool), said, max_size=4)


def check(app: App, given_properties: dict[str, str] | None, folder: Path) -> str:
    files = {"app.xml": write(app), "run.sh": b"#!/bin/sh\n"}
    if given_properties is not None:
        files[JOB_PROPERTIES] = write_properties(given_properties).encode()
    imported = import_app(files)
    assert imported.apps == {"app.xml": app}
    folder.mkdir(exist_ok=True)
    (folder / "workflow.py").write_text(imported.source, "utf-8")
    (folder / "run.sh").write_bytes(files["run.sh"])

    assert differences(imported, generate(folder)) == []
    return imported.source


@settings(max_examples=25, deadline=None, suppress_health_check=LIMITS)
@given(app=apps, given_properties=properties)
def test_an_imported_app_is_generated_as_it_was(
    app: App, given_properties: dict[str, str] | None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    check(app, given_properties, tmp_path_factory.getbasetemp() / "imported")


@settings(max_examples=40, deadline=None, suppress_health_check=LIMITS)
@given(app=workflows(), data=st.data())
def test_a_damaged_app_is_imported_or_refused(app: Workflow, data: st.DataObject) -> None:
    written = write(app)
    at = data.draw(st.integers(0, len(written)))
    damage = data.draw(st.binary(max_size=10) | st.sampled_from([b'"', b"<x/>", b"<![CDATA[", b"${", b"&amp;"]))
    damaged = written[:at] + damage + written[at + data.draw(st.integers(0, 20)) :]
    try:
        imported = import_app({"workflow.xml": damaged, JOB_PROPERTIES: damage})
    except HowdahError as error:
        assert all(finding.message for finding in error.diagnostics)
    else:
        compile(imported.source, "workflow.py", "exec")


@pytest.mark.slow
@settings(max_examples=3_000, deadline=None, suppress_health_check=LIMITS)
@given(app=apps, given_properties=properties)
def test_thousands_of_apps_are_generated_as_they_were(
    app: App, given_properties: dict[str, str] | None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    check(app, given_properties, tmp_path_factory.getbasetemp() / "imported-many")


@pytest.mark.slow
def test_what_is_written_is_formatted(tmp_path: Path) -> None:
    sources = tmp_path / "sources"
    sources.mkdir()

    @settings(max_examples=300, deadline=None, suppress_health_check=LIMITS, database=None)
    @given(app=apps, given_properties=properties)
    def collect(app: App, given_properties: dict[str, str] | None) -> None:
        number = len(list(sources.iterdir()))
        (sources / f"w{number}.py").write_text(check(app, given_properties, tmp_path / "imported"), "utf-8")

    collect()
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length", "120", "--diff", str(sources)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)

    assert len(list(sources.iterdir())) >= 300
    assert done.returncode == 0, done.stdout[:4000]
