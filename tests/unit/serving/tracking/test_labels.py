from dataclasses import replace

import pytest
from flask import Flask

from serving.guards import add_guards
from serving.refusals import add_refusals
from serving.speculation.aliases import with_aliases
from serving.speculation.group import Group
from serving.tracking.labels import add_labels
from serving.tracking.settings import Privacy


@pytest.fixture
def post(shop, registry, settings, place):
    """POST /labels to a service with a classifier and a regression; status and answer."""
    shop.publish("funnel", classes=("leave", "buy"))
    shop.publish("revenue", prediction=12.5, probability=None, classes=())
    registry.look()

    def post(body, address="/labels", **more):
        app = Flask("labels")
        add_guards(app, settings)
        add_refusals(app)
        groups = (Group("both", "smart", ("funnel", "revenue"), 1.0),)
        add_labels(app, registry, replace(settings, groups=groups), place.track(**more))
        answer = app.test_client().post(address, json=body)
        return answer.status_code, answer.json

    return post


def told(place, model="funnel"):
    place.stop()
    place.deliver()
    return [
        (row["request_id"], row["row"], row["key"], row["label"], row["value"]) for row in place.rows("labels", model)
    ]


def test_one_label(post, place):
    status, answer = post({"model": "funnel", "request_id": "r1", "label": "buy"})

    assert (status, answer["model"], answer["labels"]) == (202, "funnel", 1)
    assert told(place) == [("r1", 0, None, "buy", None)]


def test_many_labels_and_when_the_facts_came_to_be(post, place):
    labels = [
        {"request_id": "r1", "row": 3, "label": "leave"},
        {"key": "c7", "label": "buy", "happened": "2026-11-20T13:00:00+01:00"},
        {"key": 7, "label": "buy", "happened": "2026-11-20T12:00:00Z"},
    ]
    assert post({"labels": labels}, "/labels?model=funnel")[0] == 202

    assert told(place) == [
        ("r1", 3, None, "leave", None),
        (None, None, "c7", "buy", None),
        (None, None, "7", "buy", None),
    ]
    assert [row["happened"].isoformat() for row in place.rows("labels")[1:]] == ["2026-11-20T12:00:00+00:00"] * 2


def test_a_number_is_one(post, place):
    assert post({"model": "revenue", "request_id": "r1", "label": 12})[0] == 202

    assert told(place, "revenue") == [("r1", 0, None, "12", 12.0)]


@pytest.mark.parametrize(
    ("classes", "label", "text"),
    [(("0.0", "1.0"), 1, "1.0"), (("0", "1"), 1.0, "1"), (("false", "true"), True, "true"), (("a", "b"), 1, "1")],
)
def test_a_number_means_the_class_of_that_name(post, place, shop, registry, classes, label, text):
    shop.publish("funnel", classes=classes)
    registry.look()
    assert post({"model": "funnel", "request_id": "r1", "label": label})[0] == 202

    assert told(place)[0][3] == text


@pytest.mark.parametrize(
    ("told", "message", "hint"),
    [
        ("buyy", "'label' is 'buyy', no class of the model", "did you mean 'buy'?"),
        ("refunded", "'label' is 'refunded', no class of the model", "its classes are leave, buy"),
    ],
)
@pytest.mark.parametrize("fact", [{"request_id": "r1"}, {"key": "c7"}])
def test_a_text_is_one_of_the_classes(post, place, fact, told, message, hint):
    status, answer = post({"model": "funnel", **fact, "label": told})

    error = answer["error"]
    assert (status, error["code"], error["message"], error["hint"]) == (422, "H540", message, hint)
    assert not any(path.stat().st_size for path in place.segments())


def test_a_class_of_a_version_that_answers_in_a_group_alone_is_one(shop, source, make_registry, settings, place):
    shop.publish(classes=("leave", "buy"))
    shop.publish(classes=("leave", "look"), aliases=["challenger"])
    group = Group("both", "shadow", ("funnel", "funnel@challenger"), 1.0)
    registry = make_registry(sources=with_aliases({"repository": source}, [group]))
    registry.look()
    app = Flask("labels")
    add_guards(app, settings)
    add_refusals(app)
    add_labels(app, registry, replace(settings, groups=(group,)), place.track())
    for label, status in (("buy", 202), ("look", 202), ("lok", 422)):
        answer = app.test_client().post("/labels", json={"model": "both", "request_id": "r1", "label": label})
        assert answer.status_code == status, answer.json


def test_of_a_model_that_does_not_answer_any_text_may_be_a_class(post, shop, registry):
    shop.publish("late", valid_from="2030-01-01T00:00:00Z")
    registry.look()
    assert registry.states["late"].loaded is None
    assert post({"model": "late", "request_id": "r1", "label": "refunded"})[0] == 202


