"""The one source of time: tests bring a clock of their own."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Protocol


class Clock(Protocol):
    """Says what time it is and how long to wait for another."""

    def now(self) -> datetime:
        """The time, in UTC."""

    def seconds_until(self, moment: datetime) -> float:
        """How many real seconds to wait before looking at ``now()`` again; 0 or less when ``moment`` has come."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The time, in UTC."""
        return datetime.now(timezone.utc)

    def seconds_until(self, moment: datetime) -> float:
        """Seconds from now to ``moment``."""
        return (moment - self.now()).total_seconds()
