"""States as a picture shows them: a colour and, for who cannot tell the colours, a sign and the word itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Mood: TypeAlias = Literal["good", "bad", "running", "waiting", "held", "passed", "skipped"]


@dataclass(frozen=True)
class Mark:
    """How a node fares in a run: the colour and sign of ``mood``, and ``text`` as Oozie calls the state."""

    mood: Mood
    text: str


# mood -> the sign in a square of 16, drawn as strokes: no font is sure to have them
SIGNS: dict[Mood, str] = {
    "good": "M3.5 8.5 6.8 11.8 12.5 4.8",
    "bad": "M4.5 4.5 11.5 11.5M11.5 4.5 4.5 11.5",
    "running": "M5.5 3.8 12 8 5.5 12.2Z",
    "waiting": "M4 8H4.01M8 8H8.01M12 8H12.01",
    "held": "M6 4.5V11.5M10 4.5V11.5",
    "passed": "M8 2.6 14 13H2ZM8 6.6V9.2M8 11.1V11.2",
    "skipped": "M3.5 8H12.5",
}
