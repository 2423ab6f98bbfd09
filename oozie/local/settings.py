"""Numbers among a job's properties, which are all text."""

from __future__ import annotations

from collections.abc import Mapping

from oozie.local.errors import ActionError


def integer(configuration: Mapping[str, str], name: str, default: int) -> int:
    """The property ``name`` as a number. Raises: ActionError E0700, which fails the job, for one that is none."""
    text = configuration.get(name, "").strip()
    if not text:
        return default
    try:
        return int(text)
    except ValueError as error:
        raise ActionError("E0700", f"property {name} is '{text}', which is no number", "FAILED") from error
