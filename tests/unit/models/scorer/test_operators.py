"""Graphs that nobody should run."""

import json
import struct

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from models.errors import ScorerError
from models.scorer.compiled import CompiledScorer
from models.scorer.operators import check_operators

NUMBER = helper.make_tensor_value_info("x", TensorProto.DOUBLE, [None, 1])
DESCRIPTION = {"inputs": [{"kind": "number", "column": "x", "input": "x"}], "unread": [], "null_text": ""}


def file_of(*nodes, description=DESCRIPTION, inputs=(NUMBER,), constants=(), kind=TensorProto.DOUBLE, **parts):
    answer = helper.make_tensor_value_info("prediction", kind, None)
    graph = helper.make_graph(list(nodes), "model", list(inputs), [answer], list(constants))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9, **parts)
    helper.set_model_props(model, {"howdah": json.dumps(description)})
    return model.SerializeToString()


SAME = helper.make_node("Identity", ["x"], ["prediction"])
INSIDE = helper.make_graph([SAME], "inside", [NUMBER], [NUMBER])


LINE = helper.make_node("Squeeze", ["x", "last"], ["prediction"])
LAST = numpy_helper.from_array(np.array([1]), "last")


def test_a_graph_of_known_operators_is_run(tmp_path):
    assert len(CompiledScorer(file_of(LINE, constants=[LAST]), tmp_path).score([{"x": 1.0}])) == 1


@pytest.mark.parametrize(
    ("node", "named"),
    [
        (helper.make_node("Loop", ["", "", "x"], ["prediction"], body=INSIDE), "'Loop'"),
        (helper.make_node("If", ["x"], ["prediction"], then_branch=INSIDE, else_branch=INSIDE), "'If'"),
        (helper.make_node("ConstantOfShape", ["x"], ["prediction"]), "'ConstantOfShape'"),
        (helper.make_node("Add", ["x", "x"], ["prediction"], domain="com.example"), "'com.example'"),
    ],
)
def test_a_strange_operator_is_refused(tmp_path, node, named):
    with pytest.raises(ScorerError, match=named) as caught:
        CompiledScorer(file_of(node), tmp_path)
    assert caught.value.code == "H231"


def test_a_function_of_its_own_is_refused():
    function = helper.make_function("", "Add", ["a"], ["b"], [helper.make_node("Identity", ["a"], ["b"])], [])
    with pytest.raises(ScorerError, match="a function of its own"):
        check_operators(file_of(SAME, functions=[function]))


def test_a_constant_that_is_larger_in_memory_than_in_the_file_is_refused():
    entry = helper.make_tensor("large", TensorProto.DOUBLE, [1], [2.0])
    large = helper.make_sparse_tensor(entry, helper.make_tensor("places", TensorProto.INT64, [1], [5]), [1 << 40])
    model = onnx.ModelProto(graph=helper.make_graph([SAME], "model", [NUMBER], [NUMBER], sparse_initializer=[large]))
    with pytest.raises(ScorerError, match="a sparse constant"):
        check_operators(model.SerializeToString())


def test_the_second_graph_of_a_file_counts_too():
    other = onnx.ModelProto(graph=helper.make_graph([helper.make_node("Scan", ["x"], ["y"])], "more", [], []))
    with pytest.raises(ScorerError, match="'Scan'"):
        check_operators(file_of(SAME) + other.SerializeToString())


@pytest.mark.parametrize("key", [b"\xba\x80\x80\x80\x10", b"\xba\x80\x80\x80\x80\x80\x80\x80\x80\x01"])
def test_a_field_whose_number_protobuf_would_cut_down_is_refused(key):
    hidden = helper.make_graph([helper.make_node("Sinh", ["x"], ["prediction"])], "hidden", [NUMBER], [NUMBER])
    content = hidden.SerializeToString()
    with pytest.raises(ScorerError, match="it is no ONNX file"):
        check_operators(onnx.ModelProto(ir_version=9).SerializeToString() + key + bytes([len(content)]) + content)


