"""What a command that works with servers on this machine sets up around itself before it begins."""

from __future__ import annotations

import os
import signal
from types import FrameType


def interrupt_on_term() -> None:
    """TERM is as Ctrl-C: what was started is stopped again."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)


def bypass_proxies() -> None:
    """The loopback is never asked through a proxy; everything else goes on using it."""
    for name in ("no_proxy", "NO_PROXY"):
        os.environ[name] = ",".join(filter(None, (os.environ.get(name), "localhost", "127.0.0.1")))
