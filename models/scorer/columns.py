"""The rows under way: a column a name, each converted once to what a stage asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from models.errors import ScoringError
from models.scorer.given import read_numbers, read_vectors
from models.scorer.saved import Floats
from models.scorer.spark_text import spark_text
from models.scorer.vector_forms import is_sparse_form, is_vector_form
from models.scorer.vectors import SparseRows, Vectors

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Form:
    """What Spark keeps with a column beside its numbers.

    ``categories`` says of each number how many it stands for, 1 for a plain one; None where no stage said.
    ``sparse`` says which rows are held as sparse vectors; None where their numbers tell.
    """

    categories: tuple[int, ...] | None = None
    sparse: Callable[[], Flags] | None = None


UNKNOWN = Form()


class Columns:
    """Named columns of equal length: inputs as they were given, and what the stages have added.

    Shape: a number column (rows,), a vector column (rows, size). A null is NaN in a number, None in a text; where a
    stage tells null from NaN, :meth:`nulls` does.
    """

    def __init__(self, rows: Sequence[Mapping[str, object]], whole: frozenset[str] = frozenset()) -> None:
        """``whole`` are the inputs of a whole number's type, as far as that is known."""
        self._whole = whole
        self._rows = rows
        self._given: dict[str, Vectors] = {}
        self._computed: dict[str, Vectors] = {}
        self._texts: dict[str, list[str | None]] = {}
        self._tokens: dict[str, list[list[str]]] = {}
        self._nulls: dict[str, Flags] = {}
        self._labels: dict[str, Sequence[str]] = {}
        self._forms: dict[str, Form] = {}
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
            self._forms[target] = self.form(source)
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

    def set_form(self, name: str, form: Form) -> None:
        """Say what Spark keeps with column ``name`` beside its numbers."""
        self._forms[name] = form

    def form(self, name: str) -> Form:
        """What Spark keeps with column ``name``; of an input, nothing."""
        return self._forms.get(name, UNKNOWN)

    def always(self) -> Flags:
        """Every row. Shape: (rows,)."""
        return np.ones(len(self), dtype=bool)

    def are_sparse(self, name: str) -> Flags:
        """Which rows of column ``name`` Spark holds as sparse vectors. Shape: (rows,)."""
        known = self.form(name).sparse
        if known is not None:
            return known()
        if name in self._given:
            return np.asarray([is_sparse_form(value) for value in self._as_given(name)])
        return np.full(len(self), isinstance(self._computed.get(name), SparseRows))

    def vectors(self, name: str) -> Vectors:
        """Column ``name`` as vectors, a number being a vector of one. Raises: ScoringError for a text."""
        found = self._found(name)
        return found if isinstance(found, SparseRows) else self.matrix(name)

    def numbers(self, name: str) -> Floats:
        """Column ``name`` as numbers or dense vectors. Raises: ScoringError for a text."""
        found = self._found(name)
        return found.dense() if isinstance(found, SparseRows) else found

    def is_vector(self, name: str) -> bool:
        """Whether column ``name`` holds vectors."""
        found = self._found(name)
        return isinstance(found, SparseRows) or found.ndim == 2

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
        return [spark_text(value) for value in self.values(name)]

    def tokens(self, name: str) -> list[list[str]]:
        """Column ``name`` as lists of texts. Raises: ScoringError H232 for a null, on which Spark fails."""
        if name in self._tokens:
            return self._tokens[name]
        return [_token_list(name, value) for value in self._as_given(name)]

    def _as_given(self, name: str) -> list[object]:
        key = self._renamed.get(name, name)
        return [row.get(key) for row in self._rows]

    @property
    def has_given_vectors(self) -> bool:
        """Whether a vector may have come with the rows, or nothing where one should: it may be of any length."""
        return any(
            isinstance(found, SparseRows) or found.ndim == 2 or np.isnan(found).all() for found in self._given.values()
        )

    def is_whole(self, name: str) -> bool:
        """Whether column ``name`` is an input of a whole number's type."""
        return self._renamed.get(name, name) in self._whole

    def _found(self, name: str) -> Vectors:
        """Column ``name``, read if it is an input. Raises: ScoringError for a text."""
        found = self._computed.get(name)
        if found is not None:
            return found
        if name in self._texts or name in self._tokens:
            raise ScoringError("H232", f"'{name}' holds texts, and this model takes it for numbers")
        if name not in self._given:
            given = self._as_given(name)
            self._given[name] = (
                read_vectors(name, given) if any(map(is_vector_form, given)) else read_numbers(name, given)
            )
        return self._given[name]


Transform: TypeAlias = Callable[[Columns], None]


def _token_list(name: str, value: object) -> list[str]:
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return list(value)
    raise ScoringError("H232", f"'{name}' must be a list of texts, not {value!r}")
