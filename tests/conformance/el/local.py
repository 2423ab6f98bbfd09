"""Expressions by our own evaluator, as ``howdah el`` calls it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from oozie.language.el import ElError, evaluate
from oozie.local.trial import trial_scope


def ours(text: str, properties: Mapping[str, str], root: Path) -> str | None:
    """The value, None for an error."""
    try:
        return evaluate(text, trial_scope(properties, root))
    except ElError:
        return None
