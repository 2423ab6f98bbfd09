"""How tracking is set up, and what of a record is left out of it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from models.tracked.records import as_key
from serving.errors import ServingError

_SHORTEST_SECRET = 16
_DIGEST_CHARACTERS = 32


@dataclass(frozen=True)
class Privacy:
    """Inputs that are not tracked, and inputs of which only a keyed hash is.

    The hash is HMAC-SHA-256 with ``secret``: equal values stay equal, and nobody without the secret can find a value by
    hashing all that there may be.
    """

    left_out: frozenset[str] = frozenset()
    hashed: frozenset[str] = frozenset()
    secret: bytes = field(default=b"", repr=False)

    def __post_init__(self) -> None:
        """Raises: ServingError H543."""
        if self.hashed and len(self.secret) < _SHORTEST_SECRET:
            raise ServingError(
                "H543",
                f"the secret for hashed inputs has {len(self.secret)} bytes",
                hint=f"at least {_SHORTEST_SECRET}, kept as long as the predictions: head -c 32 /dev/urandom > FILE",
            )

    def conceal(self, rows: Sequence[Mapping[str, object]]) -> Sequence[Mapping[str, object]]:
        """``rows`` as they are tracked."""
        if not self.left_out and not self.hashed:
            return rows
        return [
            {name: self.hash(name, value) for name, value in row.items() if name not in self.left_out} for row in rows
        ]

    def hash(self, name: str, value: object) -> object:
        """``value`` itself, or its hash where the input ``name`` is hashed; a null stays one."""
        if name not in self.hashed or value is None:
            return value
        text = (as_key(value) or "").encode("utf-8", "surrogatepass")
        return "hmac:" + hmac.digest(self.secret, text, "sha256").hex()[:_DIGEST_CHARACTERS]


@dataclass(frozen=True)
class TrackingSettings:
    """Where predictions go and when. ``key_field`` is the input that facts know a row by, empty for none.

    ``root`` is a folder or URL as for models; ``spool`` is a folder on a local disk, which services may share. Records
    are on that disk itself after ``sync_s``, complete segments are delivered after ``deliver_s`` or ``segment_bytes``.
    While the root is away, ``spool_bytes`` are kept, over all workers; what comes then is dropped and counted. Days
    are deleted ``keep_days`` after they ended, never for None.
    """

    root: str
    spool: Path
    privacy: Privacy = Privacy()
    key_field: str = ""
    sync_s: float = 1.0
    deliver_s: float = 60.0
    segment_bytes: int = 8 << 20
    spool_bytes: int = 1 << 30
    keep_days: int | None = None

    @property
    def folder(self) -> Path:
        """The spool's part for this root: what waits for one place is never delivered to another one."""
        return self.spool / hashlib.sha256(self.root.encode("utf-8", "surrogateescape")).hexdigest()[:16]
