"""From a saved PipelineModel to the bytes of one ONNX graph."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from models.errors import ScorerError
from models.scorer.compiler import encoding, regressors, sql, vectors
from models.scorer.compiler.classifiers import CLASSIFIERS, classifier, one_vs_rest
from models.scorer.compiler.graph import PREDICTION, PROBABILITY, Graph, not_compilable
from models.scorer.pipeline import predicting_stage
from models.scorer.saved import SavedStage, read_stages
from models.scorer.sql import columns_of
from models.sql_statement import names_in

_Emitter = Callable[[SavedStage, Graph], None]

# What is missing here beside models.scorer.stages takes texts apart, and ONNX has no words for that.
EMITTERS: Mapping[str, _Emitter] = MappingProxyType(
    {
        "Binarizer": encoding.binarizer,
        "Bucketizer": encoding.bucketizer,
        "ChiSqSelectorModel": vectors.feature_selector,
        "DCT": vectors.dct,
        "DecisionTreeRegressionModel": regressors.decision_tree_regressor,
        "ElementwiseProduct": vectors.elementwise_product,
        "FMRegressionModel": regressors.factorisation_regressor,
        "GBTRegressionModel": regressors.gradient_boosted_regressor,
        "GeneralizedLinearRegressionModel": regressors.generalized_linear_regression,
        "IDFModel": vectors.idf,
        "ImputerModel": encoding.imputer,
        "IndexToString": encoding.index_to_string,
        "Interaction": vectors.interaction,
        "IsotonicRegressionModel": regressors.isotonic_regression,
        "KMeansModel": regressors.k_means,
        "LinearRegressionModel": regressors.linear_regression,
        "MaxAbsScalerModel": vectors.max_abs_scaler,
        "MinMaxScalerModel": vectors.min_max_scaler,
        "Normalizer": vectors.normalizer,
        "OneHotEncoderModel": encoding.one_hot_encoder,
        "OneVsRestModel": one_vs_rest,
        "PCAModel": vectors.pca,
        "PolynomialExpansion": vectors.polynomial_expansion,
        "RandomForestRegressionModel": regressors.random_forest_regressor,
        "RobustScalerModel": vectors.robust_scaler,
        "SQLTransformer": sql.sql_transformer,
        "StandardScalerModel": vectors.standard_scaler,
        "StringIndexerModel": encoding.string_indexer,
        "UnivariateFeatureSelectorModel": vectors.feature_selector,
        "VarianceThresholdSelectorModel": vectors.feature_selector,
        "VectorAssembler": vectors.vector_assembler,
        "VectorIndexerModel": encoding.vector_indexer,
        "VectorSlicer": vectors.vector_slicer,
        **dict.fromkeys(CLASSIFIERS, classifier),
    }
)
_READ = ("inputCol", "inputCols", "featuresCol", "offsetCol")


def compile_model(folder: Path, whole: frozenset[str] = frozenset()) -> bytes:
    """The model saved in ``folder`` as an ONNX file; ``whole`` are the inputs that Spark has as whole numbers.

    Raises: ScorerError H231 for a folder that is no readable PipelineModel, H233 for what ONNX cannot say.
    """
    return compile_stages(read_stages(folder), whole)


def compile_stages(stages: Sequence[SavedStage], whole: frozenset[str] = frozenset()) -> bytes:
    """The stages as an ONNX file: outputs ``prediction``, and ``probability`` where there is one.

    Raises: ScorerError H231, H233.
    """
    predictor = predicting_stage(stages)
    outputs = {PREDICTION: predictor.prediction}
    if predictor.probability is not None:
        outputs[PROBABILITY] = predictor.probability
    return compile_columns(stages, outputs, whole)


def compile_columns(
    stages: Sequence[SavedStage], outputs: Mapping[str, str], whole: frozenset[str] = frozenset()
) -> bytes:
    """The stages as an ONNX file, with the columns that are the values of ``outputs``. Raises: ScorerError."""
    graph = Graph(whole)
    for number, stage in enumerate(stages):
        emit = EMITTERS.get(stage.short_name)
        if emit is None:
            raise not_compilable(stage, "ONNX cannot say it")
        later = [name for each in stages[number + 1 :] for name in _columns_read(each)]
        graph.read_later = frozenset([*later, *outputs.values()])
        try:
            emit(stage, graph)
        except ScorerError:
            raise
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise ScorerError("H231", f"stage {stage.uid} is damaged: {error!r}") from error
    return graph.finish(outputs, {"stages": [stage.short_name for stage in stages], "spark": stages[0].spark_version})


def _columns_read(stage: SavedStage) -> list[str]:
    found: list[str] = []
    if stage.short_name == "SQLTransformer":
        found += [name for _, expression in columns_of(stage) for name in names_in(expression)]
    for key in _READ:
        value = stage.parameters.get(key)
        found += value if isinstance(value, list) else [value] if isinstance(value, str) else []
    return found
