"""The columns that a saved Spark model reads, and what a file has to hold in each: no saved model says that itself.

A stage says by its class what it takes. A model is *open* where one does not: then every column of a table may matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from models.manifest import Field, FieldType
from models.spark_metadata import StageMetadata
from models.sql_expression import Name, StatementError, names_in
from models.sql_kinds import kind_of, uses

# "feature": a number or a vector of them; "number": a number of which it matters whether the table has it as a whole
# one; "value": a number, a boolean or a text, as the table's own type has it.
ColumnType: TypeAlias = FieldType | Literal["number", "feature", "value", "vector", "texts"]

_TAKES: Mapping[str, ColumnType] = {
    "Binarizer": "feature",
    "Bucketizer": "feature",
    "CountVectorizerModel": "texts",
    "FeatureHasher": "value",
    "HashingTF": "texts",
    "ImputerModel": "feature",
    "IndexToString": "feature",
    "Interaction": "feature",
    "IsotonicRegressionModel": "feature",
    "NGram": "texts",
    "OneHotEncoderModel": "feature",
    "RegexTokenizer": "string",
    "StopWordsRemover": "texts",
    "StringIndexerModel": "string",
    "Tokenizer": "string",
    "VectorAssembler": "feature",
    "Word2VecModel": "texts",
    **dict.fromkeys(
        (
            *("AFTSurvivalRegressionModel", "BisectingKMeansModel", "ChiSqSelectorModel", "DCT"),
            *("DecisionTreeClassificationModel", "DecisionTreeRegressionModel", "ElementwiseProduct"),
            *("FMClassificationModel", "FMRegressionModel", "GBTClassificationModel", "GBTRegressionModel"),
            *("GaussianMixtureModel", "GeneralizedLinearRegressionModel", "IDFModel", "KMeansModel"),
            *("LinearRegressionModel", "LinearSVCModel", "LogisticRegressionModel", "MaxAbsScalerModel"),
            *("MinMaxScalerModel", "MultilayerPerceptronClassificationModel", "NaiveBayesModel", "Normalizer"),
            *("OneVsRestModel", "PCAModel", "PolynomialExpansion", "RandomForestClassificationModel"),
            *("RandomForestRegressionModel", "RobustScalerModel", "StandardScalerModel"),
            *("UnivariateFeatureSelectorModel", "VarianceThresholdSelectorModel", "VectorIndexerModel"),
            *("VectorSizeHint", "VectorSlicer"),
        ),
        "vector",
    ),
}
_INPUTS = ("inputCol", "inputCols", "featuresCol")
_OUTPUTS = ("outputCol", "outputCols", "predictionCol", "probabilityCol", "rawPredictionCol")
_ADDED = ("linkPredictionCol", "leafCol", "varianceCol")
# Of a column that several stages read, the last of their words is taken.
_MOST_TELLING: tuple[ColumnType, ...] = (
    *("string", "feature", "number", "value", "double", "long", "boolean", "texts", "vector"),
)
_IN_A_TABLE: Mapping[str, FieldType] = {"number": "double", "feature": "double"}


@dataclass(frozen=True)
class InputColumn:
    """A column that a row brings, or may leave out."""

    name: str
    type: ColumnType
    is_optional: bool = False


@dataclass(frozen=True)
class Inputs:
    """The columns that no stage makes, in the order of their use; ``is_open`` where there may be more."""

    columns: tuple[InputColumn, ...]
    is_open: bool


def find_inputs(stages: Sequence[StageMetadata]) -> Inputs:
    """What the rows must bring; not what only the indexer of a label reads, which has nothing to do at prediction."""
    made: set[str] = set()
    renamed: dict[str, str] = {}
    found: dict[str, ColumnType] = {}
    uncertain: dict[str, bool] = {}
    is_open = False

    def take(name: str, kind: ColumnType) -> None:
        source = renamed.get(name, name)
        if source not in made:
            uncertain.setdefault(source, is_open)
            found[source] = max(found.get(source, kind), kind, key=_MOST_TELLING.index)

    last_readers = {name: number for number, stage in enumerate(stages) for name in _read_by(stage)}
    for number, stage in enumerate(stages):
        later = {name for name, last in last_readers.items() if last > number}
        for name, kind in _reads(stage, later):
            take(name, kind)
        is_open = is_open or not _is_told(stage)
        for target, expression in stage.statement():
            if isinstance(expression, Name):
                take(expression.name, "string")  # a word that any other one goes before
                renamed[target] = renamed.get(expression.name, expression.name)
                continue
            for name, held in uses(expression, kind_of(expression)):
                take(name, "string" if held in ("text", None) else "feature")
            made.add(target)
        made.update(stage.columns((*_OUTPUTS, *_ADDED)))
    # What comes after a stage that does not say what it makes may be made by it.
    return Inputs(tuple(InputColumn(name, kind, uncertain[name]) for name, kind in found.items()), is_open)


def derive_inputs(stages: Sequence[StageMetadata]) -> tuple[Field, ...]:
    """Those of :func:`find_inputs` that a column of a table can be, each as the field of a manifest."""
    categorical = {name for stage in stages for name in stage.columns(("categoricalCols",))}
    fields: list[Field] = []
    for column in find_inputs(stages).columns:
        if column.type == "value":
            fields.append(Field(column.name, "string" if column.name in categorical else "double"))
        elif column.type not in ("vector", "texts"):
            fields.append(Field(column.name, _IN_A_TABLE.get(column.type, "string")))
    return tuple(fields)


def _reads(stage: StageMetadata, later: set[str]) -> Iterator[tuple[str, ColumnType]]:
    kind = _TAKES.get(stage.kind)
    if kind is None:
        return
    if stage.kind == "ImputerModel" and stage.parameter("strategy") == "mean":
        kind = "number"  # a mean is cut off where the column is of whole numbers
    sources, targets = stage.columns(_INPUTS), stage.columns(("outputCol", "outputCols"))
    for place, source in enumerate(sources):
        # Spark skips an indexer whose column is not there: one that nothing else needs is that of the label.
        if stage.kind != "StringIndexerModel" or targets[place : place + 1] == [] or targets[place] in later:
            yield source, kind
    yield from ((name, "feature") for name in stage.columns(("offsetCol",)))


def _read_by(stage: StageMetadata) -> Iterable[str]:
    yield from stage.columns((*_INPUTS, "offsetCol"))
    for _, expression in stage.statement():
        yield from names_in(expression)


def _is_told(stage: StageMetadata) -> bool:
    """Whether the class, or the statement, of the stage says what it reads."""
    if stage.kind != "SQLTransformer":
        return stage.kind in _TAKES
    try:
        stage.read_statement()
    except StatementError:
        return False
    return True
