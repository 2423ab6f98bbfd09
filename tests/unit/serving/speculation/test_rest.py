"""Groups as a client of the service sees them."""

import json
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from models.manifest import Field
from models.repository import Repository
from serving.app import create_app
from serving.settings import Settings
from serving.speculation.group import Group
from storage.local import LocalDisk

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


# -- the service as processes ------------------------------------------------------------------------------------------

FIXTURES = Path(__file__).parents[3] / "fixtures" / "spark-3.5"
CUSTOMER = {"age": 30.0, "spend": 5.0, "constant": 7.0, "channel": "paid", "city": "city-3"}
PATIENCE_S = 60.0


@pytest.fixture
def start(tmp_path):
    """Starts a program whose last argument is the file that it writes when it answers; gives process and that text."""
    processes = []

    def start(*arguments):
        ready = tmp_path / "ready"
        process = subprocess.Popen([sys.executable, *map(str, arguments), str(ready)])
        processes.append(process)
        end = time.monotonic() + PATIENCE_S
        while not ready.exists():
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.02)
        return process, ready.read_text()

    yield start
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.wait()


def ask(url, record, **headers):
    request = Request(url, json.dumps(record).encode(), {"Content-Type": "application/json", **headers})
    with urlopen(request, timeout=PATIENCE_S) as response:
        return json.load(response)


@pytest.mark.slow
def test_a_member_that_hangs_for_ever_delays_no_answer_and_not_the_end_of_the_service(shop, start, record):
    for name in ("smart", "fast"):
        shop.publish(name, prediction=name)
    program = Path(__file__).with_name("service_with_a_member_that_hangs.py")
    process, url = start(program, shop.root)
    answers = [ask(f"{url}/predict?model=group", record) for _ in range(8)]
    assert {answer["member"] for answer in answers} == {"fast"}
    reasons = [answer["group"]["reasons"] for answer in answers]
    assert reasons == [["smart: not in time"]] * 4 + [["smart: busy, 4 calls are overdue"]] * 4
    assert all(500 <= answer["time_ms"] < 5000 for answer in answers[:4])
    assert all(answer["time_ms"] < 500 for answer in answers[4:])
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE_S) == 0


@pytest.mark.slow
def test_a_canary_of_an_alias_by_the_command(tmp_path, start):
    repository = Repository(LocalDisk(durable=False), str(tmp_path / "models"))
    for alias in ("champion", "challenger"):
        with repository.stage("funnel") as staging:
            shutil.copytree(FIXTURES / "forest-categorical" / "model", staging.model_path)
            inputs = [Field(name, "double" if isinstance(value, float) else "string", example=value)
                      for name, value in CUSTOMER.items()]  # fmt: skip
            staging.publish(inputs=inputs, classes=("a", "b", "c"), metrics={}, aliases=[alias])
    groups = {
        "funnel": {
            "policy": "canary",
            "members": ["funnel", "funnel@challenger"],
            "deadline_ms": 20_000,
            "weights": {"funnel": 1, "funnel@challenger": 1},
        }
    }
    (tmp_path / "groups.json").write_text(json.dumps(groups))
    process, ready = start("-m", "howdah", "serve", "--models", tmp_path / "models", "--port", "0", "--poll-seconds",
                           "0.1", "--workers", "2", "--groups", tmp_path / "groups.json", "--ready-file")  # fmt: skip
    url = json.loads(ready)["url"]

    def version(key):
        return ask(f"{url}/predict?model=funnel", CUSTOMER, **{"X-Request-Key": key})["version"]

    first = {f"user-{number}": version(f"user-{number}") for number in range(20)}
    assert set(first.values()) == {1, 2}
    assert {key: version(key) for key in first} == first
    with urlopen(f"{url}/groups/funnel", timeout=PATIENCE_S) as response:  # whichever of the two workers answers
        assert json.load(response)["counts"]["requests"] == 40
    repository.set_alias("funnel", "challenger", 1)
    end = time.monotonic() + PATIENCE_S
    while {version(key) for key in first for _ in range(2)} != {1}:
        assert time.monotonic() < end
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE_S) == 0
