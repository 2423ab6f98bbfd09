"""What an action does and which data it touches: a table, one row an action type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from oozie.language.dataflow import hadoop, programs, queries
from oozie.language.dataflow.sqoop import sqoop
from oozie.language.dataflow.uses import Doing, Surroundings, Use, merged
from oozie.language.filling import entries, fill
from oozie.language.inheritance import with_defaults
from oozie.language.model import Action, Element, Workflow
from oozie.language.secret_names import masked_text


def _email(body: Element, around: Surroundings) -> Doing:
    to = ", ".join(
        fill(body.text_of(tag), around.properties) for tag in ("to", "cc", "bcc") if body.text_of(tag).strip()
    )
    subject = " ".join(fill(body.text_of("subject"), around.properties).split())
    attached = fill(body.text_of("attachment"), around.properties)
    uses = tuple(Use("reads", "path", path) for path in entries(attached))
    return Doing(f"sends a mail to {to}: “{subject}”" if subject else f"sends a mail to {to}", uses)


def _sub_workflow(body: Element, around: Surroundings) -> Doing:
    path = fill(body.text_of("app-path"), around.properties)
    hands = " and hands its properties down" if body.first("propagate-configuration") is not None else ""
    return Doing(f"runs the workflow at {path}{hands}")


def _http(body: Element, around: Surroundings) -> Doing:
    return Doing(f"calls {masked_text(fill(body.text_of('http-url'), around.properties))}")


# action type -> what it does
ACTIONS: Mapping[str, Callable[[Element, Surroundings], Doing]] = MappingProxyType(
    {
        "sqoop": sqoop,
        "hive": queries.hive,
        "hive2": queries.hive2,
        "pig": queries.pig,
        "map-reduce": hadoop.map_reduce,
        "distcp": hadoop.distcp,
        "fs": hadoop.fs,
        "git": hadoop.git,
        "spark": programs.spark,
        "java": programs.java,
        "shell": programs.shell,
        "ssh": programs.ssh,
        "email": _email,
        "sub-workflow": _sub_workflow,
        "http": _http,
    }
)


def doing(action: Action, app: Workflow, around: Surroundings) -> Doing:
    """What ``action`` of ``app`` does; names and passwords in it are fit to be shown."""
    body = with_defaults(action.body, app.global_section)
    around = around.sayable
    known = ACTIONS.get(action.type)
    if known is None:
        done = Doing(
            f"runs a {action.type or 'nameless'} action", (), ("its type is an extension that is not known here",)
        )
    else:
        done = known(body, around)
    uses = merged((*hadoop.prepare_uses(body, around), *done.uses))
    return Doing(masked_text(done.does), tuple(_shown(use) for use in uses if use.name), done.notes)


def _shown(use: Use) -> Use:
    return replace(use, name=masked_text(" ".join(use.name.split())))
