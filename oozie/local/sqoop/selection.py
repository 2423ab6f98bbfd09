"""Which rows and columns an import reads: a table or a query, the conditions on it, and its splits."""

# ruff: noqa: S608 - making SQL out of the names and conditions that the user gives is what this module is for
from __future__ import annotations

import difflib
import logging
from dataclasses import dataclass, replace

from oozie.local.sqoop.arguments import ImportArguments
from oozie.local.sqoop.columns import Column, map_columns
from oozie.local.sqoop.databases.database import Connection
from oozie.local.sqoop.errors import ArgumentError, SourceError
from oozie.local.sqoop.options import TEXT_SPLITTER
from oozie.local.sqoop.splits import TEXT_TYPES, split_conditions

CONDITIONS = "$CONDITIONS"

log = logging.getLogger("sqoop")


@dataclass(frozen=True)
class Splits:
    """One condition a part file; ``share_a_scan`` where the database would read the whole table for each of them."""

    conditions: tuple[str, ...]
    share_a_scan: bool = False


@dataclass(frozen=True)
class Selection:
    """A table (quoted, with a condition) or a free query with ``$CONDITIONS`` in it."""

    source: str
    where: str = ""
    is_query: bool = False

    def rows(self, expression: str, condition: str) -> str:
        """The query of ``expression`` over the rows that meet ``condition``."""
        if self.is_query:
            return f"SELECT {expression} FROM ({self._query(f'( {condition} )')}) sqoop_rows"
        return f"SELECT {expression} FROM {self.source} WHERE {self._and(condition)}"

    def all_columns(self) -> str:
        """A query with every column and no row."""
        if self.is_query:
            return self._query(" (1 = 0) ")
        return f"SELECT * FROM {self.source} WHERE 1 = 0"

    def limits(self, column: str) -> str:
        """The query of the smallest and the largest value of ``column``."""
        if self.is_query:
            name = f"t1.{column.rpartition('.')[2]}" if "." in column else column
            return f"SELECT MIN({name}), MAX({name}) FROM ({self._query(' (1 = 1) ')}) AS t1"
        condition = f" WHERE ( {self.where} )" if self.where else ""
        return f"SELECT MIN({column}), MAX({column}) FROM {self.source}{condition}"

    def largest(self, column: str) -> str:
        """The query of the largest value of ``column``, for an incremental import."""
        if self.is_query:
            return f"SELECT MAX({column}) FROM ({self._query('(1 = 1)')}) sqoop_import_query_alias"
        return f"SELECT MAX({column}) FROM {self.source}" + (f" WHERE {self.where}" if self.where else "")

    def narrowed(self, condition: str) -> Selection:
        """The same, with one more condition."""
        if self.is_query:
            return replace(self, source=self.source.replace(CONDITIONS, f"{condition} AND {CONDITIONS}"))
        return replace(self, where=f"{condition} AND ({self.where})" if self.where else condition)

    def _query(self, condition: str) -> str:
        """The free query under ``condition``; a comment at its end must not swallow what follows."""
        return self.source.replace(CONDITIONS, condition) + "\n"

    def _and(self, condition: str) -> str:
        return f"( {self.where} ) AND ( {condition} )" if self.where else f"( {condition} )"


def select(connection: Connection, arguments: ImportArguments) -> Selection:
    """What the arguments name. Raises: SourceError H425 for a table that does not exist."""
    if arguments.query is not None:
        return Selection(arguments.query.rstrip().rstrip(";"), is_query=True)
    table = arguments.table or ""
    tables = connection.table_names()
    if table not in tables:
        folded = {name.lower(): name for name in tables}
        near = difflib.get_close_matches(table.lower(), folded, 1, 0.5)
        hint = f"did you mean '{folded[near[0]]}'?" if near else f"it has {', '.join(sorted(tables)[:10]) or 'none'}"
        raise SourceError("H425", f"the database has no table '{table}'", hint=hint)
    return Selection(connection.table_source(table), arguments.where or "")


def imported_columns(connection: Connection, arguments: ImportArguments, selection: Selection) -> list[Column]:
    """The columns to write, in order, with the types that Sqoop gives them. Raises: SourceError H425."""
    found = connection.columns(selection.all_columns())
    names = [column.name for column in found]
    if repeated := next((name for name in names if names.count(name) > 1), None):
        raise SourceError("H425", f"the query gives two columns '{repeated}'", hint="name one of them with AS")
    wanted = list(arguments.columns) or names
    by_name = {column.name: column for column in found}
    for name in [*wanted, *([arguments.check_column] if arguments.check_column and not selection.is_query else [])]:
        if name not in by_name:
            near = difflib.get_close_matches(name, names, 1, 0.4)
            hint = f"did you mean '{near[0]}'?" if near else "the columns are " + ", ".join(names)
            raise SourceError("H425", f"there is no column '{name}'", hint=hint)
    return map_columns([by_name[name] for name in wanted], dict(arguments.java_types))


def splits(connection: Connection, arguments: ImportArguments, selection: Selection) -> Splits:
    """Which rows go into which part file.

    Raises: ArgumentError H421 where Sqoop would refuse to split, SourceError H425.
    """
    key = connection.primary_key(arguments.table) if arguments.table is not None else None
    column = arguments.split_by or key
    mappers = arguments.mappers
    if column is None and mappers > 1:
        if not arguments.reset_to_one_mapper:
            raise ArgumentError(
                "H421",
                f"no primary key could be found for table {arguments.table}",
                hint="--split-by COLUMN, or -m 1, or --autoreset-to-one-mapper",
            )
        log.warning("Split by column not provided or can't be inferred.  Resetting to one mapper")
        mappers = 1
    if column is None or (mappers == 1 and not arguments.boundary_query and arguments.split_limit <= 0):
        return Splits(("1=1",))
    name = column if selection.is_query else connection.dialect.quote(column)
    query = arguments.boundary_query or selection.limits(name)
    log.info("BoundingValsQuery: %s", query)
    bounds = connection.bounds(query)
    is_text = bounds.sql_type in TEXT_TYPES
    if is_text and not arguments.is_set(TEXT_SPLITTER):
        raise ArgumentError(
            "H421",
            f"generating splits for the textual column {column} is allowed only with -D {TEXT_SPLITTER}=true",
            hint="choose a number or date for --split-by, or give that property",
        )
    conditions = split_conditions(bounds, name, mappers, arguments.split_limit)
    # Ranges of text may overlap in a collation of the database's own; Sqoop then imports a row for each.
    return Splits(tuple(conditions), not selection.is_query and not is_text and column != key and len(conditions) > 1)
