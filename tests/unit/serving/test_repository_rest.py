"""The words of howdah models over HTTP, by a real repository's own account."""

import hashlib
import json
import time
from dataclasses import replace

import pytest

from models.repository import Repository
from serving.app import create_app
from serving.registry import Registry
from serving.settings import Settings
from storage.local import LocalDisk
from tests.unit.serving.service_process import CASES, RECORD, publish


@pytest.fixture
def make_client(shop, source, registry, settings, tmp_path):
    def make(*, tokens=True, registry=registry, **changed):
        path = tmp_path / "tokens"
        lines = (("web", "predict", "s3cret"), ("ann", "admin", "hunter2"))
        path.write_text(
            "".join(f"{name} {role} {hashlib.sha256(it.encode()).hexdigest()}\n" for name, role, it in lines)
        )
        chosen = replace(settings, tokens=path if tokens else None, **changed)
        app = create_app(registry, chosen, open_sources=lambda: {"repository": _open(shop, source)})
        client = app.test_client()
        if tokens:
            client.environ_base["HTTP_AUTHORIZATION"] = "Bearer hunter2"
        return client

    return make


def _open(shop, source):
    _ = source.names  # raises while it is away
    return Repository(LocalDisk(durable=False), str(shop.root))


@pytest.fixture
def client(make_client):
    return make_client()


@pytest.fixture
def three(shop):
    publish_three(shop)


def publish_three(shop):
    for accuracy in (0.7, 0.9, 0.8):
        shop.publish(metrics={"accuracy": accuracy}, aliases=[])


@pytest.fixture(scope="module")
def unchanged(steady_shop, tmp_path_factory):
    """An admin's client of three versions that no test changes."""
    publish_three(steady_shop)
    path = tmp_path_factory.mktemp("access") / "tokens"
    path.write_text(f"ann admin {hashlib.sha256(b'hunter2').hexdigest()}\n")
    registry = Registry({}, None)
    app = create_app(registry, Settings(tokens=path), open_sources=lambda: {"repository": steady_shop.repository})
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = "Bearer hunter2"
    return client


def change(client, address, **fields):
    response = client.post(f"/repository/{address}", json=fields)
    assert response.status_code == 200, response.text
    return response.json["transition"]


def code_of(response, status):
    assert response.status_code == status, response.text
    return response.json["error"]["code"]


def test_a_model_is_promoted_rolled_back_and_retired_under_the_token_s_name(client, three, shop):
    made = change(client, "funnel/promote", version=2, reason="better")
    assert (made["who"], made["why"], made["action"], made["alias"], made["versions"]) == (
        "ann", "better", "promote", "champion", [2],
    )  # fmt: skip
    assert "state" not in made
    assert change(client, "funnel/promote", version="2", reason="again") is None
    assert change(client, "funnel/promote", version=3, reason="newer")["before"] == 2
    assert change(client, "funnel/promote", version="champion", reason="to be watched", **{"as": "challenger"})
    assert change(client, "funnel/rollback", reason="alarms")["versions"] == [2]
    assert shop.repository.aliases("funnel") == {"champion": 2, "challenger": 3}
    assert change(client, "funnel/retire", version=1, reason="leaks")["action"] == "retire"
    log = client.get("/repository/funnel/log?count=3").json["log"]
    assert [(entry["number"], entry["action"], entry["who"]) for entry in log] == [
        (3, "promote", "ann"),
        (4, "rollback", "ann"),
        (5, "retire", "ann"),
    ]


def test_versions_go_through_stages_over_http(client, three, shop):
    refused = client.post("/repository/funnel/promote", json={"version": 2, "stage": "prod", "reason": "why"})
    assert code_of(refused, 409) == "H248"
    change(client, "funnel/promote", version=2, stage="qa", reason="it fits")
    assert change(client, "funnel/promote", version="qa", stage="prod", reason="it held")["alias"] == "champion"
    forced = change(client, "funnel/promote", version=3, force=True, reason="the shop is down")
    assert forced["why"] == "forced, was not in qa: the shop is down"
    assert [each["stage"] for each in client.get("/repository/funnel").json["versions"]] == ["dev", "qa", "prod"]
    assert change(client, "funnel/rollback", stage="prod", reason="worse")["versions"] == [2]
    for fields, code in (
        ({"stage": "qa", "as": "qa"}, "H512"),
        ({"stage": "dev"}, "H201"),
        ({"stage": "qa", "force": True}, "H512"),
    ):
        response = client.post("/repository/funnel/promote", json={"version": 1, "reason": "why", **fields})
        assert code_of(response, response.status_code) == code
        assert 400 <= response.status_code < 500


