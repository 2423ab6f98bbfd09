"""Tensors in binary, as the protocol's extension has them, beside those in JSON."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import textwrap

import pytest

from serving.app import create_app
from serving.errors import ServingError
from serving.tensors import JSON_LENGTH, InferenceRequest, Output
from tests.unit.serving.service_process import Service, publish

TEXTS = b"\x07\0\0\0organic\x03\0\0\0cpc"
TENSORS = {
    "hits": ("INT64", struct.pack("<2q", 12, 600)),
    "revenue": ("FP32", struct.pack("<2f", 1.5, 2.5)),
    "medium": ("BYTES", TEXTS),
    "direct": ("BOOL", b"\1\0"),
}


def head(tensors=None, rows=2, **more):
    inputs = [
        {"name": name, "shape": [rows], "datatype": kind, "parameters": {"binary_data_size": len(data)}}
        for name, (kind, data) in (tensors or TENSORS).items()
    ]
    return json.dumps({"inputs": inputs, **more}).encode()


def ask(client, start, tensors=None):
    binary = b"".join(data for _, data in (tensors or TENSORS).values())
    return client.post(
        "/v2/models/funnel/infer", data=start + binary, headers={JSON_LENGTH: str(len(start))},
        content_type="application/octet-stream",
    )  # fmt: skip


def parted(response):
    """The JSON of an answer, and what follows it."""
    length = int(response.headers[JSON_LENGTH])
    return json.loads(response.data[:length]), response.data[length:]


def test_tensors_in_binary_are_answered_as_those_in_json(steady_client):
    response = ask(steady_client, head())
    assert (response.status_code, response.mimetype) == (200, "application/json"), response.text
    prediction, probabilities = response.json["outputs"]
    assert prediction["data"] == ["buy", "buy"]
    assert probabilities["data"] == [0.25, 0.75, 0.25, 0.75]


def test_all_outputs_in_binary(steady_client):
    response = ask(steady_client, head(parameters={"binary_data_output": True}))
    assert (response.status_code, response.mimetype) == (200, "application/octet-stream")
    told, binary = parted(response)
    assert told["outputs"] == [
        {"name": "prediction", "shape": [2], "datatype": "BYTES", "parameters": {"binary_data_size": 14}},
        {"name": "probabilities", "shape": [2, 2], "datatype": "FP64", "parameters": {"binary_data_size": 32}},
    ]
    assert binary == b"\x03\0\0\0buy" * 2 + struct.pack("<4d", 0.25, 0.75, 0.25, 0.75)
    assert told["parameters"]["engine"] == "stub"


@pytest.mark.parametrize(("usual", "own"), [(True, {"binary_data": False}), (False, {}), (None, None)])
def test_each_output_says_for_itself_whether_it_is_wanted_in_binary(steady_client, usual, own):
    first = {"name": "prediction"} if own is None else {"name": "prediction", "parameters": own}
    outputs = [{"name": "probabilities", "parameters": {"binary_data": True}}, first]
    response = ask(
        steady_client, head(outputs=outputs, parameters={} if usual is None else {"binary_data_output": usual})
    )
    told, binary = parted(response)
    assert [each.get("data") for each in told["outputs"]] == [["buy", "buy"], None]
    assert len(binary) == 32


@pytest.mark.parametrize(
    ("kind", "layout", "values"),
    [
        ("BOOL", "?", (True, False)), ("INT8", "b", (-128, 127)), ("UINT8", "B", (0, 255)), ("INT16", "h", (-5, 5)),
        ("UINT16", "H", (0, 65535)), ("INT32", "i", (-(2**31), 1)), ("UINT32", "I", (0, 2**32 - 1)),
        ("INT64", "q", (-(2**63), 1)), ("UINT64", "Q", (0, 2**64 - 1)), ("FP16", "e", (0.5, -2.0)),
        ("FP32", "f", (0.5, float("inf"))), ("FP64", "d", (0.1, -1e300)),
    ],
)  # fmt: skip
def test_each_datatype(kind, layout, values):
    data = struct.pack(f"<2{layout}", *values)
    start = head({"x": (kind, data)})
    assert InferenceRequest(start + data, str(len(start))).read_records(2) == [{"x": values[0]}, {"x": values[1]}]
    assert Output("x", kind, [], 2, values).pack() == data


def test_an_answer_that_is_no_number_is_nan_in_binary(shop, registry, settings):
    shop.publish(prediction=float("nan"), probability=None, classes=())
    registry.look()
    _, binary = parted(ask(create_app(registry, settings).test_client(), head(parameters={"binary_data_output": True})))
    assert [value != value for value in struct.unpack("<2d", binary)] == [True, True]


def test_a_field_that_is_wrong_is_named_as_in_json(steady_client):
    tensors = {**TENSORS, "hits": ("FP64", struct.pack("<2d", 1.5, float("nan")))}
    response = ask(steady_client, head(tensors), tensors)
    assert (response.status_code, response.json["code"]) == (422, "H508")
    assert {each["field"] for each in response.json["fields"]} == {"hits"}


def spoilt(change):
    """A request whose first input is changed so."""
    value = json.loads(head())
    value["inputs"][0] |= change
    return json.dumps(value).encode()


@pytest.mark.parametrize(
    ("start", "tensors"),
    [
        (spoilt({"parameters": {"binary_data_size": 15}}), None),
        (spoilt({"parameters": {"binary_data_size": -1}}), None),
        (spoilt({"parameters": {"binary_data_size": 2**70}}), None),
        (spoilt({"parameters": {"binary_data_size": True}}), None),
        (spoilt({"parameters": {"binary_data_size": "16"}}), None),
        (spoilt({"parameters": [16]}), None),
        (spoilt({"data": [1, 2]}), None),
        (spoilt({"datatype": "INT32"}), None),
        (head(parameters={"binary_data_output": "yes"}), None),
        (head(parameters=3), None),
        (head(outputs=[{"name": "prediction", "parameters": {"binary_data": 1}}]), None),
        (head(outputs=[{"name": "prediction", "parameters": "x"}]), None),
        (head(), {**TENSORS, "more": ("INT8", b"x")}),
        *(
            (head(changed), changed)
            for changed in (
                {**TENSORS, "medium": ("BYTES", data)}
                for data in (b"", TEXTS[:-1], TEXTS + b"x", TEXTS[:11], b"\xff" * 8, TEXTS[:-3] + b"\xff\xff\xff")
            )
        ),
    ],
)
def test_what_is_no_question(steady_client, start, tensors):
    response = ask(steady_client, start, tensors)
    assert (response.status_code, response.json["code"]) == (400, "H512"), response.text


@pytest.mark.parametrize("length", ["", "x", "-1", "1e2", "٣", "99999", "9" * 5000])
def test_a_length_that_is_none(length):
    with pytest.raises(ServingError) as caught:
        InferenceRequest(b'{"inputs": [{}]}', length)
    assert caught.value.code == "H512"


def test_rows_are_bounded_before_they_are_read(steady_client):
    response = ask(steady_client, head(rows=10**12))
    assert (response.status_code, response.json["code"]) == (422, "H509")


# -- the protocol's own client, as it stands --

CLIENT = """
import sys
import numpy as np
import tritonclient.http as http

