"""What a row's steps are, and when they are too many."""

import numpy as np
import pytest
from onnx import numpy_helper

from models.scorer.interpreter import interpret
from models.scorer.interpreter.plan import LeftError, Plan
from tests.unit.models.scorer.interpreter.test_operators import KINDS, PAIR, graph, node


def prepared(*nodes):
    return interpret(graph(*nodes).SerializeToString(), KINDS, ["prediction"])


def test_a_row_that_python_would_answer_in_another_way_is_left():
    root = prepared(node("Sqrt", "a"))
    assert root.run([0.25, 2.0, True, ""]) == {"prediction": [0.5]}
    assert root.run([-1.0, 0.0, True, ""]) is None
    assert prepared(node("Exp", "a")).run([1e3, 0.0, True, ""]) is None
    assert prepared(node("Cast", "a", to=7)).run([1e19, 0.0, True, ""]) is None


def test_an_output_that_is_not_there_is_left():
    assert interpret(graph(PAIR).SerializeToString(), KINDS, ["prediction", "refused"]) is None


def test_an_operator_that_is_not_known_is_left():
    assert prepared(node("Sin", "a")) is None


@pytest.mark.parametrize(
    "nodes",
    [
        [PAIR, node("MatMul", "t0", np.ones((2, 3000)))],
        [node("Add", "a", np.ones((100, 1))), node("Add", "t0", np.ones((1, 100)))],
        [node("Add", "a", np.ones((10_000, 1, 1))), node("Add", "t0", np.ones((10_000, 1)))],
        [PAIR] + [node("Concat", f"t{place}", f"t{place}", axis=1) for place in range(40)],
        [node("Concat", *[np.ones((1, 100))] * 60, axis=1)],
        [PAIR, node("Gather", "t0", np.zeros(6000, np.int64), axis=1)],
        [node("Identity", "a")] + [node("Identity", f"t{place}") for place in range(5000)],
        [node("Reshape", np.ones((2, 300)), [600])] + [node("Reshape", f"t{place}", [600]) for place in range(10)],
        [node("Squeeze", np.ones((1, 6000)), [0])],
    ],
    ids=["products", "a plane", "a cube", "doubled", "constants", "places", "nodes", "constant", "large constant"],
)
def test_what_takes_long_is_left(nodes):
    assert prepared(*nodes) is None


def test_the_lines_of_a_table_are_made_once():
    plan = Plan({}, {"table": np.ones((300, 2))})
    (table,) = plan._named.values()
    assert plan.lines(table, table.constant) is plan.lines(table, table.constant)


def test_a_table_without_a_number_is_not_taken_apart():
    lines = [node("Cast", "a", to=7), node("Gather", np.ones((10**9, 0)), "t0")]
    assert prepared(*lines) is None


def test_a_constant_that_a_row_may_bring_is_left():
    model = graph(node("Neg", "a"))
    model.graph.initializer.append(numpy_helper.from_array(np.array([[7.0]]), "a"))
    assert interpret(model.SerializeToString(), KINDS, ["prediction"]) is None


def test_a_change_of_shape_is_no_step():
    plan = Plan({"a": "f"}, {"two": np.array([[1.0, 2.0]])})
    (named,) = (tensor for name, tensor in plan._named.items() if name == "a")
    assert plan.take(named, named.places.reshape(1, 1, 1)).slot == named.slot
    assert plan._steps == []


def test_a_large_file_is_left_unread():
    assert interpret(bytes(3 << 20), {}, []) is None


def test_work_is_added_up():
    plan = Plan({"a": "f"}, {})
    plan.make((4000,), "f", lambda values: values[0], 4000)
    with pytest.raises(LeftError):
        plan.make((1001,), "f", lambda values: values[0], 1001)
