"""What the writer says of itself, in a file that the service reads."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

_NAME = "writer.json"


@dataclass
class Status:
    """``rows`` were delivered and ``damaged`` records lost by this process. ``waits`` is why none is delivered."""

    pid: int
    root: str
    rows: int = 0
    damaged: int = 0
    code: str = ""
    waits: str = ""
    hint: str = ""


def write_status(spool: Path, status: Status) -> None:
    """In one step, so that who reads it never reads a half; a spool has one writer. Raises: OSError."""
    draft = spool / f"{_NAME}.draft"
    try:
        draft.write_text(json.dumps(asdict(status)) + "\n")
        draft.replace(spool / _NAME)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def read_status(spool: Path) -> Status | None:
    """What the last writer said; None where there was none."""
    try:
        return Status(**json.loads((spool / _NAME).read_text()))
    except (OSError, ValueError, TypeError):
        return None
