"""Moments and spans as a page shows them: UTC, and as short as can be told."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def utc_now() -> datetime:
    """The present, in UTC."""
    return datetime.now(timezone.utc)


def show_moment(moment: datetime | None) -> str:
    """``2026-11-21 12:26:14``, or nothing."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%d %H:%M:%S") if moment else ""


def show_minute(moment: datetime | None) -> str:
    """``2026-11-21 12:26``, or nothing."""
    return show_moment(moment)[:-3]


def show_span(span: timedelta | None) -> str:
    """``1 d 4 h``, ``4 min 30 s``, ``0.8 s``: two units at most; nothing for none."""
    if span is None:
        return ""
    seconds = max(span.total_seconds(), 0.0)
    if seconds < 1:
        return f"{seconds:.1f} s" if seconds else "0 s"
    whole = round(seconds)
    for size, unit, smaller, smaller_unit in (
        (_DAY, "d", _HOUR, "h"), (_HOUR, "h", _MINUTE, "min"), (_MINUTE, "min", 1, "s"),
    ):  # fmt: skip
        if whole >= size:
            rest = whole % size // smaller
            return f"{whole // size} {unit}" + (f" {rest} {smaller_unit}" if rest else "")
    return f"{whole} s"


def span_of(started: datetime | None, ended: datetime | None, now: datetime) -> timedelta | None:
    """From start to end, or to now while it lasts; None before it began."""
    return (ended or now) - started if started else None
