"""One mutant: an app file that a change has gone over, and what it is submitted with."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

# The properties of every job; Oozie's side puts its own name node there.
PROPERTIES: Mapping[str, str] = MappingProxyType(
    {
        "nameNode": "hdfs://localhost:8020", "jobTracker": "localhost:8032", "nightly": "yes", "kind": "all",
        "inputDir": "/in", "group": "staff", "retries": "2", "day": "2026-01-01T00:00Z",
        "start": "2040-01-01T08:00Z", "end": "2040-03-01T08:00Z",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """``kind`` is workflow, coordinator or bundle; ``properties`` change :data:`PROPERTIES`, None takes one away."""

    name: str
    kind: str
    data: bytes
    properties: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Eight hexadecimal digits that tell whether this is the mutant that was recorded."""
        text = repr((self.data, sorted(self.properties.items())))
        return hashlib.sha256(text.encode()).hexdigest()[:8]

    def files(self) -> dict[str, bytes]:
        """The folder that the validator is given."""
        given = {name: value for name, value in {**PROPERTIES, **self.properties}.items() if value is not None}
        lines = "".join(f"{name}={value}\n" for name, value in given.items())
        return {f"{self.kind}.xml": self.data, "job.properties": lines.encode()}
