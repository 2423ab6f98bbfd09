"""Texts, XML and small sections of an app as expressions of a declaration."""

from __future__ import annotations

from collections.abc import Collection
from keyword import iskeyword

from generator import elements as checked
from generator.errors import DeclarationError
from generator.importing.python_text import Call, Expression, Items, Table, Text, Word, Xml, value_of
from generator.values import Places
from generator.verbatim.sections import credentials_of, qualified
from oozie.language import document, model
from oozie.language.model import Element


def said(value: str, name: str = "", *, is_cdata: bool = False) -> Expression:
    """A text, marked where a declaration would refuse it; ``name`` of the property that it is the value of."""
    if is_cdata:
        return Call("cdata", (Text(value),))
    try:
        checked.named_text("text", name, value) if name else checked.text("text", value)
    except DeclarationError:
        return Call("as_is", (Text(value),))
    return Text(value)


def text_of(element: Element, name: str = "") -> Expression:
    """The text of an element."""
    return said(element.text, name, is_cdata=element.is_cdata)


def said_path(element: Element, carried: Collection[str]) -> Expression:
    """A path that an action names: plain where it is on the cluster, or a file that is ``carried`` under its name."""
    value = element.text
    name = value.partition("#")[0]
    if value.startswith(("/", "${")) or "://" in value or (name in carried and "/" not in name):
        return text_of(element)
    return Call("cdata" if element.is_cdata else "as_is", (Text(value),))


def xml_text(element: Element) -> Xml:
    """An element as XML, without declaration."""
    written = document.serialise(element).decode().partition("\n")[2]
    return Xml(written, may_move=not _spans_lines(element))


def xml(element: Element) -> Expression:
    """The call of ``xml`` that gives an element."""
    return Call("xml", (xml_text(element),))


def said_places(places: Places) -> Expression:
    """The call of ``places``."""
    given = (
        ("job_tracker", places.job_tracker),
        ("resource_manager", places.resource_manager),
        ("name_node", places.name_node),
    )
    return Call("places", (), tuple((name, said(value)) for name, value in given if value))


def said_retry(action: model.Action) -> Expression | None:
    """The call of ``retry``, or None for an action that says nothing of it."""
    if not (action.retry_max or action.retry_interval or action.retry_policy):
        return None
    named = [("times", _number(action.retry_max)), ("minutes", _number(action.retry_interval))]
    if action.retry_policy:
        known = action.retry_policy in ("periodic", "exponential")
        named.append(("policy", Text(action.retry_policy) if known else Call("as_is", (Text(action.retry_policy),))))
    return Call("retry", (), tuple(named))


def _number(text: str) -> Expression:
    if not text:
        return Word(None)
    if text.isascii() and text.isdigit() and str(int(text[:9])) == text and text != "0":
        return Word(int(text))
    return Text(text) if "${" in text and isinstance(said(text), Text) else Call("as_is", (Text(text),))


def said_sla(element: Element) -> Expression:
    """The call of ``sla``, where it gives the element, else its XML."""
    version = element.namespace.removeprefix(document.SLA_NAMESPACE)
    head = () if version == "0.2" else (Text(version),)
    named = tuple((child.tag.replace("-", "_"), text_of(child)) for child in element.children)
    if not all(name.isidentifier() and not iskeyword(name) for name, _ in named):
        return xml(element)
    return first_that_gives(element, Call("sla", head, named)) or xml(element)


def said_launcher(element: Element, namespace: str) -> Expression:
    """The call of ``launcher``, where it gives the element, else its XML."""
    call = Call("launcher", (Table(tuple((child.tag, text_of(child)) for child in element.children)),))
    return first_that_gives(element, call, namespace) or xml(element)


def said_global(element: Element, namespace: str) -> Expression:
    """The call of ``shared``, where it gives the section ``global``, else its XML."""
    named: dict[str, Expression] = {}
    job_xml = [text_of(child) for child in element.named("job-xml")]
    for child in element.children:
        match child.tag:
            case "job-tracker" | "resource-manager" | "name-node":
                named[child.tag.replace("-", "_")] = text_of(child)
            case "launcher":
                named["launcher"] = said_launcher(child, namespace)
            case "configuration":
                named["configuration"] = said_configuration(child)
            case "job-xml":
                named["job_xml"] = Items(tuple(job_xml))
    return first_that_gives(element, Call("shared", (), tuple(named.items())), namespace) or xml(element)


def said_configuration(element: Element) -> Expression:
    """The properties of a ``configuration`` as a dictionary; whether it says all is for the caller to see."""
    entries = {}
    for entry in element.named("property"):
        value = entry.first("value") or Element("value")
        entries[entry.text_of("name")] = text_of(value, entry.text_of("name"))
    return Table(tuple(entries.items()))


def said_parameters(parameters: tuple[model.Parameter, ...]) -> Expression:
    """Formal parameters as a dictionary; as a list where one has a description, or a name stands twice."""
    if len({p.name for p in parameters}) == len(parameters) and all(p.description is None for p in parameters):
        return Table(tuple((p.name, _value(p.value)) for p in parameters))
    return Items(tuple(_parameter(p) for p in parameters))


def _parameter(parameter: model.Parameter) -> Expression:
    named = [("value", _value(parameter.value))] if parameter.value is not None else []
    if parameter.description is not None:
        named.append(("description", _value(parameter.description)))
    return Call("parameter", (Text(parameter.name),), tuple(named))


def _value(text: str | None) -> Expression:
    if text is None:
        return Word(None)
    return said(text) if text.strip() else Text(text)


def said_credentials(element: Element, namespace: str) -> Expression:
    """Calls of ``credential``, where they give the section, else its XML."""
    calls = []
    for entry in element.named("credential"):
        arguments = (
            Text(entry.attribute("name")),
            Text(entry.attribute("type")),
            said_configuration(entry),
        )
        calls.append(Call("credential", arguments))
    try:
        values = [value_of(call) for call in calls]
        if credentials_of(values, namespace) == element:  # type: ignore[arg-type]  # credential() gives these
            return Items(tuple(calls))
    except DeclarationError:
        pass
    return xml(element)


def first_that_gives(element: Element, call: Call, namespace: str = "") -> Call | None:
    """``call``, if it gives ``element`` when it is put into ``namespace``."""
    try:
        given = value_of(call)
    except DeclarationError:
        return None
    if not isinstance(given, Element):
        return None
    return call if (qualified(given, namespace) if namespace else given) == element else None


def _spans_lines(element: Element) -> bool:
    texts = [element.text, *(value for _, value in element.attributes)]
    return any("\n" in text for text in texts) or any(map(_spans_lines, element.children))
