"""Calls of a declaration as values: what they give, and the Python that says them, as ``ruff format`` would have it."""

from __future__ import annotations

import ast
import functools
import inspect
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from generator import cluster_actions, declare, verbatim
from generator.errors import DeclarationError

LINE_LENGTH = 120
_DOORS = (cluster_actions, declare, verbatim)
# What a declaration is written with, and where each of these names is imported from.
_FUNCTIONS: Mapping[str, Callable[..., Any]] = {name: getattr(door, name) for door in _DOORS for name in door.__all__}
_HOMES = {name: door.__name__ for door in _DOORS for name in door.__all__}
_INDENT = 4
_OPTION = re.compile(r"--?[A-Za-z][\w.-]*")
_ASCII = re.compile(r"[\x20-\x7e]*")
_PLAIN_NODES = (ast.Constant, ast.keyword, ast.List, ast.Tuple, ast.Dict, ast.Starred, ast.Load)
_SHORT = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}


@dataclass(frozen=True)
class Text:
    """A text."""

    value: str


@dataclass(frozen=True)
class Word:
    """A number, True or None."""

    value: int | bool | None


@dataclass(frozen=True)
class Xml:
    """XML text, indented with the code around it where ``may_move``: no text in it spans lines."""

    value: str
    may_move: bool


@dataclass(frozen=True)
class Items:
    """A list."""

    entries: tuple[Expression, ...]


@dataclass(frozen=True)
class Table:
    """A dictionary with texts as keys."""

    entries: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True)
class Call:
    """A call of a function that a declaration is written with; ``but`` are the arguments of ``.but(...)`` behind it."""

    function: str
    arguments: tuple[Expression, ...] = ()
    named: tuple[tuple[str, Expression], ...] = ()
    but: tuple[tuple[str, Expression], ...] = field(default=())


@dataclass(frozen=True)
class Spread:
    """Entries of a list that stand together; only :func:`render` makes them."""

    entries: tuple[Expression, ...]


Expression: TypeAlias = Spread | Text | Word | Xml | Items | Table | Call


def value_of(expression: Expression) -> object:
    """What ``expression`` gives. Raises: DeclarationError as the functions do."""
    match expression:
        case Text() | Word() | Xml():
            return expression.value
        case Items() | Spread():
            return [value_of(entry) for entry in expression.entries]
        case Table():
            return {key: value_of(entry) for key, entry in expression.entries}
        case Call():
            function = _FUNCTIONS[expression.function]
            named = {name: value_of(argument) for name, argument in expression.named}
            arguments = [value_of(argument) for argument in expression.arguments]
            _check_call(expression.function, arguments, named)
            given = function(*arguments, **named)
            if not expression.but:
                return given
            return given.but(**{name: value_of(argument) for name, argument in expression.but})


def _check_call(name: str, arguments: list[object], named: dict[str, object]) -> None:
    try:
        _signature(name).bind(*arguments, **named)
    except TypeError as error:
        raise DeclarationError("H302", f"{name}(): {error}") from None


@functools.cache
def _signature(name: str) -> inspect.Signature:
    return inspect.signature(_FUNCTIONS[name])


def functions_in(expression: Expression) -> Iterator[str]:
    """Every function that ``expression`` calls."""
    match expression:
        case Items() | Spread():
            for entry in expression.entries:
                yield from functions_in(entry)
        case Table():
            for _, entry in expression.entries:
                yield from functions_in(entry)
        case Call():
            yield expression.function
            for entry in expression.arguments:
                yield from functions_in(entry)
            for _, entry in (*expression.named, *expression.but):
                yield from functions_in(entry)
        case _:
            pass


def module(doc: str, name: str, expression: Expression) -> str:
    """A module that assigns ``expression`` to ``name``."""
    assigned = f"{name} = "
    imports = _imports(set(functions_in(expression)))
    return f'"""{_docstring(doc)}"""\n\n{imports}\n{assigned}{render(expression, 0, len(assigned))}\n'


