"""The file that defines groups: strict JSON, and every mistake in it with its place.

JSON and not TOML, which Python 3.10 cannot read; manifests and all that the service says are JSON too.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, get_args

from models.errors import ModelNameError
from models.names import is_name, split_reference
from serving.errors import ServingError
from serving.speculation.group import KINDS, Group, Kind, TieBreak
from storage.errors import Diagnostic
from storage.nearest import did_you_mean

MOST_MEMBERS = 16
LONGEST_DEADLINE_MS = 60_000

_COMMON = frozenset({"policy", "members", "deadline_ms", "description", "default"})
_REQUIRED = frozenset({"policy", "members", "deadline_ms"})
_FILE_HINT = (
    'a file of groups is like {"purchase": {"policy": "shadow", "members": ["old", "new"], "deadline_ms": 100}}'
)
# What each option looks like, where nothing better can be said about one that is wrong
_EXAMPLES: Mapping[str, str] = {
    "policy": f"one of {', '.join(KINDS)}",
    "members": '"members": ["funnel", "funnel@challenger"]',
    "deadline_ms": '"deadline_ms": 100',
    "description": '"description": "which visitors buy"',
    "default": '"default": "leave"',
    "quorum": '"quorum": 2',
    "tie_break": '"tie_break": "confidence"',
    "metric": '"metric": "accuracy"',
    "weights": '"weights": {"funnel": 95, "funnel@challenger": 5}',
}
_KINDS_OF_VALUES = {dict: "an object", list: "a list", str: "a text", bool: "a boolean", type(None): "null"}


class _WrongError(Exception):
    """A value that cannot be, and what could."""

    def __init__(self, problem: str, hint: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.hint = hint


def load_groups(path: Path) -> tuple[Group, ...]:
    """The groups that the file at ``path`` defines. Raises: ServingError H560 with every mistake."""
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        hint = "--groups names the file that defines the groups"
        raise ServingError("H560", f"it cannot be read: {error.strerror}", path=str(path), hint=hint) from error
    except UnicodeDecodeError as error:
        hint = "save the file as UTF-8"
        raise ServingError("H560", f"byte {error.start} is not UTF-8", path=str(path), hint=hint) from error
    return read_groups(text, str(path))


def read_groups(text: str, path: str) -> tuple[Group, ...]:
    """The groups in ``text``; ``path`` is for the messages. Raises: ServingError H560 with every mistake."""
    problems: list[Diagnostic] = []
    document = _read_json(text, path)
    groups = []
    for name, entry in document.items():
        reader = _Reader(name, path, problems)
        group = reader.read(entry)
        if group:
            groups.append(group)
    if problems:
        raise ServingError.of(problems)
    if not groups:
        raise ServingError("H560", "it defines no group", path=path, hint=_FILE_HINT)
    return tuple(groups)


def _read_json(text: str, path: str) -> dict[str, Any]:
    try:
        document = json.loads(text, object_pairs_hook=_no_twins, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        place = f"{error.msg} (column {error.colno})"
        raise ServingError("H560", place, path=path, line=error.lineno, hint=_FILE_HINT) from error
    except (ValueError, RecursionError) as error:
        raise ServingError("H560", f"it is not JSON: {error}", path=path, hint=_FILE_HINT) from error
    if not isinstance(document, dict):
        message = f"it holds {_kind_of(document)}, not an object of groups by name"
        raise ServingError("H560", message, path=path, hint=_FILE_HINT)
    return document


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"'{twice}' stands twice in one object")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number of JSON")


def _kind_of(value: object) -> str:
    return _KINDS_OF_VALUES.get(type(value), "a number")


class _Reader:
    """Reads one group; what is wrong goes into ``problems``, each with its place."""

    def __init__(self, name: str, path: str, problems: list[Diagnostic]) -> None:
        self._name = name
        self._path = path
        self._problems = problems
        self._before = len(problems)

    def read(self, entry: object) -> Group | None:
        """The group, or None when anything is wrong with it."""
        if not is_name(self._name):
            self._note("", "is not a name", "a letter, then letters, digits, '-' and '_', 64 at most")
        if not isinstance(entry, dict):
            self._note("", f"is {_kind_of(entry)}, not an object", _FILE_HINT)
            return None
        kind = self._take(entry, "policy", _policy)
        if kind is None:
            return None
        allowed = _COMMON | kind.options
        for key in entry.keys() - allowed:
            known = sorted(allowed)
            hint = did_you_mean(key, known, f"its options are {', '.join(known)}")
            self._note(key, f"is not an option of the policy {entry['policy']}", hint)
        for key in sorted((_REQUIRED | kind.required) - entry.keys()):
            self._note(key, "is missing")
        values = {
            key: self._take(entry, key, check) for key, check in _CHECKS.items() if key in entry and key in allowed
        }
        if len(self._problems) > self._before:
            return None
        deadline_s = values.pop("deadline_ms") / 1000
        group = Group(name=self._name, policy=entry["policy"], deadline_s=deadline_s, **values)
        self._check_whole(group, kind)
        return group if len(self._problems) == self._before else None

    def _take(self, entry: Mapping[str, object], key: str, check: Callable[[Any], Any]) -> Any:
        try:
            return check(entry[key]) if key in entry else self._note(key, "is missing")
        except _WrongError as wrong:
            self._note(key, wrong.problem, wrong.hint)
            return None

    def _check_whole(self, group: Group, kind: Kind) -> None:
        count = len(group.members)
        if count < kind.fewest:
            problem = f"are {count}, {group.policy} takes {kind.fewest} at least"
            self._note("members", problem, f"name {kind.fewest - count} more, or take another policy")
        if group.quorum and not count // 2 < group.quorum <= count:
            self._note("quorum", f"is {group.quorum}, of {count} members it is {count // 2 + 1} to {count}",
                       "more than half, else two classes could both have it")  # fmt: skip
        if group.tie_break == "quality" and not group.metric:
            self._note("metric", "is missing", 'the tie_break "quality" goes by it')
        if group.metric and "tie_break" in kind.options and group.tie_break != "quality":
            problem = f"says nothing here: the tie_break is {json.dumps(group.tie_break)}"
            self._note("metric", problem, 'leave it out, or say "tie_break": "quality"')
        if group.weights and set(group.weights) != set(group.members):
            strange = sorted(set(group.weights) ^ set(group.members))
            self._note(
                "weights", f"and members differ in '{strange[0]}'", "give each member a weight; 0 never gets a request"
            )
        if group.default is not None and kind.target:
            wanted = str if kind.target == "class" else float
            if not isinstance(group.default, wanted):
                problem = f"is {_kind_of(group.default)}, {group.policy} answers a {kind.target}"
                self._note("default", problem, f"give a {kind.target}, or leave it out")

    def _note(self, option: str, problem: str, hint: str = "") -> None:
        name = self._name[:80]
        place = f"{name}.{option[:80]}" if option else f"'{name}'"
        self._problems.append(Diagnostic("H560", f"{place} {problem}", hint or _EXAMPLES[option], self._path))


# -- one check for each option: it returns the value as a Group holds it, or raises ------------------------------------


def _policy(value: Any) -> Kind:
    if not isinstance(value, str) or value not in KINDS:
        raise _WrongError(f"is {json.dumps(value)[:60]}, not a policy", did_you_mean(str(value), KINDS))
    return KINDS[value]


def _members(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise _WrongError(f"is {_kind_of(value)}, not a list of names")
    if len(value) > MOST_MEMBERS:
        raise _WrongError(
            f"are {len(value)}, at most {MOST_MEMBERS} are taken", "take some out: each of them is asked each time"
        )
    for index, member in enumerate(value):
        if not isinstance(member, str):
            raise _WrongError(f"has {_kind_of(member)} at [{index}], not a name")
        try:
            split_reference(member)
        except ModelNameError as error:
            raise _WrongError(f"[{index}]: {error.diagnostics[0].message}", error.diagnostics[0].hint) from error
        if member in value[:index]:
            raise _WrongError(f"name '{member}' twice", "name it once; a canary's share is its weight")
    return tuple(value)


def _deadline_ms(value: Any) -> float:
    if not _is_number(value) or not 1 <= value <= LONGEST_DEADLINE_MS:
        raise _WrongError(f"is {json.dumps(value)[:60]}, not 1 to {LONGEST_DEADLINE_MS} milliseconds")
    return float(value)


def _description(value: Any) -> str:
    if not isinstance(value, str):
        raise _WrongError(f"is {_kind_of(value)}, not a text")
    return value


def _default(value: Any) -> str | float:
    if isinstance(value, str):
        return value
    if _is_number(value):
        return float(value)
    raise _WrongError(f"is {_kind_of(value)}, not a class or a number", "leave it out, and such a request gets a 503")


def _quorum(value: Any) -> int:
    if type(value) is not int or value < 1:
        raise _WrongError(f"is {json.dumps(value)[:60]}, not a number of members")
    return value


def _tie_break(value: Any) -> str:
    known = get_args(TieBreak)
    if value not in known:
        raise _WrongError(f"is {json.dumps(value)[:60]}, not one of {', '.join(known)}")
    return str(value)


def _metric(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise _WrongError(f"is {_kind_of(value)}, not a metric of the manifests")
    return value


def _weights(value: Any) -> dict[str, float]:
    if not isinstance(value, dict):
        raise _WrongError(f"is {_kind_of(value)}, not an object of members and numbers")
    for member, weight in value.items():
        if not _is_number(weight) or weight < 0:
            raise _WrongError(f"has {json.dumps(weight)[:60]} for '{member}', not a number from 0")
    if not any(value.values()):
        raise _WrongError("are all 0", "somebody has to answer")
    return value


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


_CHECKS: Mapping[str, Callable[[Any], Any]] = {
    "members": _members,
    "deadline_ms": _deadline_ms,
    "description": _description,
    "default": _default,
    "quorum": _quorum,
    "tie_break": _tie_break,
    "metric": _metric,
    "weights": _weights,
}
