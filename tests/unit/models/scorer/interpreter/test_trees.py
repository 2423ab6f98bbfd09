"""Ensembles of trees that are not what they should be; how they are walked is test_operators' business."""

import numpy as np
import pytest
from onnx import helper, numpy_helper

from models.scorer.interpreter import interpret
from tests.unit.models.scorer.interpreter.test_operators import KINDS, LEAVES, PAIR, graph, node, run, typed

USUAL = {"a": 0.5, "b": -1.0, "flag": False, "text": ""}


def ensemble(**changes):
    attributes = {name: value for name, value in {**LEAVES, **changes}.items() if value is not None}
    return graph(PAIR, node("TreeEnsemble", "t0", domain="ai.onnx.ml", **attributes))


@pytest.mark.parametrize(
    ("a", "b", "wanted"),
    [
        (0.5, -2.0, [1.25, 10.0]),
        (0.5, 3.0, [1.25, 20.0]),
        (0.5, -1.0, [2.5, 10.0]),
        (0.5, float("nan"), [2.5, 20.0]),
        (0.75, -2.0, [2.5, 10.0]),
        (float("nan"), -2.0, [2.5, 10.0]),
    ],
)
def test_a_row_goes_where_the_runtime_sends_it(a, b, wanted):
    row = USUAL | {"a": a, "b": b}
    assert interpret(ensemble().SerializeToString(), KINDS, ["prediction"]).run([*row.values()]) == {
        "prediction": wanted
    }
    assert run(typed(ensemble()), row).tolist() == [wanted]


@pytest.mark.parametrize(
    "changes",
    [
        {"nodes_truenodeids": [0, 0, 3]},  # a node that leads to itself
        {"nodes_falsenodeids": [0, 1, 4], "nodes_falseleafs": [0, 1, 1]},
        {"nodes_truenodeids": [9, 0, 3]},  # to a node that is not there
        {"nodes_truenodeids": [1, 9, 3]},  # to a leaf that is not there
        {"nodes_truenodeids": [-1, 0, 3]},
        {"nodes_featureids": [0, 2, 1]},
        {"leaf_targetids": [0, 0, 0, 1, 2]},
        {"tree_roots": [0, 3]},
        {"tree_roots": [-1]},
        {"nodes_modes": numpy_helper.from_array(np.array([0, 5, 0], np.uint8))},
        {"nodes_splits": numpy_helper.from_array(np.array([0.5, 0.0]))},
        {"nodes_trueleafs": [0, 1]},
        {"leaf_weights": numpy_helper.from_array(np.array([1.0]))},
        {"membership_values": numpy_helper.from_array(np.array([-2.0]))},
        {"membership_values": None},
        {"n_targets": 1},
        {"n_targets": 1 << 40},
        {"leaf_weights": numpy_helper.from_array(np.array([[1.25], [2.5], [2.5], [10.0], [20.0]]))},
        {"n_targets": None},
        {"aggregate_function": 0},
        {"post_transform": 1},
        {"nodes_hitrates": numpy_helper.from_array(np.array([1.0, 1.0, 1.0]))},
    ],
    ids=str,
)
def test_what_is_no_forest_of_ours_is_left_to_the_runtime(changes):
    assert interpret(ensemble(**changes).SerializeToString(), KINDS, ["prediction"]) is None


def test_so_is_one_of_other_numbers():
    lost = helper.make_tensor("", 1, [5], [1.25, 2.5, 2.5, 10.0, 20.0])
    assert interpret(ensemble(leaf_weights=lost).SerializeToString(), KINDS, ["prediction"]) is None
