"""The service's addresses: what they answer, and every way to be refused."""

import io
import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from serving.app import create_app


@pytest.fixture
def client(registry, settings):
    return create_app(registry, settings).test_client()


@pytest.fixture
def serving(shop, registry):
    shop.publish()
    registry.look()


@pytest.fixture
def two(shop, registry):
    shop.publish("funnel")
    shop.publish("redemption")
    registry.look()


def problem_of(response, status):
    """The error of a response, after the checks that hold for every refusal."""
    assert response.status_code == status, response.text
    assert response.mimetype == "application/json"
    assert "Traceback" not in response.text
    assert response.json["request_id"] == response.headers["X-Request-Id"]
    error = response.json["error"]
    assert set(error) == {"code", "message", "hint", "fields"}
    assert "\n" not in error["message"]
    return error


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


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"{", "H501"), (b"\xff{}", "H501"), (b"[" * 15_000, "H501"), (b'{"a":1,"a":2}', "H501"), (b"3", "H512")],
)
def test_bodies_that_are_no_question(steady_client, body, code):
    error = problem_of(steady_client.post("/predict", data=body, content_type="application/json"), 400)
    assert error["code"] == code


def test_too_many_records(steady_client):
    assert problem_of(steady_client.post("/predict", json=[{}] * 51), 413)["code"] == "H509"


def test_a_body_that_is_too_large_is_not_read(steady_client):
    class Unread:
        def read(self, *_):
            raise AssertionError("the body was read")

    unread = {"wsgi.input": Unread(), "CONTENT_LENGTH": "100000000"}
    response = steady_client.post("/predict", content_type="application/json", environ_overrides=unread)
    assert problem_of(response, 413)["code"] == "H502"


def test_a_body_that_ends_too_early(steady_client):
    cut = {"wsgi.input": io.BytesIO(b'{"hits": 1}'), "CONTENT_LENGTH": "50"}
    response = steady_client.post("/predict", content_type="application/json", environ_overrides=cut)
    assert problem_of(response, 408)["code"] == "H514"


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/json; charset=utf-16"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
        {},
    ],
)
def test_other_kinds_of_body(steady_client, headers):
    assert problem_of(steady_client.post("/predict", data=b"{}", headers=headers), 415)["code"] == "H503"


def test_other_methods_and_addresses(steady_client):
    response = steady_client.get("/predict")
    assert problem_of(response, 405)["code"] == "H505"
    assert "POST" in response.headers["Allow"]
    assert problem_of(steady_client.delete("/models/funnel"), 405)["code"] == "H505"
    assert problem_of(steady_client.get("/nothing"), 404)["code"] == "H504"
    assert problem_of(steady_client.get("/static/../app.py"), 404)["code"] == "H504"
    assert problem_of(steady_client.get("/static/%2e%2e/app.py"), 404)["code"] == "H504"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8500", "127.0.0.1.evil.example", "10.0.0.1", ""])
def test_a_name_that_is_not_this_services(steady_client, host):
    assert problem_of(steady_client.get("/models", headers={"Host": host}), 400)["code"] == "H510"


@pytest.mark.parametrize("host", ["localhost", "localhost:8500", "127.0.0.1:1", "[::1]:8500", "app.localhost"])
def test_names_of_loopback(steady_client, host):
    assert steady_client.get("/models", headers={"Host": host}).status_code == 200


def test_a_failure_of_the_service_is_said_without_its_insides(client, serving, registry, record, caplog):
    registry.states["funnel"].loaded.scorer.score = lambda rows: 1 / 0
    error = problem_of(client.post("/predict", json=record), 500)
    assert error["code"] == "H500"
    assert "ZeroDivision" not in error["message"]
    assert "ZeroDivisionError" in caplog.text


def test_a_strange_request_id_is_replaced(steady_client):
    given = steady_client.get("/health", headers={"X-Request-Id": "x" * 200}).headers["X-Request-Id"]
    assert len(given) == 32


def test_without_a_model_the_service_says_why(client, registry, source, record):
    registry.look()
    error = problem_of(client.post("/predict", json=record), 503)
    assert (error["code"], error["message"]) == ("H511", "no model was published in repository yet")
    health = client.get("/health")
    assert (health.status_code, health.json["status"]) == (503, "unavailable")
    assert client.get("/health/ready").status_code == 503
    assert client.get("/health/live").status_code == 200
    assert "No model yet" in client.get("/").text
    source.is_away = True
    registry.look()
    error = problem_of(client.post("/predict", json=record), 503)
    assert "hw1:9870 does not answer" in error["message"]


def test_a_model_without_a_good_version_says_why(shop, client, registry, record):
    shop.publish()
    shop.spoil(1)
    registry.look()
    error = problem_of(client.post("/predict", json=record), 503)
    assert "version 1 cannot serve" in error["message"]
    page = client.get("/").text
    assert "no version" in page
    assert "SHA-256" in page


def test_health_is_ok_then_degraded_with_its_reasons(shop, client, registry, source):
    shop.publish()
    registry.look()
    assert client.get("/health").json == {
        "status": "ok",
        "reasons": [],
        "models": [{"name": "funnel", "state": "serving", "version": 1}],
    }
    shop.publish()
    shop.spoil(2)
    registry.look()
    source.is_away = True
    registry.look()
    response = client.get("/health")
    assert (response.status_code, response.json["status"]) == (200, "degraded")
    assert [(reason["about"], reason["code"]) for reason in response.json["reasons"]] == [
        ("repository", "H104"),
        ("funnel", "H204"),
    ]
    assert client.get("/health/ready").status_code == 200


