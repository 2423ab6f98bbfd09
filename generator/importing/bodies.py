"""Actions as calls: the function of their type where it gives an equal element, else the XML itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from generator.errors import DeclarationError
from generator.importing.python_text import Call, Expression, Items, Table, Text, Word, value_of
from generator.importing.words import (
    said,
    said_configuration,
    said_launcher,
    said_path,
    said_places,
    said_retry,
    said_sla,
    text_of,
    xml_text,
)
from generator.values import ActionStep, Places
from generator.verbatim.bodies import PLACED, action_schema, body_of_step, namespace_of_step
from oozie.language import model
from oozie.language.model import Element

Kind: TypeAlias = Literal["text", "texts", "path", "paths", "jar", "pairs", "flag", "configuration", "table"]
Argument: TypeAlias = tuple[str, Kind]

_PLACES = ("job-tracker", "resource-manager", "name-node")
_CONFIGURATION: Mapping[str, Argument] = {"configuration": ("configuration", "configuration")}
_USUAL: Mapping[str, Argument] = {
    **_CONFIGURATION,
    "job-xml": ("job_xml", "paths"),
    "file": ("files", "paths"),
    "archive": ("archives", "paths"),
}
_QUERY: Mapping[str, Argument] = {
    **_USUAL,
    "script": ("script", "path"),
    "query": ("query", "text"),
    "param": ("params", "pairs"),
    "argument": ("arguments", "texts"),
}
_CAPTURE: Mapping[str, Argument] = {"capture-output": ("capture_output", "flag")}

# Action type -> function, and element -> argument.
_FORMS: Mapping[str, tuple[str, Mapping[str, Argument]]] = {
    "hive": ("hive", _QUERY),
    "hive2": ("hive2", {**_QUERY, "jdbc-url": ("jdbc_url", "text")}),
    "pig": ("pig", _QUERY),
    "spark": (
        "spark",
        {
            **_USUAL,
            "master": ("master", "text"),
            "mode": ("mode", "text"),
            "name": ("app_name", "text"),
            "class": ("main_class", "text"),
            "jar": ("application", "jar"),
            "spark-opts": ("options", "text"),
            "arg": ("args", "texts"),
        },
    ),
    "java": (
        "java",
        {
            **_USUAL,
            **_CAPTURE,
            "main-class": ("main_class", "text"),
            "java-opts": ("java_opts", "text"),
            "java-opt": ("java_opts", "texts"),
            "arg": ("args", "texts"),
        },
    ),
    "map-reduce": (
        "map_reduce",
        {
            **_USUAL,
            "streaming": ("streaming", "table"),
            "pipes": ("pipes", "table"),
            "config-class": ("config_class", "text"),
        },
    ),
    "sqoop": ("sqoop", {**_USUAL, "command": ("command", "text"), "arg": ("args", "texts")}),
    "shell": (
        "shell",
        {
            **_USUAL,
            **_CAPTURE,
            "exec": ("command", "text"),
            "argument": ("arguments", "texts"),
            "env-var": ("environment", "pairs"),
        },
    ),
    "distcp": ("distcp", {**_CONFIGURATION, "java-opts": ("java_opts", "text"), "arg": ("args", "texts")}),
    "ssh": (
        "ssh",
        {
            **_CAPTURE,
            "host": ("host", "text"),
            "command": ("command", "text"),
            "arg": ("args", "texts"),
            "args": ("args", "texts"),
        },
    ),
    "email": (
        "email",
        {tag: (tag, "text") for tag in ("to", "cc", "bcc", "subject", "body", "content_type", "attachment")},
    ),
    "git": (
        "git",
        {
            **_CONFIGURATION,
            "git-uri": ("uri", "text"),
            "branch": ("branch", "text"),
            "key-path": ("key_path", "text"),
            "destination-uri": ("destination", "text"),
        },
    ),
    "sub-workflow": ("sub_workflow", {**_CONFIGURATION, "app-path": ("app_path", "text")}),
}
_WITHOUT_CREDENTIALS = frozenset({"email", "fs", "ssh", "sub-workflow"})


@dataclass(frozen=True)
class Surroundings:
    """What an action's call need not say: schemas by type, where all of them run, and the files that go along."""

    namespace: str
    schemas: Mapping[str, str]
    each_action: Places
    carried: Collection[str]

    @property
    def version(self) -> str:
        """The version of the workflow's schema."""
        return self.namespace.rpartition(":")[2]


def surroundings(app: model.Workflow, carried: Collection[str]) -> Surroundings:
    """What most actions of ``app`` say alike."""
    version = app.namespace.rpartition(":")[2]
    schemas: dict[str, str] = {}
    by_type: dict[str, Counter[str]] = {}
    for action in app.actions:
        head, _, own = action.body.namespace.rpartition(":")
        if head == f"uri:oozie:{action.type}-action":
            by_type.setdefault(action.type, Counter())[own] += 1
    for kind, versions in sorted(by_type.items()):
        usual = versions.most_common(1)[0][0]
        if usual != action_schema(kind, version):
            schemas[kind] = usual
    places = Counter(_places(action.body) for action in app.actions if action.type in PLACED)
    each = places.most_common(1)[0][0] if places else Places()
    return Surroundings(app.namespace, schemas, each, carried)


