"""What the metadata of a saved Spark model tells without reading its data: whether it is whole, what columns it takes.

Source: ``DefaultParamsWriter``, ``Pipeline.SharedReadWrite`` and ``EnsembleModelReadWrite`` of Spark 3.5: metadata
first, then the stages in order, data last.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.errors import UnsettledModelError
from models.manifest import Field, FieldType
from models.sql_statement import Expression, Name, StatementError, names_in, read_statement
from storage.errors import PathNotFoundError
from storage.filesystem import FileStatus, FileSystem, join_path

_LARGEST_METADATA = 16 << 20  # bytes
_DEEPEST = 16
_HINT = "wait until its save has ended and try again; if none runs, the save was cut short: save the model again"

# What a stage of that class takes: only of these can a column of the source table be told from a vector or an array.
_INPUT_TYPES: dict[str, FieldType] = {
    "Binarizer": "double",
    "Bucketizer": "double",
    "ImputerModel": "double",
    "OneHotEncoderModel": "double",
    "RegexTokenizer": "string",
    "StringIndexerModel": "string",
    "Tokenizer": "string",
    "VectorAssembler": "double",
}
_INPUTS = ("inputCol", "inputCols", "featuresCol")
_OUTPUTS = ("outputCol", "outputCols", "predictionCol", "probabilityCol", "rawPredictionCol")
# Of a model whose class name ends in "Model", these alone are not yet its data.
_NOT_DATA = frozenset({"metadata", "treesMetadata"})


@dataclass(frozen=True)
class SavedStage:
    """One stage, nested ones included: its class without the package, and its metadata."""

    kind: str
    metadata: Mapping[str, Any]

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
            return read_statement(str((self.metadata.get("paramMap") or {}).get("statement", "")))
        except StatementError:
            return []  # the scorer says what is wrong with it


def read_stages(filesystem: FileSystem, folder: str) -> list[SavedStage]:
    """The model saved in ``folder``: its stages in order, or itself when it is no pipeline.

    Raises: UnsettledModelError H220 when a part is missing or is being written.
    """
    return _read(filesystem, folder, 0)


def spark_version(filesystem: FileSystem, folder: str) -> str:
    """The Spark that saved the model; empty when it does not say. Raises: UnsettledModelError."""
    return str(_read_metadata(filesystem, folder).get("sparkVersion", ""))


def derive_inputs(stages: list[SavedStage]) -> tuple[Field, ...]:
    """The columns that a row must bring: those that no stage makes, without the label, in the order of their use."""
    labels = {stage.metadata.get("paramMap", {}).get("labelCol") for stage in stages}
    made: set[str] = set()
    renamed: dict[str, str] = {}
    found: dict[str, FieldType] = {}

    def take(name: str, kind: FieldType) -> None:
        source = renamed.get(name, name)
        if source not in made:
            found.setdefault(source, kind)

    for stage in stages:
        outputs = stage.columns(_OUTPUTS)
        # An indexer of the label has nothing to do at prediction.
        if stage.kind in _INPUT_TYPES and not (stage.kind == "StringIndexerModel" and set(outputs) <= labels):
            for name in stage.columns(_INPUTS):
                take(name, _INPUT_TYPES[stage.kind])
        for target, expression in stage.statement():
            if isinstance(expression, Name):
                renamed[target] = renamed.get(expression.name, expression.name)
                continue
            for name in names_in(expression):
                take(name, "double")
            made.add(target)
        made.update(outputs)
    return tuple(Field(name, kind) for name, kind in found.items())


def derive_classes(stages: list[SavedStage]) -> tuple[str, ...]:
    """The classes by number, where the last stage says how many it knows."""
    count = stages[-1].metadata.get("numClasses") if stages else None
    return tuple(str(number) for number in range(count)) if isinstance(count, int) and 1 < count <= 10_000 else ()


def _read(filesystem: FileSystem, folder: str, depth: int) -> list[SavedStage]:
    metadata = _read_metadata(filesystem, folder)
    kind = str(metadata.get("class", "")).rpartition(".")[2]
    if kind != "PipelineModel":
        _check_data(filesystem, folder, kind)
        return [SavedStage(kind, metadata)]
    uids = (metadata.get("paramMap") or {}).get("stageUids")
    if not isinstance(uids, list) or depth >= _DEEPEST:
        raise _unsettled(folder, "is a pipeline that does not name its stages")
    digits = len(str(len(uids)))
    found = []
    for index, uid in enumerate(uids):
        found += _read(filesystem, join_path(folder, "stages", f"{index:0{digits}d}_{uid}"), depth + 1)
    return found


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
