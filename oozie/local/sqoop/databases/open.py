"""A connection to whatever database a source names; its library is loaded only then."""

from __future__ import annotations

import importlib
from typing import cast

from oozie.local.sqoop.databases.database import Connection
from oozie.local.sqoop.errors import ConnectError
from oozie.local.sqoop.jdbc import Source


def open_connection(source: Source) -> Connection:
    """Connect. Raises: ConnectError H424."""
    try:
        loaded = importlib.import_module(f"oozie.local.sqoop.databases.{source.kind}")
    except ModuleNotFoundError as error:
        raise ConnectError(
            "H424", f"the library '{error.name}' is not installed", hint="pip install 'howdah[imports]'"
        ) from None
    return cast(Connection, loaded.connect(source))
