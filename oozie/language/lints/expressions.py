"""The expressions of a workflow, which Oozie looks at only when the node that holds them is reached."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from oozie.language.el.errors import ElError
from oozie.language.el.parser import parse
from oozie.language.el.syntax import (
    Binary,
    Call,
    Conditional,
    Expression,
    Lambda,
    Literal,
    Property,
    Unary,
    Variable,
    parts_of,
    walk,
)
from oozie.language.el.workflow import WORKFLOW_FUNCTIONS
from oozie.language.lints.subject import Subject, counted, lint
from oozie.language.model import Action, Decision, Element, Kill, Workflow
from storage.errors import Diagnostic
from storage.nearest import did_you_mean

_ELSEWHERE = {"coord": "coordinator.xml", "bundle": "bundle.xml"}
_JOB_FAILS = "Oozie finds out when it gets there: the whole job FAILS then, and no error path is taken"
_MESSAGE_LOST = "Oozie finds out when it gets there: nothing is left of the message then (E0756)"
_COMPARISONS = frozenset({"==", "!=", "<", ">", "<=", ">="})


@dataclass(frozen=True)
class Use:
    """One place that names a property: as ``${name}``, or by ``wf:conf`` (``is_call``).

    ``is_doubtful`` where the expression itself asks whether there is one.
    """

    name: str
    line: int
    node: str
    is_call: bool = False
    is_doubtful: bool = False


def texts(app: Workflow) -> Iterator[tuple[str, int, str]]:
    """Every text that may hold an expression, with its line and its node ("" outside of nodes)."""
    for element in (app.global_section, app.credentials):
        if element is not None:
            yield from _below(element, "")
    for node in app.nodes:
        match node:
            case Action():
                yield from _below(node.body, node.name)
            case Decision():
                for case in node.cases:
                    yield case.predicate, case.line, node.name
            case Kill():
                yield node.message, node.line, node.name
            case _:
                pass


def _below(element: Element, node: str) -> Iterator[tuple[str, int, str]]:
    return ((text, each.line, node) for each in element.walk() for text in each.written)


def uses(app: Workflow) -> Iterator[Use]:
    """Every use of a property, in document order; expressions that cannot be read have none."""
    for text, line, node in texts(app):
        if "${" not in text and "#{" not in text:
            continue
        try:
            parts = parse(text.strip()).parts
        except ElError:
            continue  # H028
        for part in parts:
            for name, is_call, is_doubtful in _names(part, is_doubtful=False):
                yield Use(name, line, node, is_call, is_doubtful)


def _names(expression: Expression, *, is_doubtful: bool) -> Iterator[tuple[str, bool, bool]]:
    """Walked, not recursed into: an expression may be as long as a file."""
    bound = _bound(expression)
    waiting = [(expression, is_doubtful)]
    while waiting:
        node, doubt = waiting.pop()
        match node:
            case Variable(name):
                if name not in bound:
                    yield name, False, doubt
            case Property():
                base, keys = _dotted(node)
                if isinstance(base, Variable) and keys and base.name not in bound:
                    yield ".".join([base.name, *keys]), False, doubt
                elif keys:
                    waiting.append((base, doubt))
                else:
                    waiting += [(node.key, doubt), (node.base, doubt)]
            case Call("wf:conf", (Literal(str(name)),)):
                yield name, True, doubt
            case _:
                waiting += reversed([(part, doubt or _makes_doubtful(node, part)) for part in parts_of(node)])


def _makes_doubtful(node: Expression, part: Expression) -> bool:
    """Whether ``node`` asks what its ``part`` is, so that it may as well be nothing."""
    match node:
        case Call("firstNotNull"):
            return True
        case Unary(operator):
            return operator == "empty"
        case Binary(operator):
            return operator in _COMPARISONS
        case Conditional(condition):
            return part is condition
    return False


def _bound(expression: Expression) -> frozenset[str]:
    """The names that are parameters of lambdas."""
    return frozenset(name for node in walk(expression) if isinstance(node, Lambda) for name in node.parameters)


def _dotted(node: Expression) -> tuple[Expression, list[str]]:
    """``a.b.c`` is for EL a property of ``a``; who writes it means a property of the job that is called so."""
    keys: list[str] = []
    while isinstance(node, Property) and isinstance(node.key, Literal):
        keys.append(str(node.key.value))
        node = node.base
    return node, keys[::-1]


def broken_expressions(subject: Subject[Workflow]) -> Iterator[Diagnostic]:
    """H028 for each text that fails as soon as its node is reached, whatever the properties are."""
    kills = {node.name for node in subject.app.nodes if isinstance(node, Kill)}
    for text, line, node in texts(subject.app):
        if "${" not in text and "#{" not in text:
            continue
        where = f"node '{node}'" if node else "the workflow"
        outcome = _MESSAGE_LOST if node in kills else _JOB_FAILS
        try:
            calls = [call for part in parse(text.strip()).parts for call in _calls(part)]
        except ElError as error:
            hint = error.diagnostics[0].hint or outcome
            yield lint("H028", f"{where}: {str(error).partition(' ')[2]}", hint, line, node)
            continue
        for call in calls:
            if problem := _wrong_call(call):
                yield lint("H028", f"{where}: {problem[0]}", problem[1] or outcome, line, node)


def _calls(expression: Expression) -> Iterator[Call]:
    """The calls in an expression, the outer ones first; those of a lambda's parameters are no functions."""
    bound = _bound(expression)
    return (node for node in walk(expression) if isinstance(node, Call) and node.name not in bound)


def _wrong_call(call: Call) -> tuple[str, str] | None:
    function = WORKFLOW_FUNCTIONS.get(call.name)
    if function is None:
        prefix = call.name.partition(":")[0]
        if where := _ELSEWHERE.get(prefix):
            hint = f"evaluate it in {where} and hand the value on as a property of the workflow"
        else:
            hint = did_you_mean(call.name, WORKFLOW_FUNCTIONS, "it may be a function that your server was given")
        return f"a workflow has no function {call.name}()", hint
    wanted, given = len(function.parameters), len(call.arguments)
    if wanted == given:
        return None
    return f"{call.name}() takes {counted(wanted, 'argument')}, not {given}", ""
