import json
from pathlib import Path

import pytest

from models.errors import ExplanationError
from models.explaining.origins import find_origins
from models.scorer.columns import Columns
from models.scorer.saved import read_stages
from models.scorer.stages import load_stage

FIXTURES = Path(__file__).parents[3] / "fixtures" / "stages-spark-3.5"


def transformed(name):
    """The stages of a case, and the columns that they make of its first row."""
    stages = read_stages(FIXTURES / name / "model")
    columns = Columns(json.loads((FIXTURES / name / "asked.json").read_text())["rows"][:1])
    for stage in stages:
        load_stage(stage)(columns)
    return stages, columns


def outputs(stages, kind):
    return [stage.output_columns[0] for stage in stages if stage.short_name == kind]


def test_features_keep_their_inputs_through_scalers_and_slices():
    stages, columns = transformed("scaled")
    (assembled,) = outputs(stages, "VectorAssembler")
    assembler = next(stage for stage in stages if stage.short_name == "VectorAssembler")
    origin = find_origins(stages, columns, assembled)
    assert len(origin) == columns.matrix(assembled).shape[1]
    assert len(set(origin)) == len(assembler.input_columns)
    for kind in ("StandardScalerModel", "MinMaxScalerModel", "ElementwiseProduct"):
        assert find_origins(stages, columns, outputs(stages, kind)[0]) == origin
    slicer = next(stage for stage in stages if stage.short_name == "VectorSlicer")
    sliced = find_origins(stages, columns, slicer.output_columns[0])
    assert sliced == [origin[place] for place in slicer.parameters["indices"]]


def test_selectors_choose_among_the_inputs():
    stages, columns = transformed("selected")
    for stage in stages:
        if stage.short_name.endswith("SelectorModel"):
            whole = find_origins(stages, columns, stage.parameters["featuresCol"])
            chosen = sorted(stage.row()["selectedFeatures"])
            assert find_origins(stages, columns, stage.output_columns[0]) == [whole[place] for place in chosen]


@pytest.mark.parametrize("kind", ["PCAModel", "Normalizer", "PolynomialExpansion", "DCT"])
def test_what_mixes_inputs_is_of_none(kind):
    stages, columns = transformed("scaled")
    with pytest.raises(ExplanationError, match="several inputs at once") as refused:
        find_origins(stages, columns, outputs(stages, kind)[0])
    assert refused.value.code == "H262"


def test_all_that_is_made_of_one_input_is_of_it():
    stages, columns = transformed("logistic-words")
    assert find_origins(stages, columns, stages[-1].parameters["featuresCol"]) == stages[0].input_columns[0]


def test_a_column_that_no_stage_made_is_an_input():
    stages, columns = transformed("scaled")
    assert find_origins(stages, columns, "given") == "given"
