"""``POST /explain``: what moved the answer to one record. Apart from ``/predict``, which it costs nothing."""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from flask import Flask, Response, g, request

from models.errors import ExplanationError, ScorerError
from serving.access import needs
from serving.body import read_question
from serving.choice import choose_model, require
from serving.errors import ServingError, SignatureError
from serving.loading import Loaded, typical_row
from serving.receiving import check_json, receive
from serving.registry import Registry
from serving.replies import as_json, describe_request
from serving.settings import Settings
from storage.errors import PathNotFoundError
from storage.local import LocalDisk

if TYPE_CHECKING:
    from models.explaining.explainer import Explainer, Explanation

MOST_INPUTS = 1000
USUAL_INPUTS = 3


def add_explaining(app: Flask, registry: Registry, settings: Settings) -> None:
    """``/explain``, which asks a model and no group of them; nothing of it is counted or tracked."""
    explainers = Explainers()

    @app.post("/explain")
    @needs("predict")
    def explain() -> Response:
        count = _count(request.args.get("count", str(USUAL_INPUTS)))
        check_json()
        named = request.args.get("model", "")
        question = read_question(receive(settings.max_body_bytes), named, 1, g.request_id)
        loaded = require(registry, choose_model(registry, question.model))
        checked = loaded.signature.check(question.records, single=True)
        if checked.problems:
            raise SignatureError(checked.problems, loaded.manifest.name)
        found = explainers.explain(loaded, checked.rows[0])
        return as_json({**_describe(found, loaded, count), **describe_request()})


class Explainers:
    """One for each version that was asked for, as long as that version is in memory."""

    def __init__(self) -> None:
        self._made: WeakKeyDictionary[Loaded, Explainer] = WeakKeyDictionary()
        self._lock = threading.Lock()

    def explain(self, loaded: Loaded, row: Mapping[str, object]) -> Explanation:
        """What moved the answer to ``row``. Raises: ExplanationError H262, ScoringError H232."""
        try:
            found = self._of(loaded).explain(row)
        except ScorerError as error:
            # Something else than our reader answers for it: Spark itself, or a reader of its own.
            message = f"this model cannot be explained: {error.diagnostics[0].message}"
            raise ExplanationError("H262", message) from error
        if not math.isfinite(found.score - found.base):
            raise ExplanationError("H262", "the score is not finite", hint="a value is very large")
        return found

    def _of(self, loaded: Loaded) -> Explainer:
        from models.explaining.explainer import load

        with self._lock:
            made = self._made.get(loaded)
            if made is None:
                made = load(loaded.saved, means=_means(loaded), typical=typical_row(loaded.manifest))
                self._made[loaded] = made
        return made


def _means(loaded: Loaded) -> Sequence[float]:
    from models.profile.document import read_profile

    try:
        return read_profile(LocalDisk(durable=False), loaded.folder.as_posix()).means
    except PathNotFoundError:
        return ()  # published without: a typical row stands for the mean


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_INPUTS):
        raise ServingError("H512", f"'count' is {text[:50]!r}", hint=f"a number from 1 to {MOST_INPUTS}")
    return int(text)


def _describe(found: Explanation, loaded: Loaded, count: int) -> dict[str, object]:
    manifest = loaded.manifest
    strongest = found.strongest(count)
    return {
        "model": manifest.name,
        "version": manifest.version,
        "manifest": loaded.digest,
        "scale": found.scale,
        "class": manifest.classes[found.output] if manifest.classes else None,
        "base": found.base,
        "score": found.score,
        "inputs": [{"input": name, "amount": amount} for name, amount in strongest],
        "others": found.score - found.base - sum(amount for _, amount in strongest),
    }
