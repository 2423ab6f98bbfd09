"""What the metadata of a saved Spark model tells without reading its data: whether it is whole, what its stages take.

Source: ``DefaultParamsWriter``, ``Pipeline.SharedReadWrite`` and ``EnsembleModelReadWrite`` of Spark 3.5: metadata
first, then the stages in order, data last.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.errors import UnsettledModelError
from models.sql_statement import Expression, StatementError, read_statement
from storage.errors import PathNotFoundError
from storage.filesystem import FileStatus, FileSystem, join_path

_LARGEST_METADATA = 16 << 20  # bytes
_DEEPEST = 16
# What a search over parameters saves: the best model it found, beside what it searched with.
_TUNED_CLASSES = frozenset(
    {
        *("org.apache.spark.ml.tuning.CrossValidatorModel", "org.apache.spark.ml.tuning.TrainValidationSplitModel"),
        *("pyspark.ml.tuning.CrossValidatorModel", "pyspark.ml.tuning.TrainValidationSplitModel"),
    }
)
# pyspark writes its own class name for a pipeline that holds a pipeline; the layout is the same.
_PIPELINE_CLASSES = frozenset({"org.apache.spark.ml.PipelineModel", "pyspark.ml.pipeline.PipelineModel"})
_HINT = "wait until its save has ended and try again; if none runs, the save was cut short: save the model again"

# Of a model whose class name ends in "Model", these alone are not yet its data.
_NOT_DATA = frozenset({"metadata", "treesMetadata"})


@dataclass(frozen=True)
class StageMetadata:
    """What is said of one stage, nested ones included: its class without the package, and its metadata."""

    kind: str
    metadata: Mapping[str, Any]

    def parameter(self, name: str) -> Any:
        """What was set for a parameter, else Spark's default."""
        chosen = self.metadata.get("paramMap") or {}
        return chosen.get(name, (self.metadata.get("defaultParamMap") or {}).get(name))

    def columns(self, parameters: tuple[str, ...]) -> list[str]:
        """The columns that these parameters name; what was set goes before what is Spark's default."""
        chosen = self.metadata.get("paramMap") or {}
        defaults = self.metadata.get("defaultParamMap") or {}
        found: list[str] = []
        for key in parameters:
            value = chosen.get(key, defaults.get(key) if key.endswith("Col") and f"{key}s" not in chosen else None)
            found += [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)]
        return found

    def statement(self) -> list[tuple[str, Expression]]:
        """The columns that an SQLTransformer adds; none where they cannot be told, and of every other stage."""
        if self.kind != "SQLTransformer":
            return []
        try:
            return self.read_statement()
        except StatementError:
            return []  # the scorer says what is wrong with it

    def read_statement(self) -> list[tuple[str, Expression]]:
        """The columns that an SQLTransformer adds. Raises: StatementError."""
        return read_statement(str((self.metadata.get("paramMap") or {}).get("statement", "")))


def read_stages(filesystem: FileSystem, folder: str) -> list[StageMetadata]:
    """The model saved in ``folder``: its stages in order, or itself when it is no pipeline.

    Raises: UnsettledModelError H220 when a part is missing or is being written.
    """
    return _read(filesystem, folder, 0)


def spark_version(filesystem: FileSystem, folder: str) -> str:
    """The Spark that saved the model; empty when it does not say. Raises: UnsettledModelError."""
    return str(_read_metadata(filesystem, folder).get("sparkVersion", ""))


def derive_classes(stages: list[StageMetadata]) -> tuple[str, ...]:
    """The classes by number, where the last stage says how many it knows."""
    count = stages[-1].metadata.get("numClasses") if stages else None
    return tuple(str(number) for number in range(count)) if isinstance(count, int) and 1 < count <= 10_000 else ()


def nested_folders(class_name: str, parameters: Mapping[str, Any]) -> list[str] | None:
    """Where the models lie, in order, of which a saved model consists: of a tuned one the best; None of a stage.

    Raises: ValueError for a pipeline that does not name its stages.
    """
    if class_name in _TUNED_CLASSES:
        return ["bestModel"]
    if class_name.rpartition(".")[2] != "PipelineModel":
        return None
    uids = parameters.get("stageUids")
    if class_name not in _PIPELINE_CLASSES or not isinstance(uids, list):
        raise ValueError("is a pipeline that does not name its stages")
    if any(not isinstance(uid, str) or "/" in uid for uid in uids):
        raise ValueError("is a pipeline whose stages have no names of folders")
    digits = len(str(len(uids)))
    return [f"stages/{index:0{digits}d}_{uid}" for index, uid in enumerate(uids)]


def _read(filesystem: FileSystem, folder: str, depth: int) -> list[StageMetadata]:
    metadata = _read_metadata(filesystem, folder)
    name = str(metadata.get("class", ""))
    try:
        parts = nested_folders(name, metadata.get("paramMap") or {})
    except ValueError as error:
        raise _unsettled(folder, str(error)) from error
    if parts is None:
        kind = name.rpartition(".")[2]
        _check_data(filesystem, folder, kind)
        return [StageMetadata(kind, metadata)]
    if depth >= _DEEPEST:
        raise _unsettled(folder, f"is nested more than {_DEEPEST} deep")
    return [stage for part in parts for stage in _read(filesystem, join_path(folder, part), depth + 1)]


def _read_metadata(filesystem: FileSystem, folder: str) -> dict[str, Any]:
    place = join_path(folder, "metadata")
    parts = [each for each in _finished(filesystem, place) if each.name.startswith("part-") and each.length]
    if not parts:
        raise _unsettled(place, "has no part file yet")
    with filesystem.open(parts[0].path) as stream:
        text = stream.read(_LARGEST_METADATA)
    try:
        found = json.loads(text.splitlines()[0])
    except (ValueError, RecursionError) as error:
        raise _unsettled(place, "is not JSON") from error
    if not isinstance(found, dict) or not isinstance(found.get("paramMap", {}), dict):
        raise _unsettled(place, "is not the metadata of a Spark model")
    return found


def _check_data(filesystem: FileSystem, folder: str, kind: str) -> None:
    children = [each for each in _finished(filesystem, folder) if each.is_directory]
    if kind.endswith("Model") and all(each.name in _NOT_DATA for each in children):
        raise _unsettled(folder, "has no data yet")
    for child in children:
        _finished(filesystem, child.path)


def _finished(filesystem: FileSystem, folder: str) -> list[FileStatus]:
    """The children of ``folder``, in which no Spark job is writing any more."""
    try:
        children = filesystem.list(folder)
    except PathNotFoundError as error:
        raise _unsettled(folder, "is missing") from error
    if any(each.name == "_temporary" for each in children):
        raise _unsettled(folder, "is being written")
    return children


def _unsettled(place: str, message: str) -> UnsettledModelError:
    return UnsettledModelError("H220", f"the model is not whole: {place} {message}", hint=_HINT)
