"""Settings of the launcher that come to nothing in Oozie 5, whose launcher is no MapReduce job any more.

Only where schema 1.0 says that it is Oozie 5: before, these settings worked. Source: AG_Install (precedence of
configuration properties), org.apache.oozie.action.hadoop.LauncherConfigurationInjector, ClasspathUtils.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from oozie.language.inheritance import settings
from oozie.language.lints.subject import Subject, lint
from oozie.language.model import Action, Element, Workflow
from storage.errors import Diagnostic

_PREFIX = "oozie.launcher."
_OWN_JARS_FIRST = "remove it: what the action brings comes first on the class path anyway"
_QUEUE = "write <launcher><queue>...</queue></launcher>"
# What stood for it -> what does today.
_NOT_READ: Mapping[str, str] = {
    "mapreduce.job.user.classpath.first": _OWN_JARS_FIRST,
    "mapreduce.user.classpath.first": _OWN_JARS_FIRST,
    "mapreduce.task.classpath.user.precedence": _OWN_JARS_FIRST,
    "mapreduce.job.ubertask.enable": "remove it: the launcher is an application master itself",
    "mapred.fairscheduler.pool": _QUEUE,
    "mapred.fair.pool": _QUEUE,
}
# Elements of <launcher>, and the properties that say the same.
_SAME: Mapping[str, tuple[str, ...]] = {
    "memory.mb": ("yarn.app.mapreduce.am.resource.mb", "mapreduce.map.memory.mb", "mapred.job.map.memory.mb"),
    "vcores": ("yarn.app.mapreduce.am.resource.cpu-vcores", "mapreduce.map.cpu.vcores"),
    "java-opts": ("yarn.app.mapreduce.am.command-opts", "mapreduce.map.java.opts", "mapred.child.java.opts"),
    "env": ("yarn.app.mapreduce.am.env", "mapreduce.map.env", "mapred.child.env"),
    "queue": ("mapreduce.job.queuename", "mapred.job.queue.name"),
    "view-acl": ("mapreduce.job.acl-view-job",),
    "modify-acl": ("mapreduce.job.acl-modify-job",),
}


def idle_launcher_settings(subject: Subject[Workflow]) -> Iterator[Diagnostic]:
    """H029 for each launcher setting of an action that Oozie 5 does not read, or that <launcher> goes over."""
    for action in subject.app.actions:
        if subject.app.namespace.endswith(":1.0") or action.body.namespace.endswith(":1.0"):
            yield from _of_action(subject.app, action)


def _of_action(app: Workflow, action: Action) -> Iterator[Diagnostic]:
    said = {tag: text for holder in (app.global_section, action.body) for tag, text in _launcher(holder)}
    line = (action.body.first("configuration") or action.body).line
    for name, value in settings(app, action).items():
        key = name.removeprefix(_PREFIX)
        if key == name:
            continue
        if hint := _NOT_READ.get(key):
            message = f"action '{action.name}' sets {name}, which Oozie 5 does not read"
            yield lint("H029", message, hint, line, action.name)
        for tag, keys in _SAME.items():
            if tag in said and key in keys and said[tag] != value:
                message = f"action '{action.name}' sets {name} to {value}, but <launcher> says {said[tag]}, which wins"
                yield lint("H029", message, f"keep <{tag}> in <launcher> alone", line, action.name)


def _launcher(holder: Element | None) -> Iterator[tuple[str, str]]:
    launcher = holder.first("launcher") if holder is not None else None
    for child in launcher.children if launcher is not None else ():
        yield child.tag, child.text.strip()