def test_a_hashed_key_is_hashed_in_labels_as_in_predictions(post, place):
    privacy = Privacy(hashed=frozenset({"customer"}), secret=b"0123456789abcdef")
    assert post({"model": "funnel", "key": "c7", "label": "buy"}, key_field="customer", privacy=privacy)[0] == 202

    assert told(place)[0][2] == privacy.hash("customer", "c7")


def test_a_label_of_a_group_is_one_of_each_member(post, place):
    assert post({"model": "both", "request_id": "r1", "label": 3})[0] == 202

    assert told(place) == told(place, "revenue") == [("r1", 0, None, "3", 3.0)]


REFUSED = [
    ({}, "names no prediction"),
    ({"label": "buy"}, "names no prediction"),
    ({"request_id": "r1", "key": "c7", "label": "buy"}, "names no prediction, or two"),
    ({"request_id": "", "label": "buy"}, "'request_id' is none"),
    ({"request_id": "x" * 129, "label": "buy"}, "'request_id' is none"),
    ({"request_id": 7, "label": "buy"}, "'request_id' is none"),
    ({"request_id": "r\ud800", "label": "buy"}, "'request_id' is none"),
    ({"key": {}, "label": "buy"}, "'key' is none"),
    ({"key": True, "label": "buy"}, "'key' is none"),
    ({"key": "\udfff", "label": "buy"}, "'key' is none"),
    ({"request_id": "r1", "row": -1, "label": "buy"}, "'row' is none"),
    ({"request_id": "r1", "row": True, "label": "buy"}, "'row' is none"),
    ({"key": "c7", "row": 0, "label": "buy"}, "not of a key"),
    ({"request_id": "r1"}, "'label' is none"),
    ({"request_id": "r1", "label": None}, "'label' is none"),
    ({"request_id": "r1", "label": ["buy"]}, "'label' is none"),
    ({"request_id": "r1", "label": "b\ud83dy"}, "'label' is none"),
    ({"request_id": "r1", "label": 10**400}, "'label' is none"),
    ({"request_id": "r1", "label": "buy", "happened": "yesterday"}, "'happened' is no time"),
    ({"request_id": "r1", "label": "buy", "happened": "2026-11-20T12:00:00"}, "'happened' is no time"),
    ({"request_id": "r1", "label": "buy", "fact": 1}, "no field 'fact'"),
    ([], "not an object"),
]


def test_a_label_that_is_none_is_refused_and_so_are_those_beside_it(post, place):
    for label, problem in REFUSED:
        status, answer = post({"model": "funnel", "labels": [{"request_id": "r1", "label": "buy"}, label]})

        assert (status, answer["error"]["code"]) == (422, "H540"), label
        assert answer["error"]["message"].startswith("label 1: ")
        assert problem in answer["error"]["message"]
    assert told(place) == []


def test_times_and_whole_numbers_as_their_standards_write_them(post, place):
    for happened in ("2026-11-20T12:00:00.5Z", "2026-11-20t12:00:00.123456789z", "2026-11-20T12:00:00.25+01:00"):
        status, answer = post({"model": "funnel", "request_id": "r1", "row": 1.0, "label": "buy", "happened": happened})
        assert status == 202, answer
    assert [row[:2] for row in told(place)] == [("r1", 1)] * 3


def test_a_text_is_no_number(post):
    status, answer = post({"model": "revenue", "request_id": "r1", "label": "much"})

    assert (status, answer["error"]["message"]) == (422, "'label' is a text, and revenue predicts numbers")


NO_LABELS = [
    ([], "H512"),
    ({"model": 7, "request_id": "r1", "label": "buy"}, "H512"),
    ({"model": "funnel", "labels": []}, "H512"),
    ({"model": "funnel", "labels": [{}], "label": "buy"}, "H512"),
    ({"model": "other", "request_id": "r1", "label": "buy"}, "H506"),
    ({"request_id": "r1", "label": "buy"}, "H507"),
    ({"model": "funnel", "labels": [{"request_id": "r1", "label": "buy"}] * 51}, "H509"),
]


def test_a_body_that_is_none_is_refused(post):
    for body, code in NO_LABELS:
        status, answer = post(body)

        assert (400 <= status < 500, answer["error"]["code"]) == (True, code), body


def test_a_spool_that_is_full_is_said(post):
    status, answer = post({"model": "funnel", "request_id": "r1", "label": "buy"}, spool_bytes=10)

    assert (status, answer["error"]["code"]) == (503, "H542")


def test_where_nothing_is_tracked_labels_are_refused(registry, settings):
    app = Flask("labels")
    add_guards(app, settings)
    add_refusals(app)
    add_labels(app, registry, settings, None)
    answer = app.test_client().post("/labels", json={"request_id": "r1", "label": "buy"})

    assert (answer.status_code, answer.json["error"]["code"]) == (404, "H541")
