"""Whether records fit what a model takes: every field that does not, each with what to do about it.

The rules, as a data scientist expects them of a column: a missing key is an error and null is said aloud (a typo in a
name must not become a null); an int is a number, and 3.0 a whole one; true is no number, and "3" neither; NaN and
infinity are refused; a category that training never saw is refused, since most models answer nonsense for it, unless
the service was told to warn instead; a number outside the range of the training data is answered with a warning.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from models.manifest import Field, FieldType
from serving.errors import Problem

MAX_FINDINGS = 100
MAX_TEXT_CHARACTERS = 10_000

_LONG_LIMIT = 2**63
_MATCHED_CATEGORIES = 2_000
_MATCHED_CHARACTERS = 100


class _RefusedError(Exception):
    """A value that does not fit its field."""

    def __init__(self, problem: str, hint: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.hint = hint


@dataclass
class Checked:
    """Rows to score, in order, and what was found; the rows count only where there are no problems."""

    rows: list[dict[str, object]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


class Signature:
    """The inputs of one model version, ready to check records against."""

    def __init__(self, inputs: Sequence[Field], *, accept_unknown_categories: bool = False) -> None:
        self.accepts_unknown_categories = accept_unknown_categories
        self._fields = {item.name: item for item in inputs}
        self._columns = [_Column(item, accept_unknown_categories) for item in inputs]

    def check(self, records: Sequence[Mapping[str, object]], *, single: bool = False) -> Checked:
        """Check every field of every record; the search ends after 100 problems. ``single`` leaves out the numbers."""
        checked = Checked()
        for index, record in enumerate(records):
            self._check_record(record, None if single else index, checked)
            if len(checked.problems) >= MAX_FINDINGS:
                break
        return checked

    def _check_record(self, record: Mapping[str, object], index: int | None, checked: Checked) -> None:
        row: dict[str, object] = {}
        for column in self._columns:
            name = column.field.name
            try:
                row[name] = value = column.take(record)
            except _RefusedError as refused:
                checked.problems.append(Problem(name, refused.problem, refused.hint, index))
                continue
            warning = column.warning(value)
            if warning and len(checked.warnings) < MAX_FINDINGS:
                checked.warnings.append(Problem(name, *warning, record=index))
        checked.rows.append(row)
        if len(record) > len(row) or record.keys() != row.keys():
            self._name_strangers(record, index, checked)

    def _name_strangers(self, record: Mapping[str, object], index: int | None, checked: Checked) -> None:
        for name in record:
            if name in self._fields:
                continue
            if len(checked.problems) >= MAX_FINDINGS:
                return
            absent = [known for known in self._fields if known not in record] or list(self._fields)
            checked.problems.append(
                Problem(_clipped(name), "is not an input of this model", hint_at_name(name, absent), index)
            )


class _Column:
    """One field with its check looked up."""

    def __init__(self, item: Field, accept_unknown_categories: bool) -> None:
        self.field = item
        self._check = _CHECKS[item.type]
        self._categories = frozenset(item.categories if item.type == "string" else ())
        self._open = accept_unknown_categories
        self._low = -math.inf if item.minimum is None else item.minimum
        self._high = math.inf if item.maximum is None else item.maximum
        self._ranged = item.type in ("double", "long")

    def take(self, record: Mapping[str, object]) -> object:
        """The field's value, as the scorer takes it. Raises: _RefusedError."""
        try:
            value = record[self.field.name]
        except KeyError:
            raise _RefusedError("is missing", "send null if it is unknown" if self.field.nullable else "") from None
        if value is None:
            if self.field.nullable:
                return None
            raise _RefusedError("is empty (null), and must have a value")
        value = self._check(value)
        if self._categories and not self._open and value not in self._categories:
            told, hint = describe_unknown(value, self.field)
            raise _RefusedError(f"has the unknown category {told}", hint)
        return value

    def warning(self, value: object) -> tuple[str, str] | None:
        """What is odd about a value that was taken: problem and hint."""
        if value is None:
            return None
        if self._ranged and isinstance(value, (int, float)) and not self._low <= value <= self._high:
            return describe_range(value, self.field)
        if self._open and self._categories and value not in self._categories:
            told, hint = describe_unknown(value, self.field)
            return f"has the category {told}, which training never saw", hint
        return None