def _imports(names: Collection[str]) -> str:
    """The lines that import ``names``."""
    lines = []
    for home in sorted({_HOMES[name] for name in names}):
        mine = sorted(name for name in names if _HOMES[name] == home)
        line = f"from {home} import {', '.join(mine)}\n"
        if len(line.rstrip()) > LINE_LENGTH:
            line = f"from {home} import (\n" + "".join(f"    {name},\n" for name in mine) + ")\n"
        lines.append(line)
    return "".join(lines)


def is_plain(source: str) -> bool:
    """Whether a module of ours imports what declares and assigns calls of constants once, and does no more."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError):
        return False
    match body:
        case [ast.Expr(ast.Constant()), *imports, ast.Assign([ast.Name()], value)]:
            known = {name for node in imports for name in _imported(node)}
            return all(map(_imported, imports)) and all(_is_plain(node, known) for node in ast.walk(value))
    return False


def _imported(node: ast.stmt) -> list[str]:
    """The names that ``node`` imports from where they are at home; none where it does anything else."""
    match node:
        case ast.ImportFrom(home, names, 0):
            if all(alias.asname is None and _HOMES.get(alias.name) == home for alias in names):
                return [alias.name for alias in names]
    return []


def _is_plain(node: ast.AST, known: Collection[str]) -> bool:
    match node:
        case ast.Name(name):
            return name in known
        case ast.Call(function):
            return isinstance(function, ast.Name) or (isinstance(function, ast.Attribute) and function.attr == "but")
        case ast.Attribute(value, name):
            return name == "but" and isinstance(value, ast.Call)
    return isinstance(node, _PLAIN_NODES)


def render(expression: Expression, indent: int, used: int) -> str:
    """The Python of ``expression`` in a line that is indented by ``indent`` and has ``used`` columns before it.

    What does not fit its line, with a comma behind it, stands one argument a line.
    """
    flat = _flat(expression)
    if flat is not None and used + _width(flat) + 1 <= LINE_LENGTH:
        return flat
    match expression:
        case Text():
            return _literal(expression.value)
        case Xml():
            return _xml(expression, indent)
        case Items():
            return _exploded("[", [("", entry) for entry in _paired(expression.entries, indent)], "]", indent)
        case Table():
            pairs = [(f"{_in_one_line(key)}: ", entry) for key, entry in expression.entries]
            return _exploded("{", pairs, "}", indent)
        case Call():
            return _call(expression, indent, used)
        case Word():
            return repr(expression.value)
        case Spread():
            return _flat(expression) or ""


def _paired(entries: tuple[Expression, ...], indent: int) -> Iterator[Expression]:
    """The entries of a list, an option of a command line and its value in one line."""
    position = 0
    while position < len(entries):
        pair = entries[position : position + 2]
        position += 1
        if len(pair) == 2 and isinstance(pair[0], Text) and _OPTION.fullmatch(pair[0].value) and _is_value(pair[1]):
            spread = Spread(pair)
            flat = _flat(spread)
            if flat is not None and indent + _INDENT + _width(flat) + 1 <= LINE_LENGTH:
                yield spread
                position += 1
                continue
        yield pair[0]


def _is_value(expression: Expression) -> bool:
    return not (isinstance(expression, Text) and expression.value.startswith("-"))


def _call(call: Call, indent: int, used: int) -> str:
    entries = [*(("", entry) for entry in call.arguments), *((f"{name}=", entry) for name, entry in call.named)]
    plain = Call(call.function, call.arguments, call.named)
    if not call.but:
        return _exploded(f"{call.function}(", entries, ")", indent)
    but = [(f"{name}=", entry) for name, entry in call.but]
    flat_but = _flat_list(".but(", but, ")")
    head = _flat(plain)
    if head is not None and used + _width(head) + len(".but(") <= LINE_LENGTH:
        return head + _exploded(".but(", but, ")", indent)
    opened = _exploded(f"{call.function}(", entries, ")", indent)
    if flat_but is not None and indent + 1 + _width(flat_but) + 1 <= LINE_LENGTH:
        return opened + flat_but
    return opened + _exploded(".but(", but, ")", indent)


def _exploded(opening: str, entries: list[tuple[str, Expression]], closing: str, indent: int) -> str:
    inner = indent + _INDENT
    pad = " " * inner
    lines = [f"{pad}{head}{render(entry, inner, inner + _width(head))},\n" for head, entry in entries]
    return f"{opening}\n{''.join(lines)}{' ' * indent}{closing}" if lines else f"{opening}{closing}"


def _flat(expression: Expression) -> str | None:
    """The expression in one line; None where a text of it spans lines."""
    match expression:
        case Text():
            text = _literal(expression.value)
            return None if "\n" in text else text
        case Word():
            return repr(expression.value)
        case Xml():
            return None
        case Items():
            return _flat_list("[", [("", entry) for entry in expression.entries], "]")
        case Spread():
            return _flat_list("*(", [("", entry) for entry in expression.entries], ")")
        case Table():
            return _flat_list("{", [(f"{_in_one_line(key)}: ", entry) for key, entry in expression.entries], "}")
        case Call():
            entries = [*(("", e) for e in expression.arguments), *((f"{name}=", e) for name, e in expression.named)]
            head = _flat_list(f"{expression.function}(", entries, ")")
            if not expression.but or head is None:
                return head
            but = _flat_list(".but(", [(f"{name}=", entry) for name, entry in expression.but], ")")
            return None if but is None else head + but


def _flat_list(opening: str, entries: list[tuple[str, Expression]], closing: str) -> str | None:
    parts = []
    for head, entry in entries:
        flat = _flat(entry)
        if flat is None:
            return None
        parts.append(head + flat)
    return f"{opening}{', '.join(parts)}{closing}"


def _literal(value: str) -> str:
    """A text as Python writes it; one of several lines, blanks around it apart, in three quotes."""
    if "\n" in value.strip():
        body = _escaped(value.replace("\\", "\\\\"), keep="\n").replace('"""', '\\"\\"\\"')
        has_bare_end = (len(value) - len(value.rstrip('"'))) % 3 > 0
        return f'"""{body[:-1]}\\""""' if has_bare_end else f'"""{body}"""'
    return _in_one_line(value)


