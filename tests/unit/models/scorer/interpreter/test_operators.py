"""Each operator on one row, against ONNX Runtime: what plain Python makes of it, or leaves to the runtime."""

import math

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from models.scorer.interpreter import interpret
from models.scorer.interpreter.operators import OPERATORS

A, B = "a", "b"
FLAG = "flag"
TEXT = "text"
KINDS = {A: "f", B: "f", FLAG: "b", TEXT: "O"}
TYPES = {"f": TensorProto.DOUBLE, "b": TensorProto.BOOL, "O": TensorProto.STRING}
USUAL = {A: 1.5, B: -2.0, FLAG: True, TEXT: "email"}
TABLE = np.arange(12.0).reshape(4, 3) / 7


def node(operator, *inputs, domain="", **attributes):
    return operator, inputs, domain, attributes


def graph(*nodes):
    """The bytes of a graph over ``a``, ``b``, ``flag`` and ``text``; an input that is no name is a constant."""
    made, constants = [], []
    for place, (operator, inputs, domain, attributes) in enumerate(nodes):
        names = []
        for each in inputs:
            if not isinstance(each, str):
                constants.append(numpy_helper.from_array(np.asarray(each), f"c{len(constants)}"))
            names.append(each if isinstance(each, str) else constants[-1].name)
        output = "prediction" if place == len(nodes) - 1 else f"t{place}"
        made.append(helper.make_node(operator, names, [output], domain=domain, **attributes))
    inputs = [helper.make_tensor_value_info(name, TYPES[kind], ["rows", 1]) for name, kind in KINDS.items()]
    answer = helper.make_empty_tensor_value_info("prediction")
    body = helper.make_graph(made, "model", inputs, [answer], constants)
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid("ai.onnx.ml", 5)]
    return helper.make_model(body, opset_imports=opsets, ir_version=9)


def run(model, row):
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    kinds = {"f": np.float64, "b": bool, "O": object}
    used = {each.name for each in session.get_inputs()}
    fed = {name: np.array([[row[name]]], kinds[kind]) for name, kind in KINDS.items() if name in used}
    return session.run(["prediction"], fed)[0]


def interpreted(model, row):
    interpreter = interpret(model.SerializeToString(), KINDS, ["prediction"])
    assert interpreter is not None
    found = interpreter.run([row[name] for name in KINDS])
    return None if found is None else list(found["prediction"])


def typed(model):
    """The model with the type that its answer has, which ONNX Runtime asks for."""
    shaped = onnx.shape_inference.infer_shapes(model)
    kind = shaped.graph.output[0].type.tensor_type.elem_type
    model.graph.output[0].CopyFrom(helper.make_tensor_value_info("prediction", kind, None))
    return model


