"""The classes that a saved pipeline may name: Spark makes an object of whatever class the metadata says.

Source: the public, readable models, transformers and estimators of org.apache.spark.ml in Spark 3.3 to 4.x.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from storage.errors import Diagnostic
from storage.filesystem import FileSystem, join_path

_SPARK = "org.apache.spark.ml."
_NAMES = {
    "": ("Pipeline", "PipelineModel"),
    "classification.": (
        "DecisionTreeClassificationModel", "FMClassificationModel", "GBTClassificationModel", "LinearSVCModel",
        "LogisticRegressionModel", "MultilayerPerceptronClassificationModel", "NaiveBayesModel", "OneVsRestModel",
        "RandomForestClassificationModel",
        # OneVsRestModel, and the models of package tuning, keep the estimators that they were made with.
        "DecisionTreeClassifier", "FMClassifier", "GBTClassifier", "LinearSVC", "LogisticRegression",
        "MultilayerPerceptronClassifier", "NaiveBayes", "OneVsRest", "RandomForestClassifier",
    ),
    "clustering.": (
        "BisectingKMeans", "BisectingKMeansModel", "GaussianMixture", "GaussianMixtureModel", "KMeans", "KMeansModel",
        "LDA", "LocalLDAModel",
    ),
    "evaluation.": (
        "BinaryClassificationEvaluator", "ClusteringEvaluator", "MulticlassClassificationEvaluator",
        "MultilabelClassificationEvaluator", "RankingEvaluator", "RegressionEvaluator",
    ),
    "feature.": (
        "Binarizer", "BucketedRandomProjectionLSH", "BucketedRandomProjectionLSHModel", "Bucketizer", "ChiSqSelector",
        "ChiSqSelectorModel", "ColumnPruner", "CountVectorizer", "CountVectorizerModel", "DCT", "ElementwiseProduct",
        "FeatureHasher", "HashingTF", "IDF", "IDFModel", "Imputer", "ImputerModel", "IndexToString", "Interaction",
        "MaxAbsScaler", "MaxAbsScalerModel", "MinHashLSH", "MinHashLSHModel", "MinMaxScaler", "MinMaxScalerModel",
        "NGram", "Normalizer", "OneHotEncoder", "OneHotEncoderModel", "PCA", "PCAModel", "PolynomialExpansion",
        "QuantileDiscretizer", "RegexTokenizer", "RFormula", "RFormulaModel", "RobustScaler", "RobustScalerModel",
        "SQLTransformer", "StandardScaler", "StandardScalerModel", "StopWordsRemover", "StringIndexer",
        "StringIndexerModel", "TargetEncoder", "TargetEncoderModel", "Tokenizer", "UnivariateFeatureSelector",
        "UnivariateFeatureSelectorModel", "VarianceThresholdSelector", "VarianceThresholdSelectorModel",
        "VectorAssembler", "VectorAttributeRewriter", "VectorIndexer", "VectorIndexerModel", "VectorSizeHint",
        "VectorSlicer", "Word2Vec", "Word2VecModel",
    ),
    "regression.": (
        "AFTSurvivalRegression", "AFTSurvivalRegressionModel", "DecisionTreeRegressionModel", "DecisionTreeRegressor",
        "FMRegressionModel", "FMRegressor", "GBTRegressionModel", "GBTRegressor", "GeneralizedLinearRegression",
        "GeneralizedLinearRegressionModel", "IsotonicRegression", "IsotonicRegressionModel", "LinearRegression",
        "LinearRegressionModel", "RandomForestRegressionModel", "RandomForestRegressor",
    ),
    "tuning.": ("CrossValidatorModel", "TrainValidationSplitModel"),
}  # fmt: skip

# The second is what pyspark writes for a pipeline that holds a pipeline; the layout is the same.
ALLOWED_CLASSES = frozenset(f"{_SPARK}{package}{name}" for package, names in _NAMES.items() for name in names) | {
    "pyspark.ml.pipeline.PipelineModel",
    "pyspark.ml.pipeline.Pipeline",
}

_LARGEST_METADATA = 16 << 20  # bytes
_HINT = "do not load it in Spark; save the model again with Spark's own stages only"


def find_strangers(filesystem: FileSystem, folder: str, paths: Iterable[str]) -> list[Diagnostic]:
    """H208 for each stage, nested ones included, whose class is not allowed or cannot be told.

    ``paths`` are the files below ``folder``. Spark reads every file of a ``metadata`` folder that is not hidden.
    """
    return [
        stranger
        for path in sorted(paths)
        if _is_metadata(path) and (stranger := _judge(filesystem, join_path(folder, path)))
    ]


def _is_metadata(path: str) -> bool:
    parts = path.split("/")
    return parts[-2:-1] == ["metadata"] and not parts[-1].startswith(("_", "."))


def _judge(filesystem: FileSystem, path: str) -> Diagnostic | None:
    with filesystem.open(path) as stream:
        text = stream.read(_LARGEST_METADATA + 1)
    if not text.strip():
        return None  # Spark writes empty part files where it has more tasks than lines
    try:
        found = json.loads(text, object_pairs_hook=_no_twins)
        name = found["class"] if len(text) <= _LARGEST_METADATA else None
    except (ValueError, TypeError, KeyError, RecursionError):
        name = None
    if isinstance(name, str) and name in ALLOWED_CLASSES:
        return None
    told = f"the stage is of a class that is not allowed: {name!r:.120}" if isinstance(name, str) else "names no class"
    return Diagnostic("H208", told, _HINT, path)


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of a key that stands twice, one reader takes the first and another the last."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found
