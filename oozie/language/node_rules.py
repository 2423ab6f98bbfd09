"""Rules about single nodes and about where they lead, in the order in which Oozie applies them.

Source: org.apache.oozie.workflow.lite.LiteWorkflowAppParser.parse, LiteWorkflowApp.addNode,
LiteWorkflowValidator.performBasicValidation, ParamChecker.validateActionName.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from oozie.language.el.errors import ElError
from oozie.language.el.submission import Submission
from oozie.language.graph import called, nodes_by_name, transitions
from oozie.language.java_numbers import java_integer
from oozie.language.model import Action, Element, End, Fork, Join, Node, Start, Workflow
from oozie.language.schema_tables import TABLES
from storage.errors import Diagnostic
from storage.nearest import did_you_mean

MAX_NAME_LENGTH = 128

# Actions that Oozie's launcher runs on the cluster, so that they must know the cluster.
LAUNCHED_ACTIONS = frozenset({"java", "map-reduce", "pig", "hive", "hive2", "shell", "sqoop", "spark", "distcp", "git"})
KNOWN_ACTIONS = LAUNCHED_ACTIONS | {"fs", "ssh", "sub-workflow", "email", "switch"}

_NAME = re.compile(r"[A-Za-z_][0-9A-Za-z_-]*")
_LAUNCHER_NUMBERS = ("memory.mb", "vcores")


def definition_rules(app: Workflow, properties: Mapping[str, str] | None) -> Iterator[Diagnostic]:
    """What Oozie meets while it reads the nodes one after the other."""
    if app.global_section is not None:
        yield from _launcher_rules(app.global_section, "")
    if not app.name:
        yield Diagnostic("E0803", "the workflow's name is empty", 'write name="..." with something in it')
    seen: set[str] = set()
    is_complete = False
    job = Submission.of(properties)
    for node in app.nodes:
        if isinstance(node, Action):
            yield from _action_rules(node, app.global_section, job)
        if is_complete:
            yield _about(node, "E0704", f"{called(node)} comes after the end", "move it before <end>")
        if node.name in seen:
            yield _about(node, "E0705", f"there are two nodes called '{node.name}'", "give one of them another name")
        if any(to == node.name for _, to in transitions(node)):
            yield _about(node, "E0706", f"{called(node)} leads to itself", "name the node that comes after it")
        seen.add(node.name)
        is_complete = is_complete or isinstance(node, End)


class Walked(NamedTuple):
    """What was met on all ways from the start, and how many forks and joins were passed.

    ``lost`` are the transitions that lead nowhere that anybody knows: to a node that is not there, that is there twice,
    or back to where they come from. One transition of a circle is wrong, each may be it: ``doubtful`` are all of them.
    """

    findings: list[Diagnostic]
    forks: int
    joins: int
    lost: frozenset[tuple[str, str]] = frozenset()
    doubtful: frozenset[tuple[str, str]] = frozenset()


def walk_rules(app: Workflow) -> Walked:
    """What Oozie meets on its way from the start."""
    nodes = nodes_by_name(app)
    twice = {name for name, count in Counter(node.name for node in app.nodes).items() if count > 1}
    start = next((node for node in app.nodes if isinstance(node, Start)), None)
    findings: list[Diagnostic] = []
    lost: set[tuple[str, str]] = set()
    doubtful: set[tuple[str, str]] = set()
    done: set[str] = set()
    path: list[tuple[Node, Iterator[tuple[str, str]]]] = []
    if start is not None:
        path.append((start, iter(transitions(start))))
    on_path = {node.name for node, _ in path}
    while path:
        node, ways = path[-1]
        case, to = next(ways, ("", None))
        if to is None:
            done.add(node.name)
            on_path.discard(node.name)
            path.pop()
            continue
        if to in twice or to not in nodes or to in on_path:
            lost.add((node.name, to))
        if to not in nodes:
            findings.append(_dead_end(node, case, to, nodes))
        elif to in on_path:
            names = [step.name for step, _ in path]
            circle = names[names.index(to) :]
            doubtful.update(pairwise([*circle, to]))
            # Of a node that leads to itself E0706 has said it; of two of one name nobody knows whether it is a circle.
            if to != node.name and twice.isdisjoint(circle):
                findings.append(_loop(circle, nodes[to]))
        elif to not in done:
            findings.extend(_name_rules(nodes[to]))
            on_path.add(to)
            path.append((nodes[to], iter(transitions(nodes[to]))))
    forks = sum(isinstance(nodes[name], Fork) for name in done)
    joins = sum(isinstance(nodes[name], Join) for name in done)
    return Walked(findings, forks, joins, frozenset(lost), frozenset(doubtful))


def _about(node: Node, code: str, message: str, hint: str = "") -> Diagnostic:
    return Diagnostic(code, message, hint, line=node.line, node=node.name)


def _action_rules(node: Action, global_section: Element | None, job: Submission) -> Iterator[Diagnostic]:
    body = node.body
    if node.type == "info":
        hint = "lead the SLA behind <error>, and write what the action does first"
        yield _about(node, "E0803", f"action '{node.name}' does nothing: it has only an SLA", hint)
        return
    if node.type not in KNOWN_ACTIONS:
        if body.namespace in TABLES:  # of another one the schema check has spoken
            hint = f"Oozie runs: {', '.join(sorted(KNOWN_ACTIONS - {'switch'}))}"
            yield _about(node, "E0723", f"Oozie has no action type '{node.type}'", hint)
        return
    if node.type in LAUNCHED_ACTIONS:
        for tags in (("name-node",), ("job-tracker", "resource-manager")):
            if not any(holder.first(tag) for holder in (body, global_section) if holder for tag in tags):
                hint = "write it in the action or, for all actions at once, in <global>"
                yield _about(node, "E0701", f"action '{node.name}' has no {' or '.join(tags)}", hint)
    yield from _launcher_rules(body, node.name)
    for value in filter(None, (node.retry_max, node.retry_interval, node.retry_policy)):
        yield from _retry_rules(node, value, job)


def _retry_rules(node: Action, value: str, job: Submission) -> Iterator[Diagnostic]:
    try:
        job.tried("name", value)
    except ElError as error:
        message = f"the retry settings of action '{node.name}': {error.reason}"
        yield _about(node, "E0703", message, error.diagnostics[0].hint)


def _launcher_rules(holder: Element, node: str) -> Iterator[Diagnostic]:
    """Its numbers, which Oozie reads once more after the schema, without trimming them."""
    launcher = holder.first("launcher")
    for tag in _LAUNCHER_NUMBERS:
        child = launcher and launcher.first(tag)  # of one that stands twice Oozie reads the first
        if child and java_integer(child.text) is None:
            message = f"'{child.text}' in <{child.tag}> is no whole number that Java can read"
            yield Diagnostic("E0803", message, "write digits only, with no blanks", line=child.line, node=node)


def _name_rules(node: Node) -> Iterator[Diagnostic]:
    if len(node.name) > MAX_NAME_LENGTH:
        message = f"the name of {called(node)} has {len(node.name)} characters"
        yield _about(node, "E0724", message, f"a name has at most {MAX_NAME_LENGTH}")
    elif not _NAME.fullmatch(node.name):
        hint = "a name is a letter or _, then letters, digits, _ and -"
        yield _about(node, "E0724", f"'{node.name}' is no valid name for a node", hint)


def _dead_end(node: Node, case: str, to: str, nodes: Mapping[str, Node]) -> Diagnostic:
    ways = f"goes {case} to" if case else "goes to"
    known = [name for name, other in nodes.items() if not isinstance(other, Start)]
    hint = did_you_mean(to, known, "add that node, or name another")
    return _about(node, "E0708", f"{called(node)} {ways} '{to}', which does not exist", hint)


def _loop(circle: list[str], to: Node) -> Diagnostic:
    steps = [*circle, to.name]
    shown = steps if len(steps) <= 12 else [*steps[:6], "...", *steps[-5:]]
    hint = "a workflow has no loops; repeat with a coordinator or a sub-workflow that calls itself"
    return _about(to, "E0707", f"the nodes go round in a circle: {' -> '.join(shown)}", hint)