def in_the_own_format_of_the_runtime(model, file):
    """The model as ONNX Runtime's own format, which is at the same time a file of fields that are no graph."""
    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath = str(file)
    options.add_session_config_entry("session.save_model_format", "ORT")
    onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    own = file.read_bytes()
    (root,) = struct.unpack_from("<I", own)
    columns = root - struct.unpack_from("<i", own, root)[0]
    _, size, *places = struct.unpack_from("<HHHHHH", own, columns)
    start = 0x00090108  # as four bytes: the field 1 as a number, then a field of eight bytes, which "ORTM" are among
    shift = (start // 64 + 2) * 64
    made = bytearray(struct.pack("<I", start) + b"ORTM" + bytes(shift - 8) + own)
    made[start : start + size] = own[root : root + size]
    struct.pack_into("<i", made, start, start - shift - columns)
    for place in filter(None, places):
        struct.pack_into(
            "<I", made, start + place, struct.unpack_from("<I", own, root + place)[0] + shift + root - start
        )
    rest = len(made) - 15
    made[11:15] = bytes([0x0A, rest & 0x7F | 0x80, rest >> 7 & 0x7F | 0x80, rest >> 14])
    return bytes(made)


def test_a_file_that_the_runtime_would_read_as_its_own_format_is_refused(tmp_path):
    strange = file_of(helper.make_node("HardSwish", ["x"], ["prediction"]))
    forged = in_the_own_format_of_the_runtime(strange, tmp_path / "model.ort")
    check_operators(forged)
    with pytest.raises(ScorerError, match="the compiled model cannot be read") as caught:
        CompiledScorer(forged, tmp_path)
    assert caught.value.code == "H231"


@pytest.mark.parametrize("model", [b"{}", b"\xff" * 20, b"\x3a\xff\xff\xff\xff\x0f", file_of(SAME)[:40]])
def test_what_is_no_graph_is_refused(model):
    with pytest.raises(ScorerError, match="it is no ONNX file"):
        check_operators(model)


@pytest.mark.parametrize(
    "description",
    [
        {},
        [1],
        {**DESCRIPTION, "inputs": 3},
        {**DESCRIPTION, "inputs": [{"kind": 1}]},
        {**DESCRIPTION, "inputs": []},
        {**DESCRIPTION, "inputs": [*DESCRIPTION["inputs"], {"kind": "number", "column": "y", "input": "x"}]},
        {**DESCRIPTION, "inputs": [{"kind": "text", "column": "x", "input": "x"}]},
        {**DESCRIPTION, "inputs": [{"kind": "number", "column": ["x"], "input": "x"}]},
    ],
)
def test_a_description_that_is_none_is_refused(tmp_path, description):
    with pytest.raises(ScorerError, match="the compiled model cannot be read") as caught:
        CompiledScorer(file_of(SAME, description=description), tmp_path)
    assert caught.value.code == "H231"


@pytest.mark.parametrize(
    ("kind", "shape"),
    [
        (TensorProto.FLOAT, ["rows", 1]),
        (TensorProto.STRING, ["rows", 1]),
        (TensorProto.DOUBLE, ["rows", 2]),
        (TensorProto.DOUBLE, [2, 1]),
        (TensorProto.DOUBLE, ["rows"]),
        (TensorProto.DOUBLE, None),
    ],
)
def test_an_input_that_no_row_has_is_refused(tmp_path, kind, shape):
    number = helper.make_tensor_value_info("x", kind, shape)
    with pytest.raises(ScorerError, match=r"the compiled model cannot be read: (an|its) input") as caught:
        CompiledScorer(file_of(SAME, inputs=[number], kind=kind), tmp_path)
    assert caught.value.code == "H231"


def test_a_constant_that_is_an_input_as_well_is_refused(tmp_path):
    with pytest.raises(ScorerError, match="its inputs are not those that it describes"):
        CompiledScorer(file_of(SAME, constants=[numpy_helper.from_array(np.array([[7.0]]), "x")]), tmp_path)


@pytest.mark.parametrize(
    ("node", "kind"),
    [
        (helper.make_node("IsNaN", ["x"], ["prediction"]), TensorProto.BOOL),
        (helper.make_node("Cast", ["x"], ["prediction"], to=TensorProto.STRING), TensorProto.STRING),
        (helper.make_node("Cast", ["x"], ["prediction"], to=TensorProto.INT64), TensorProto.INT64),
    ],
)
def test_a_prediction_that_is_no_number_is_refused(tmp_path, node, kind):
    with pytest.raises(ScorerError, match="its outputs are no answers"):
        CompiledScorer(file_of(node, kind=kind), tmp_path)


@pytest.mark.parametrize(
    "node", [SAME, helper.make_node("Concat", ["x", "x"], ["prediction"], axis=0)], ids=["a plane", "two"]
)
@pytest.mark.parametrize("rows", [1, 2, 3])
def test_an_answer_that_is_not_one_a_row_is_refused(tmp_path, node, rows):
    with pytest.raises(ScorerError, match="'prediction' has the shape") as caught:
        CompiledScorer(file_of(node), tmp_path).score([{"x": 1.0}] * rows)
    assert caught.value.code == "H231"


def chain(depth, **changes):
    """A tree of which each node has the next one on one side."""
    last = [*[0] * (depth - 1), 1]
    attributes = {
        "aggregate_function": 1,
        "n_targets": 1,
        "tree_roots": [0],
        "nodes_modes": numpy_helper.from_array(np.zeros(depth, np.uint8)),
        "nodes_featureids": [0] * depth,
        "nodes_splits": numpy_helper.from_array(np.zeros(depth)),
        "nodes_truenodeids": [*range(1, depth), 0],
        "nodes_trueleafs": last,
        "nodes_falsenodeids": [0] * depth,
        "nodes_falseleafs": [1] * depth,
        "leaf_targetids": [0],
        "leaf_weights": numpy_helper.from_array(np.array([1.0])),
    }
    return helper.make_node("TreeEnsemble", ["x"], ["prediction"], domain="ai.onnx.ml", **attributes | changes)


def test_a_tree_as_deep_as_spark_makes_one_is_run():
    check_operators(file_of(chain(30)))


@pytest.mark.parametrize(
    "node",
    [chain(20_000), chain(3, nodes_truenodeids=[1, 2, 0], nodes_trueleafs=[0, 0, 0])],
    ids=["deep", "in a circle"],
)
def test_a_tree_on_which_the_runtime_would_lose_its_stack_is_refused(node):
    with pytest.raises(ScorerError, match="a tree without an end"):
        check_operators(file_of(node))


@pytest.mark.parametrize("changes", [{"tree_roots": [9]}, {"nodes_trueleafs": [0]}, {"tree_roots": b"0"}])
def test_a_tree_that_is_none_is_refused(changes):
    with pytest.raises(ScorerError, match="it is no ONNX file"):
        check_operators(file_of(chain(3, **changes)))
