"""Whether records fit what a model takes: every field that does not, each with what to do about it.

The rules, as a data scientist expects them of a column: a missing key is an error and null is said aloud (a typo in a
name must not become a null); an int is a number, and 3.0 a whole one; true is no number, and "3" neither; NaN and
infinity are refused; a category that training never saw is refused, since most models answer nonsense for it, unless
the service was told to warn instead; a number outside the range of the training data is answered with a warning.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from models.manifest import Field
from models.rows import by_columns
from serving.errors import Problem
from serving.findings import (
    MAX_FINDINGS,
    SEPARATORS,
    STRANGER,
    Nearest,
    clip,
    describe_range,
    describe_unknown,
    hint_at_name,
)
from serving.values import MAX_TEXT_CHARACTERS, PYTHON_TYPES, TAKE_ALL, TAKE_ONE, WIDEST, RefusedError

_ABSENT = object()


@dataclass
class Checked:
    """Rows to score, in order, and what was found; the rows count only where there are no problems."""

    rows: Sequence[Mapping[str, object]] = ()
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


class Signature:
    """The inputs of one model version, ready to check records against."""

    def __init__(self, inputs: Sequence[Field], *, accept_unknown_categories: bool = False) -> None:
        self.accepts_unknown_categories = accept_unknown_categories
        self._fields = {item.name: item for item in inputs}
        self._columns = [_Column(item, accept_unknown_categories) for item in inputs]
        self._usual = [column.usual for column in self._columns]

    def check(self, records: Sequence[Mapping[str, object]], *, single: bool = False) -> Checked:
        """Check every field of every record; the search ends after 100 problems. ``single`` leaves out the numbers."""
        if len(records) == 1 and self._is_usual(records[0]):
            return Checked([dict(records[0])])
        checked = Checked()
        nearest = Nearest()
        names = self._fields.keys()
        columns: list[Sequence[object]] = []
        odd: list[tuple[_Column, list[object]]] = []
        are_as_given = True
        for column, values in zip(self._columns, _columns_of(records, list(names)), strict=True):
            taken = None if values is None else column.take_all(values)
            are_as_given = are_as_given and taken is values
            if taken is None:
                taken = []
                odd.append((column, taken))
            columns.append(taken)
        if odd or set(map(len, records)) != {len(names)}:  # every name is there: others would be more
            are_as_given = False
            for index, record in enumerate(records):
                self._check_record(record, None if single else index, odd, checked, nearest)
                if len(checked.problems) >= MAX_FINDINGS:
                    break
        if are_as_given:
            checked.rows = records
        elif not checked.problems:
            rows = zip(*columns, strict=True) if columns else ((),) * len(records)
            checked.rows = [dict(zip(names, row, strict=True)) for row in rows]
        return checked

    def _is_usual(self, record: Mapping[str, object]) -> bool:
        """Whether each value can be taken as it stands: one look at each, where columns of one value take several."""
        for name, kinds, low, high, categories in self._usual:
            value: Any = record.get(name, _ABSENT)
            if type(value) not in kinds:
                return False
            if type(value) is str:
                if categories and value not in categories:
                    return False
                if len(value) > MAX_TEXT_CHARACTERS or not value.isascii():
                    return False
            elif value is not None and not low <= value <= high:  # NaN is not either
                return False
        return len(record) == len(self._usual)

    def _check_record(
        self,
        record: Mapping[str, object],
        index: int | None,
        columns: Sequence[tuple[_Column, list[object]]],
        checked: Checked,
        nearest: Nearest,
    ) -> None:
        if separator := self._find_separator(record):
            hint = f"the columns are separated by {separator}: save the file with commas"
            checked.problems.append(Problem(clip(next(iter(record))), STRANGER, hint, index, is_of_all=True))
            return
        for column, values in columns:
            name = column.field.name
            try:
                value = column.take(record, nearest)
            except RefusedError as refused:
                checked.problems.append(Problem(name, refused.problem, refused.hint, index))
                continue
            values.append(value)
            if len(checked.warnings) < MAX_FINDINGS and (warning := column.warning(value, nearest)):
                checked.warnings.append(Problem(name, *warning, record=index))
        if record.keys() != self._fields.keys():
            self._name_strangers(record, index, checked, nearest)

    def _name_strangers(
        self, record: Mapping[str, object], index: int | None, checked: Checked, nearest: Nearest
    ) -> None:
        for name in record:
            if name in self._fields:
                continue
            if len(checked.problems) >= MAX_FINDINGS:
                return
            absent = [known for known in self._fields if known not in record] or list(self._fields)
            hint = hint_at_name(name, absent, nearest)
            checked.problems.append(Problem(clip(name), STRANGER, hint, index))

    def _find_separator(self, record: Mapping[str, object]) -> str:
        """What stands between the names of the inputs where a table's columns were taken for one; else nothing."""
        if len(record) != 1 or record.keys() <= self._fields.keys():
            return ""
        (name,) = record
        names = self._fields.keys()
        return next((word for sign, word in SEPARATORS.items() if not names.isdisjoint(name.split(sign))), "")


