"""Streams of Arrow's in and out, and everything that could be in one."""

from dataclasses import replace

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from serving.app import create_app
from serving.arrow_form import read_table
from serving.errors import ServingError

ARROW = "application/vnd.apache.arrow.stream"
COLUMNS = {"hits": [12, 600], "revenue": [1.5, None], "medium": ["organic", None], "direct": [True, False]}


def stream(columns=None, options=None, **changed):
    table = (
        columns if isinstance(columns, pa.Table) else pa.table({**COLUMNS, **changed} if columns is None else columns)
    )
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=options) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


@pytest.fixture
def client(shop, registry, settings):
    shop.publish()
    registry.look()
    return create_app(registry, replace(settings, max_body_bytes=200_000)).test_client()


def ask(client, data):
    return client.post("/predict", data=data, content_type=ARROW)


def problem_of(response, status):
    assert response.status_code == status, response.text
    return response.json["error"]


def test_columns_are_answered_by_columns(client, shop):
    response = ask(client, stream())
    assert (response.status_code, response.mimetype) == (200, ARROW)
    with pa.ipc.open_stream(response.data) as reader:
        answer = reader.read_all()
    assert answer.to_pydict() == {
        "prediction": ["buy", "buy"],
        "probability.leave": [0.25, 0.25],
        "probability.buy": [0.75, 0.75],
    }
    digest = shop.repository.manifest("funnel", 1).digest
    assert answer.schema.metadata[b"Howdah-Manifest"].decode() == response.headers["Howdah-Manifest"] == digest
    assert (response.headers["Howdah-Version"], response.headers["Howdah-Warnings"]) == ("1", "1")


def test_a_regression_has_only_its_number_and_null_for_what_is_none(shop, registry, client):
    shop.publish(prediction=float("nan"), probability=None, classes=())
    registry.look()
    with pa.ipc.open_stream(ask(client, stream()).data) as reader:
        assert reader.read_all().to_pydict() == {"prediction": [None, None]}


@pytest.mark.parametrize(
    "changed",
    [
        {"hits": pa.array([12, 3], pa.int8())},
        {"hits": pa.array([12.0, 3.0])},
        {"revenue": pa.array([1, 2], pa.int32())},
        {"revenue": pa.nulls(2)},
        {"medium": pa.array(["cpc", "email"]).dictionary_encode()},
        {"medium": pa.array(["cpc", "email"], pa.large_string())},
    ],
)
def test_types_that_mean_the_same(steady_client, changed):
    assert ask(steady_client, stream(**changed)).status_code == 200


@pytest.mark.parametrize(
    ("changed", "record", "problem"),
    [
        ({"hits": [12, None]}, 1, "is empty (null), and must have a value"),
        ({"hits": pa.array([1.5, 2.0])}, None, "does not fit int64"),
        ({"hits": pa.array([2**64 - 1, 0], pa.uint64())}, None, "does not fit int64"),
        ({"hits": ["x", "y"]}, None, "is a column of string, int64 is needed"),
        ({"hits": [True, False]}, None, "is a column of bool, int64 is needed"),
        ({"revenue": [1.0, float("inf")]}, 1, "is not a finite number"),
        ({"revenue": [float("nan"), 1.0]}, 0, "is not a finite number"),
        ({"medium": ["cpc", "emial"]}, 1, 'has the unknown category "emial"'),
        ({"medium": ["cpc", "x" * 10_001]}, 1, "has more than 10000 characters"),
        ({"medium": pa.array(["x" * 10_001] * 2).dictionary_encode()}, None, "has more than 10000 characters"),
        ({"direct": [1, 0]}, None, "is a column of int64, bool is needed"),
        ({"dirct": [1, 0]}, None, "is not an input of this model"),
    ],
)
def test_what_does_not_fit_is_named_by_field_and_first_record(steady_client, changed, record, problem):
    error = problem_of(ask(steady_client, stream(**changed)), 422)
    (field,) = error["fields"]
    assert (error["code"], field["field"], field.get("record")) == ("H508", *changed, record)
    assert field["problem"].startswith(problem)


def test_a_missing_column(steady_client):
    columns = {name: values for name, values in COLUMNS.items() if name != "direct"}
    error = problem_of(ask(steady_client, stream(columns)), 422)
    assert [(field["field"], field["problem"]) for field in error["fields"]] == [("direct", "is missing")]


