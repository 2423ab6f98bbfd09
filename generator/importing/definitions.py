"""Workflows, coordinators and bundles as calls of ``workflow_app``, ``coordinator_app`` and ``bundle_app``."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from generator.importing.bodies import said_action, surroundings
from generator.importing.python_text import Call, Expression, Items, Table, Text, Word
from generator.importing.steps import said_steps
from generator.importing.words import (
    said,
    said_credentials,
    said_global,
    said_parameters,
    said_places,
    said_sla,
    xml,
)
from generator.values import Places
from oozie.language import model

_FILES = {"workflow_app": "workflow.xml", "coordinator_app": "coordinator.xml", "bundle_app": "bundle.xml"}
_UNITS = re.compile(r"\$\{coord:(days|months)\(([1-9][0-9]{0,8})\)\}")
_MINUTES = re.compile(r"[1-9][0-9]{0,8}")
_CRON_FIELD = re.compile(r"[\w*/,?#-]+", re.ASCII)

Named = list[tuple[str, Expression]]


def said_definition(file: str, app: model.App, carried: Collection[str], order: Sequence[str] = ()) -> Call:
    """The call that gives ``app`` as ``file``; ``order`` are a workflow's nodes where they stand in another order."""
    match app:
        case model.Workflow():
            call = _workflow(app, carried, order)
        case model.Coordinator():
            call = _coordinator(app)
        case model.Bundle():
            call = _bundle(app)
    if file == _FILES[call.function]:
        return call
    return Call(call.function, call.arguments, (*call.named, ("file", Text(file))))


def _workflow(app: model.Workflow, carried: Collection[str], order: Sequence[str]) -> Call:
    around = surroundings(app, carried)
    told = said_steps(app, lambda action: said_action(action, around))
    named: Named = [("schema", Text(around.version))]
    if around.schemas:
        named.append(("schemas", Table(tuple((kind, Text(version)) for kind, version in around.schemas.items()))))
    if app.parameters:
        named.append(("parameters", said_parameters(app.parameters)))
    if app.global_section is not None:
        named.append(("shared", said_global(app.global_section, app.namespace)))
    if app.credentials is not None:
        named.append(("credentials", said_credentials(app.credentials, app.namespace)))
    if around.each_action != Places():
        named.append(("each_action", said_places(around.each_action)))
    if told.fail:
        named.append(("fail", told.fail[0] if len(told.fail) == 1 else Items(told.fail)))
    if told.aside:
        named.append(("aside", told.aside[0] if len(told.aside) == 1 else Items(told.aside)))
    end = app.nodes[-1].name
    if end != "end":
        named.append(("end", Text(end)))
    if order:
        named.append(("order", Items(tuple(map(Text, order)))))
    if app.sla is not None:
        named.append(("sla", said_sla(app.sla)))
    return Call("workflow_app", (Text(app.name), *told.steps), tuple(named))


def _coordinator(app: model.Coordinator) -> Call:
    named: Named = [
        ("frequency", _frequency(app.frequency)),
        ("start", Text(app.start)),
        ("end", Text(app.end)),
        ("timezone", Text(app.timezone)),
        ("app_path", Text(app.app_path)),
        ("schema", Text(app.namespace.rpartition(":")[2])),
    ]
    if app.configuration:
        named.append(("configuration", _pairs(app.configuration)))
    if app.controls is not None:
        fields = (
            ("timeout", app.controls.timeout),
            ("concurrency", app.controls.concurrency),
            ("execution", app.controls.execution),
            ("throttle", app.controls.throttle),
        )
        named.append(("controls", Call("controls", (), tuple((name, Text(value)) for name, value in fields if value))))
    if app.parameters:
        named.append(("parameters", said_parameters(app.parameters)))
    if app.includes:
        named.append(("includes", Items(tuple(map(Text, app.includes)))))
    for name, calls in (
        ("datasets", tuple(map(_dataset, app.datasets))),
        ("inputs", tuple(_event("data_in", event) for event in app.inputs)),
        ("outputs", tuple(_event("data_out", event) for event in app.outputs)),
    ):
        if calls:
            named.append((name, Items(calls)))
    for name, element in (("input_logic", app.input_logic), ("input_combination", app.input_combination)):
        if element is not None:
            named.append((name, xml(element)))
    if app.sla is not None:
        named.append(("sla", said_sla(app.sla)))
    return Call("coordinator_app", (Text(app.name),), tuple(named))


def _frequency(text: str) -> Expression:
    """``every(...)`` or ``cron(...)`` where it gives just this text."""
    if unit := _UNITS.fullmatch(text):
        return Call("every", (), ((unit[1], Word(int(unit[2]))),))
    if _MINUTES.fullmatch(text):
        minutes = int(text)
        if minutes % 60 == 0:
            return Call("every", (), (("hours", Word(minutes // 60)),))
        return Call("every", (), (("minutes", Word(minutes)),))
    fields = text.split(" ")
    if len(fields) == 5 and all(map(_CRON_FIELD.fullmatch, fields)):
        return Call("cron", (Text(text),))
    return Text(text)


def _dataset(dataset: model.Dataset) -> Call:
    head = (Text(dataset.name), Text(dataset.uri_template))
    if dataset.kind == "async-dataset":
        named: Named = [
            ("sequence_type", Text(dataset.sequence_type)),
            ("initial_version", Text(dataset.initial_version)),
        ]
        return Call("async_dataset", head, tuple(named))
    named = [
        ("frequency", _frequency(dataset.frequency)),
        ("initial_instance", Text(dataset.initial_instance)),
        ("timezone", Text(dataset.timezone)),
    ]
    if dataset.done_flag is not None:
        named.append(("done_flag", Text(dataset.done_flag)))
    return Call("dataset", head, tuple(named))


def _event(function: str, event: model.DataEvent) -> Call:
    ways = (("start", event.start_instance), ("end", event.end_instance), ("nocleanup", event.nocleanup))
    named = tuple((name, Text(value)) for name, value in ways if value)
    return Call(function, (Text(event.name), Text(event.dataset), *map(Text, event.instances)), named)


def _bundle(app: model.Bundle) -> Call:
    named: Named = [("schema", Text(app.namespace.rpartition(":")[2]))]
    if app.kick_off_time:
        named.append(("kick_off_time", Text(app.kick_off_time)))
    if app.parameters:
        named.append(("parameters", said_parameters(app.parameters)))
    return Call("bundle_app", (Text(app.name), *map(_member, app.members)), tuple(named))


def _member(member: model.BundleMember) -> Call:
    named: Named = []
    if member.configuration:
        named.append(("configuration", _pairs(member.configuration)))
    named += [
        (name, Text(value)) for name, value in (("enabled", member.enabled), ("critical", member.critical)) if value
    ]
    return Call("member", (Text(member.name), Text(member.app_path)), tuple(named))


def _pairs(pairs: tuple[tuple[str, str], ...]) -> Expression:
    """Properties as a dictionary; as a list of pairs where a name stands twice."""
    if len({name for name, _ in pairs}) == len(pairs):
        return Table(tuple((name, said(value, name) if value.strip() else Text(value)) for name, value in pairs))
    return Items(
        tuple(Items((Text(name), said(value, name) if value.strip() else Text(value))) for name, value in pairs)
    )
