"""What the service says of itself."""

from serving.app import create_app
from tests.unit.serving.conftest import problem_of


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
