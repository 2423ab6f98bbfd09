"""The description against the service: every address is in it, and requests made from it are answered."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from serving.app import create_app
from serving.openapi import path_of
from serving.speculation.aliases import AliasedSource
from tests.unit.serving.service_process import FIELDS, Service, publish


@pytest.fixture
def app(shop, registry, settings):
    shop.publish()
    registry.look()
    return create_app(registry, settings, open_sources=lambda: {"repository": shop.repository})


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def document(client):
    return client.get("/openapi.json").json


def test_every_address_is_described_and_none_besides(app, document):
    routes = {
        (method.lower(), path_of(rule.rule))
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.endpoint != "static"
    }
    described = {(method, path) for path, methods in document["paths"].items() for method in methods}
    assert described == routes
    names = [one["operationId"] for methods in document["paths"].values() for one in methods.values()]
    assert len(names) == len(set(names))


def test_a_member_of_a_group_that_is_an_alias_is_described_and_counted(shop, make_registry, settings, record):
    shop.publish(aliases=["champion", "challenger"])
    registry = make_registry(sources={"repository": AliasedSource(shop.repository, ["funnel@challenger"])})
    registry.look()
    client = create_app(registry, settings).test_client()
    schemas = client.get("/openapi.json").json["components"]["schemas"]
    assert all(re.fullmatch(r"[a-zA-Z0-9._-]+", name) for name in schemas)
    assert {"funnel.record", "funnel.challenger.record"} <= set(schemas)
    assert client.post("/predict?model=funnel@challenger", json=record).json["version"] == 1
    assert client.get("/state/funnel@challenger").json["usage"] == 1
    assert client.get("/v2/models/funnel@challenger/ready").json["ready"] is True


def test_roles_are_told_where_there_are_tokens(registry, settings, tmp_path):
    path = tmp_path / "tokens"
    path.write_text(f"ann predict {hashlib.sha256(b'x').hexdigest()}")
    client = create_app(registry, replace(settings, tokens=path)).test_client()
    paths = client.get("/openapi.json", headers={"Authorization": "Bearer x"}).json["paths"]
    assert paths["/predict"]["post"]["x-role"] == "predict"
    assert paths["/models/{name}/reload"]["post"]["x-role"] == "admin"
    assert paths["/repository"]["get"]["x-role"] == "admin"
    assert "security" not in paths["/health/live"]["get"]
    assert client.get("/openapi.json").status_code == 401


def test_the_page_names_every_address(client, document):
    page = client.get("/docs")
    assert page.status_code == 200
    for path in document["paths"]:
        assert f" {path}</code>" in page.text
    assert "funnel.record" in page.text


# -- requests made from the description --

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def values_of(schema, document):
    """What fits ``schema``, as far as the service's own document uses the language."""
    if "$ref" in schema:
        return values_of(document["components"]["schemas"][schema["$ref"].rpartition("/")[2]], document)
    if "anyOf" in schema:
        return st.one_of([values_of(each, document) for each in schema["anyOf"]])
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kinds = schema.get("type", [])
    return st.one_of([_of_kind(kind, schema, document) for kind in ([kinds] if isinstance(kinds, str) else kinds)])


def _of_kind(kind, schema, document):
    if "prefixItems" in schema:
        return st.tuples(*[values_of(each, document) for each in schema["prefixItems"]]).map(list)
    if kind == "object":
        known = {name: values_of(each, document) for name, each in schema.get("properties", {}).items()}
        required = schema.get("required", [])
        return st.fixed_dictionaries(
            {name: known[name] for name in required}, optional={n: s for n, s in known.items() if n not in required}
        )
    if kind == "array":
        items = values_of(schema["items"], document) if "items" in schema else ANYTHING
        return st.lists(items, min_size=schema.get("minItems", 0), max_size=min(schema.get("maxItems", 3), 3))
    low, high = schema.get("minimum"), schema.get("maximum")
    return {
        "string": st.text(st.characters(codec="utf-8"), min_size=schema.get("minLength", 0), max_size=8),
        "integer": st.integers(low, high),
        "number": st.floats(low, high, allow_nan=False, allow_infinity=False),
        "boolean": st.booleans(),
        "null": st.none(),
    }[kind]


@pytest.fixture
def requests(document):
    """Operations that take a body or a query, with what fits them."""

    def parameters(operation):
        return st.fixed_dictionaries(
            {}, optional={each["name"]: values_of(each["schema"], document) for each in operation["parameters"]
                          if each["in"] == "query"},
        )  # fmt: skip

    def body(operation):
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        return values_of(content["schema"], document) if content else st.none()

    return [
        (method.upper(), path, parameters(operation), body(operation))
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if path not in ("/models/{name}/reload",)  # without a watcher it waits
    ]