def test_lists_versions_and_comparisons_are_those_of_the_command(client, three, shop):
    change(client, "funnel/promote", version=2, reason="better")
    (model,) = client.get("/repository").json["models"]
    assert (model["name"], model["versions"], model["aliases"], model["source"]) == (
        "funnel", [1, 2, 3], {"champion": 2}, "repository",
    )  # fmt: skip
    shown = client.get("/repository/funnel").json
    assert [(each["version"], each["aliases"]) for each in shown["versions"]] == [(1, []), (2, ["champion"]), (3, [])]
    one = client.get("/repository/funnel/versions/champion").json
    assert (one["manifest"]["version"], one["digest"]) == (2, shop.repository.manifest("funnel", 2).digest)
    compared = client.get("/repository/funnel/compare").json
    assert compared["versions"] == [2, 3]
    assert compared["metrics"] == [{"metric": "accuracy", "values": [0.9, 0.8], "better": "higher", "best": [2]}]
    assert client.get("/repository/funnel/compare?version=1&version=3").json["versions"] == [1, 3]


def test_verify_names_what_is_spoilt_and_nothing_spoilt_is_promoted(client, three, shop):
    assert client.get("/repository/funnel/verify").json["sound"] is True
    shop.spoil(2)
    found = client.get("/repository/funnel/verify").json
    assert (found["sound"], [each["version"] for each in found["versions"] if each["findings"]]) == (False, [2])
    assert client.get("/repository/funnel/verify?version=1").json["sound"] is True
    response = client.post("/repository/funnel/promote", json={"version": 2, "reason": "why not"})
    assert code_of(response, 409) == "H204"
    shop.spoil(3, file="stray")
    response = client.post("/repository/funnel/promote", json={"version": 3, "reason": "why not"})
    assert code_of(response, 409) == "H206"
    assert shop.repository.aliases("funnel") == {}


def test_gc_only_says_what_would_go_until_it_is_told_to(client, three, shop):
    policy = {"keep": 1, "days": 0}
    would = client.post("/repository/funnel/gc", json=policy).json
    assert ([each["version"] for each in would["versions"] if not each["kept"]], would["deleted"]) == ([1, 2], [])
    assert shop.repository.all_versions("funnel") == [1, 2, 3]
    assert client.post("/repository/funnel/gc", json={**policy, "delete": True}).json["deleted"] == [1, 2]
    assert shop.repository.all_versions("funnel") == [3]
    assert client.get("/repository/funnel/log").json["log"][0]["who"] == "ann"


def test_a_service_follows_a_promotion_at_once(make_registry, make_client, three):
    registry = make_registry(poll_s=3600)
    registry.start(wait_s=5)
    change(make_client(registry=registry), "funnel/promote", version=2, reason="better")
    end = time.monotonic() + 10
    while registry.states["funnel"].loaded.manifest.version != 2 and time.monotonic() < end:
        time.sleep(0.01)
    registry.stop()
    assert registry.states["funnel"].loaded.manifest.version == 2