def said_action(action: model.Action, around: Surroundings) -> Call:
    """The call that gives ``action``, without what it says of errors."""
    call = _typed(action, around)
    if call is None:
        named = (("credentials", Text(action.credentials)),) if action.credentials else ()
        call = Call("action", (Text(action.name), xml_text(action.body)), named)
    if again := said_retry(action):
        call = replace(call, named=(*call.named, ("retry", again)))
    if action.sla is not None:
        call = replace(call, but=(*call.but, ("sla", said_sla(action.sla))))
    return call


def _typed(action: model.Action, around: Surroundings) -> Call | None:
    """The call of the function of the action's type; None where none gives an equal body."""
    body = action.body
    if action.type == "fs":
        call = _fs(action)
    elif action.type in _FORMS:
        function, arguments = _FORMS[action.type]
        call = Call(function, (Text(action.name),), _arguments(action, arguments, around.carried))
    else:
        return None
    but: list[tuple[str, Expression]] = []
    if action.credentials:
        said_credentials = ("credentials", Text(action.credentials))
        if action.type in _WITHOUT_CREDENTIALS:
            but.append(said_credentials)
        else:
            call = replace(call, named=(*call.named, said_credentials))
    where, usual = _places(body), around.each_action if action.type in PLACED else Places()
    if where != usual and action.type != "git":
        but.append(("places", said_places(where)))
    if launcher := body.first("launcher"):
        but.append(("launcher", said_launcher(launcher, body.namespace)))
    for own in ("", *_schemas_to_say(body)):
        found = replace(call, but=((("schema", Text(own)), *but) if own else tuple(but)))
        if _gives(found, action, around):
            return found
    return None


def _schemas_to_say(body: Element) -> Iterable[str]:
    head, _, version = body.namespace.rpartition(":")
    if head in (f"uri:oozie:{body.tag}-action", "uri:oozie:workflow"):
        yield version
    yield body.namespace


def _gives(call: Call, action: model.Action, around: Surroundings) -> bool:
    try:
        step = value_of(call)
    except DeclarationError:
        return False
    if not isinstance(step, ActionStep) or step.credentials != action.credentials:
        return False
    namespace = namespace_of_step(step, around.version, around.schemas)
    return body_of_step(step, around.each_action, namespace) == action.body


def _places(body: Element) -> Places:
    return Places(*(body.text_of(tag) for tag in ("job-tracker", "name-node", "resource-manager")))


def _arguments(
    action: model.Action, arguments: Mapping[str, Argument], carried: Collection[str]
) -> tuple[tuple[str, Expression], ...]:
    """What the children of a body are as arguments; what they do not say shows when the call is compared."""
    body = action.body
    found: dict[str, Expression] = {}
    for tag in dict.fromkeys(child.tag for child in body.children):
        children = list(body.named(tag))
        if tag in arguments:
            name, kind = arguments[tag]
            found[name] = _argument(children, kind, carried)
        elif tag == "prepare":
            found |= _prepared(children[0])
    if found.get("jdbc_url") == Text("${hiveUrl}"):
        del found["jdbc_url"]
    if action.type == "spark":
        found |= {"queue": Word(None)}
        if found.get("app_name") == Text(action.name):
            del found["app_name"]
        if found.get("master") == Text("${master}"):
            del found["master"]
    if action.type == "sub-workflow" and body.first("propagate-configuration") is None:
        found["propagate_configuration"] = Word(False)
    return tuple(found.items())


def _argument(children: list[Element], kind: Kind, carried: Collection[str]) -> Expression:
    first = children[0]
    match kind:
        case "text":
            return text_of(first)
        case "texts":
            return Items(tuple(map(text_of, children)))
        case "path":
            return said_path(first, carried)
        case "paths":
            return Items(tuple(said_path(child, carried) for child in children))
        case "jar":
            return said_path(first, ())
        case "pairs":
            return _pairs(children)
        case "flag":
            return Word(True)
        case "configuration":
            return said_configuration(first)
        case "table":
            return Table(tuple((child.tag, text_of(child)) for child in first.children))


def _pairs(children: list[Element]) -> Expression:
    parts = [child.text.partition("=") for child in children]
    if (
        len({name for name, _, _ in parts}) == len(parts)
        and all(mark and isinstance(said(name), Text) for name, mark, _ in parts)
        and not any(child.is_cdata for child in children)
    ):
        return Table(tuple((name, said(value, name)) for name, _, value in parts))
    return Items(tuple(map(text_of, children)))


def _prepared(prepare: Element) -> dict[str, Expression]:
    return {
        f"prepare_{tag}": Items(tuple(said(child.attribute("path")) for child in prepare.named(tag)))
        for tag in ("delete", "mkdir")
        if prepare.first(tag)
    }


def _fs(action: model.Action) -> Call:
    operations: list[Expression] = []
    named: list[tuple[str, Expression]] = []
    for child in action.body.children:
        if child.tag == "configuration":
            named.append(("configuration", said_configuration(child)))
        elif child.tag not in _PLACES:
            attributes = [(name.replace("-", "_"), said(value)) for name, value in child.attributes]
            recursive = [("recursive", Word(True))] if child.first("recursive") else []
            operations.append(Call("op", (Text(child.tag),), (*attributes, *recursive)))
    return Call("fs", (Text(action.name), *operations), tuple(named))