def test_a_named_model_that_is_missing_makes_the_service_not_ready(shop, make_registry, settings):
    shop.publish()
    registry = make_registry(only=("funnel", "redemption"))
    registry.look()
    client = create_app(registry, settings).test_client()
    assert client.get("/health").status_code == 503
    assert client.get("/health").json["reasons"][0]["message"] == "no version of 'redemption' was published yet"


def test_models_are_listed_with_what_matters(client, two):
    listed = client.get("/models").json
    assert [model["name"] for model in listed["models"]] == ["funnel", "redemption"]
    assert listed["sources"][0]["state"] == "ok"
    model = client.get("/models/funnel").json
    assert (model["version"], model["versions"], model["classes"]) == (1, [1], ["leave", "buy"])
    assert model["metrics"] == {"accuracy": 0.8}
    assert model["inputs"][0]["name"] == "hits"
    assert model["notices"] == []


def test_a_reload_answers_when_the_new_version_serves(shop, make_registry, settings, record):
    shop.publish()
    registry = make_registry(poll_s=3600)
    registry.start(wait_s=5)
    client = create_app(registry, settings).test_client()
    shop.publish()
    assert client.post("/predict", json=record).json["version"] == 1
    answer = client.post("/models/funnel/reload").json
    assert (answer["model"], answer["version"]) == ("funnel", 2)
    assert answer["manifest"] == shop.repository.manifest("funnel", 2).digest
    assert client.post("/predict", json=record).json["version"] == 2
    assert problem_of(client.post("/models/x/reload"), 404)["code"] == "H506"
    registry.stop()


def test_a_reload_says_why_the_new_version_does_not_serve_and_tries_again(shop, make_registry, settings, source):
    shop.publish()
    registry = make_registry(poll_s=3600)
    registry.start(wait_s=5)
    client = create_app(registry, settings).test_client()
    shop.publish()
    whole = (shop.root / "funnel" / "2" / "spark" / "answer.json").read_text()
    shop.spoil(2)
    for _ in range(3):
        error = problem_of(client.post("/models/funnel/reload"), 409)
        assert error["code"] == "H526"
        assert error["message"].endswith("version 1 goes on answering")
    shop.spoil(2, text=whole)
    assert client.post("/models/funnel/reload").json["version"] == 2
    source.is_away = True
    error = problem_of(client.post("/models/funnel/reload"), 503)
    assert (error["code"], "hw1:9870 does not answer" in error["message"]) == ("H527", True)
    registry.stop()


def test_a_reload_that_a_worker_does_not_follow_says_so(serving, registry, settings):
    client = create_app(registry, replace(settings, reload_timeout_s=0.01)).test_client()  # nobody watches
    assert problem_of(client.post("/models/funnel/reload"), 503)["message"] == "1 workers have not looked yet"


def test_the_state_of_a_model_says_how_often_and_how_fast_each_version_answered(shop, registry, client, record):
    shop.publish(description="Who buys.")
    registry.look()
    state = client.get("/state/funnel").json
    assert (state["usage"], state["duration_ms"], state["min_ms"], state["p99_ms"]) == (0, None, None, None)
    for _ in range(3):
        client.post("/predict", json=[record, record])
    client.post("/predict", json={"hits": 1})
    client.post("/predict", json=record | {"revenue": -1})
    shop.publish(prediction="failure", inputs=())
    registry.look()
    shop.publish(classes=(), prediction=2.5, probability=None)
    registry.look()
    registry.states["funnel"].loaded.scorer.score = lambda rows: 1 / 0
    client.post("/predict", json=record)
    state = client.get("/state/funnel").json
    assert (state["name"], state["description"], state["type"], state["version"]) == ("funnel", "", "regression", 3)
    first, last = state["versions"]
    assert (first["version"], first["usage"], first["records"]) == (1, 3, 6)
    assert first["errors"] == {"refused": 2, "failed": 0}
    assert 0 < first["min_ms"] <= first["duration_ms"] <= first["max_ms"]
    assert sum(step["answers"] for step in first["latency"]) == 3
    assert first["since"] == "2026-11-21T09:00:00.000Z"
    assert (last["version"], last["usage"], last["errors"]) == (3, 0, {"refused": 0, "failed": 1})
    assert (state["usage"], state["errors"]) == (3, {"refused": 2, "failed": 1})
    assert problem_of(client.get("/state/x"), 404)["code"] == "H506"


def test_metrics_are_prometheus_text(client, serving, record):
    client.post("/predict", json=record)
    response = client.get("/metrics")
    assert response.mimetype == "text/plain"
    assert 'howdah_prediction_duration_seconds_count{model="funnel",version="1"} 1.0' in response.text


def test_no_answer_is_guessed_to_be_of_another_kind(steady_client):
    for address in ("/", "/models", "/nothing", "/static/page.css"):
        with steady_client.get(address) as response:
            assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_every_page_carries_its_policy(steady_client):
    for address in ("/", "/models/funnel/form", "/static/page.css"):
        with steady_client.get(address) as response:
            headers = response.headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy


def test_pages_elsewhere_cannot_read_the_answers(steady_client):
    assert (
        "Access-Control-Allow-Origin"
        not in steady_client.get("/models", headers={"Origin": "http://evil.example"}).headers
    )


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
