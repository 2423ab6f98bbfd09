"""What is read of an ONNX file, against onnx's own reading."""

import random
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from models.scorer.compiler.pipeline import compile_model
from models.scorer.onnx_file import UnreadableError, read_graph

FIXTURES = Path(__file__).parents[3] / "fixtures" / "spark-3.5"


def same(read, wanted):
    if isinstance(read, np.ndarray):
        return np.array_equal(read, wanted, equal_nan=read.dtype.kind == "f")
    return type(read) is type(wanted) and read == wanted


def attribute(told):
    value = helper.get_attribute_value(told)
    if isinstance(value, onnx.TensorProto):
        return numpy_helper.to_array(value)
    return np.asarray(value) if isinstance(value, list) else value


@pytest.mark.parametrize("case", ["forest-categorical", "logistic-multinomial", "tree-categorical"])
def test_it_reads_what_onnx_reads(case):
    made = compile_model(FIXTURES / case / "model")
    wanted, read = onnx.load_from_string(made).graph, read_graph(made)
    assert [(each.operator, list(each.inputs), [each.output]) for each in read.nodes] == [
        (each.op_type, list(each.input), list(each.output)) for each in wanted.node
    ]
    for node, own in zip(wanted.node, read.nodes, strict=True):
        assert {each.name for each in node.attribute} == own.attributes.keys()
        assert all(same(own.attributes[each.name], attribute(each)) for each in node.attribute)
    assert {each.name for each in wanted.initializer} == read.constants.keys()
    assert all(same(read.constants[each.name], numpy_helper.to_array(each)) for each in wanted.initializer)


def file_of(node, *constants):
    return helper.make_model(helper.make_graph([node], "model", [], [], list(constants))).SerializeToString()


@pytest.mark.parametrize(
    "model",
    [
        b"",
        b"\xff" * 20,
        b"\x08\x09",
        file_of(helper.make_node("Add", ["a"], ["b"], alpha=0.5)),
        file_of(helper.make_node("Add", ["a"], ["b"], names=["x", "y"])),
        file_of(helper.make_node("Split", ["a"], ["b", "c"])),
        file_of(helper.make_node("Add", ["a"], ["b"]), helper.make_tensor("c", onnx.TensorProto.FLOAT, [1], [1.0])),
        file_of(helper.make_node("Add", ["a"], ["b"]), helper.make_tensor("c", onnx.TensorProto.DOUBLE, [1], [1.0])),
        file_of(helper.make_node("Add", ["a"], ["b"])) * 2,
    ],
    ids=["empty", "cut off", "no graph", "a real", "texts", "two outputs", "halves", "not raw", "two graphs"],
)
def test_what_no_graph_of_ours_says_is_not_read(model):
    with pytest.raises(UnreadableError):
        read_graph(model)


@pytest.mark.parametrize("count", [0, 1, 2, 500])
def test_numbers_of_every_width_are_read(count):
    source = random.Random(count)
    numbers = [source.choice([1, -1]) * source.getrandbits(source.randrange(1, 64)) for _ in range(count)]
    numbers += [0, 64, 127, 128, -1, 2**63 - 1, -(2**63)]
    (node,) = read_graph(file_of(helper.make_node("Add", ["a"], ["b"], axes=numbers, last=7))).nodes
    assert node.attributes["axes"].tolist() == numbers
    assert node.attributes["last"] == 7


def test_an_attribute_is_given_once():
    node = helper.make_node("Add", ["a"], ["b"], axes=[1])
    node.attribute.append(helper.make_attribute("axes", [2]))
    with pytest.raises(UnreadableError, match="given twice"):
        read_graph(file_of(node))


def test_a_tensor_is_as_long_as_it_says():
    short = onnx.TensorProto(name="c", data_type=onnx.TensorProto.DOUBLE, dims=[3], raw_data=bytes(16))
    with pytest.raises(UnreadableError, match="not as long as it says"):
        read_graph(file_of(helper.make_node("Add", ["a"], ["b"]), short))


def test_a_damaged_file_is_read_or_refused():
    made, source, refused = compile_model(FIXTURES / "logistic-binary" / "model"), random.Random(1), 0
    for _ in range(300):
        damaged = bytearray(made)
        for _ in range(source.randrange(1, 4)):
            damaged[source.randrange(len(damaged))] = source.randrange(256)
        try:
            read_graph(bytes(damaged[: source.choice([len(damaged), source.randrange(len(damaged))])]))
        except UnreadableError:
            refused += 1
    assert refused > 50


def cast_to(number):
    """A graph of one node that casts, with the bytes of its number as they are."""
    attribute = b"\x0a\x02to\x18" + number
    node = b"\x0a\x01a\x12\x01b\x22\x04Cast\x2a" + bytes([len(attribute)]) + attribute
    return b"\x3a" + bytes([2 + len(node), 0x0A, len(node)]) + node


def test_a_number_has_64_bits():
    (node,) = read_graph(cast_to(b"\xff" * 9 + b"\x01")).nodes
    assert node.attributes == {"to": -1}
    for number in (b"\x80" * 9 + b"\x02", b"\xff" * 9 + b"\x7f", b"\x80" * 10 + b"\x00"):
        with pytest.raises(UnreadableError, match="too long"):
            read_graph(cast_to(number))
