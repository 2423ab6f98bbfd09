"""What is in the files of an app on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

from oozie.local.errors import RunError

MOST_BYTES = 64 * 1024 * 1024


def content(file: Path) -> bytes:
    """What is in a definition or a file of properties. Raises: RunError H408, also for what is larger than any."""
    try:
        with file.open("rb") as stream:
            found = stream.read(MOST_BYTES + 1)
    except OSError as error:
        refuse(error)
    if len(found) > MOST_BYTES:
        raise RunError("H408", f"{file} is larger than any app: more than {MOST_BYTES:,} bytes", hint="see what it is")
    return found


def refuse(error: OSError) -> NoReturn:
    """A part of an app that cannot be read would be missing where it runs. Raises: RunError H408."""
    hint = "let yourself read it, or move it out of the app's folder"
    raise RunError("H408", f"{error.filename} cannot be read: {error.strerror}", hint=hint) from error
