"""The hint for a name that nobody knows: the nearest one that somebody does."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches


def did_you_mean(name: str, known: Iterable[str], otherwise: str = "", *, shown: Callable[[str], str] = str) -> str:
    """``did you mean '...'?`` with the name of ``known`` that is written most like ``name``, or ``otherwise``.

    ``shown`` makes what is quoted of the name that was found.
    """
    near = get_close_matches(name, list(known), n=1)
    return f"did you mean '{shown(near[0])}'?" if near else otherwise
