"""The table of stages: what can be scored, and so what may be loaded; a class is looked up nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from models.errors import ScorerError
from models.scorer import assembly, categories, classifiers, regressors, scaling, sql, text
from models.scorer.columns import Transform
from models.scorer.saved import SavedStage

Loader = Callable[[SavedStage], Transform]


def load_stage(stage: SavedStage) -> Transform:
    """The stage's transform. Raises: ScorerError H230 for a stage outside the table, H231 for one that is damaged."""
    loader = STAGES.get(stage.class_name)
    if loader is None:
        names = ", ".join(sorted(name.rpartition(".")[2] for name in STAGES))
        raise ScorerError("H230", f"stage {stage.short_name} ({stage.uid}) cannot be scored", hint=f"known: {names}")
    try:
        return loader(stage)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise ScorerError("H231", f"stage {stage.uid} is damaged: {error!r}") from error


def _one_vs_rest(stage: SavedStage) -> Transform:
    return classifiers.one_vs_rest(stage, load_stage)


_FEATURES: Mapping[str, Loader] = {
    "Binarizer": categories.binarizer,
    "Bucketizer": categories.bucketizer,
    "ChiSqSelectorModel": assembly.feature_selector,
    "CountVectorizerModel": text.count_vectorizer,
    "DCT": assembly.dct,
    "ElementwiseProduct": scaling.elementwise_product,
    "FeatureHasher": text.feature_hasher,
    "HashingTF": text.hashing_tf,
    "IDFModel": scaling.idf,
    "ImputerModel": scaling.imputer,
    "IndexToString": categories.index_to_string,
    "Interaction": assembly.interaction,
    "MaxAbsScalerModel": scaling.max_abs_scaler,
    "MinMaxScalerModel": scaling.min_max_scaler,
    "NGram": text.n_gram,
    "Normalizer": scaling.normalizer,
    "OneHotEncoderModel": categories.one_hot_encoder,
    "PCAModel": assembly.pca,
    "PolynomialExpansion": assembly.polynomial_expansion,
    "RegexTokenizer": text.regex_tokenizer,
    "RobustScalerModel": scaling.robust_scaler,
    "SQLTransformer": sql.sql_transformer,
    "StandardScalerModel": scaling.standard_scaler,
    "StopWordsRemover": text.stop_words_remover,
    "StringIndexerModel": categories.string_indexer,
    "Tokenizer": text.tokenizer,
    "UnivariateFeatureSelectorModel": assembly.feature_selector,
    "VarianceThresholdSelectorModel": assembly.feature_selector,
    "VectorAssembler": assembly.vector_assembler,
    "VectorIndexerModel": categories.vector_indexer,
    "VectorSlicer": assembly.vector_slicer,
}
_CLASSIFIERS: Mapping[str, Loader] = {
    "DecisionTreeClassificationModel": classifiers.decision_tree,
    "FMClassificationModel": classifiers.factorisation_machine,
    "GBTClassificationModel": classifiers.gradient_boosted_trees,
    "LinearSVCModel": classifiers.linear_svc,
    "LogisticRegressionModel": classifiers.logistic_regression,
    "MultilayerPerceptronClassificationModel": classifiers.multilayer_perceptron,
    "NaiveBayesModel": classifiers.naive_bayes,
    "OneVsRestModel": _one_vs_rest,
    "RandomForestClassificationModel": classifiers.random_forest,
}
_REGRESSORS: Mapping[str, Loader] = {
    "DecisionTreeRegressionModel": regressors.decision_tree_regressor,
    "FMRegressionModel": regressors.factorisation_regressor,
    "GBTRegressionModel": regressors.gradient_boosted_regressor,
    "GeneralizedLinearRegressionModel": regressors.generalized_linear_regression,
    "IsotonicRegressionModel": regressors.isotonic_regression,
    "LinearRegressionModel": regressors.linear_regression,
    "RandomForestRegressionModel": regressors.random_forest_regressor,
}
_CLUSTERS: Mapping[str, Loader] = {"KMeansModel": regressors.k_means}

STAGES: Mapping[str, Loader] = MappingProxyType(
    {
        f"org.apache.spark.ml.{package}.{name}": loader
        for package, table in (
            ("classification", _CLASSIFIERS),
            ("clustering", _CLUSTERS),
            ("feature", _FEATURES),
            ("regression", _REGRESSORS),
        )
        for name, loader in table.items()
    }
)
