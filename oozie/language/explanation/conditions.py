"""An expression of EL in words, as far as there are words for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from oozie.language.el.errors import ElError
from oozie.language.el.parser import parse
from oozie.language.el.syntax import Binary, Call, Conditional, Expression, Literal, Property, Unary, Variable

_BINARY = {
    "==": "is", "!=": "is not", "<": "is less than", ">": "is more than", "<=": "is at most", ">=": "is at least",
    "&&": "and", "||": "or", "+": "plus", "-": "minus", "*": "times", "/": "divided by", "%": "modulo",
}  # fmt: skip
_IN_WORDS = frozenset({"&&", "||"})
# What is true or false by itself, and how it is said when it is not.
_PHRASES: Mapping[str, tuple[str, str]] = {
    "fs:exists": ("{0} exists", "{0} does not exist"),
    "fs:isDir": ("{0} is a directory", "{0} is no directory"),
    "hcat:exists": ("the partition {0} exists", "the partition {0} does not exist"),
}
_VALUES: Mapping[str, str] = {
    "wf:conf": "property {0}",
    "wf:lastErrorNode": "the last node that failed",
    "wf:errorCode": "the error code of {0}",
    "wf:errorMessage": "the error message of {0}",
    "wf:actionStatus": "the status of {0}",
    "wf:actionExternalStatus": "the external status of {0}",
    "wf:actionExternalId": "the external id of {0}",
    "wf:actionData": "what {0} put out",
    "wf:transition": "where {0} went on to",
    "wf:run": "the number of the run",
    "wf:user": "the user",
    "wf:name": "the name of the workflow",
    "wf:id": "the id of the workflow",
    "wf:appPath": "the app's folder",
    "fs:fileSize": "the size of {0}",
    "fs:dirSize": "the size of directory {0}",
    "fs:blockSize": "the block size of {0}",
    "hadoop:counters": "the counters of {0}",
    "timestamp": "the time",
}
_SIZES = frozenset({"KB", "MB", "GB", "TB", "PB"})
_DEEPEST = 30


def in_words(text: str) -> str:
    """What ``text``, a predicate, asks; as it is written where that cannot be said."""
    plain = " ".join(text.split())
    try:
        parts = parse(text.strip(), "EL_ERROR").parts
        if len(parts) != 1:
            return plain
        if isinstance(parts[0], Literal):
            return plain
        return _said(parts[0], 0)
    except (ElError, _WordlessError):
        return plain


class _WordlessError(Exception):
    """There are no words for it."""


def _said(node: Expression, depth: int) -> str:
    say = _SAID.get(type(node))  # collections, lambdas and the like are for nobody to read
    if depth > _DEEPEST or say is None:
        raise _WordlessError
    return say(node, depth + 1)


def _literal(node: Literal, depth: int) -> str:
    if isinstance(node.value, str):
        return f"'{node.value}'"
    if node.value is None:
        return "nothing"
    return str(node.value).lower() if isinstance(node.value, bool) else str(node.value)


def _variable(node: Variable, depth: int) -> str:
    return node.name


def _call(node: Call, depth: int) -> str:
    arguments = [_said(argument, depth) for argument in node.arguments]
    if node.name in _PHRASES:
        return _PHRASES[node.name][0].format(*arguments, "")
    if node.name in _VALUES:
        return _VALUES[node.name].format(*arguments, "")
    return f"{node.name}({', '.join(arguments)})"


def _property(node: Property, depth: int) -> str:
    return f"{_said(node.key, depth)} of {_said(node.base, depth)}"


def _unary(node: Unary, depth: int) -> str:
    if node.operator == "!":
        return _denied(node.operand, depth)
    if node.operator == "empty":
        return f"{_said(node.operand, depth)} is empty"
    return f"{node.operator}{_said(node.operand, depth)}"


def _denied(node: Expression, depth: int) -> str:
    if isinstance(node, Call) and node.name in _PHRASES:
        return _PHRASES[node.name][1].format(*(_said(argument, depth) for argument in node.arguments), "")
    if isinstance(node, Unary) and node.operator == "empty":
        return f"{_said(node.operand, depth)} is not empty"
    return f"not ({_said(node, depth)})" if isinstance(node, Binary) else f"{_said(node, depth)} is false"


def _binary(node: Binary, depth: int) -> str:
    if node.operator in ("==", "!=") and isinstance(node.right, Literal) and isinstance(node.right.value, bool):
        return _said(node.left, depth) if (node.operator == "==") is node.right.value else _denied(node.left, depth)
    if node.operator not in _BINARY:
        raise _WordlessError
    left, right = (_grouped(side, node, depth) for side in (node.left, node.right))
    return f"{left} {_BINARY[node.operator]} {right}"


def _grouped(side: Expression, within: Binary, depth: int) -> str:
    said = _size(side) or _said(side, depth)
    mixed = isinstance(side, Binary) and side.operator in _IN_WORDS and side.operator != within.operator
    return f"({said})" if mixed else said


def _size(node: Expression) -> str:
    """``10 * GB`` in the words of sizes."""
    if (
        isinstance(node, Binary)
        and node.operator == "*"
        and isinstance(node.right, Variable)
        and isinstance(node.left, Literal)
    ):
        return f"{node.left.value} {node.right.name}" if node.right.name in _SIZES else ""
    return ""


def _conditional(node: Conditional, depth: int) -> str:
    then, otherwise = _said(node.then, depth), _said(node.otherwise, depth)
    return f"{then} if {_said(node.condition, depth)}, else {otherwise}"


_SAID: Mapping[type, Callable[..., str]] = {
    Literal: _literal,
    Variable: _variable,
    Call: _call,
    Property: _property,
    Unary: _unary,
    Binary: _binary,
    Conditional: _conditional,
}
