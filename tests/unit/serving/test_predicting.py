"""``POST /predict``: what it answers, and what it says of records that do not fit."""

import json
import math

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from models.scorer.interface import Answer, Answers
from serving.app import create_app
from serving.predicting import ARROW
from tests.unit.serving.conftest import problem_of


def test_one_record_gets_label_probabilities_model_version_id_and_time(client, shop, serving, record):
    response = client.post("/predict", json=record, headers={"X-Request-Id": "order-7"})
    assert response.status_code == 200
    answer = response.json
    assert answer.pop("time_ms") >= 0
    assert answer == {
        "prediction": "buy",
        "probabilities": {"leave": 0.25, "buy": 0.75},
        "model": "funnel",
        "version": 1,
        "manifest": shop.repository.manifest("funnel", 1).digest,
        "engine": "stub",
        "warnings": [],
        "request_id": "order-7",
    }


def test_answers_of_qa_s_version_say_why_until_one_of_prod_can_answer(client, shop, registry, record):
    shop.publish(aliases=["qa"])
    registry.look()
    why = "fallback to version 1 of qa: no version is in prod"
    assert client.post("/predict", json=record).json["fallback"] == why
    assert client.post("/predict", json=[record]).json["fallback"] == why
    csv = {"data": "hits,revenue,medium,direct\n12,1.5,organic,true\n", "content_type": "text/csv"}
    assert client.post("/predict", **csv).headers["Howdah-Fallback"] == "qa"
    health = client.get("/health").json
    assert (health["status"], [(each["code"], each["message"]) for each in health["reasons"]]) == (
        "degraded",
        [("H528", why)],
    )
    assert client.get("/health/ready").status_code == 200
    shop.publish()
    registry.look()
    assert "fallback" not in client.post("/predict", json=record).json
    assert "Howdah-Fallback" not in client.post("/predict", **csv).headers
    assert client.get("/health").json["status"] == "ok"


def test_many_records_get_as_many_answers_in_order(steady_client, record):
    for body in ([record, record], {"records": [record, record]}, {"model": "funnel", "records": [record, record]}):
        answer = steady_client.post("/predict", json=body).json
        assert [one["prediction"] for one in answer["predictions"]] == ["buy", "buy"]
        assert (answer["model"], answer["version"]) == ("funnel", 1)


def test_a_regression_answers_a_number(shop, registry, client, record):
    shop.publish(prediction=17.5, probability=None, classes=())
    registry.look()
    answer = client.post("/predict", json=record).json
    assert answer["prediction"] == 17.5
    assert "probabilities" not in answer


def test_a_number_that_json_does_not_have_is_null(shop, registry, client, record):
    shop.publish(prediction=float("nan"), probability=None, classes=())
    registry.look()
    assert client.post("/predict", json=record).json["prediction"] is None


def test_the_model_is_named_in_the_address_or_in_the_body(client, two, record):
    assert client.post("/predict?model=redemption", json=record).json["model"] == "redemption"
    assert client.post("/predict", json={"model": "redemption", "record": record}).json["model"] == "redemption"


def test_several_models_and_none_named(client, two, record):
    error = problem_of(client.post("/predict", json=record), 400)
    assert (error["code"], error["hint"]) == ("H507", "add ?model= one of funnel, redemption")
    # Of two names the first one counts, also where it is blank, as at every other address.
    assert problem_of(client.post("/predict?model=&model=funnel", json=record), 400)["code"] == "H507"


def test_an_unknown_model_is_named_with_its_nearest(client, two, record):
    error = problem_of(client.post("/predict?model=funel", json=record), 404)
    assert (error["code"], error["hint"]) == ("H506", "did you mean 'funnel'?")
    assert problem_of(client.get("/models/x"), 404)["code"] == "H506"
    assert problem_of(client.get("/models/x/form"), 404)["code"] == "H506"


def test_every_wrong_field_is_named(steady_client):
    record = {"hits": None, "revenue": "2", "medium": "emial", "dirct": True}
    error = problem_of(steady_client.post("/predict", json=record), 422)
    assert error["code"] == "H508"
    assert {field["field"]: field["problem"] for field in error["fields"]} == {
        "hits": "is empty (null), and must have a value",
        "revenue": 'is the text "2", a number is needed',
        "medium": 'has the unknown category "emial"',
        "direct": "is missing",
        "dirct": "is not an input of this model",
    }
    assert 'did you mean "email"?' in [field["hint"] for field in error["fields"]]


def test_wrong_fields_of_a_batch_carry_their_record(steady_client, record):
    error = problem_of(steady_client.post("/predict", json=[record, record | {"hits": "x"}]), 422)
    assert [field["record"] for field in error["fields"]] == [1]
    assert error["message"].startswith("record 1, field 'hits'")


def test_nan_is_named_by_its_field(steady_client, record):
    body = json.dumps(record | {"revenue": float("nan")})
    error = problem_of(steady_client.post("/predict", data=body, content_type="application/json"), 422)
    assert error["fields"][0]["field"] == "revenue"


def test_an_unknown_category_is_a_warning_where_the_service_is_open(shop, make_registry, settings, record):
    shop.publish()
    registry = make_registry(accept_unknown_categories=True)
    registry.look()
    answer = create_app(registry, settings).test_client().post("/predict", json=record | {"medium": "tv"}).json
    assert answer["prediction"] == "buy"
    assert [warning["field"] for warning in answer["warnings"]] == ["medium"]


def test_a_row_that_the_model_cannot_score(steady_client, record):
    error = problem_of(steady_client.post("/predict", json=record | {"revenue": -1}), 422)
    assert (error["code"], error["message"], error["hint"]) == ("H232", "revenue is negative", "Spark fails here too")
    error = problem_of(steady_client.post("/predict", json=[record, record | {"revenue": -1}]), 422)
    assert error["message"] == "record 1: revenue is negative"


@pytest.mark.parametrize("strange", [-1.0, 2.0, 0.5, math.nan, math.inf])
def test_a_prediction_that_is_no_class_is_a_failure_of_the_model(client, serving, registry, record, strange):
    answers = [Answer(1.0), Answer(strange)]
    scorer = registry.states["funnel"].loaded.scorer
    scorer.score = lambda rows: answers[-len(rows) :]
    scorer.score_table = lambda table: Answers.of(answers[-len(table) :])
    for asked in (record, [record, record]):
        error = problem_of(client.post("/predict", json=asked), 500)
        assert (error["code"], f"the model predicts {strange}, " in error["message"]) == ("H521", True)
    sink = pa.BufferOutputStream()
    table = pa.Table.from_pylist([record, record])
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    answer = client.post("/predict", data=sink.getvalue().to_pybytes(), content_type=ARROW)
    assert problem_of(answer, 500)["code"] == "H521"
    failed = client.get("/state/funnel").json["versions"][0]["errors"]
    assert failed == {"refused": 0, "failed": 3}


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)

NAMES = st.sampled_from(["hits", "revenue", "medium", "direct", "model", "record", "records"]) | st.text(max_size=5)


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=VALUES | st.dictionaries(NAMES, VALUES, max_size=6), raw=st.none() | st.binary(max_size=30))
def test_no_body_makes_the_service_fail(client, shop, registry, value, raw):
    if not registry.states:
        shop.publish()
        registry.look()
    body = json.dumps(value).encode() if raw is None else raw
    response = client.post("/predict", data=body, content_type="application/json")
    if response.status_code != 200:
        assert response.status_code in (400, 413, 422), response.text
        problem_of(response, response.status_code)
