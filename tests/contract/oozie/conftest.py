"""The fixture ``stack`` of the stack's own tests."""

from __future__ import annotations

from tests.stack.conftest import stack

__all__ = ["stack"]
