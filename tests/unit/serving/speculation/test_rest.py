"""Groups as a client of the service sees them."""

from dataclasses import replace

import pytest

from serving.app import create_app
from serving.settings import Settings
from serving.speculation.group import Group

GROUP = Group("purchase", "smart-or-fast", ("smart", "fast"), 10.0, description="does a session buy")


@pytest.fixture
def make_client(team):
    def make(*groups):
        return create_app(team.registry, replace(Settings(), groups=groups), statistics=team.statistics).test_client()

    return make


@pytest.fixture
def client(team, make_client):
    team.publish("smart", team.says(1, 0.2, 0.8))
    team.publish("fast", team.says(0, 0.6, 0.4))
    return make_client(GROUP)


def test_a_group_is_asked_like_a_model(client, record):
    for response in (
        client.post("/predict?model=purchase", json=record),
        client.post("/predict", json={"model": "purchase", "record": record}),
    ):
        assert response.status_code == 200
        answer = response.json
        assert (answer["prediction"], answer["model"], answer["version"]) == ("buy", "smart", 1)
        assert (answer["group"]["name"], answer["group"]["degraded"]) == ("purchase", False)
        assert answer["request_id"] == response.headers["X-Request-Id"]
        assert answer["time_ms"] > 0


def test_many_records_and_models_beside_the_groups(client, record):
    answer = client.post("/predict?model=purchase", json=[record, record]).json
    assert [(one["prediction"], one["version"]) for one in answer["predictions"]] == [("buy", 1)] * 2
    plain = client.post("/predict?model=fast", json=record).json
    assert plain["prediction"] == "leave"
    assert "group" not in plain


def test_a_group_may_take_the_name_of_a_model(team, make_client, client, record):
    group = replace(GROUP, name="fast", members=("smart", "fast"))
    answer = make_client(group).post("/predict?model=fast", json=record).json
    assert answer["group"]["name"] == "fast"


def test_a_group_is_asked_in_json_alone(client):
    response = client.post("/predict?model=purchase", data=b"hits\n1\n", content_type="text/csv")
    assert (response.status_code, response.json["error"]["code"]) == (415, "H503")


def test_the_key_of_a_canary_is_a_header(team, make_client, client, record):
    canary = Group("canary", "canary", ("smart", "fast"), 10.0, weights={"smart": 1, "fast": 1})
    client = make_client(canary)

    def drawn(headers):
        return client.post("/predict?model=canary", json=record, headers=headers).json["model"]

    assert {drawn({"X-Request-Key": "user-1"}) for _ in range(8)} == {drawn({"X-Request-Key": "user-1"})}
    assert {drawn({"X-Request-Key": f"user-{number}"}) for number in range(30)} == {"smart", "fast"}
    assert {drawn({}) for _ in range(30)} == {"smart", "fast"}


def test_a_group_without_an_answer_is_unavailable(team, make_client, record):
    response = make_client(GROUP).post("/predict?model=purchase", json=record)
    assert response.status_code == 503
    error = response.json["error"]
    assert error["code"] == "H561"
    assert "smart: has no version to answer with" in error["message"]


def test_records_that_do_not_fit(client):
    response = client.post("/predict?model=purchase", json={"hits": "many"})
    assert (response.status_code, response.json["error"]["code"]) == (422, "H508")


def test_the_groups_are_told(client, record):
    assert client.post("/predict?model=purchase", json=record).status_code == 200
    (told,) = client.get("/groups").json["groups"]
    assert told.keys() == client.get("/groups/purchase").json.keys()
    assert (told["policy"], told["deadline_ms"], told["problem"]) == ("smart-or-fast", 10_000.0, None)
    assert [member["version"] for member in told["members"]] == [1, 1]
    assert told["worker"]["requests"] == 1


def test_an_unknown_group(client):
    response = client.get("/groups/purchas")
    assert (response.status_code, response.json["error"]["hint"]) == (404, "did you mean 'purchase'?")


def test_without_groups_there_are_none(team, make_client):
    assert make_client().get("/groups").json == {"groups": []}
