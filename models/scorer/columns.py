"""The rows under way: a column a name, each converted once to what a stage asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from models.errors import ScoringError
from models.scorer.saved import Floats

Flags = npt.NDArray[np.bool_]


class Columns:
    """Named columns of equal length: inputs as they were given, and what the stages have added.

    Shape: a number column (rows,), a vector column (rows, size). A null is NaN in a number, None in a text; where a
    stage tells null from NaN, :meth:`nulls` does.
    """

    def __init__(self, rows: Sequence[Mapping[str, object]]) -> None:
        self._rows = rows
        self._computed: dict[str, Floats] = {}
        self._nulls: dict[str, Flags] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, name: str) -> bool:
        return name in self._computed or any(name in row for row in self._rows)

    def __setitem__(self, name: str, values: Floats) -> None:
        self._computed[name] = values

    def numbers(self, name: str) -> Floats:
        """Column ``name`` as numbers or vectors. Raises: ScoringError for a text."""
        if name not in self._computed:
            self._computed[name] = np.fromiter(
                (_number(name, row.get(name)) for row in self._rows), np.float64, len(self._rows)
            )
        return self._computed[name]

    def nulls(self, name: str) -> Flags:
        """Which rows of column ``name`` are null, and not merely NaN. Shape: (rows,)."""
        if name in self._nulls:
            return self._nulls[name]
        if name in self._computed and not any(name in row for row in self._rows):
            return np.zeros(len(self), dtype=bool)
        return np.fromiter((row.get(name) is None for row in self._rows), bool, len(self))

    def set_with_nulls(self, name: str, values: Floats, nulls: Flags) -> None:
        """Add a column that holds nulls: NaN all along such a row."""
        values[nulls] = np.nan
        self._computed[name], self._nulls[name] = values, nulls

    def matrix(self, name: str) -> Floats:
        """Column ``name`` as (rows, size), a number being a vector of one."""
        values = self.numbers(name)
        return values if values.ndim == 2 else values[:, None]

    def texts(self, name: str) -> list[str | None]:
        """Column ``name`` as texts, numbers as Spark's cast to string writes them."""
        if name in self._computed:
            return [None if value != value else _text(float(value)) for value in self._computed[name]]
        return [_text(row.get(name)) for row in self._rows]


def _number(name: str, value: object) -> float:
    if value is None:
        return np.nan
    if isinstance(value, bool | int | float):
        return float(value)
    raise ScoringError("H232", f"'{name}' must be a number, not {value!r}")


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
