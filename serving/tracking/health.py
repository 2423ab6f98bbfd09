"""How tracking is, over all workers of this machine, for /health."""

from __future__ import annotations

from serving.tracking.counts import Dropped
from serving.tracking.segments import measure
from serving.tracking.settings import TrackingSettings
from serving.tracking.status import read_status
from storage.errors import Diagnostic

_RECENT_S = 60.0


def report_tracking(settings: TrackingSettings, dropped: Dropped) -> dict[str, object]:
    """What waits on this machine, what was delivered, and what was lost.

    ``dropped`` counts rows of this service since it began, ``delivered`` and ``damaged`` those of the writer of all
    services that share the spool. Units: ``waiting_bytes`` with what workers just write.
    """
    segments, size = _measure(settings)
    status = read_status(settings.folder)
    return {
        "root": settings.root,
        "waiting_segments": segments,
        "waiting_bytes": size,
        "dropped": dropped.count,
        "delivered": status.rows if status else 0,
        "damaged": status.damaged if status else 0,
    }


def find_tracking_problems(settings: TrackingSettings, dropped: Dropped) -> list[Diagnostic]:
    """Why predictions are not tracked, or wait; none of it keeps the service from answering."""
    found = []
    if dropped.last_s is not None and dropped.last_s < _RECENT_S:
        message = f"predictions are not tracked now: {dropped.count} rows were dropped"
        found.append(Diagnostic("H544", message, f"make room on the disk of {settings.spool}"))
    status = read_status(settings.folder)
    if status and status.waits:
        found.append(Diagnostic("H545", f"predictions wait on this machine: {status.code} {status.waits}", status.hint))
    if status and status.damaged:
        message = f"{status.damaged} tracked records were damaged and are lost"
        found.append(Diagnostic("H546", message, f"check the disk of {settings.spool}"))
    return found


def _measure(settings: TrackingSettings) -> tuple[int, int]:
    try:
        return measure(settings.folder)
    except OSError:
        return 0, 0  # it could not be made yet: what is dropped meanwhile is counted
