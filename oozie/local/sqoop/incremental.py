"""``--incremental``: only the rows since the last import, and the value to begin with next time.

Source: org.apache.sqoop.tool.ImportTool.initIncrementalConstraints.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from oozie.local.sqoop.arguments import ImportArguments
from oozie.local.sqoop.columns import SqlType
from oozie.local.sqoop.databases.database import Connection
from oozie.local.sqoop.errors import ArgumentError
from oozie.local.sqoop.selection import Selection
from oozie.local.sqoop.splits import TEXT_TYPES

_DATES = frozenset({SqlType.DATE, SqlType.TIME, SqlType.TIMESTAMP})

log = logging.getLogger("sqoop")


@dataclass(frozen=True)
class Increment:
    """The rows to read now, and ``last_value`` for the next import (None for an empty table)."""

    selection: Selection
    last_value: str | None


def increment(connection: Connection, arguments: ImportArguments, selection: Selection) -> Increment | None:
    """The rows since ``--last-value``; None when there are none.

    Raises: ArgumentError H421 for a check column of text.
    """
    column = arguments.check_column
    if not selection.is_query:
        column = connection.dialect.quote(column)
    is_append = arguments.incremental == "append"
    if is_append:
        query = selection.largest(column)
        log.info("Maximal id query for free form incremental import: %s", query)
        sql_type, upper = connection.value(query)
        if sql_type in TEXT_TYPES and upper is not None:
            raise ArgumentError(
                "H421",
                f"character column ({arguments.check_column}) can not be used to determine which rows to import",
                hint="--check-column takes a number or a date",
            )
    else:
        sql_type, upper = SqlType.TIMESTAMP, connection.current_timestamp()
    literal = None if upper is None else _literal(upper, sql_type)
    log.info("Incremental import based on column %s", column)
    conditions = []
    if arguments.last_value is not None:
        lower = _literal(arguments.last_value, sql_type)
        if lower == literal:
            log.info("No new rows detected since last import.")
            return None
        log.info("Lower bound value: %s", lower)
        conditions.append(f"{column} {'>' if is_append else '>='} {lower}")
    conditions.append(f"{column} {'<=' if is_append else '<'} {literal}" if literal else f"{column} IS NULL")
    log.info("Upper bound value: %s", literal)
    return Increment(selection.narrowed(" AND ".join(conditions)), upper)


def _literal(value: str, sql_type: int) -> str:
    """A date in quotes unless the user has put them; a number as it stands."""
    if sql_type in _DATES and not value.startswith("'") and not value.endswith("'"):
        return f"'{value}'"
    return value


def log_next_arguments(arguments: ImportArguments, last_value: str | None) -> None:
    """Say how to import what comes after this."""
    log.info(
        "Incremental import complete! To run another incremental import of all data following this import, "
        "supply the following arguments:"
    )
    log.info(" --incremental %s", arguments.incremental)
    log.info("  --check-column %s", arguments.check_column)
    log.info("  --last-value %s", last_value)
