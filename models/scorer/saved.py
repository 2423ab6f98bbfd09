"""The folder that Spark's ``PipelineModel.save`` writes, read with pyarrow.

Source: org.apache.spark.ml.util.DefaultParamsReader; the layout of ``stages/`` is org.apache.spark.ml.Pipeline's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from models.errors import ScorerError
from models.spark_metadata import nested_folders

Floats = npt.NDArray[np.float64]

_HINT = "a PipelineModel has metadata/ and stages/, as Spark saved them"
# A few kilobytes of Parquet may say a thousand million zeros. A row of Python's numbers takes ten times their place.
_MOST_VALUES = 1 << 28
_MOST_VALUES_OF_A_ROW = 1 << 25
_DENSE = 1  # Spark's tag of a dense vector or matrix; 0 is sparse
_UNFITTED_CLASSES = frozenset(
    {
        *("org.apache.spark.ml.Pipeline", "pyspark.ml.pipeline.Pipeline"),
        *("org.apache.spark.ml.tuning.CrossValidator", "org.apache.spark.ml.tuning.TrainValidationSplit"),
    }
)


@dataclass(frozen=True)
class SavedStage:
    """One stage as it lies on disk: its class, parameters (defaults filled in), its folder, the Spark that saved it."""

    class_name: str
    uid: str
    parameters: Mapping[str, Any]
    folder: Path
    spark_version: str = ""

    @property
    def short_name(self) -> str:
        """The class without its package."""
        return self.class_name.rpartition(".")[2]

    @property
    def input_columns(self) -> list[str]:
        """``inputCols``, or ``inputCol`` alone."""
        return self._columns("input")

    @property
    def output_columns(self) -> list[str]:
        """``outputCols``, or ``outputCol`` alone."""
        return self._columns("output")

    def with_parameters(self, **parameters: Any) -> SavedStage:
        """The same stage with some parameters set anew."""
        return replace(self, parameters={**self.parameters, **parameters})

    def data(self, part: str = "data", most: int = _MOST_VALUES) -> pa.Table:
        """The stage's Parquet data. Raises: ScorerError H231 when it is missing, damaged or over ``most`` values."""
        files = sorted((self.folder / part).glob("*.parquet"))
        if not files:
            raise ScorerError("H231", f"stage {self.uid} has no {part}/*.parquet", path=str(self.folder))
        try:
            # ParquetFile, not read_table: a folder name such as a=b must not become a partition column.
            readers = [pq.ParquetFile(file) for file in files]
            values = sum(_count_values(reader.metadata) for reader in readers)
            if values <= most:
                return pa.concat_tables([reader.read() for reader in readers])
        except (pa.ArrowInvalid, OSError) as error:
            raise ScorerError("H231", f"stage {self.uid}: {part} cannot be read: {error}") from error
        raise ScorerError("H231", f"stage {self.uid}: {part} holds {values} values, at most {most} are read")

    def row(self) -> dict[str, Any]:
        """The only row of the stage's data."""
        rows = self.data(most=_MOST_VALUES_OF_A_ROW).to_pylist()
        if len(rows) != 1:
            raise ScorerError("H231", f"stage {self.uid} holds {len(rows)} rows of data, 1 expected")
        row: dict[str, Any] = rows[0]
        return row

    def _columns(self, side: str) -> list[str]:
        many = self.parameters.get(f"{side}Cols")
        names = many if many else [self.parameters.get(f"{side}Col")]
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise ScorerError("H231", f"stage {self.uid} does not name its {side} columns", hint=_HINT)
        return list(names)


def read_stages(folder: Path) -> list[SavedStage]:
    """The stages of a saved model in order: nested pipelines laid flat, of tuned ones the best, or the one stage it is.

    Raises: ScorerError H231 when the folder is no model that has been fitted.
    """
    saved = read_stage(folder)
    if saved.class_name in _UNFITTED_CLASSES:
        message = f"a {saved.short_name} was saved there that has learnt nothing yet"
        raise ScorerError("H231", message, hint="save what its fit() gives")
    try:
        parts = nested_folders(saved.class_name, saved.parameters)
    except ValueError as error:
        raise ScorerError("H231", f"{folder.name} {error}", hint=_HINT) from error
    if parts is None:
        return [saved]
    return [stage for part in parts for stage in read_stages(folder / part)]


def read_stage(folder: Path) -> SavedStage:
    """The stage saved in ``folder``. Raises: ScorerError H231 when there is none."""
    files = sorted((folder / "metadata").glob("part-*"))
    try:
        text = "".join(file.read_text("utf-8") for file in files)
        metadata = json.loads(text.splitlines()[0])
        parameters = {**metadata.get("defaultParamMap", {}), **metadata["paramMap"]}
        names = metadata["class"], metadata["uid"]
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ScorerError("H231", f"{folder.name} holds no readable Spark ML metadata", hint=_HINT) from error
    if not all(isinstance(name, str) for name in names):
        raise ScorerError("H231", f"{folder.name}: the class and the uid of its metadata are no text", hint=_HINT)
    return SavedStage(*names, parameters, folder, str(metadata.get("sparkVersion", "")))


def is_sparse(saved: Mapping[str, Any]) -> bool:
    """Whether a vector or a matrix was saved as a sparse one."""
    return bool(saved["type"] != _DENSE)


def _checked_size(places: int) -> int:
    if places > _MOST_VALUES:
        raise ValueError(f"{places} places are more than {_MOST_VALUES}")
    return places


def _count_values(metadata: pq.FileMetaData) -> int:
    groups = map(metadata.row_group, range(metadata.num_row_groups))
    return sum(group.column(index).num_values for group in groups for index in range(group.num_columns))


def dense_vector(saved: Mapping[str, Any]) -> Floats:
    """A saved ml.linalg.Vector as an array."""
    if saved["type"] == _DENSE:
        return np.asarray(saved["values"], dtype=np.float64)
    vector = np.zeros(_checked_size(saved["size"]))
    vector[np.asarray(saved["indices"], dtype=np.int64)] = saved["values"]
    return vector


def dense_matrix(saved: Mapping[str, Any]) -> Floats:
    """A saved ml.linalg.Matrix as an array.

    Shape: (numRows, numCols). Spark keeps columns together, or rows when ``isTransposed``.
    """
    rows, columns = saved["numRows"], saved["numCols"]
    values = np.asarray(saved["values"], dtype=np.float64)
    if saved["type"] == _DENSE:
        return values.reshape(rows, columns) if saved["isTransposed"] else values.reshape(columns, rows).T
    _checked_size(rows * columns)
    matrix = np.zeros((rows, columns))
    pointers = np.asarray(saved["colPtrs"], dtype=np.int64)
    minor = np.asarray(saved["rowIndices"], dtype=np.int64)
    major = np.repeat(np.arange(len(pointers) - 1), np.diff(pointers))
    place = (major, minor) if saved["isTransposed"] else (minor, major)
    matrix[place] = values
    return matrix
