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

Floats = npt.NDArray[np.float64]

_HINT = "a PipelineModel has metadata/ and stages/, as Spark saved them"
_DENSE = 1  # Spark's tag of a dense vector or matrix; 0 is sparse
# pyspark writes its own class name for a pipeline that holds a pipeline; the layout is the same.
PIPELINE_CLASSES = frozenset({"org.apache.spark.ml.PipelineModel", "pyspark.ml.pipeline.PipelineModel"})


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

    def data(self, part: str = "data") -> pa.Table:
        """The stage's Parquet data. Raises: ScorerError H231 when it is missing or unreadable."""
        files = sorted((self.folder / part).glob("*.parquet"))
        if not files:
            raise ScorerError("H231", f"stage {self.uid} has no {part}/*.parquet", path=str(self.folder))
        try:
            # ParquetFile, not read_table: a folder name such as a=b must not become a partition column.
            return pa.concat_tables([pq.ParquetFile(file).read() for file in files])
        except (pa.ArrowInvalid, OSError) as error:
            raise ScorerError("H231", f"stage {self.uid}: {part} cannot be read: {error}") from error

    def row(self) -> dict[str, Any]:
        """The only row of the stage's data."""
        rows = self.data().to_pylist()
        if len(rows) != 1:
            raise ScorerError("H231", f"stage {self.uid} holds {len(rows)} rows of data, 1 expected")
        row: dict[str, Any] = rows[0]
        return row

    def _columns(self, side: str) -> list[str]:
        many = self.parameters.get(f"{side}Cols")
        return list(many) if many else [self.parameters[f"{side}Col"]]


def read_stages(folder: Path) -> list[SavedStage]:
    """The stages of a saved PipelineModel, nested pipelines laid flat, in order.

    Raises: ScorerError H231 when the folder is no PipelineModel.
    """
    pipeline = read_stage(folder)
    if pipeline.class_name not in PIPELINE_CLASSES:
        raise ScorerError(
            "H231", f"{pipeline.class_name} was saved there, not a PipelineModel", hint="fit it in a Pipeline"
        )
    uids = pipeline.parameters.get("stageUids")
    if not isinstance(uids, list) or any(not isinstance(uid, str) or "/" in uid for uid in uids):
        raise ScorerError("H231", f"{folder.name} is a pipeline that does not name its stages", hint=_HINT)
    width = len(str(len(uids)))
    stages: list[SavedStage] = []
    for index, uid in enumerate(uids):
        stage_folder = folder / "stages" / f"{index:0{width}d}_{uid}"
        stage = read_stage(stage_folder)
        stages += read_stages(stage_folder) if stage.class_name in PIPELINE_CLASSES else [stage]
    return stages


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


def dense_vector(saved: Mapping[str, Any]) -> Floats:
    """A saved ml.linalg.Vector as an array."""
    if saved["type"] == _DENSE:
        return np.asarray(saved["values"], dtype=np.float64)
    vector = np.zeros(saved["size"])
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
    matrix = np.zeros((rows, columns))
    pointers = np.asarray(saved["colPtrs"], dtype=np.int64)
    minor = np.asarray(saved["rowIndices"], dtype=np.int64)
    major = np.repeat(np.arange(len(pointers) - 1), np.diff(pointers))
    place = (major, minor) if saved["isTransposed"] else (minor, major)
    matrix[place] = values
    return matrix
