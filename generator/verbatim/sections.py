"""Parts of a definition that are no steps: XML as it is, global, launcher, SLA, parameters, where actions run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from generator import elements as checked
from generator.errors import refuse
from generator.values import Credential, Places
from oozie.language import document, model
from oozie.language.errors import AppError
from oozie.language.model import Element
from oozie.language.schema_tables import TABLES


def xml(text: str) -> Element:
    """An element as XML writes it, with its namespace: what has no function of its own.

    Raises: DeclarationError for what is no XML.
    """
    if not isinstance(text, str):
        raise refuse("H301", f"xml() got {text!r}: text is wanted here", 'write xml("""<element>...</element>""")')
    try:
        return document.parse(text.strip().encode("utf-8", "surrogatepass"))
    except AppError as error:
        raise refuse("H301", f"xml(): {error.diagnostics[0].message}", error.diagnostics[0].hint) from None


def places(*, job_tracker: str = "", name_node: str = "", resource_manager: str = "") -> Places:
    """Where an action runs, as elements of its own (most apps say it in ``shared`` instead)."""
    for argument, value in (
        ("job_tracker", job_tracker),
        ("name_node", name_node),
        ("resource_manager", resource_manager),
    ):
        if value:
            checked.text(argument, value)
    return Places(job_tracker, name_node, resource_manager)


def launcher(settings: Mapping[str, str]) -> Element:
    """The element ``launcher``: ``launcher({"memory.mb": "1024", "queue": "daily"})``."""
    children = tuple(
        checked.holding(checked.text("launcher", name), f"launcher[{name!r}]", value)
        for name, value in checked.mapping("launcher", settings).items()
        if isinstance(name, str)
    )
    return Element("launcher", children=children)


def shared(
    *,
    job_tracker: str | None = None,
    resource_manager: str | None = None,
    name_node: str | None = None,
    launcher: Element | None = None,
    job_xml: Sequence[str] = (),
    configuration: Mapping[str, str] = checked.NOTHING,
) -> Element:
    """The element ``global``: what all actions of a workflow share."""
    return checked.body(
        "global",
        checked.leaf("job-tracker", job_tracker),
        checked.leaf("resource-manager", resource_manager),
        checked.leaf("name-node", name_node),
        () if launcher is None else (launcher,),
        checked.leaves("job-xml", job_xml, "job_xml"),
        checked.configuration(configuration),
    )


def sla(version: str = "0.2", **fields: str) -> Element:
    """What is expected of an action or an app: ``sla(nominal_time="${nominal}", should_end="${30 * MINUTES}")``.

    Fields in the order of Oozie's schema; ``_`` in a name stands for ``-``.
    """
    namespace = f"{document.SLA_NAMESPACE}{version}"
    if namespace not in TABLES:
        raise refuse("H301", f"sla: there is no schema {version!r}", "one of 0.1, 0.2")
    children = tuple(checked.holding(name.replace("_", "-"), name, value) for name, value in fields.items())
    return qualified(Element("info", children=children), namespace)


def parameter(name: str, value: str | None = None, description: str | None = None) -> model.Parameter:
    """A formal parameter with a description; others are simply ``parameters={"name": "value"}``."""
    for argument, text in (("value", value), ("description", description)):
        if text is not None and text.strip():
            checked.text(argument, text)
    return model.Parameter(name, value, description)


def parameters_of(
    given: Mapping[str, str | None] | Sequence[model.Parameter],
) -> tuple[model.Parameter, ...]:
    """Formal parameters, in either form. Raises: DeclarationError for anything else."""
    if isinstance(given, Mapping):
        return tuple(parameter(name, value) for name, value in given.items())
    for entry in checked.sequence("parameters", given):
        if not isinstance(entry, model.Parameter):
            raise refuse("H301", f"parameters: {entry!r} is none", 'write parameter("name", "value")')
    return tuple(given)


def credentials_of(given: Sequence[Credential] | Element, namespace: str) -> Element | None:
    """The element ``credentials``, or none."""
    if isinstance(given, Element):
        return given
    if not given:
        return None
    children = tuple(
        Element(
            "credential",
            attributes=(("name", credential.name), ("type", credential.type)),
            children=checked.properties(dict(credential.properties), "properties"),
        )
        for credential in given
    )
    return qualified(Element("credentials", children=children), namespace)


def pairs_of(argument: str, given: object) -> tuple[tuple[str, str], ...]:
    """Name and value of each property, out of a mapping or a list of pairs: names may stand twice."""
    entries = given.items() if isinstance(given, Mapping) else checked.sequence(argument, given)
    found = []
    for entry in entries:
        if not (isinstance(entry, (list, tuple)) and len(entry) == 2 and all(isinstance(part, str) for part in entry)):
            raise refuse("H301", f"{argument}: {entry!r} is no name with a value", 'write {"name": "value"}')
        name, value = entry
        if value.strip():
            checked.named_text(argument, name, value)
        found.append((str(name), str(value)))
    return tuple(found)


def qualified(element: Element, namespace: str) -> Element:
    """The same tree in ``namespace``, save for what has one already."""
    children = tuple(qualified(child, namespace) for child in element.children)
    return replace(element, namespace=element.namespace or namespace, children=children)
