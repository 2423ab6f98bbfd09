"""Which jars an action gets: the share lib that is not switched on, and the one that meets others.

Source: WorkflowFunctionalSpec 17 (HDFS share libraries), org.apache.oozie.action.hadoop.JavaActionExecutor.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from oozie.language.app_folder import APPLICATION_PATHS
from oozie.language.inheritance import settings
from oozie.language.lints.subject import Subject, lint
from oozie.language.model import Action, Workflow
from storage.errors import Diagnostic

_USE_SYSTEM_LIBPATH = "oozie.use.system.libpath"
_LIBPATH = "oozie.libpath"
_SHARE_LIB_FOR = "oozie.action.sharelib.for."
# The share lib is all that these have: the server puts nothing else on their class path.
_NEEDS_SHARE_LIB = frozenset({"sqoop", "hive", "hive2", "pig", "spark", "distcp"})
_VERSIONED = re.compile(r"(?P<name>.+?)-(?P<version>\d[\w.+-]*)\.jar")
_WITHOUT_NUMBER = re.compile(r"[\d._-]+$")
# A part of the share lib; the share lib itself holds folders only, of which nothing is taken.
_IN_SHARE_LIB = re.compile(r"/share/lib/+[^/]")
_OWN_LINES = frozenset({"hive2"})  # not the second Hive, but the client of HiveServer2
# What stands in the share lib itself, by the type of action that brings it; "" for every one.
_BROUGHT: Mapping[str, re.Pattern[str]] = {
    "": re.compile(r"(?:hadoop-(?:common|hdfs|client|yarn|mapreduce|auth)|oozie-(?:core|sharelib))"),
    "spark": re.compile(r"spark-(?:core|sql|yarn|catalyst|mllib|hive)_"),
    "hive": re.compile(r"hive-(?:exec|metastore|cli|common)-"),
    "pig": re.compile(r"pig-\d"),
    "sqoop": re.compile(r"sqoop-\d"),
}


def missing_share_lib(subject: Subject[Workflow]) -> Iterator[Diagnostic]:
    """H022 where an action lives on the share lib and nothing switches it on."""
    properties = subject.properties
    if properties is None or not _is_job(properties) or _LIBPATH in properties or subject.libraries:
        return
    needing = [action for action in subject.app.actions if _is_without(subject, action)]
    if not needing:
        return
    names = ", ".join(f"'{action.name}'" for action in needing[:3]) + (" ..." if len(needing) > 3 else "")
    types = ", ".join(sorted({action.type for action in needing}))
    whose = "its" if len(needing) == 1 else "their"
    message = f"{_USE_SYSTEM_LIBPATH} is not true: {names} ({types}) will not find {whose} classes"
    hint = f"add {_USE_SYSTEM_LIBPATH}=true to job.properties, unless your server has it as its default"
    yield lint("H022", message, hint, needing[0].line, needing[0].name)


def _is_job(properties: Mapping[str, str]) -> bool:
    """Whether these are what a job is submitted with, and not just some values."""
    return any(name in properties for name in APPLICATION_PATHS.values())


def _is_without(subject: Subject[Workflow], action: Action) -> bool:
    is_streaming = action.type == "map-reduce" and action.body.first("streaming") is not None
    if action.type not in _NEEDS_SHARE_LIB and not is_streaming:
        return False
    brings_own = action.body.first("archive") is not None or _brings_jars(action)
    return not brings_own and not _is_true(subject, action) and not _is_without_cluster(subject, action)


def _is_without_cluster(subject: Subject[Workflow], action: Action) -> bool:
    """Whether Hadoop's local job runner is meant, where there is no share lib either."""
    for holder in (action.body, subject.app.global_section):
        if holder is not None and subject.filled(holder.text_of("job-tracker")) == "local":
            return True
    return False


def _is_true(subject: Subject[Workflow], action: Action) -> bool:
    own = settings(subject.app, action).get(_USE_SYSTEM_LIBPATH)
    text = subject.known.get(_USE_SYSTEM_LIBPATH, "") if own is None else subject.filled(own)
    return text.strip().lower() == "true" or "${" in text


def _brings_jars(action: Action) -> bool:
    return any(text.partition("#")[0].strip().endswith(".jar") for text in action.body.texts("file"))


def meeting_libraries(subject: Subject[Workflow]) -> Iterator[Diagnostic]:
    """H023 for jars of one library that come from two places, or in two versions."""
    yield from _two_versions(subject.libraries)
    yield from _two_share_libs(subject)
    if any(_is_true(subject, action) for action in subject.app.actions):
        yield from _share_lib_twice(subject)
        yield from _brought_along(subject)


def _two_versions(jars: list[str]) -> Iterator[Diagnostic]:
    versions: dict[str, list[str]] = defaultdict(list)
    for jar in jars:
        if "/" not in jar and (match := _VERSIONED.fullmatch(jar)):
            versions[match["name"]].append(match["version"])
    for name, found in versions.items():
        if len(found) > 1:
            message = f"lib/ has {name} in {len(found)} versions: {', '.join(sorted(found))}"
            yield lint("H023", message, "keep one: which of them wins is chance")


def _two_share_libs(subject: Subject[Workflow]) -> Iterator[Diagnostic]:
    chosen = [(name, value, 0, "") for name, value in subject.known.items()]
    for action in subject.app.actions:
        chosen += [(name, value, action.line, action.name) for name, value in settings(subject.app, action).items()]
    for name, value, line, node in chosen:
        if not name.startswith(_SHARE_LIB_FOR) or name.endswith(".exclude"):
            continue
        lines: dict[str, list[str]] = defaultdict(list)
        for part in filter(None, (part.strip() for part in subject.filled(value).split(","))):
            lines[part if part in _OWN_LINES else _WITHOUT_NUMBER.sub("", part)].append(part)
        for found in lines.values():
            if len(set(found)) > 1:
                message = f"{name} names {' and '.join(found)}: both bring their own version of the same classes"
                yield lint("H023", message, f"keep one, such as {found[-1]}", line, node)


def _share_lib_twice(subject: Subject[Workflow]) -> Iterator[Diagnostic]:
    for path in subject.known.get(_LIBPATH, "").split(","):
        if _IN_SHARE_LIB.search(path):
            message = f"{_LIBPATH} leads into the share lib, which {_USE_SYSTEM_LIBPATH}=true brings already"
            hint = f"remove it; for a part of the share lib set {_SHARE_LIB_FOR}TYPE=..."
            yield lint("H023", message, hint)


def _brought_along(subject: Subject[Workflow]) -> Iterator[Diagnostic]:
    types = {"", *(action.type for action in subject.app.actions if _is_true(subject, action))}
    types |= {"hive"} if "hive2" in types else set()
    for kind, pattern in _BROUGHT.items():
        found = [jar for jar in subject.libraries if kind in types and pattern.match(jar)]
        if found:
            message = f"lib/ brings {found[0]}, which the cluster or the share lib brings in its own version"
            message += f" (so {len(found)} jars)" if len(found) > 1 else ""
            yield lint("H023", message, "leave it out of lib/ (in Maven: scope provided)")
