"""What can be wrong with a saved model, or with a row that it is asked about."""

from __future__ import annotations

from storage.errors import HowdahError


class ScorerError(HowdahError):
    """A saved model cannot be scored: H230 a stage outside the table, H231 a folder that is not a PipelineModel."""


class ScoringError(HowdahError):
    """H232: Spark would fail on this row, or drop it, so there is no answer to give."""
