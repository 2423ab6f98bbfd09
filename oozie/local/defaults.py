"""What an action gets from elsewhere: from <global>, from that of a workflow above, from config-default.xml.

Source: org.apache.oozie.workflow.lite.LiteWorkflowAppParser (handleDefaultsAndGlobal), XConfiguration.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from oozie.language.document import parse, serialise
from oozie.language.errors import AppError
from oozie.language.model import Element
from oozie.language.properties import resolve_properties

GLOBAL_PROPERTY = "oozie.wf.globalconf"
CONFIG_DEFAULT = "config-default.xml"
# Types that know neither <configuration> nor <name-node>.
_PLAIN = frozenset({"email", "ssh"})
_WITHOUT_TRACKER = frozenset({"fs"})
_ADDRESSES = ("job-tracker", "resource-manager", "name-node")


def with_defaults(body: Element, global_section: Element | None, defaults: Mapping[str, str]) -> Element:
    """An action's body with what it does not say itself.

    Of a property that stands in several places its own word counts before <global>'s, and that before config-default's;
    a sub-workflow hears nothing of config-default.
    """
    if body.tag in _PLAIN:
        return body
    shared = global_section or Element("global")
    settings = {} if body.tag == "sub-workflow" else dict(defaults)
    for holder in (shared, body):
        settings.update(_settings(holder.first("configuration")))
    settings = {name: value.strip() for name, value in settings.items() if value.strip()}
    own_files = body.texts("job-xml")
    files = (file for file in shared.named("job-xml") if file.text not in own_files)
    rest = (child for child in body.children if child.tag != "configuration")
    merged = (_configuration(body.namespace, settings),) if settings else ()
    return replace(body, children=(*_addresses(shared, body), *files, *rest, *merged))


def effective_global(own: Element | None, properties: Mapping[str, str]) -> Element | None:
    """The workflow's <global> over that of the workflow above it, which a sub-workflow is told in a property."""
    inherited = properties.get(GLOBAL_PROPERTY)
    if inherited is None:
        return own
    above = parse(inherited.encode())
    return above if own is None else with_defaults(own, above, {})


def told_to_child(section: Element) -> str:
    """``section`` as a property of a sub-workflow."""
    return serialise(section).decode()


def read_settings(file: Path) -> dict[str, str]:
    """Name and value of each property of a Hadoop configuration file; one without a value is not there.

    Raises: AppError E0803 for a file that is none.
    """
    root = parse(file.read_bytes(), str(file))
    if root.tag != "configuration":
        reason = "bad conf file: top-level element not <configuration>"
        raise AppError("E0803", reason, hint="write <configuration><property>...", path=str(file), line=root.line)
    return _settings(root)


def config_default(app: Path, properties: Mapping[str, str]) -> dict[str, str]:
    """What config-default.xml in the folder ``app`` hands to the configuration of every action.

    Its own values count here, also where the job says otherwise; one that names a property that only the job has is
    the job's.
    """
    file = app / CONFIG_DEFAULT
    if not file.is_file():
        return {}
    found = read_settings(file)
    resolved = resolve_properties(found)
    return {
        name: properties.get(name, value) if "$" in value and "$" in resolved[name] else resolved[name]
        for name, value in found.items()
    }


def _settings(configuration: Element | None) -> dict[str, str]:
    """What Hadoop reads of a <configuration>: a property without a value is passed over."""
    properties = configuration.named("property") if configuration else ()
    found = ((p.text_of("name").strip(), p.text_of("value")) for p in properties)
    return {name: value for name, value in found if name and value}


def _configuration(namespace: str, settings: Mapping[str, str]) -> Element:
    return Element("configuration", namespace, children=tuple(_property(namespace, *pair) for pair in settings.items()))


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
