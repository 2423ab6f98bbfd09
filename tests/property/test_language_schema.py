"""Oozie's own schemas say the same of any document as our tables do."""

from __future__ import annotations

import os
import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from oozie.language import document, reader, schema
from oozie.language.content_model import START, content_model
from oozie.language.model import Element
from oozie.language.schema_tables import KINDS, TABLES, TEXT, is_global
from oozie.language.writer import write

SCHEMAS = os.environ.get("HOWDAH_OOZIE_SCHEMAS", "")
needs_schemas = pytest.mark.skipif(not SCHEMAS, reason="needs Oozie's schemas (HOWDAH_OOZIE_SCHEMAS)")

ROOTS = [(ns, tag) for ns in TABLES for tag, kind in KINDS.items() if is_global(kind, ns, tag)]
WORDS = ["", " ", "a", "_x", "a b", "7", "true", "-1", "70000", "${x}", "\n"]
STRANGE_TAGS = ["jobtracker", "arg", "name", "info", "ok", "start", "sqoop", "property"]
STRANGE_NAMESPACES = ["", "uri:other", "uri:oozie:workflow:0.5", "uri:oozie:hive-action:0.5", "uri:oozie:sla:0.1"]
VALID_VALUES = {"identifier": "node", "boolean": "true", "short": "3", "unsigned-int": "512", "string": "text"}


def loaded(kind: str) -> etree.XMLSchema:
    """The schemas that Oozie's server loads for one kind of app (oozie-default.xml)."""
    others = {"workflow": ("oozie-coordinator", "oozie-bundle"), "coordinator": (), "bundle": ()}[kind]
    imports = []
    for file in sorted(Path(SCHEMAS).glob("*.xsd")):
        if file.name.startswith(("oozie-common", "gms", *others)):
            continue
        if kind == "workflow" or file.name.startswith((f"oozie-{kind}", "oozie-sla" if kind == "coordinator" else "-")):
            namespace = etree.parse(file).getroot().get("targetNamespace")
            imports.append(f'<xs:import namespace="{namespace}" schemaLocation="{file.as_uri()}"/>')
    text = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{"".join(imports)}</xs:schema>'
    return etree.XMLSchema(etree.fromstring(text))


@pytest.fixture(scope="module")
def oozie_schemas() -> dict[str, etree.XMLSchema]:
    return {tag: loaded(kind) for tag, kind in KINDS.items()}


def generated(namespace: str, type_name: str, tag: str, kind: str, rng: random.Random, depth: int = 0) -> Element:
    """An element that the tables allow: a random walk through its content model."""
    of_type = TABLES[namespace].get(type_name, TEXT)
    attributes = []
    for word in of_type.attributes.split():
        name, _, value_kind = word.partition(":")
        if name.endswith("!") or rng.random() < 0.5:
            attributes.append((name.removesuffix("!"), VALID_VALUES[value_kind or "string"]))
    text = VALID_VALUES[of_type.text] if of_type.text else ""
    children = [] if of_type.content is None else walked(namespace, of_type.content, kind, rng, depth)
    return Element(tag, namespace, tuple(attributes), text, tuple(children))


def walked(namespace: str, content: str, kind: str, rng: random.Random, depth: int) -> list[Element]:
    model, state, children = content_model(content), START, []
    while len(children) < 6:
        if not model.missing_at_end(state) and (depth > 5 or rng.random() < 0.2):
            return children
        choices = model.expected(state)
        if not choices:
            return children
        state = model.next(state, [rng.choice(choices)])
        children.append(child_for(namespace, model.tags[state], model.types[state], kind, rng, depth + 1))
    for tag in model.missing_at_end(state):
        state = model.next(state, [tag])
        children.append(child_for(namespace, tag, model.types[state], kind, rng, depth + 1))
    return children


def child_for(namespace: str, tag: str, type_name: str, kind: str, rng: random.Random, depth: int) -> Element:
    if not tag.startswith("#"):
        return generated(namespace, type_name, tag, kind, rng, depth)
    if tag == "#other":
        choices = [ns for ns in TABLES if "-action:" in ns]
    else:
        choices = ["uri:oozie:sla:0.1"] + (["uri:oozie:sla:0.2"] if tag == "#sla" else [])
    other = rng.choice(choices)
    root = next(name for name in TABLES[other] if is_global(kind, other, name))
    return generated(other, root, root, kind, rng, depth)


def mutated(element: Element, rng: random.Random) -> Element:
    """One change somewhere below, of the kinds that people make."""
    if element.children and rng.random() < 0.8:
        at = rng.randrange(len(element.children))
        children = list(element.children)
        children[at] = mutated(children[at], rng)
        return replace(element, children=tuple(children))
    return rng.choice(MUTATIONS)(element, rng)