def describe_range(value: float, item: Field) -> tuple[str, str]:
    """What is odd about a number that training never saw, and what that means."""
    seen = f"{_plain(item.minimum)} to {_plain(item.maximum)}"
    return f"is {_shown(value)}, outside of what training saw ({seen})", "the answer is an extrapolation"


def describe_unknown(value: object, item: Field) -> tuple[str, str]:
    """A category that training never saw as it is shown, and those that are near it."""
    return _shown(value), _known(str(value), item.categories)


def _take_double(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _RefusedError(f"is {_described(value)}, a number is needed", _unquoted(value))
    try:
        number = float(value)
    except OverflowError:
        raise _RefusedError("is larger than a double holds") from None
    if not math.isfinite(number):
        raise _RefusedError("is not a finite number", "JSON has no NaN and no infinity; an unknown value is null")
    return number


def _take_long(value: object) -> int:
    if isinstance(value, float) and value.is_integer():  # false for NaN and infinity
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise _RefusedError(f"is {_described(value)}, a whole number is needed", _unquoted(value))
    if not -_LONG_LIMIT <= value < _LONG_LIMIT:
        raise _RefusedError("is outside of the 64-bit whole numbers")
    return value


def _take_string(value: object) -> str:
    if not isinstance(value, str):
        raise _RefusedError(f"is {_described(value)}, text is needed", "put it in double quotes")
    if len(value) > MAX_TEXT_CHARACTERS:
        raise _RefusedError(f"has {len(value)} characters", f"at most {MAX_TEXT_CHARACTERS} are taken")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise _RefusedError("is not valid Unicode: half of a surrogate pair stands alone") from None
    return value


def _take_boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise _RefusedError(f"is {_described(value)}, true or false is needed", "send true or false, without quotes")
    return value


_CHECKS: Mapping[FieldType, Callable[[object], object]] = {
    "double": _take_double,
    "long": _take_long,
    "string": _take_string,
    "boolean": _take_boolean,
}

_JSON_TYPES: Mapping[type, str] = {bool: "true or false", str: "text", list: "a list", dict: "an object"}


def _described(value: object) -> str:
    """A value by its JSON type, and itself where it is short."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return str(value).lower() if isinstance(value, bool) else _JSON_TYPES.get(type(value), "of another type")
    return f"the text {_shown(value)}" if isinstance(value, str) else f"the number {_shown(value)}"


def _unquoted(value: object) -> str:
    """The hint for a number in quotes."""
    if isinstance(value, str) and len(value) < _MATCHED_CHARACTERS:
        try:
            return f"send {float(value):g} without quotes" if math.isfinite(float(value)) else ""
        except ValueError:
            return ""
    return ""


def _known(value: str, categories: Sequence[str]) -> str:
    """The nearest of the known categories, or the first few."""
    near = _near(value, categories)
    if near:
        return f"did you mean {' or '.join(map(_shown, near))}?"
    some = ", ".join(_shown(item) for item in categories[:5])
    return f"known are {some}" + (f" and {len(categories) - 5} more" if len(categories) > 5 else "")


def hint_at_name(name: str, known: Sequence[str]) -> str:
    """What to do about a name that is no input."""
    near = _near(name, known)[:1]
    return f"did you mean '{near[0]}'?" if near else "leave it out"


def _near(value: str, known: Sequence[str]) -> list[str]:
    """Up to three of ``known`` that are written much as ``value``; upper and lower case count as one."""
    if len(value) > _MATCHED_CHARACTERS:
        return []
    spelled = {item.casefold(): item for item in known[:_MATCHED_CATEGORIES]}
    return [spelled[match] for match in get_close_matches(value.casefold(), spelled, n=3, cutoff=0.6)]


def _shown(value: object) -> str:
    return _clipped(json.dumps(value, ensure_ascii=False) if not _has_surrogates(value) else json.dumps(value))


def _has_surrogates(value: object) -> bool:
    return isinstance(value, str) and any("\ud800" <= character <= "\udfff" for character in value)


def _clipped(text: str) -> str:
    return text if len(text) <= _MATCHED_CHARACTERS else text[:_MATCHED_CHARACTERS] + "…"


def _plain(number: float | None) -> str:
    return "…" if number is None else f"{number:g}"
