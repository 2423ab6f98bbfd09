"""Properties that a workflow uses: whether anything defines them, and whether it says what it needs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from oozie.language.app_folder import APPLICATION_PATHS
from oozie.language.document import root_tag
from oozie.language.el.submission import WORKFLOW_CONSTANTS
from oozie.language.lints.expressions import Use, uses
from oozie.language.lints.subject import Subject, counted, lint
from oozie.language.model import Start, Workflow
from oozie.language.properties import property_lines
from storage.errors import Diagnostic, HowdahError
from storage.nearest import did_you_mean

_APP_PATH = APPLICATION_PATHS["workflow"]
_CALLERS_PATHS = (APPLICATION_PATHS["coordinator"], APPLICATION_PATHS["bundle"])
_FIRST_WITH_PARAMETERS = (0, 4)
_NAME = re.compile(rb"<name>\s*([^<\s]+)\s*</name>")
_MOST_SIBLINGS = 50
_MOST_NAMES = 8
# So many are one finding: the values of a whole file are missing, not a name.
_MANY = 6
# What every app of a cluster is given: the first action fails already where it is missing.
_OF_THE_CLUSTER = re.compile(r"(?:job_?tracker|name_?node|resource_?manager|queue_?name|queue)", re.IGNORECASE)
_FEWEST_UNDECLARED = 3
_DEFINE = "define it in job.properties, or give -D with it when the job is submitted"
# What Oozie puts into every job by itself.
_OF_EVERY_JOB = frozenset({"user.name", "mapreduce.job.user.name", _APP_PATH, "oozie.libpath", "group.name"})


def undefined_properties(subject: Subject[Workflow]) -> Iterator[Diagnostic]:
    """H019 for each property that is used and that neither the job nor the workflow defines."""
    if subject.properties is None or not _is_started_by_these(subject):
        return
    known = {*subject.properties, *(parameter.name.strip() for parameter in subject.app.parameters)}
    by_name = _by_name(subject.app)
    missing = {name: found for name, found in by_name.items() if name not in known or _is_dotted(found[0])}
    elsewhere = _defined_beside(subject) if missing else set()
    missing = {name: found for name, found in missing.items() if name not in elsewhere or _is_dotted(found[0])}
    if len(missing) < _MANY:
        for name, found in missing.items():
            yield _undefined(name, found, known)
        return
    first = min((found[0] for found in missing.values()), key=lambda use: use.line)
    message = f"{len(missing)} properties are used but defined nowhere: {_listed(list(missing))}"
    yield lint("H019", message, _DEFINE, first.line, first.node)


def _undefined(name: str, found: list[Use], known: set[str]) -> Diagnostic:
    first = found[0]
    more = f" (and in {counted(len(found) - 1, 'other place')})" if len(found) > 1 else ""
    if _is_dotted(first):
        message = f"${{{name}}} cannot be evaluated{more}: EL knows no names with dots"
        return lint("H019", message, f"write ${{wf:conf('{name}')}}", first.line, first.node)
    if first.is_call:
        message = f"wf:conf('{name}') is nothing here{more}: no property of that name is defined"
    else:
        message = f"property '{name}' is used{more} but defined nowhere"
    return lint("H019", message, did_you_mean(name, sorted(known), _DEFINE), first.line, first.node)


def _is_dotted(use: Use) -> bool:
    return "." in use.name and not use.is_call


def undeclared_parameters(subject: Subject[Workflow]) -> Iterator[Diagnostic]:
    """H017, once, for properties that nothing says the workflow needs, and that are missed only when it runs."""
    declared = {parameter.name.strip() for parameter in subject.app.parameters}
    if _version(subject.app) < _FIRST_WITH_PARAMETERS or (subject.properties is not None and not declared):
        return  # with job.properties beside it each of them is an H019
    first_node = next((node.to for node in subject.app.nodes if isinstance(node, Start)), "")
    missing = [
        name
        for name, found in _by_name(subject.app).items()
        if name not in declared
        and name not in subject.known
        and not found[0].is_call
        and found[0].node not in ("", first_node)
        and not _OF_THE_CLUSTER.fullmatch(name)
    ]
    if len(missing) < (1 if declared else _FEWEST_UNDECLARED):
        return
    if declared:
        message = f"<parameters> does not declare {_listed(missing)}"
    else:
        message = f"the workflow needs {len(missing)} properties and declares none: {_listed(missing)}"
    hint = "declare them in <parameters>: one that is missing is then refused at once, not when its action starts"
    yield lint("H017", message, hint)


def _version(app: Workflow) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", app.namespace.rpartition(":")[2]))


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(f"'{name}'" for name in names[:_MOST_NAMES]) + more


def _by_name(app: Workflow) -> dict[str, list[Use]]:
    """The uses of each property that is no constant and that its expression takes for granted, in document order."""
    found: dict[str, list[Use]] = {}
    for use in uses(app):
        is_constant = use.name in WORKFLOW_CONSTANTS or use.name in _OF_EVERY_JOB
        if not is_constant and not (use.is_doubtful and use.is_call):
            found.setdefault(use.name, []).append(use)
    return found


def _is_started_by_these(subject: Subject[Workflow]) -> bool:
    """Whether job.properties is this workflow's, and not that of another file or of a caller that is not here."""
    started = subject.known.get(_APP_PATH, "").rstrip("/").rpartition("/")[2]
    if started.endswith(".xml") and started != subject.path.rpartition("/")[2]:
        return False
    if not any(path in subject.known for path in _CALLERS_PATHS):
        return True
    return any(_is_caller(subject, sibling) for sibling in islice(subject.siblings(".xml"), _MOST_SIBLINGS))


def _is_caller(subject: Subject[Workflow], sibling: str) -> bool:
    try:
        return root_tag(subject.files[sibling]) in ("coordinator-app", "bundle-app")
    except HowdahError:
        return False  # it is reported where it is checked itself


def _defined_beside(subject: Subject[Workflow]) -> set[str]:
    """Names that the XML and the other properties beside the workflow define: whoever calls it hands them on."""
    siblings = chain(
        islice(subject.siblings(".xml"), _MOST_SIBLINGS), islice(subject.siblings(".properties"), _MOST_SIBLINGS)
    )
    return {name for sibling in siblings for name in _names_in(subject, sibling)}


def _names_in(subject: Subject[Workflow], sibling: str) -> Iterable[str]:
    try:
        data = subject.files[sibling]
        if sibling.endswith(".xml"):
            return [name.decode("utf-8", "replace") for name in _NAME.findall(data)]
        return property_lines(data.decode("utf-8", "replace"))
    except HowdahError:
        return ()  # what cannot be read defines nothing; an app's file is reported where it is checked itself
