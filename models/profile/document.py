"""A version's profile: what training saw, in a file beside the model (``profile.json``), hashed like the others."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from models.errors import ProfileError
from models.profile.histograms import CategoryHistogram, Histogram, NumberHistogram
from storage.filesystem import FileSystem, join_path

PROFILE_NAME = "profile.json"
PROFILE_FORMAT = 1

_LARGEST = 64 << 20  # bytes
_HINT = "publish the model again: training writes its profile"
_KINDS: Mapping[str, type[NumberHistogram | CategoryHistogram]] = {
    "number": NumberHistogram,
    "category": CategoryHistogram,
}


@dataclass(frozen=True)
class Profile:
    """Histograms of the rows that a model learnt from, by input, and of what it said of rows that it did not.

    ``outputs`` are ``prediction`` (classes, or numbers of a regression) and, of a classifier, ``confidence`` (the
    probability of what it predicted); ``outliers`` is the histogram of rows' scores, ``means`` the mean of each
    feature that the predictor takes, in their order, empty where nobody wrote it.
    """

    inputs: Mapping[str, Histogram]
    outputs: Mapping[str, Histogram] = field(default_factory=dict)
    outliers: NumberHistogram | None = None
    means: tuple[float, ...] = ()

    def to_json(self) -> str:
        """The profile as a file: the same bytes for the same profile."""
        document = {
            "format": PROFILE_FORMAT,
            "inputs": {name: _written(each) for name, each in self.inputs.items()},
            "outputs": {name: _written(each) for name, each in self.outputs.items()},
            "outliers": None if self.outliers is None else _written(self.outliers),
            "means": list(self.means),
        }
        return json.dumps(document, sort_keys=True, ensure_ascii=True, allow_nan=False) + "\n"

    @staticmethod
    def from_json(text: bytes | str, path: str = "") -> Profile:
        """Read :meth:`to_json`'s text. Raises: ProfileError H260."""
        try:
            document = json.loads(text)
            if document.pop("format") != PROFILE_FORMAT:
                raise ValueError(f"its format is not {PROFILE_FORMAT}")  # noqa: TRY301  one reason, one error
            outliers = document.pop("outliers")
            return Profile(
                inputs={name: _read(each) for name, each in document.pop("inputs").items()},
                outputs={name: _read(each) for name, each in document.pop("outputs").items()},
                outliers=None if outliers is None else _read_number(outliers),
                means=tuple(map(float, document.pop("means"))),
            )
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, ProfileError) as error:
            reason = f"the key {error} is missing" if isinstance(error, KeyError) else str(error)
            raise ProfileError("H260", f"a profile cannot be read: {reason}", hint=_HINT, path=path) from error


def read_profile(filesystem: FileSystem, folder: str) -> Profile:
    """The profile in a version's folder. Raises: PathNotFoundError for a version without, ProfileError H260."""
    path = join_path(folder, PROFILE_NAME)
    with filesystem.open(path) as stream:
        text = stream.read(_LARGEST + 1)
    if len(text) > _LARGEST:
        raise ProfileError("H260", "the profile is larger than 64 MiB", hint=_HINT, path=path)
    return Profile.from_json(text, path)


def _written(histogram: Histogram) -> dict[str, Any]:
    kind = "number" if isinstance(histogram, NumberHistogram) else "category"
    return {"kind": kind, **asdict(histogram)}


def _read(document: dict[str, Any]) -> Histogram:
    kind = _KINDS.get(document.pop("kind"))
    if kind is None:
        raise ValueError("a histogram is neither of numbers nor of categories")
    values: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in document.items()
    }
    return kind(**values)


def _read_number(document: dict[str, Any]) -> NumberHistogram:
    found = _read(document)
    if not isinstance(found, NumberHistogram):
        raise TypeError("the outliers' histogram is not one of numbers")
    return found
