"""From a version in the repository to a model in memory that has answered once."""

from __future__ import annotations

import logging
import math
import shutil
import tempfile
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from models.errors import CorruptModelError, ScoringError
from models.integrity import MANIFEST_NAME
from models.manifest import Field, Manifest
from models.scorer.interface import Answer, Answers, Scorer
from models.scorer.spark import SparkScorer
from models.signing import check_signed, read_public_key
from models.source import ModelSource
from models.stage_classes import find_strangers
from serving.errors import ServingError
from serving.signature import Signature
from storage.errors import Diagnostic, HowdahError
from storage.local import LocalDisk
from storage.os_errors import mapped_os_errors

OpenScorer = Callable[[Path], Scorer]

_SAVED_MODEL = "spark"
_HINT = "train and publish it again"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Loaded:
    """One version in memory. A request holds it from its first line to its last, so no answer mixes two versions.

    ``digest`` is the manifest's: it stands for every file that the answers come from. ``folder`` has
    those files on this machine, as long as anybody holds this.
    """

    manifest: Manifest
    digest: str
    scorer: Scorer
    signature: Signature
    since: datetime
    folder: Path

    @property
    def problem(self) -> Diagnostic | None:
        """Why it cannot answer just now, being loaded: its Spark worker has died; None when it can."""
        return self.scorer.problem if isinstance(self.scorer, SparkScorer) else None

    @property
    def saved(self) -> Path:
        """Where Spark's files lie: the article's plain folder holds them itself, the repository one level deeper."""
        return _saved(self.folder)


class Loader:
    """Loads versions: fetches a copy whose hashes hold, reads it, lets it answer the manifest's example."""

    def __init__(
        self,
        open_scorer: OpenScorer,
        cache: Path,
        *,
        accept_unknown_categories: bool = False,
        trusted_keys: Sequence[bytes] = (),
    ) -> None:
        """``trusted_keys`` are public keys in PEM; where there are any, one of them must have signed what is loaded.

        Raises: SignatureError H270.
        """
        self._open_scorer = open_scorer
        self._keys = [read_public_key(pem) for pem in trusted_keys]
        self._cache = cache
        self._accept_unknown_categories = accept_unknown_categories

    def load(self, source: ModelSource, manifest: Manifest, now: datetime) -> Loaded:
        """Load the version that ``manifest`` describes.

        Its local copy is deleted with the last reference to what is returned: when no request uses it any more.

        Raises: HowdahError: the source's own, the scorer's own, ServingError H520 or H521, SignatureError H271.
        """
        with mapped_os_errors(str(self._cache)):
            self._cache.mkdir(parents=True, exist_ok=True)
            folder = Path(tempfile.mkdtemp(prefix=f"{manifest.name}-{manifest.version}-", dir=self._cache))
        try:
            fetched = source.fetch(manifest.name, manifest.version, folder)
            _check_same(manifest, fetched)
            if self._keys:
                check_signed(source, manifest, self._keys)
            _check_classes(fetched, manifest)
            scorer = self._open(fetched)
            warm(scorer, manifest)
            signature = Signature(manifest.inputs, accept_unknown_categories=self._accept_unknown_categories)
            loaded = Loaded(manifest, manifest.digest, scorer, signature, now, fetched)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        weakref.finalize(loaded, shutil.rmtree, folder, ignore_errors=True)
        return loaded

    def _open(self, fetched: Path) -> Scorer:
        try:
            return self._open_scorer(_saved(fetched))
        except HowdahError:
            raise
        except Exception as error:
            # A reader of foreign files can stumble in any way; whichever, this version must not take the service down.
            _log.exception("The model in %s cannot be read", fetched)
            raise ServingError("H520", f"the model cannot be read: {_one_line(error)}", hint=_HINT) from error


def _check_same(manifest: Manifest, fetched: Path) -> None:
    """The files were checked against the manifest that came with them: that must be ``manifest``. Raises: H520."""
    if (fetched / MANIFEST_NAME).read_bytes() != manifest.to_json().encode():
        raise ServingError("H520", "the manifest has changed while the model was fetched", hint=_HINT)


def _saved(fetched: Path) -> Path:
    deeper = fetched / _SAVED_MODEL
    return deeper if deeper.is_dir() else fetched


def _check_classes(fetched: Path, manifest: Manifest) -> None:
    """Nothing, when every stage is of a class that is allowed: no reader sees another. Raises: CorruptModelError."""
    strangers = find_strangers(LocalDisk(durable=False), fetched.as_posix(), manifest.files)
    if strangers:
        raise CorruptModelError.of(strangers)


def warm(scorer: Scorer, manifest: Manifest) -> None:
    """Let the model answer once, so that its first client does not wait, and see that the answer fits the manifest.

    Raises: ServingError H520 when it fails, H521 when the answer does not fit.
    """
    row = typical_row(manifest)
    try:
        answers = scorer.score([row])
    except HowdahError as error:
        if isinstance(error, ScoringError) and any(item.example is None for item in manifest.inputs):
            return  # a made-up value may rightly be refused; the pipeline was read and has run
        raise
    except Exception as error:
        _log.exception("Model %s %d fails on its example", manifest.name, manifest.version)
        raise ServingError("H520", f"the model fails on its example: {_one_line(error)}", hint=_HINT) from error
    if len(answers) != 1:
        raise ServingError("H521", f"the model gives {len(answers)} answers to one row", hint=_HINT)
    check_answer(answers[0], manifest)


def check_answer(answer: Answer, manifest: Manifest) -> None:
    """Nothing, when the answer has the classes that the manifest says. Raises: ServingError H521."""
    classes = len(manifest.classes)
    if not classes:
        return
    if not (answer.prediction.is_integer() and 0 <= answer.prediction < classes):
        raise ServingError("H521", f"the model predicts {answer.prediction}, its manifest has {classes} classes")
    if answer.probability is not None and len(answer.probability) != classes:
        count = len(answer.probability)
        raise ServingError("H521", f"the model gives {count} probabilities, its manifest has {classes} classes")


def check_answers(answers: Answers, manifest: Manifest) -> None:
    """The same for all answers to a table. Raises: ServingError H521."""
    classes, predictions = len(manifest.classes), answers.predictions
    if not classes:
        return
    fitting = (predictions >= 0) & (predictions < classes) & (predictions == np.floor(predictions))
    if not fitting.all():
        check_answer(Answer(float(predictions[~fitting][0])), manifest)


def typical_row(manifest: Manifest) -> dict[str, object]:
    """The manifest's example, with values that training saw where it has none."""
    return {item.name: _typical(item) for item in manifest.inputs}


def _typical(item: Field) -> object:
    """The field's example, or a value of its type that training saw."""
    if item.example is not None:
        return float(item.example) if item.type == "double" else item.example
    if item.nullable:
        return None
    low = next((bound for bound in (item.minimum, item.maximum) if bound is not None), 0.0)
    text = item.categories[0] if item.categories else ""
    return {"double": low, "long": math.floor(low), "string": text, "boolean": False}[item.type]


def _one_line(error: Exception) -> str:
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0][:200]}" if text else type(error).__name__
