"""One request answered by one version."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from models.errors import ScoringError
from models.manifest import Manifest
from models.scorer.interface import Answer, Answers, Scorer
from serving.body import Question
from serving.errors import Problem, SignatureError
from serving.loading import Loaded, check_answer, check_answers
from serving.statistics import Statistics
from serving.tracking.tracker import Tracker

if TYPE_CHECKING:
    import pyarrow as pa

_Told = TypeVar("_Told")


def predict(loaded: Loaded, question: Question, statistics: Statistics, tracker: Tracker | None) -> dict[str, object]:
    """The answer as the client gets it, but for the request's id and time; counted in ``statistics``, and tracked.

    Raises: SignatureError for records that do not fit, ScoringError for rows that the model cannot score, ServingError
        H521 for an answer that is no class of the version.
    """
    return _counted(loaded, statistics, len(question.records), partial(_answer, loaded, question, tracker))


def predict_table(
    loaded: Loaded, table: pa.Table, statistics: Statistics, tracker: Tracker | None, request_id: str
) -> tuple[Answers, list[Problem]]:
    """The answers to the rows of a table, and the warnings; counted in ``statistics``, and tracked.

    Raises: SignatureError for columns that do not fit, ScoringError for rows that the model cannot score, ServingError
        H521 for an answer that is no class of the version.
    """
    return _counted(loaded, statistics, len(table), partial(_answer_table, loaded, table, tracker, request_id))


def _counted(loaded: Loaded, statistics: Statistics, records: int, answer: Callable[[], _Told]) -> _Told:
    began = time.perf_counter()
    try:
        told = answer()
    except (SignatureError, ScoringError):
        statistics.count_refusal(loaded)
        raise
    except Exception:
        statistics.count_failure(loaded)
        raise
    statistics.count_answer(loaded, time.perf_counter() - began, records)
    return told


def _answer(loaded: Loaded, question: Question, tracker: Tracker | None) -> dict[str, object]:
    manifest = loaded.manifest
    checked = loaded.signature.check(question.records, single=question.single)
    if checked.problems:
        raise SignatureError([_in_file(problem, question) for problem in checked.problems], manifest.name)
    scored = _score(loaded.scorer, checked.rows, question)
    for answer in scored:
        check_answer(answer, manifest)
    answers = [_shown(answer, manifest) for answer in scored]
    if tracker is not None:
        tracker.record(manifest, question.request_id, checked.rows, scored)
    told: dict[str, object] = {
        "model": manifest.name,
        "version": manifest.version,
        "manifest": loaded.digest,
        "engine": loaded.scorer.engine,
        "warnings": [_in_file(warning, question).as_json() for warning in checked.warnings],
    }
    return {**answers[0], **told} if question.single else {"predictions": answers, **told}


def _answer_table(
    loaded: Loaded, table: pa.Table, tracker: Tracker | None, request_id: str
) -> tuple[Answers, list[Problem]]:
    from serving.arrow_form import check_table  # pyarrow is loaded for those alone who send Arrow

    scorer, signature, manifest = loaded.scorer, loaded.signature, loaded.manifest
    fitting, problems, warnings = check_table(
        table, manifest.inputs, accept_unknown=signature.accepts_unknown_categories
    )
    if problems:
        raise SignatureError(problems, manifest.name)
    try:
        answers = scorer.score_table(fitting)
    except ScoringError as error:
        index, own = _first_refused(
            len(fitting), lambda begin, size: scorer.score_table(fitting.slice(begin, size)), error
        )
        raise _at(f"record {index}", own) from error
    check_answers(answers, manifest)
    if tracker is not None:
        tracker.record(manifest, request_id, fitting.to_pylist(), answers.rows())
    return answers, warnings


def _in_file(problem: Problem, question: Question) -> Problem:
    if not question.lines or problem.record is None:
        return problem
    return replace(problem, line=question.lines[problem.record])


def _score(scorer: Scorer, rows: Sequence[Mapping[str, object]], question: Question) -> list[Answer]:
    try:
        return scorer.score(rows)
    except ScoringError as error:
        if question.single:
            raise
        index, own = _first_refused(len(rows), lambda begin, size: scorer.score(rows[begin : begin + size]), error)
        raise _at(question.place(index), own) from error


def _first_refused(rows: int, score: Callable[[int, int], object], error: ScoringError) -> tuple[int, ScoringError]:
    """The first of ``rows`` rows that is refused, and why: found by halves, so in a few calls."""
    begin, size = 0, rows
    while size > 1:
        half = size // 2
        refusal = _refusal(score, begin, half)
        if refusal is None:
            begin, size = begin + half, size - half
        else:
            size, error = half, refusal
    return begin, _refusal(score, begin, 1) or error


def _refusal(score: Callable[[int, int], object], begin: int, size: int) -> ScoringError | None:
    try:
        score(begin, size)
    except ScoringError as error:
        return error
    return None


def _at(place: str, error: ScoringError) -> ScoringError:
    first = error.diagnostics[0]
    return ScoringError(first.code, f"{place}: {first.message}", hint=first.hint)


def _shown(answer: Answer, manifest: Manifest) -> dict[str, object]:
    """Label and probabilities by class, or a number; null where the model gives none that JSON has."""
    if not manifest.classes:
        return {"prediction": _finite(answer.prediction)}
    shown: dict[str, object] = {"prediction": manifest.classes[int(answer.prediction)]}
    if answer.probability is not None:
        chances = answer.probability
        finite = chances if math.isfinite(sum(chances)) else map(_finite, chances)
        shown["probabilities"] = dict(zip(manifest.classes, finite, strict=True))
    return shown


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None
