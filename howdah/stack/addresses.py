"""Where the services of a running stack answer; ``howdah stack up`` writes it into the stack's folder."""

from __future__ import annotations

import json
from dataclasses import Field, asdict, dataclass, fields
from pathlib import Path
from typing import Any

from howdah.errors import CommandError

FILE_NAME = "addresses.json"
HOW_TO_MAKE_ONE = "`howdah stack up` makes one"


@dataclass(frozen=True)
class Addresses:
    """What a client needs to know of one stack; all of it is on the loopback.

    ``database`` is the URL of MariaDB with its user and password, ``jdbc`` the same without them, as Sqoop takes it.
    ``python`` is a Python with numpy, for PySpark on the nodes. Mails of the email action go to ``smtp_port``.
    """

    name_node: str  # hdfs://localhost:8020
    webhdfs: str  # http://localhost:9870
    resource_manager: str  # localhost:8032
    resource_manager_web: str  # http://localhost:8088
    history_web: str  # http://localhost:19888
    oozie: str  # http://localhost:11000/oozie
    hive_jdbc: str  # jdbc:hive2://localhost:10000/default
    database: str  # mysql://user:password@127.0.0.1:3307/funnel_db
    jdbc: str  # jdbc:mysql://127.0.0.1:3307/funnel_db
    user: str
    python: str
    smtp_port: int

    @classmethod
    def read(cls, folder: Path) -> Addresses:
        """Those of the stack in ``folder``. Raises: CommandError H720 where none was ever up."""
        file = folder / FILE_NAME
        try:
            found = json.loads(file.read_text(encoding="utf-8"))
            return cls(**{field.name: _value(found, field) for field in fields(cls)})
        except (OSError, ValueError, KeyError, TypeError) as error:
            why = "" if isinstance(error, FileNotFoundError) else f" ({type(error).__name__})"
            raise CommandError("H720", f"'{folder}' is not the folder of a stack{why}", hint=HOW_TO_MAKE_ONE) from error

    def write(self, folder: Path) -> None:
        """Keep them in ``folder``."""
        (folder / FILE_NAME).write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")


def _value(found: dict[str, Any], field: Field[Any]) -> Any:
    """Raises: KeyError, TypeError."""
    value = found[field.name]
    if type(value).__name__ != field.type:
        raise TypeError(field.name)
    return value
