"""How deep expressions may stand in one another.

Java's parser ends in a stack overflow somewhere above 300 parentheses; Python's limit is lower and would be met first.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

DEEPEST = 310
_SHALLOW = 10  # what fits into any stack
_CALLS = 25  # of Python's functions, for one expression inside another


@contextmanager
def room_for(levels: int) -> Iterator[None]:
    """Let Python's functions call one another as deeply as ``levels`` of expressions need."""
    if levels <= _SHALLOW:
        yield
        return
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(before + levels * _CALLS)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
