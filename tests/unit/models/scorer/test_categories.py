"""What Spark notes of categories, and what an Interaction makes of it."""

from pathlib import Path

import pytest

from models.scorer import ScorerError, ScoringError
from models.scorer.assembly import interaction
from models.scorer.categories import indexed_categories
from models.scorer.columns import Columns
from models.scorer.compiler.graph import Graph
from models.scorer.compiler.vectors import interaction as emit_interaction
from models.scorer.saved import SavedStage


def indexer(version, invalid):
    parameters = {"inputCol": "v", "outputCol": "x", "handleInvalid": invalid}
    return SavedStage("org.apache.spark.ml.feature.VectorIndexerModel", "u", parameters, Path("nowhere"), version)


def test_the_category_of_the_invalid_is_noted_by_the_newest_spark_only():
    maps = {0: {0.0: 0, 1.0: 1}, 2: {0.0: 0, 1.0: 1, 5.0: 2}}
    given = (1, 7, 1)
    assert indexed_categories(indexer("3.5.9", "keep"), maps, given) == (1, 7, 3)
    assert indexed_categories(indexer("4.2.1", "keep"), maps, given) == (1, 7, 3)
    assert indexed_categories(indexer("4.3.0", "keep"), maps, given) == (3, 7, 4)
    assert indexed_categories(indexer("4.3.0", "skip"), maps, given) == (1, 7, 3)


def test_a_vector_of_which_no_stage_said_what_it_holds_is_not_multiplied():
    parameters = {"inputCols": ["a", "v"], "outputCol": "x"}
    stage = SavedStage("org.apache.spark.ml.feature.Interaction", "u", parameters, Path("nowhere"), "3.5.9")
    with pytest.raises(ScoringError, match="of 'v' it is not known which numbers are categories"):
        interaction(stage)(Columns([{"a": 2.0, "v": [1.0, 2.0]}]))
    graph = Graph()
    graph.set("v", graph.constant([[1.0, 2.0]]), 2, is_vector=True)
    with pytest.raises(ScorerError, match="cannot be compiled: of 'v'"):
        emit_interaction(stage, graph)