@pytest.mark.parametrize(
    ("address", "fields", "status", "code"),
    [
        ("funnel/promote", {"version": 2}, 400, "H240"),
        ("funnel/promote", {"version": 2, "reason": " "}, 400, "H240"),
        ("funnel/promote", {"reason": "x"}, 400, "H512"),
        ("funnel/promote", {"version": 9, "reason": "x"}, 404, "H202"),
        ("funnel/promote", {"version": -1, "reason": "x"}, 400, "H201"),
        ("funnel/promote", {"version": "../1", "reason": "x"}, 400, "H201"),
        ("funnel/promote", {"version": "", "reason": "x"}, 400, "H201"),
        ("funnel/promote", {"version": True, "reason": "x"}, 400, "H512"),
        ("funnel/promote", {"version": 2, "reason": "x", "alias": "a"}, 400, "H512"),
        ("funnel/promote", {"version": 2, "reason": "x", "as": "../a"}, 400, "H201"),
        ("funnel/rollback", {"reason": "x"}, 404, "H202"),
        ("funnel/retire", {"version": 3, "reason": "x"}, 409, "H243"),
        ("nothing/promote", {"version": 2, "reason": "x"}, 404, "H202"),
        ("..%2fx/promote", {"version": 2, "reason": "x"}, 404, "H504"),
        (".hidden/promote", {"version": 2, "reason": "x"}, 400, "H201"),
        ("funnel/gc", {"keep": 0}, 400, "H512"),
        ("funnel/gc", {"days": -1}, 400, "H512"),
        ("funnel/gc", {"days": float("nan")}, 400, "H512"),
        ("funnel/gc", {"days": 10**400}, 400, "H512"),
        ("funnel/gc", [], 400, "H512"),
    ],
)
def test_what_cannot_be(unchanged, steady_shop, address, fields, status, code):
    assert code_of(unchanged.post(f"/repository/{address}", json=fields), status) == code
    assert steady_shop.repository.log("funnel").numbers() == []


@pytest.mark.parametrize(
    "address", ["log?count=0", "log?count=x", "log?count=²", "versions/", "versions/x", "compare?version="]
)
def test_questions_that_are_none(unchanged, address):
    assert unchanged.get(f"/repository/funnel/{address}").status_code in (400, 404)


def test_only_json_changes_anything(unchanged):
    response = unchanged.post(
        "/repository/funnel/promote", data='{"version":2,"reason":"x"}', content_type="text/plain"
    )
    assert code_of(response, 415) == "H503"


def test_the_role_predict_sees_and_changes_nothing_of_it(client, three):
    client.environ_base["HTTP_AUTHORIZATION"] = "Bearer s3cret"
    for address in ("", "/funnel", "/funnel/log", "/funnel/verify"):
        assert code_of(client.get(f"/repository{address}"), 403) == "H535"
    assert code_of(client.post("/repository/funnel/rollback", json={"reason": "x"}), 403) == "H535"


def test_without_tokens_the_repository_can_be_looked_at_from_here_and_not_changed(make_client, three, shop):
    client = make_client(tokens=False)
    assert client.get("/repository/funnel").status_code == 200
    assert client.post("/repository/funnel/gc", json={"keep": 1, "days": 0}).status_code == 200
    for address, fields in (
        ("promote", {"version": 2, "reason": "x"}),
        ("rollback", {"reason": "x"}),
        ("retire", {"version": 1, "reason": "x"}),
        ("gc", {"delete": True}),
    ):
        assert code_of(client.post(f"/repository/funnel/{address}", json=fields), 403) == "H535"
    assert shop.repository.log("funnel").numbers() == []
    afar = make_client(tokens=False, host="192.0.2.1", is_open_to_all=True)
    assert code_of(afar.get("/repository"), 403) == "H535"


def test_a_repository_that_is_away_is_said(client, three, source):
    source.is_away = True
    assert code_of(client.get("/repository"), 503) == "H104"
    assert code_of(client.post("/repository/funnel/promote", json={"version": 2, "reason": "x"}), 503) == "H104"


@pytest.mark.slow
def test_a_promotion_over_http_reaches_every_worker_under_the_token_s_name(root, start_service, tmp_path, closing):
    for case in CASES:
        publish(root, case)
    tokens = tmp_path / "tokens"
    tokens.write_text(f"ann admin {hashlib.sha256(b'hunter2').hexdigest()}\n")
    service = start_service("--workers", "2", "--poll-seconds", "3600", "--tokens", str(tokens))
    assert service.get("/models")[0] == 401
    connections = [service.connect() for _ in range(8)]
    closing.extend(connections)
    headers = {"Content-Type": "application/json", "Authorization": "Bearer hunter2"}

    def post(connection, address, value):
        connection.request("POST", address, json.dumps(value), headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())

    assert {post(each, "/predict", RECORD)[1]["version"] for each in connections} == {2}
    status, told = post(connections[0], "/repository/funnel/promote", {"version": 1, "reason": "alarms"})
    assert (status, told["transition"]["who"]) == (200, "ann")
    end = time.monotonic() + 20
    while (found := {post(each, "/predict", RECORD)[1]["version"] for each in connections}) != {1}:
        assert time.monotonic() < end, found
    assert post(connections[0], "/predict", {})[0] == 422
