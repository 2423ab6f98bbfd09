"""The select list of an import: rows rendered by the database, as finished lines or as CSV records.

Where every value of a line can be written by SQL, one expression makes the whole line, terminator included, and
nothing is left to do here. Java's own way of printing a float or bytes cannot be had in SQL: such a *column* comes
typed, and what stands between two of them as one ready text, in a CSV record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from oozie.local.sqoop.columns import Column, JavaType
from oozie.local.sqoop.databases.database import Dialect
from oozie.local.sqoop.delimiters import NO_CHARACTER, Delimiters

CLIENT_TYPES = frozenset({JavaType.FLOAT, JavaType.DOUBLE, JavaType.BYTES})

# The only characters that Java prints a value of the type with: no other needs escaping.
_ALPHABETS = {
    JavaType.INTEGER: "-0123456789",
    JavaType.LONG: "-0123456789",
    JavaType.BOOLEAN: "truefals",
    JavaType.DECIMAL: "-.0123456789",
    JavaType.DATE: "-0123456789",
    JavaType.TIME: "-:0123456789",
    JavaType.TIMESTAMP: "-:. 0123456789",
}


@dataclass(frozen=True)
class TextLayout:
    """How a line is written: its delimiters, and what stands for NULL in text columns and in others."""

    delimiters: Delimiters
    null_string: str
    null_non_string: str

    def null(self, column: Column) -> str:
        """What stands for NULL in ``column``, escaped as Sqoop escapes it."""
        text = self.null_string if column.java is JavaType.STRING else self.null_non_string
        return self.delimiters.render(text)


@dataclass(frozen=True)
class Rendered:
    """The one expression to select. ``fields`` are the CSV record's: a column, or None for ready text.

    No fields: the expression is a finished line.
    """

    expression: str
    fields: tuple[Column | None, ...] = ()


def text_lines(dialect: Dialect, columns: Sequence[Column], layout: TextLayout) -> Rendered:
    """The rows as lines of text."""
    pieces: list[str | Column] = []
    for position, column in enumerate(columns):
        if position:
            pieces.append(dialect.literal(layout.delimiters.field))
        pieces.append(column if column.carried in CLIENT_TYPES else _text_field(dialect, column, layout))
    pieces.append(dialect.literal(layout.delimiters.line))
    fields = _merge(dialect, pieces)
    if len(fields) == 1 and isinstance(fields[0], str):
        return Rendered(fields[0])
    return Rendered(_csv_record(dialect, fields), tuple(None if isinstance(field, str) else field for field in fields))


def typed_records(dialect: Dialect, columns: Sequence[Column]) -> Rendered:
    """The rows as CSV records of typed values, for the formats that hold columns."""
    return Rendered(_csv_record(dialect, list(columns)), tuple(columns))


def _merge(dialect: Dialect, pieces: list[str | Column]) -> list[str | Column]:
    """Neighbouring pieces of text as one expression."""
    merged: list[str | Column] = []
    ready: list[str] = []
    for piece in [*pieces, None]:
        if isinstance(piece, str):
            ready.append(piece)
            continue
        if ready:
            merged.append(dialect.concat(ready))
            ready = []
        if piece is not None:
            merged.append(piece)
    return merged


def _text_field(dialect: Dialect, column: Column, layout: TextLayout) -> str:
    value = dialect.java(column, dialect.quote(column.name))
    null = dialect.literal(layout.null(column))
    delimiters = layout.delimiters
    if delimiters.is_plain:
        return f"COALESCE({value}, {null})"
    alphabet = _ALPHABETS.get(column.java)

    def can_hold(character: str) -> bool:
        return alphabet is None or character in alphabet

    text = value
    for old, new in delimiters.replacements():
        if can_hold(old):
            text = dialect.replace(text, dialect.literal(old), dialect.literal(new))
    if delimiters.enclose != NO_CHARACTER:
        mark = dialect.literal(delimiters.enclose)
        enclosed = dialect.concat([mark, text, mark])
        if delimiters.enclose_always:
            text = enclosed
        elif reasons := [sign for sign in (delimiters.field, delimiters.line) if can_hold(sign)]:
            test = " OR ".join(dialect.contains(value, dialect.literal(sign)) for sign in reasons)
            text = f"CASE WHEN {test} THEN {enclosed} ELSE {text} END"
    return f"COALESCE({text}, {null})"


def _csv_record(dialect: Dialect, fields: Sequence[str | Column]) -> str:
    """A CSV record: text in quotes, NULL as nothing at all."""
    mark, comma = dialect.literal('"'), dialect.literal(",")
    parts: list[str] = []
    for position, field in enumerate(fields):
        if position:
            parts.append(comma)
        if isinstance(field, Column):
            value = dialect.plain(field, dialect.quote(field.name))
            quoted = field.carried in (JavaType.STRING, JavaType.BYTES)
        else:
            value, quoted = field, True
        if quoted:
            value = dialect.concat([mark, dialect.replace(value, mark, dialect.literal('""')), mark])
        parts.append(f"COALESCE({value}, '')")
    return dialect.concat([*parts, dialect.literal("\n")])