def test_an_unknown_category_is_a_warning_where_the_service_is_open(shop, make_registry, settings):
    shop.publish()
    registry = make_registry(accept_unknown_categories=True)
    registry.look()
    client = create_app(registry, settings).test_client()
    response = ask(client, stream(medium=["tv", "cpc"], hits=[1, 2]))
    assert (response.status_code, response.headers["Howdah-Warnings"]) == (200, "1")


def test_a_row_that_the_model_cannot_score(steady_client):
    columns = {name: [values[0]] * 30 for name, values in COLUMNS.items()}
    columns["revenue"][17] = -1.0
    assert problem_of(ask(steady_client, stream(columns)), 422)["message"] == "record 17: revenue is negative"


@pytest.mark.parametrize("codec", ["lz4", "zstd"])
def test_what_is_compressed_is_not_expanded(steady_client, codec):
    options = pa.ipc.IpcWriteOptions(compression=codec)
    table = pa.table({"hits": pa.array([0] * 1_000_000)})
    error = problem_of(ask(steady_client, stream(table, options)), 400)
    assert (error["code"], "compressed" in error["message"]) == ("H538", True)
    listed = pa.table({"medium": pa.array(["x" * 100_000]).dictionary_encode()})
    assert "compressed" in problem_of(ask(steady_client, stream(listed, options)), 400)["message"]


def test_what_says_of_itself_in_the_old_way_that_it_is_compressed_is_not_expanded(steady_client):
    batch = pa.record_batch({"medium": ["cpc"]})
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(metadata_version=pa.ipc.MetadataVersion.V4)
    with pa.ipc.new_stream(sink, batch.schema, options=options) as writer:
        writer.write_batch(batch, custom_metadata={"ARROW:experimental_compression": "zstd"})
    error = problem_of(ask(steady_client, sink.getvalue().to_pybytes()), 400)
    assert (error["code"], "it is compressed" in error["message"]) == ("H538", True)


def test_a_long_text_of_a_dictionary_is_not_copied_for_every_row():
    listed = pa.table({"medium": pa.DictionaryArray.from_arrays(pa.array([0] * 8_000, pa.int8()), ["x" * 10_000])})
    with pytest.raises(ServingError, match="its dictionaries mean 80000000 bytes of texts") as caught:
        read_table(stream(listed), 10_000)
    assert caught.value.code == "H538"


@pytest.mark.parametrize(
    "column",
    [
        pa.array([[1], [2]]),
        pa.array([{"a": 1}, {"a": 2}]),
        pa.array(["a", "b"], pa.string_view()),
        pa.RunEndEncodedArray.from_arrays([2], [7]),
        pa.array([b"a", b"b"]),
        pa.array([1, 2]).dictionary_encode(),
        pa.array([1, 2], pa.decimal128(5)),
    ],
)
def test_types_that_are_not_taken(steady_client, column):
    assert problem_of(ask(steady_client, stream({"hits": column})), 400)["code"] == "H538"


def test_many_rows_in_few_bytes(steady_client):
    assert problem_of(ask(steady_client, stream({"hits": pa.nulls(10**9)})), 422)["code"] == "H509"
    empty = stream({"hits": pa.array([], pa.int64())})
    assert problem_of(ask(steady_client, empty), 400)["code"] == "H512"


@pytest.mark.parametrize("data", [b"", b"{}", b"ARROW1\0\0", b"\xff" * 64, stream()[:100], stream()[:-60]])
def test_what_is_no_stream(steady_client, data):
    assert problem_of(ask(steady_client, data), 400)["code"] in ("H538", "H512")


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_damaged_stream_makes_nothing_fail(steady_client, data):
    sent = bytearray(stream(medium=pa.array(["cpc", "email"]).dictionary_encode()))
    for _ in range(data.draw(st.integers(1, 4))):
        sent[data.draw(st.integers(0, len(sent) - 1))] = data.draw(st.integers(0, 255))
    response = ask(steady_client, bytes(sent[: data.draw(st.sampled_from([len(sent), len(sent) // 2]))]))
    assert response.status_code in (200, 400, 413, 422), response.text
