"""What the document says of models, of questions and of answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from serving.app import create_app
from serving.speculation.group import Group


@pytest.fixture
def describe(shop, registry, settings):
    shop.publish()
    registry.look()

    def describe(*groups):
        app = create_app(registry, replace(settings, groups=groups))
        return app.test_client().get("/openapi.json").json

    return describe


def test_every_reference_leads_somewhere(describe):
    def references(value):
        if isinstance(value, dict):
            if "$ref" in value:
                yield value["$ref"]
            value = list(value.values())
        if isinstance(value, list):
            for each in value:
                yield from references(each)

    document = describe()
    found = set(references(document))
    assert "#/components/schemas/funnel.record" in found
    assert found <= {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}


def test_the_inputs_are_the_manifest_s(describe):
    document = describe()
    record = document["components"]["schemas"]["funnel.record"]
    assert record["required"] == ["hits", "revenue", "medium", "direct"]
    assert record["properties"]["hits"] == {
        "type": "integer", "format": "int64", "minimum": -(2**63), "maximum": 2**63 - 1,
        "description": "hits of the session", "examples": [12], "x-trained-on": [0, 500],
    }  # fmt: skip
    assert record["properties"]["medium"]["enum"] == ["cpc", "email", "organic", None]
    assert record["properties"]["direct"]["type"] == ["boolean", "null"]


def test_the_only_model_is_named_in_address_or_body_and_one_of_several_in_the_address(shop, registry, describe):
    def of_predict(document):
        (model,) = document["paths"]["/predict"]["post"]["parameters"]
        envelope = document["components"]["schemas"]["Question"]["anyOf"][2]
        return model["required"], list(envelope["properties"])

    assert of_predict(describe()) == (False, ["model", "records"])
    shop.publish("revenue", classes=(), probability=None)
    registry.look()
    assert of_predict(describe()) == (True, ["records"])


def test_groups_are_asked_and_told_of_and_not_explained(describe):
    document = describe(Group("purchase", "smart-or-fast", ("funnel", "other"), 1.0))
    schemas = document["components"]["schemas"]
    assert (schemas["Model"]["enum"], schemas["ModelOrGroup"]["enum"]) == (["funnel"], ["funnel", "purchase"])
    (name,) = document["paths"]["/groups/{name}"]["get"]["parameters"]
    assert name["schema"]["enum"] == ["purchase"]
    (model, _count) = document["paths"]["/explain"]["post"]["parameters"]
    assert model["schema"] == {"$ref": "#/components/schemas/Model"}


def test_the_status_of_each_answer_is_told(describe):
    paths = describe()["paths"]
    assert list(paths["/labels"]["post"]["responses"]) == ["202", "default"]
    assert list(paths["/health"]["get"]["responses"]) == ["200", "503", "default"]
