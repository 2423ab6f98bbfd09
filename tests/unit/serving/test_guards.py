"""Who gets in, over HTTP, as callers with and without tokens see it; and what every answer carries."""

import hashlib
from dataclasses import replace

import pytest

from serving.app import create_app
from tests.unit.serving.conftest import problem_of


@pytest.fixture
def tokens(tmp_path):
    path = tmp_path / "tokens"
    lines = (("web", "predict", "s3cret"), ("ann", "admin", "hunter2"))
    path.write_text("".join(f"{name} {role} {hashlib.sha256(it.encode()).hexdigest()}\n" for name, role, it in lines))
    return path


@pytest.fixture
def make_client(shop, registry, settings):
    def make(**changed):
        if not registry.states:
            shop.publish()
            registry.look()
        return create_app(registry, replace(settings, reload_timeout_s=0.0, **changed)).test_client()

    return make


def code_of(response, status):
    assert response.status_code == status, response.text
    assert "s3cret" not in response.text
    assert response.json["request_id"] == response.headers["X-Request-Id"]
    return response.json["error"]["code"]


def bearing(token):
    return {"Authorization": f"Bearer {token}"}


def test_with_tokens_nobody_asks_without_one(make_client, tokens, record):
    client = make_client(tokens=tokens)
    for headers in ({}, bearing("wrong"), {"Authorization": "Basic Ojo="}):
        for method, address in (
            ("POST", "/predict"), ("GET", "/"), ("GET", "/models"), ("GET", "/metrics"), ("GET", "/state/funnel"),
            ("GET", "/health"), ("GET", "/nothing"), ("DELETE", "/models"), ("POST", "/models/funnel/reload"),
        ):  # fmt: skip
            response = client.open(address, method=method, json=record, headers=headers)
            assert code_of(response, 401) == "H534"
            assert response.headers.getlist("WWW-Authenticate") == ['Bearer realm="howdah"', 'Basic realm="howdah"']
    assert client.get("/health/live").status_code == 200
    assert client.get("/health/ready").status_code == 200
    with client.get("/static/page.css") as response:
        assert response.status_code == 200


def test_the_role_decides(make_client, tokens, record):
    client = make_client(tokens=tokens)
    assert client.post("/predict", json=record, headers=bearing("s3cret")).status_code == 200
    assert client.get("/", headers=bearing("s3cret")).status_code == 200
    assert code_of(client.post("/models/funnel/reload", headers=bearing("s3cret")), 403) == "H535"
    assert client.post("/predict", json=record, headers=bearing("hunter2")).status_code == 200
    assert code_of(client.post("/models/funnel/reload", headers=bearing("hunter2")), 503) == "H527"


def test_a_browser_gives_the_token_as_its_password(make_client, tokens, record):
    client = make_client(tokens=tokens)
    assert client.get("/models", auth=("whoever", "s3cret")).status_code == 200


def test_open_to_all_opens_no_change(make_client, record):
    client = make_client(host="192.0.2.1", is_open_to_all=True)
    assert client.post("/predict", json=record).status_code == 200
    assert code_of(client.post("/models/funnel/reload"), 403) == "H535"


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "", "http://localhost:9999", "http://"])
def test_a_page_elsewhere_asks_nothing(make_client, record, origin):
    client = make_client()
    response = client.post("/predict", json=record, headers={"Origin": origin, "Host": "localhost:8500"})
    assert code_of(response, 403) == "H533"
    assert "Access-Control-Allow-Origin" not in response.headers


@pytest.mark.parametrize("origin", ["http://localhost:8500", "https://Models.example", "https://models.example:8443"])
def test_our_own_pages_ask(make_client, record, origin):
    client = make_client(allowed_hosts=("models.example",))
    headers = {"Origin": origin, "Host": "localhost:8500"}
    assert client.post("/predict", json=record, headers=headers).status_code == 200


def test_who_asks_too_often_waits_and_others_do_not(make_client, tokens):
    client = make_client(tokens=tokens, rate_per_s=3)
    answers = [client.get("/models", headers=bearing("s3cret")).status_code for _ in range(4)]
    assert answers == [200, 200, 200, 429]
    response = client.get("/models", headers=bearing("s3cret"))
    assert (code_of(response, 429), response.headers["Retry-After"]) == ("H536", "1")
    assert client.get("/models", headers=bearing("hunter2")).status_code == 200
    assert [client.get("/models").status_code for _ in range(4)] == [401, 401, 401, 429]
    other = {"REMOTE_ADDR": "192.0.2.7"}
    assert client.get("/models", environ_overrides=other).status_code == 401
    assert client.get("/health/live").status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8500", "127.0.0.1.evil.example", "10.0.0.1", ""])
def test_a_name_that_is_not_this_services(steady_client, host):
    assert problem_of(steady_client.get("/models", headers={"Host": host}), 400)["code"] == "H510"


@pytest.mark.parametrize("host", ["localhost", "localhost:8500", "127.0.0.1:1", "[::1]:8500", "app.localhost"])
def test_names_of_loopback(steady_client, host):
    assert steady_client.get("/models", headers={"Host": host}).status_code == 200


def test_a_strange_request_id_is_replaced(steady_client):
    given = steady_client.get("/health", headers={"X-Request-Id": "x" * 200}).headers["X-Request-Id"]
    assert len(given) == 32


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