def without_a_child(element: Element, rng: random.Random) -> Element:
    children = list(element.children)
    if children:
        children.pop(rng.randrange(len(children)))
    return replace(element, children=tuple(children))


def with_a_child_twice(element: Element, rng: random.Random) -> Element:
    children = list(element.children)
    if children:
        children.insert(rng.randrange(len(children) + 1), rng.choice(children))
    return replace(element, children=tuple(children))


def with_a_strange_child(element: Element, rng: random.Random) -> Element:
    children = list(element.children)
    namespace = rng.choice([element.namespace, element.namespace, *STRANGE_NAMESPACES])
    children.insert(rng.randrange(len(children) + 1), Element(rng.choice(STRANGE_TAGS), namespace))
    return replace(element, children=tuple(children), text="")


def shuffled(element: Element, rng: random.Random) -> Element:
    return replace(element, children=tuple(rng.sample(element.children, len(element.children))))


def renamed(element: Element, rng: random.Random) -> Element:
    return replace(element, tag=rng.choice(STRANGE_TAGS))


def moved_to_another_namespace(element: Element, rng: random.Random) -> Element:
    return replace(element, namespace=rng.choice(STRANGE_NAMESPACES))


def with_other_text(element: Element, rng: random.Random) -> Element:
    return replace(element, text=rng.choice(WORDS)) if not element.children else replace(element, text="loose text")


def with_another_attribute(element: Element, rng: random.Random) -> Element:
    attributes = dict(element.attributes)
    attributes[rng.choice(["name", "to", "path", "nmae", "retry-max", "skip-trash", "dataset"])] = rng.choice(WORDS)
    return replace(element, attributes=tuple(attributes.items()))


def without_an_attribute(element: Element, rng: random.Random) -> Element:
    return replace(element, attributes=element.attributes[1:])


def with_another_value(element: Element, rng: random.Random) -> Element:
    return replace(element, attributes=tuple((name, rng.choice(WORDS)) for name, _ in element.attributes))


MUTATIONS = [
    without_a_child,
    with_a_child_twice,
    with_a_strange_child,
    shuffled,
    renamed,
    moved_to_another_namespace,
    with_other_text,
    with_another_attribute,
    without_an_attribute,
    with_another_value,
]


@given(st.sampled_from(ROOTS), st.integers(0, 2**32))
@settings(max_examples=100, deadline=None)
def test_what_the_tables_generate_they_accept(root: tuple[str, str], seed: int) -> None:
    namespace, tag = root
    app = generated(namespace, tag, tag, KINDS[tag], random.Random(seed))
    assert schema.check(document.parse(document.serialise(app))) == []


def apps_of_every_schema(root: tuple[str, str], seed: int) -> None:
    namespace, tag = root
    data = document.serialise(generated(namespace, tag, tag, KINDS[tag], random.Random(seed)))
    app = reader.read(data)
    assert reader.read(write(app)) == app
    assert write(reader.read(write(app))) == write(app)


@given(st.sampled_from(ROOTS), st.integers(0, 2**32))
@settings(max_examples=100, deadline=None)
def test_an_app_of_any_schema_is_read_again_as_it_was_written(root: tuple[str, str], seed: int) -> None:
    apps_of_every_schema(root, seed)


@pytest.mark.slow
@given(st.sampled_from(ROOTS), st.integers(0, 2**32))
@settings(max_examples=10_000, deadline=None)
def test_ten_thousand_apps_of_all_schemas_are_read_again_as_they_were_written(root: tuple[str, str], seed: int) -> None:
    apps_of_every_schema(root, seed)


@needs_schemas
@given(st.sampled_from(ROOTS), st.integers(0, 2**32), st.integers(0, 2))
@settings(max_examples=int(os.environ.get("HOWDAH_SCHEMA_EXAMPLES", "600")), deadline=None)
def test_the_tables_and_oozies_schemas_agree(
    oozie_schemas: dict[str, etree.XMLSchema], root: tuple[str, str], seed: int, changes: int
) -> None:
    namespace, tag = root
    rng = random.Random(seed)
    app = generated(namespace, tag, tag, KINDS[tag], rng)
    for _ in range(changes):
        app = mutated(app, rng)
    data = document.serialise(app)
    if app.tag != tag:
        return  # Oozie's schemas let other elements be the root; its parser then fails in another way
    oozie = oozie_schemas[tag]
    accepted = oozie.validate(etree.fromstring(data))
    findings = schema.check(document.parse(data))
    assert (not findings) == accepted, f"{data.decode()}\n{findings}\n{oozie.error_log}"
