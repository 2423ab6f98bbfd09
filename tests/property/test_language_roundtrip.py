"""Any app that is written is read again as it was."""

from __future__ import annotations

import os
import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oozie.language import document, reader, schema
from oozie.language.errors import AppError
from oozie.language.model import (
    Action,
    App,
    Bundle,
    BundleMember,
    Case,
    Controls,
    Coordinator,
    DataEvent,
    Dataset,
    Decision,
    Element,
    End,
    Fork,
    Join,
    Kill,
    Node,
    Parameter,
    Start,
    Workflow,
)
from oozie.language.properties import read_properties, write_properties
from oozie.language.writer import to_element, write

EXAMPLES = int(os.environ.get("HOWDAH_ROUNDTRIP_EXAMPLES", "150"))
usual = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])

# Everything that XML 1.0 can hold (its production Char); the rest is refused, which the unit tests show.
characters = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
texts = st.text(characters | st.sampled_from("\t\n\r"), max_size=12)
some = texts.filter(bool)
names = st.text(string.ascii_letters, min_size=1, max_size=8)
WF, SHELL, SLA = "uri:oozie:workflow:0.5", "uri:oozie:shell-action:0.3", "uri:oozie:sla:0.2"


def leaf(namespace: str, tag: str, text: str) -> Element:
    return Element(tag, namespace, (), text)


def of(namespace: str, tag: str, children: list[Element], **attributes: str) -> Element:
    return Element(tag, namespace, tuple(attributes.items()), "", tuple(children))


def properties(namespace: str) -> st.SearchStrategy[Element]:
    entry = st.tuples(texts, texts).map(
        lambda p: of(namespace, "property", [leaf(namespace, "name", p[0]), leaf(namespace, "value", p[1])])
    )
    return st.lists(entry, min_size=1, max_size=3).map(lambda entries: of(namespace, "configuration", entries))


shells = st.builds(
    lambda configuration, words: of(
        SHELL,
        "shell",
        [leaf(SHELL, "job-tracker", "j"), leaf(SHELL, "name-node", "n"), configuration, leaf(SHELL, "exec", words[0])]
        + [leaf(SHELL, "argument", word) for word in words[1:]],
    ),
    properties(SHELL),
    st.lists(texts, min_size=1, max_size=4),
)
moves = st.builds(lambda source, target: of(WF, "fs", [of(WF, "move", [], source=source, target=target)]), texts, texts)
slas = st.builds(lambda a, b: of(SLA, "info", [leaf(SLA, "nominal-time", a), leaf(SLA, "should-end", b)]), texts, texts)
parameters = st.lists(st.builds(Parameter, texts, st.none() | texts, st.none() | texts), max_size=3).map(tuple)
nodes: st.SearchStrategy[Node] = st.one_of(
    st.builds(Kill, names, texts),
    st.builds(Join, names, names),
    st.builds(Fork, names, st.lists(names, min_size=2, max_size=3).map(tuple)),
    st.builds(Decision, names, st.lists(st.builds(Case, names, texts), min_size=1, max_size=3).map(tuple), names),
    st.builds(Action, names, shells | moves, names, names, texts, texts, texts, texts, st.none() | slas),
)
workflows = st.builds(
    lambda name, start, middle, end, rest: Workflow(name, (Start(start), *middle, End(end)), WF, **rest),
    texts,
    names,
    st.lists(nodes, max_size=5),
    names,
    st.fixed_dictionaries(
        {
            "parameters": parameters,
            "global_section": st.none() | properties(WF).map(lambda conf: of(WF, "global", [conf])),
            "sla": st.none() | slas,
        }
    ),
)
events = st.builds(DataEvent, names, texts, st.lists(texts, min_size=1, max_size=3).map(tuple)) | st.builds(
    DataEvent, names, texts, start_instance=texts, end_instance=texts
)
outputs = st.builds(DataEvent, names, texts, st.tuples(texts), nocleanup=st.sampled_from(["", "true", "0"]))
datasets = st.builds(Dataset, names, texts, texts, texts, texts, st.none() | texts) | st.builds(
    Dataset, names, texts, kind=st.just("async-dataset"), sequence_type=texts, initial_version=texts
)
coordinators = st.builds(
    Coordinator,
    *[texts] * 6,
    configuration=st.lists(st.tuples(texts, texts), max_size=3).map(tuple),
    namespace=st.sampled_from(["uri:oozie:coordinator:0.4", "uri:oozie:coordinator:0.5"]),
    controls=st.none() | st.builds(Controls, texts, texts, texts, texts),
    parameters=parameters,
    includes=st.lists(texts, max_size=2).map(tuple),
    datasets=st.lists(datasets, max_size=3).map(tuple),
    inputs=st.lists(events, max_size=3).map(tuple),
    outputs=st.lists(outputs, max_size=2).map(tuple),
    sla=st.none() | slas,
)
members = st.builds(BundleMember, texts, texts, st.lists(st.tuples(texts, texts), max_size=2).map(tuple), texts, texts)
bundles = st.builds(Bundle, texts, st.lists(members, min_size=1, max_size=3).map(tuple), texts, parameters=parameters)


@given(workflows | coordinators | bundles)
@usual
def test_what_is_written_is_read_as_an_equal_app(app: App) -> None:
    data = write(app)

    assert reader.read(data) == app
    assert write(reader.read(data)) == data


@given(workflows | coordinators | bundles)
@usual
def test_a_built_app_is_judged_as_its_file_is(app: App) -> None:
    assert schema.check(to_element(app)) == []


@given(st.dictionaries(st.text(), st.text(), max_size=5))
def test_properties_are_read_as_they_were_written(given: dict[str, str]) -> None:
    assert read_properties(write_properties(given)) == given


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
@usual
def test_no_bytes_bring_the_parser_down(data: bytes) -> None:
    try:
        document.parse(data)
    except AppError as error:
        assert error.code in ("E0701", "H002", "H003")


@given(workflows | coordinators | bundles, st.data())
@usual
def test_no_damage_brings_the_reader_down(app: App, data: st.DataObject) -> None:
    written = write(app)
    at = data.draw(st.integers(0, len(written)))
    cut = data.draw(st.integers(0, 20))
    damaged = written[:at] + data.draw(st.binary(max_size=10)) + written[at + cut :]
    try:
        reader.read(damaged)
    except AppError as error:
        assert all(finding.message for finding in error.diagnostics)


@pytest.mark.slow
@given(workflows | coordinators | bundles)
@settings(max_examples=10_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_ten_thousand_apps_are_read_as_they_were_written(app: App) -> None:
    assert reader.read(write(app)) == app
