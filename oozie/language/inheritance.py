"""What an action inherits from <global>, and from config-default.xml.

Source: org.apache.oozie.workflow.lite.LiteWorkflowAppParser (handleDefaultsAndGlobal), XConfiguration.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from oozie.language.model import Action, Element, Workflow

# Types that know neither <configuration> nor <name-node>.
_PLAIN = frozenset({"email", "ssh"})
_WITHOUT_TRACKER = frozenset({"fs"})
_ADDRESSES = ("job-tracker", "resource-manager", "name-node")
_NONE: Mapping[str, str] = MappingProxyType({})


def settings(app: Workflow, action: Action) -> dict[str, str]:
    """The configuration of an action over that of <global>, as they are written."""
    return _merged(action.body, app.global_section, _NONE)


def with_defaults(body: Element, global_section: Element | None, defaults: Mapping[str, str] = _NONE) -> Element:
    """An action's body with what it does not say itself; ``defaults`` are those of config-default.xml.

    Of a property that stands in several places its own word counts before <global>'s, and that before config-default's;
    a sub-workflow hears nothing of config-default.
    """
    if body.tag in _PLAIN:
        return body
    shared = global_section or Element("global")
    properties = _merged(body, global_section, defaults)
    own_files = body.texts("job-xml")
    files = (file for file in shared.named("job-xml") if file.text not in own_files)
    rest = (child for child in body.children if child.tag != "configuration")
    merged = (_configuration(body.namespace, properties),) if properties else ()
    return replace(body, children=(*_addresses(shared, body), *files, *rest, *merged))


def _merged(body: Element, global_section: Element | None, defaults: Mapping[str, str]) -> dict[str, str]:
    if body.tag in _PLAIN:
        return {}
    properties = {} if body.tag == "sub-workflow" else dict(defaults)
    for holder in (global_section, body):
        if holder is not None:
            properties.update(set_properties(holder.first("configuration")))
    return {name: value.strip() for name, value in properties.items() if value.strip()}


def set_properties(configuration: Element | None) -> dict[str, str]:
    """What Hadoop reads of a <configuration>: a property without a value is passed over."""
    properties = configuration.named("property") if configuration else ()
    found = ((p.text_of("name").strip(), p.text_of("value")) for p in properties)
    return {name: value for name, value in found if name and value}


def _configuration(namespace: str, properties: Mapping[str, str]) -> Element:
    children = tuple(_property(namespace, *pair) for pair in properties.items())
    return Element("configuration", namespace, children=children)


def _property(namespace: str, name: str, value: str) -> Element:
    return Element(
        "property",
        namespace,
        children=(Element("name", namespace, text=name), Element("value", namespace, text=value)),
    )


def _addresses(shared: Element, body: Element) -> Iterable[Element]:
    given = {"name-node"} if body.first("name-node") is not None else set()
    if body.tag in _WITHOUT_TRACKER or any(body.first(tag) is not None for tag in _ADDRESSES[:2]):
        given.update(_ADDRESSES[:2])
    return (child for tag in _ADDRESSES if tag not in given for child in shared.named(tag))
