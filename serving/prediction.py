"""One request answered by one version."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence

from models.errors import ScoringError
from models.manifest import Manifest
from models.scorer.interface import Answer, Scorer
from serving.body import Question
from serving.errors import SignatureError
from serving.loading import Loaded
from serving.statistics import Statistics


def predict(loaded: Loaded, question: Question, statistics: Statistics) -> dict[str, object]:
    """The answer as the client gets it, but for the request's id and time; counted in ``statistics``.

    Raises: SignatureError for records that do not fit, ScoringError for rows that the model cannot score.
    """
    began = time.perf_counter()
    try:
        answer = _answer(loaded, question)
    except (SignatureError, ScoringError):
        statistics.count_refusal(loaded)
        raise
    except Exception:
        statistics.count_failure(loaded)
        raise
    statistics.count_answer(loaded, time.perf_counter() - began, len(question.records))
    return answer


def _answer(loaded: Loaded, question: Question) -> dict[str, object]:
    manifest = loaded.manifest
    checked = loaded.signature.check(question.records, single=question.single)
    if checked.problems:
        raise SignatureError(checked.problems, manifest.name)
    answers = [_shown(answer, manifest) for answer in _score(loaded.scorer, checked.rows, single=question.single)]
    told: dict[str, object] = {
        "model": manifest.name,
        "version": manifest.version,
        "manifest": loaded.digest,
        "engine": loaded.scorer.engine,
        "warnings": [warning.as_json() for warning in checked.warnings],
    }
    return {**answers[0], **told} if question.single else {"predictions": answers, **told}


def _score(scorer: Scorer, rows: Sequence[Mapping[str, object]], *, single: bool) -> list[Answer]:
    try:
        return scorer.score(rows)
    except ScoringError as error:
        if single:
            raise
        raise _numbered(scorer, rows, error) from error


def _numbered(scorer: Scorer, rows: Sequence[Mapping[str, object]], error: ScoringError) -> ScoringError:
    """The same error with the number of the first row that causes it."""
    for index, row in enumerate(rows):
        found = _refusal(scorer, row)
        if found:
            first = found.diagnostics[0]
            return ScoringError(first.code, f"record {index}: {first.message}", hint=first.hint)
    return error


def _refusal(scorer: Scorer, row: Mapping[str, object]) -> ScoringError | None:
    try:
        scorer.score([row])
    except ScoringError as error:
        return error
    return None


def _shown(answer: Answer, manifest: Manifest) -> dict[str, object]:
    """Label and probabilities by class, or a number; null where the model gives none that JSON has."""
    if not manifest.classes:
        return {"prediction": _finite(answer.prediction)}
    shown: dict[str, object] = {"prediction": manifest.classes[int(answer.prediction)]}
    if answer.probability is not None:
        shown["probabilities"] = dict(zip(manifest.classes, map(_finite, answer.probability), strict=True))
    return shown


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None