PAIR = node("Concat", A, B, axis=1)
GRID = node("Concat", A, B, [[0.25]], axis=1)
# Leaves are numbered as a walk from the left meets them, as the compiler does: ONNX Runtime 1.23 counts on it.
LEAVES = {
    "aggregate_function": 1,
    "n_targets": 2,
    "tree_roots": [0, 2],
    "nodes_modes": numpy_helper.from_array(np.array([0, 6, 0], np.uint8)),
    "nodes_featureids": [0, 1, 1],
    "nodes_splits": numpy_helper.from_array(np.array([0.5, 0.0, -1.0])),
    "nodes_truenodeids": [1, 0, 3],
    "nodes_trueleafs": [0, 1, 1],
    "nodes_falsenodeids": [2, 1, 4],
    "nodes_falseleafs": [1, 1, 1],
    "leaf_targetids": [0, 0, 0, 1, 1],
    "leaf_weights": numpy_helper.from_array(np.array([1.25, 2.5, 2.5, 10.0, 20.0])),
    "membership_values": numpy_helper.from_array(np.array([-2.0, 3.0, np.nan])),
}
LOOKED_UP = {
    "keys_tensor": numpy_helper.from_array(np.array(["email", "search"], object)),
    "values_tensor": numpy_helper.from_array(np.array([0.0, 1.0])),
    "default_tensor": numpy_helper.from_array(np.array([2.0])),
}
CASES = {
    "abs": [node("Abs", A)],
    "add": [node("Add", A, B)],
    "add a line": [PAIR, node("Add", "t0", [[1.0, 2.0]])],
    "add to each": [PAIR, node("Add", A, "t0")],
    "and": [node("IsNaN", A), node("And", "t0", FLAG)],
    "argmax": [GRID, node("ArgMax", "t0", axis=1, keepdims=1)],
    "argmin without its axis": [GRID, node("ArgMin", "t0", axis=1, keepdims=0)],
    "cast a flag": [node("Cast", FLAG, to=TensorProto.DOUBLE)],
    "cast to a whole number": [node("Cast", A, to=TensorProto.INT64)],
    "cast it back": [node("Cast", A, to=TensorProto.INT64), node("Cast", "t0", to=TensorProto.DOUBLE)],
    "clip": [node("Clip", A, np.float64(-1.0), np.float64(1.0))],
    "concat": [GRID],
    "concat above": [node("Concat", A, B, axis=0)],
    "concat twice": [PAIR, node("Concat", "t0", A, "t0", axis=1)],
    "concat deep": [PAIR, node("Unsqueeze", "t0", [2]), node("Concat", "t1", "t1", axis=2)],
    "cumsum": [GRID, node("CumSum", "t0", np.array(1))],
    "div": [node("Div", A, B)],
    "equal": [node("Equal", A, B)],
    "exp": [node("Exp", A)],
    "gather places": [GRID, node("Gather", "t0", [2, 0], axis=1)],
    "gather lines": [PAIR, node("Cast", "t0", to=TensorProto.INT64), node("Gather", TABLE, "t1")],
    "gather numbers": [PAIR, node("Cast", "t0", to=TensorProto.INT64), node("Gather", TABLE[0], "t1")],
    "greater": [node("Greater", A, B)],
    "greater or equal": [node("GreaterOrEqual", A, B)],
    "identity": [node("Identity", A)],
    "is infinite": [node("IsInf", A)],
    "is nan": [node("IsNaN", A)],
    "label encoder": [node("LabelEncoder", TEXT, domain="ai.onnx.ml", **LOOKED_UP)],
    "less": [node("Less", A, B)],
    "less or equal": [node("LessOrEqual", A, B)],
    "log": [node("Log", A)],
    "matmul": [GRID, node("MatMul", "t0", TABLE[:3])],
    "min": [node("Min", A, B)],
    "mul": [node("Mul", A, B)],
    "neg": [node("Neg", A)],
    "not": [node("Not", FLAG)],
    "or": [node("IsNaN", A), node("Or", "t0", FLAG)],
    "pow": [node("Pow", A, [[2.0]])],
    "pow of a root": [node("Pow", A, [[0.5]])],
    "reduce max": [GRID, node("ReduceMax", "t0", [1], keepdims=1)],
    "reduce sum": [GRID, node("ReduceSum", "t0", [1], keepdims=0)],
    "reduce the middle": [PAIR, node("Unsqueeze", "t0", [2]), node("Add", "t1", [[[1.0, 2.0, 3.0]]]),
                          node("ReduceSum", "t2", [1], keepdims=0)],
    "reduce from the end": [GRID, node("ReduceSum", "t0", [-1], keepdims=1)],
    "reshape": [PAIR, node("Reshape", "t0", [2, -1])],
    "slice": [GRID, node("Slice", "t0", [1], [3], [1])],
    "slice to the end": [GRID, node("Slice", "t0", [1], [2**31], [1])],
    "sqrt": [node("Sqrt", A)],
    "squeeze": [node("Squeeze", A, [1])],
    "sub": [node("Sub", A, B)],
    "products of pairs": [PAIR, node("Unsqueeze", "t0", [2]), node("Unsqueeze", "t0", [1]), node("Mul", "t1", "t2")],
    "tree ensemble": [PAIR, node("TreeEnsemble", "t0", domain="ai.onnx.ml", **LEAVES)],
    "where": [node("Where", FLAG, A, B)],
    "where not": [node("IsNaN", A), node("Where", "t0", [[7.0]], A)],
}  # fmt: skip
numbers = st.one_of(
    st.sampled_from([0.0, -0.0, 1.0, -1.0, 0.5, 3.0, -2.0, math.inf, -math.inf, math.nan, 1e300, -800.0, 800.0]),
    st.floats(-5, 5),
)
# Of a category that is no whole number the runtime takes the whole part; no stage makes one.
wholes = st.integers(-5, 5).map(float)


