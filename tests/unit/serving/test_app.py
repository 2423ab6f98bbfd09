"""A reload over HTTP, and what the service counts."""

from dataclasses import replace

from serving.app import create_app
from tests.unit.serving.conftest import problem_of


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


def test_metrics_are_prometheus_text(client, serving, record):
    client.post("/predict", json=record)
    response = client.get("/metrics")
    assert response.mimetype == "text/plain"
    assert 'howdah_prediction_duration_seconds_count{model="funnel",version="1"} 1.0' in response.text
