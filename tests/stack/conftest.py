"""The real stack, as ``howdah stack up`` left it: $HOWDAH_STACK names its folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from howdah.stack.addresses import Addresses


@pytest.fixture(scope="session")
def stack() -> Addresses:
    """Where the services of the stack answer."""
    folder = os.environ.get("HOWDAH_STACK")
    if not folder:
        pytest.skip("no real stack: howdah stack up, then HOWDAH_STACK=its folder")
    return Addresses.read(Path(folder))
