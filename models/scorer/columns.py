"""The rows under way: a column a name, each converted once to what a stage asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from models.errors import ScoringError
from models.scorer.saved import Floats
from models.scorer.vectors import SparseRows, Vectors

Flags = npt.NDArray[np.bool_]


class Columns:
    """Named columns of equal length: inputs as they were given, and what the stages have added.

    Shape: a number column (rows,), a vector column (rows, size). A null is NaN in a number, None in a text; where a
    stage tells null from NaN, :meth:`nulls` does.
    """

    def __init__(self, rows: Sequence[Mapping[str, object]]) -> None:
        self._rows = rows
        self._given: dict[str, Floats] = {}
        self._computed: dict[str, Vectors] = {}
        self._texts: dict[str, list[str | None]] = {}
        self._tokens: dict[str, list[list[str]]] = {}
        self._nulls: dict[str, Flags] = {}
        self._labels: dict[str, Sequence[str]] = {}
        self._renamed: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, name: str) -> bool:
        added = name in self._computed or name in self._texts or name in self._tokens or name in self._renamed
        return added or any(name in row for row in self._rows)

    def __setitem__(self, name: str, values: Vectors) -> None:
        self._computed[name] = values
        self._nulls.pop(name, None)

    def set_with_nulls(self, name: str, values: Floats, nulls: Flags) -> None:
        """Add a column that holds nulls: NaN all along such a row."""
        values[nulls] = np.nan
        self._computed[name], self._nulls[name] = values, nulls

    def rename(self, source: str, target: str) -> None:
        """Add a column that is another one. Raises: ScoringError H232 where there is none."""
        if source not in self:
            raise ScoringError("H232", f"there is no column '{source}', of which this model makes '{target}'")
        if source in self._computed:
            self._computed[target] = self._computed[source]
            self._labels[target] = self.labels(source)
            if source in self._nulls:
                self._nulls[target] = self._nulls[source]
        elif source in self._texts:
            self._texts[target] = self._texts[source]
        elif source in self._tokens:
            self._tokens[target] = self._tokens[source]
        else:
            self._renamed[target] = self._renamed.get(source, source)

    def set_texts(self, name: str, texts: list[str | None]) -> None:
        """Add a column of texts."""
        self._texts[name] = texts

    def set_tokens(self, name: str, tokens: list[list[str]]) -> None:
        """Add a column of lists of texts."""
        self._tokens[name] = tokens

    def set_labels(self, name: str, labels: Sequence[str]) -> None:
        """Say what the indices of column ``name`` stand for, as Spark keeps it with the column."""
        self._labels[name] = labels

    def labels(self, name: str) -> Sequence[str]:
        """What the indices of column ``name`` stand for; empty where nobody said."""
        return self._labels.get(name, ())

    def vectors(self, name: str) -> Vectors:
        """Column ``name`` as vectors, a number being a vector of one. Raises: ScoringError for a text."""
        found = self._computed.get(name)
        return found if isinstance(found, SparseRows) else self.matrix(name)

    def numbers(self, name: str) -> Floats:
        """Column ``name`` as numbers or dense vectors. Raises: ScoringError for a text."""
        found = self._computed.get(name)
        if found is not None:
            return found.dense() if isinstance(found, SparseRows) else found
        if name in self._texts or name in self._tokens:
            raise ScoringError("H232", f"'{name}' holds texts, and this model takes it for numbers")
        if name not in self._given:
            self._given[name] = self._read(name)
        return self._given[name]

    def is_vector(self, name: str) -> bool:
        """Whether column ``name`` holds vectors."""
        return isinstance(self._computed.get(name), SparseRows) or self.numbers(name).ndim == 2

    def matrix(self, name: str) -> Floats:
        """Column ``name`` as (rows, size), a number being a vector of one."""
        values = self.numbers(name)
        return values if values.ndim == 2 else values[:, None]

    def nulls(self, name: str) -> Flags:
        """Which rows of column ``name`` are null, and not merely NaN. Shape: (rows,)."""
        if name in self._nulls:
            return self._nulls[name]
        if name in self._computed or name in self._tokens:
            return np.zeros(len(self), dtype=bool)
        if name in self._texts:
            return np.fromiter((text is None for text in self._texts[name]), bool, len(self))
        return np.fromiter((value is None for value in self._as_given(name)), bool, len(self))

    def values(self, name: str) -> list[object]:
        """Column ``name`` as it was given, or one value a row of what a stage made of it."""
        if name in self._texts:
            return list(self._texts[name])
        if name in self._computed:
            nulls = self.nulls(name)
            return [None if null else value for value, null in zip(self.numbers(name).tolist(), nulls, strict=True)]
        return self._as_given(name)

    def texts(self, name: str) -> list[str | None]:
        """Column ``name`` as texts, numbers as Spark's cast to string writes them; a NaN is no null."""
        return [_text(value) for value in self.values(name)]

    def tokens(self, name: str) -> list[list[str]]:
        """Column ``name`` as lists of texts. Raises: ScoringError H232 for a null, on which Spark fails."""
        if name in self._tokens:
            return self._tokens[name]
        return [_token_list(name, value) for value in self._as_given(name)]

    def _as_given(self, name: str) -> list[object]:
        key = self._renamed.get(name, name)
        return [row.get(key) for row in self._rows]

    def _read(self, name: str) -> Floats:
        given = self._as_given(name)
        if not any(isinstance(value, list | tuple) for value in given):
            return np.fromiter((_number(name, value) for value in given), np.float64, len(given))
        sizes = {len(value) if isinstance(value, list | tuple) else -1 for value in given if value is not None}
        if len(sizes) != 1 or -1 in sizes:
            raise ScoringError("H232", f"'{name}' must be a list of as many numbers in each row")
        (size,) = sizes
        return np.asarray(
            [
                [_number(name, item) for item in value] if isinstance(value, list | tuple) else [np.nan] * size
                for value in given
            ]
        )


Transform: TypeAlias = Callable[[Columns], None]


def _number(name: str, value: object) -> float:
    if value is None:
        return np.nan
    if not isinstance(value, bool | int | float):
        raise ScoringError("H232", f"'{name}' must be a number, not {value!r}")
    try:
        return float(value)
    except OverflowError:
        raise ScoringError("H232", f"'{name}' is too large a number") from None


def _token_list(name: str, value: object) -> list[str]:
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return list(value)
    raise ScoringError("H232", f"'{name}' must be a list of texts, not {value!r}")


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return java_double(value)
    return str(value)


def java_double(value: float) -> str:
    """A double as java.lang.Double.toString writes it: plain from 1e-3 to 1e7, else with an exponent."""
    if value != value or value in (np.inf, -np.inf):
        return "NaN" if value != value else ("Infinity" if value > 0 else "-Infinity")
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        text = np.format_float_positional(value, unique=True, trim="0")
        return text if "." in text else text + ".0"
    mantissa, _, exponent = np.format_float_scientific(value, unique=True, trim="0").partition("e")
    return f"{mantissa}E{int(exponent)}"