client = http.InferenceServerClient(sys.argv[1])
assert client.is_server_live() and client.is_server_ready() and client.is_model_ready("funnel")
assert client.get_model_metadata("funnel")["versions"] == ["1"]
COLUMNS = {
    "age": np.array([30.0, 40.0]), "spend": np.array([5, 6.5], dtype=np.float32),
    "constant": np.array([[7], [7]]), "channel": np.array(["paid", "email"], dtype=object),
    "city": np.array(["city-3", "city-1"], dtype=object),
}
KINDS = {"f8": "FP64", "f4": "FP32", "i8": "INT64", "O": "BYTES"}
answers = []
for binary in (True, False):
    inputs = []
    for name, values in COLUMNS.items():
        each = http.InferInput(name, list(values.shape), KINDS[values.dtype.str.strip("<|")])
        each.set_data_from_numpy(values, binary_data=binary)
        inputs.append(each)
    named = [http.InferRequestedOutput(name, binary_data=binary) for name in ("prediction", "probabilities")]
    for outputs in (None, named):
        answer = client.infer("funnel", inputs, outputs=outputs, request_id="7")
        assert answer.get_response()["id"] == "7"
        texts = [each if isinstance(each, str) else each.decode() for each in answer.as_numpy("prediction")]
        assert texts == ["a", "b"]
        answers.append(answer.as_numpy("probabilities"))
assert all(each.shape == (2, 3) and (each == answers[0]).all() for each in answers)
try:
    client.infer("funnel", inputs[1:])
except http.InferenceServerException as error:
    assert "'age' is missing" in error.message(), error.message()
else:
    raise AssertionError("a missing input was taken")
"""


@pytest.mark.slow
@pytest.mark.skipif(
    not os.environ.get("HOWDAH_TRITON_PYTHON"), reason="no Python with tritonclient in HOWDAH_TRITON_PYTHON"
)
def test_tritonclient_works_as_it_is(tmp_path):
    publish(tmp_path / "models")
    service = Service(tmp_path / "models", tmp_path)
    try:
        done = subprocess.run(
            [os.environ["HOWDAH_TRITON_PYTHON"], "-c", textwrap.dedent(CLIENT), f"127.0.0.1:{service.port}"],
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
    finally:
        assert service.stop() == 0
    assert done.returncode == 0, done.stderr