def _in_one_line(value: str) -> str:
    quote = "'" if value.count('"') > value.count("'") else '"'
    body = _escaped(value.replace("\\", "\\\\").replace(quote, "\\" + quote))
    return f"{quote}{body}{quote}"


def _escaped(text: str, keep: str = "") -> str:
    """``text`` with escapes for what cannot be seen."""
    if _ASCII.fullmatch(text):
        return text
    return "".join(
        char if char.isprintable() or char in keep else _SHORT.get(char) or ascii(char)[1:-1] for char in text
    )


def _width(text: str) -> int:
    """Columns of a text: wide characters take two, those that stand over others none."""
    if _ASCII.fullmatch(text):
        return len(text)
    return sum(
        0 if unicodedata.category(c) in ("Mn", "Me") else 2 if unicodedata.east_asian_width(c) in ("W", "F") else 1
        for c in text
    )


def _xml(xml: Xml, indent: int) -> str:
    pad = " " * (indent + _INDENT) if xml.may_move else ""
    lines = [f"{pad}{line}" if line else "" for line in xml.value.strip().split("\n")]
    end = " " * indent if xml.may_move else ""
    body = _escaped("\n".join(lines).replace("\\", "\\\\"), keep="\n").replace('"""', '\\"\\"\\"')
    return f'"""\n{body}\n{end}"""'


def _docstring(text: str) -> str:
    body = _escaped(text.replace("\\", "\\\\").replace('"""', "'''").strip())
    return f'{body[:-1]}\\"' if body.endswith('"') else body