class _Column:
    """One field with its checks looked up: of all records at once, and of one of which something is to be said."""

    def __init__(self, item: Field, accept_unknown_categories: bool) -> None:
        self.field = item
        self._check = TAKE_ONE[item.type]
        self._check_all = TAKE_ALL[item.type]
        self._categories = frozenset(item.categories if item.type == "string" else ())
        self._open = accept_unknown_categories
        self._low = -math.inf if item.minimum is None else item.minimum
        self._high = math.inf if item.maximum is None else item.maximum
        self._ranged = item.type in ("double", "long")
        kinds = {PYTHON_TYPES[item.type]} | ({type(None)} if item.nullable else set())
        widest = WIDEST.get(item.type, (0, 1))
        self.usual = item.name, kinds, max(self._low, widest[0]), min(self._high, widest[1]), self._categories

    def take_all(self, values: Sequence[object]) -> Sequence[object] | None:
        """The field's values, as the scorer takes them; None where something may be wrong or odd with one of them."""
        kinds = set(map(type, values))
        has_null = type(None) in kinds
        if has_null:
            if not self.field.nullable:
                return None
            kinds.remove(type(None))
        if not kinds:
            return values
        present = [value for value in values if value is not None] if has_null else values
        taken = self._check_all(present, kinds)
        if taken is None or not self._is_usual(taken):
            return None
        if taken is present:
            return values
        if not has_null:
            return taken
        rest = iter(taken)
        return [None if value is None else next(rest) for value in values]

    def _is_usual(self, values: Sequence[Any]) -> bool:
        if self._ranged:
            return bool(self._low <= min(values) and max(values) <= self._high)
        return not self._categories or self._categories.issuperset(values)

    def take(self, record: Mapping[str, object], nearest: Nearest) -> object:
        """The field's value, as the scorer takes it. Raises: RefusedError."""
        try:
            value = record[self.field.name]
        except KeyError:
            raise RefusedError("is missing", "send null if it is unknown" if self.field.nullable else "") from None
        if value is None:
            if self.field.nullable:
                return None
            raise RefusedError("is empty (null), and must have a value")
        value = self._check(value)
        if self._categories and not self._open and value not in self._categories:
            told, hint = describe_unknown(value, self.field, nearest)
            raise RefusedError(f"has the unknown category {told}", hint)
        return value

    def warning(self, value: object, nearest: Nearest) -> tuple[str, str] | None:
        """What is odd about a value that was taken: problem and hint."""
        if value is None:
            return None
        if self._ranged and isinstance(value, (int, float)) and not self._low <= value <= self._high:
            return describe_range(value, self.field)
        if self._open and self._categories and value not in self._categories:
            told, hint = describe_unknown(value, self.field, nearest)
            return f"has the category {told}, which training never saw", hint
        return None


def _columns_of(records: Sequence[Mapping[str, object]], names: Sequence[str]) -> Sequence[Sequence[object] | None]:
    """The values of all records by name; None for a column that one of them lacks."""
    found = by_columns(records, names)
    if found is not None:
        return found
    each_alone = (by_columns(records, [name]) for name in names)
    return [column and column[0] for column in each_alone]