def ask_somehow(client, requests, data):
    method, path, parameters, body = data.draw(st.sampled_from(requests))
    names = st.sampled_from(["funnel", "1", "champion", "x", "..", "%2e%2e", "é"])
    address = path.replace("{name}", data.draw(names)).replace("{version}", data.draw(names))
    sent = data.draw(body if data.draw(st.booleans()) else ANYTHING)
    query = data.draw(parameters)
    kind = data.draw(st.sampled_from(["application/json"] * 4 + ["text/csv", "application/vnd.apache.arrow.stream"]))
    response = client.open(address, method=method, query_string=query, data=json.dumps(sent), content_type=kind)
    assert response.status_code < 500 or response.status_code == 503, response.text
    if response.status_code >= 400:
        assert response.json["request_id"] == response.headers["X-Request-Id"]


@hypothesis_settings(max_examples=75, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_request_that_fits_or_nearly_fits_makes_the_service_fail(client, requests, data):
    ask_somehow(client, requests, data)


@pytest.mark.slow
@hypothesis_settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(data=st.data())
def test_nor_does_any_of_ten_thousand(client, requests, data):
    ask_somehow(client, requests, data)


@hypothesis_settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_fits_the_model_is_answered(client, document, data):
    question = data.draw(values_of(document["components"]["schemas"]["Question"], document))
    question = {"model": "funnel", **question} if "record" in question or "records" in question else question
    if isinstance(question, dict) and "model" in question:
        question["model"] = "funnel"
    response = client.post("/predict", json=question)
    if response.status_code != 200:  # the stand-in cannot score a negative revenue
        assert response.json["error"]["code"] == "H232", response.text


# -- the same by a stranger's tool, against the service as processes --

# What no schema can say: that a shape fits its data, a row its model, a file its header.
UNSAYABLE = "positive_data_acceptance"
GROUPS = {
    "purchase": {"policy": "majority", "members": ["funnel", "trees", "third"], "deadline_ms": 5000, "default": "a"},
    "trees": {"policy": "canary", "members": ["trees", "funnel"], "deadline_ms": 5000,
              "weights": {"trees": 9, "funnel": 1}},
}  # fmt: skip
CATEGORIES = {"channel": ("email", "organic", "paid"), "city": tuple(f"city-{number}" for number in range(6))}


def name_what_is_there(document):
    """The addresses of the repository with names that it has, so that chance finds more than refusals."""
    known = {"name": ["funnel", "third", "trees"], "version": ["1", "2", "champion"]}
    for path, operations in document["paths"].items():
        for parameter in [each for one in operations.values() for each in one["parameters"]]:
            schema = parameter["schema"]
            if path.startswith("/repository/") and parameter["name"] in known:
                (schema["items"] if schema["type"] == "array" else schema)["enum"] = known[parameter["name"]]
    return document


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("schemathesis") is None, reason="no schemathesis on PATH")
@pytest.mark.parametrize("token", ["", "hunter2"])
def test_schemathesis_finds_no_failure_and_nothing_that_is_not_described(tmp_path, token):
    fields = [replace(field, categories=CATEGORIES.get(field.name, ())) for field in FIELDS]
    for name in ("funnel", "trees", "third", "funnel"):
        publish(tmp_path / "models", name=name, inputs=fields)
    (tmp_path / "groups").write_text(json.dumps(GROUPS))
    (tmp_path / "tokens").write_text(f"ann admin {hashlib.sha256(token.encode()).hexdigest()}\n")
    options = ["--groups", tmp_path / "groups", "--track", tmp_path / "tracked", "--track-spool", tmp_path / "spool"]
    # Too many records are to be that, and not too large a body besides: it knows no 413 as a refusal.
    options += ["--track-seconds", "1", "--workers", "2", "--max-records", "100", "--max-megabytes", "8"]
    options += ["--tokens", tmp_path / "tokens"] if token else []
    service = Service(tmp_path / "models", tmp_path, *map(str, options))
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        connection = service.connect()
        connection.request("GET", "/openapi.json", headers=headers)
        document = name_what_is_there(json.loads(connection.getresponse().read()))
        connection.close()
        (tmp_path / "openapi.json").write_text(json.dumps(document))
        done = subprocess.run(
            ["schemathesis", "run", "openapi.json", "--url", f"http://127.0.0.1:{service.port}", "--checks", "all",
             "--exclude-checks", UNSAYABLE, "--phases", "examples,coverage,fuzzing", "--max-examples", "170",
             "--generation-database", "none", "--no-shrink", "--no-color", "--continue-on-failure",
             *(["--header", f"Authorization: Bearer {token}"] if token else [])],
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        service_log = service.log.read_text()
        tracked = service.get("/health")[1].get("tracking") if not token else None
    finally:
        assert service.stop() == 0
    assert done.returncode == 0, "\n".join(line[:500] for line in done.stdout.splitlines())
    assert int(re.search(r"([0-9]+) generated", done.stdout)[1]) >= 5000
    assert "Traceback" not in service_log
    assert tracked is None or (tracked["delivered"] > 0 and not tracked["damaged"] and not tracked["dropped"])
