"""Groups as a client of the service sees them."""

import json
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


SHEET = b"hits,revenue,medium,direct\n12,1.5,organic,true\n13,2,cpc,false\n"


def test_a_group_answers_a_csv_with_the_member_of_each_row_and_what_each_said(client):
    response = client.post("/predict?model=purchase", data=SHEET, content_type="text/csv")
    assert response.status_code == 200, response.text
    header, *rows = response.text.splitlines()
    assert header.startswith(
        "hits,revenue,medium,direct,prediction,probability.leave,probability.buy,member,vote.smart"
    )
    assert [row.split(",")[4:9] for row in rows] == [["buy", "0.2", "0.8", "smart", "buy"]] * 2
    told = response.headers
    assert (told["Howdah-Group"], told["Howdah-Degraded"]) == ("purchase", "false")
    smart = json.loads(told["Howdah-Members"])[0]
    assert (smart["member"], smart["version"], smart["state"], smart["latency_ms"] >= 0) == (
        "smart",
        1,
        "answered",
        True,
    )
    response = client.post("/predict?model=purchase", data=b"hits\nmany\n", content_type="text/csv")
    assert (response.status_code, response.json["error"]["fields"][0]["line"]) == (422, 2)


def test_a_default_in_a_csv_has_no_probabilities(team, make_client):
    team.publish("smart", team.dies)
    group = replace(GROUP, members=("smart", "none"), default="leave")
    response = make_client(group).post("/predict?model=purchase", data=SHEET, content_type="text/csv")
    assert response.text.splitlines()[1] == "12,1.5,organic,true,leave,"
    assert response.headers["Howdah-Degraded"] == "true"


def test_no_arrow_stream_is_asked_of_a_group(client):
    kind = "application/vnd.apache.arrow.stream"
    response = client.post("/predict?model=purchase", data=b"", content_type=kind)
    assert (response.status_code, response.json["error"]["code"]) == (415, "H503")


def columns_of(record, rows=2):
    kinds = {"hits": "INT64", "revenue": "FP64", "medium": "BYTES", "direct": "BOOL"}
    return [{"name": name, "shape": [rows], "datatype": kind, "data": [record[name]] * rows}
            for name, kind in kinds.items()]  # fmt: skip


def test_to_a_client_of_the_inference_protocol_a_group_is_a_model_without_versions(client, record):
    told = client.get("/v2/models/purchase").json
    assert (told["name"], told["versions"], told["platform"]) == ("purchase", [], "howdah_group")
    assert [each["name"] for each in told["inputs"]] == list(record)
    assert [each["name"] for each in told["outputs"]] == ["prediction", "probabilities"]
    assert client.get("/v2/models/purchase/ready").json["ready"] is True
    answer = client.post("/v2/models/purchase/infer", json={"id": "7", "inputs": columns_of(record)}).json
    assert (answer["model_name"], answer["id"], "model_version" in answer) == ("purchase", "7", False)
    assert answer["outputs"] == [
        {"name": "prediction", "shape": [2], "datatype": "BYTES", "data": ["buy", "buy"]},
        {"name": "probabilities", "shape": [2, 2], "datatype": "FP64", "data": [0.2, 0.8, 0.2, 0.8]},
    ]
    parameters = answer["parameters"]
    assert (parameters["policy"], parameters["degraded"], parameters["reasons"]) == ("smart-or-fast", False, "[]")
    assert json.loads(parameters["answered_by"]) == ["smart", "smart"]
    smart = json.loads(parameters["members"])[0]
    assert (smart["member"], smart["version"], smart["votes"]) == ("smart", 1, ["buy", "buy"])
    assert all(isinstance(each, (str, int, float)) for each in parameters.values())


def test_by_the_inference_protocol_a_version_is_the_model_s_and_a_refusal_one_text(team, make_client, client, record):
    client = make_client(replace(GROUP, name="fast"), replace(GROUP, name="none", members=("none", "nobody")))
    asked = {"inputs": columns_of(record)}
    assert "policy" in client.post("/v2/models/fast/infer", json=asked).json["parameters"]
    assert client.post("/v2/models/fast/versions/1/infer", json=asked).json["model_version"] == "1"
    response = client.post("/v2/models/none/infer", json=asked)
    assert (response.status_code, response.json["code"]) == (503, "H561")
    assert "nobody: has no version to answer with" in response.json["error"]
    assert client.get("/v2/models/none/ready").status_code == 503


def test_a_default_and_members_whose_classes_stand_otherwise_by_the_inference_protocol(team, make_client, record):
    team.publish("smart", team.dies)
    team.publish("fast", team.says(0, 0.6, 0.4), classes=("buy", "leave"))
    asked = {"inputs": columns_of(record, rows=1)}
    outputs = make_client(GROUP).post("/v2/models/purchase/infer", json=asked).json["outputs"]
    assert [each["data"] for each in outputs] == [["buy"], [0.4, 0.6]]
    team.plays["fast"] = team.dies
    answer = make_client(replace(GROUP, default="leave")).post("/v2/models/purchase/infer", json=asked).json
    assert [each["data"] for each in answer["outputs"]] == [["leave"]]
    assert answer["parameters"]["degraded"] is True


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
    assert told["counts"]["requests"] == 1


def test_prometheus_is_told_too(team, client, record):
    client.post("/predict?model=purchase", json=record)
    text = client.get("/metrics").text
    assert 'howdah_group_requests_total{group="purchase"} 1.0' in text
    assert 'howdah_group_outcomes_total{group="purchase",outcome="degraded"} 0.0' in text
    assert 'howdah_group_calls_total{end="in_time",group="purchase",member="smart",version="1"} 1.0' in text


def test_a_member_that_is_not_there_is_a_reason_of_health(make_client, client):
    assert client.get("/health").json["status"] == "ok"
    health = make_client(replace(GROUP, members=("smart", "slow"))).get("/health")
    assert (health.status_code, health.json["status"]) == (200, "degraded")
    (reason,) = health.json["reasons"]
    assert (reason["about"], reason["code"]) == ("purchase", "H511")
    assert reason["message"] == "slow: has no version to answer with"


def test_an_unknown_group(client):
    response = client.get("/groups/purchas")
    assert (response.status_code, response.json["error"]["hint"]) == (404, "did you mean 'purchase'?")


def test_without_groups_there_are_none(team, make_client):
    assert make_client().get("/groups").json == {"groups": []}
