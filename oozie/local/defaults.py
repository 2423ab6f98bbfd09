"""What the actions of a job get from elsewhere: from the <global> of a workflow above, from config-default.xml.

Source: org.apache.oozie.workflow.lite.LiteWorkflowAppParser (handleDefaultsAndGlobal), XConfiguration.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from oozie.language.document import parse, serialise
from oozie.language.errors import AppError
from oozie.language.inheritance import set_properties, with_defaults
from oozie.language.model import Element
from oozie.language.properties import resolve_properties
from oozie.local.app_files import content

GLOBAL_PROPERTY = "oozie.wf.globalconf"
CONFIG_DEFAULT = "config-default.xml"


def effective_global(own: Element | None, properties: Mapping[str, str]) -> Element | None:
    """The workflow's <global> over that of the workflow above it, which a sub-workflow is told in a property."""
    inherited = properties.get(GLOBAL_PROPERTY)
    if inherited is None:
        return own
    above = parse(inherited.encode())
    return above if own is None else with_defaults(own, above)


def told_to_child(section: Element) -> str:
    """``section`` as a property of a sub-workflow."""
    return serialise(section).decode()


def read_settings(file: Path) -> dict[str, str]:
    """Name and value of each property of a Hadoop configuration file; one without a value is not there.

    Raises: AppError E0803 for a file that is none.
    """
    root = parse(content(file), str(file))
    if root.tag != "configuration":
        reason = "bad conf file: top-level element not <configuration>"
        raise AppError("E0803", reason, hint="write <configuration><property>...", path=str(file), line=root.line)
    return set_properties(root)


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