def test_every_operator_has_a_case():
    assert {operator for nodes in CASES.values() for operator, *_ in nodes} == set(OPERATORS)


@pytest.mark.parametrize("name", CASES)
def test_it_is_not_left_to_the_runtime(name):
    found = interpreted(graph(*CASES[name]), USUAL | {A: 1.0, B: 2.0})
    wanted = run(typed(graph(*CASES[name])), USUAL | {A: 1.0, B: 2.0})
    assert found == pytest.approx(wanted.ravel().tolist(), rel=1e-15)
    assert [type(each) for each in found] == [type(each) for each in wanted.ravel().tolist()]


@pytest.mark.parametrize("name", CASES)
def test_whatever_the_row_holds_it_is_what_the_runtime_says(name):
    model = typed(graph(*CASES[name]))
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    interpreter = interpret(model.SerializeToString(), KINDS, ["prediction"])
    used = {each.name for each in session.get_inputs()}
    kinds = {"f": np.float64, "b": bool, "O": object}

    @example(1e300, 0.0, True, "email")
    @example(math.nan, -math.inf, False, "search")
    @example(math.inf, math.nan, False, "")
    @settings(max_examples=20)
    @given(
        numbers,
        wholes if name == "tree ensemble" else numbers,
        st.booleans(),
        st.sampled_from(["email", "search", "", "é", "\uffff"]),
    )
    def compare(a, b, flag, text):
        row = {A: a, B: b, FLAG: flag, TEXT: text}
        found = interpreter.run(list(row.values()))
        if found is None:
            return
        fed = {each: np.array([[row[each]]], kinds[KINDS[each]]) for each in used}
        wanted = session.run(["prediction"], fed)[0].ravel().tolist()
        assert list(found["prediction"]) == pytest.approx(wanted, rel=1e-13, abs=1e-300, nan_ok=True)

    compare()


SCALAR = node("Squeeze", A, [0, 1])
FAR = 2**40


@pytest.mark.parametrize(
    "nodes",
    [
        [node("Min", A)],
        [node("Min", A, B, A)],
        [node("Clip", A)],
        [node("Clip", A, np.float64(2.0))],
        [node("Clip", A, [[-1.0, 1.0]], np.float64(2.0))],
        [SCALAR, node("ArgMax", "t0", axis=0)],
        [SCALAR, node("ReduceSum", "t0", [0])],
        [SCALAR, node("CumSum", "t0", np.array(0))],
        [GRID, node("ArgMax", "t0", axis=3)],
        [GRID, node("ArgMin", "t0", axis=-3)],
        [GRID, node("ReduceSum", "t0", [3])],
        [GRID, node("ReduceMax", "t0", [FAR + 1])],
        [GRID, node("CumSum", "t0", np.array(3))],
        [GRID, node("Slice", "t0", [0], [2], [FAR])],
        [GRID, node("Slice", "t0", [0, 1], [3, 2], [1, -1])],
        [GRID, node("Unsqueeze", "t0", [FAR])],
        [GRID, node("Squeeze", "t0", [FAR])],
        [GRID, node("Gather", "t0", [0], axis=FAR)],
        [PAIR, node("Concat", "t0", A, axis=FAR)],
    ],
    ids=lambda nodes: f"{nodes[-1][0]} {nodes[-1][1][1:]} {nodes[-1][3]}",
)
def test_what_only_the_runtime_does_or_refuses_is_left_to_it(nodes):
    assert interpret(graph(*nodes).SerializeToString(), KINDS, ["prediction"]) is None
