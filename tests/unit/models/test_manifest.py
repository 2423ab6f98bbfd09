import json
from dataclasses import replace
from datetime import datetime, timezone

import pytest

from models.errors import ManifestError
from models.manifest import Field, Manifest, Scoring, format_time, parse_time

WHOLE = Manifest(
    name="funnel",
    version=3,
    created="2026-11-21T09:00:00Z",
    inputs=(
        Field("hits", "long", False, 1, 90, description="how many", example=3),
        Field("medium", "string", categories=("cpc", "organic"), example="cpc"),
        Field("isDirect", "boolean", example=True),
    ),
    classes=("none", "ซื้อ"),
    metrics={"accuracy": 0.75, "f1.purchase": 1},
    valid_from="2026-01-01T00:00Z",
    valid_to="2027-01-01T00:00:00.000Z",
    run={"job": "0000001-oozie", "parameters": {"depth": [1, 2, None]}},
    files={"spark/metadata/part-00000": "0" * 64},
)


def document() -> dict:
    return json.loads(WHOLE.to_json())


def test_a_manifest_comes_back():
    assert Manifest.from_json(WHOLE.to_json()) == WHOLE
    assert Manifest.from_json(WHOLE.to_json().encode()) == WHOLE


def test_the_text_is_stable_sorted_and_readable():
    text = WHOLE.to_json()
    assert text == Manifest.from_json(text).to_json()
    assert list(json.loads(text)) == sorted(json.loads(text))
    assert "ซื้อ" in text
    assert text.endswith("}\n")


def test_the_digest_changes_with_anything_said():
    assert WHOLE.digest == Manifest.from_json(WHOLE.to_json()).digest
    other = document() | {"description": "x"}
    assert Manifest.from_json(json.dumps(other)).digest != WHOLE.digest


@pytest.mark.parametrize("field", sorted(document()))
def test_every_field_must_be_there(field):
    found = document()
    del found[field]
    with pytest.raises(ManifestError, match=field) as caught:
        Manifest.from_json(json.dumps(found))
    assert caught.value.code == "H203"


@pytest.mark.parametrize("field", sorted(document()["inputs"][0]))
def test_every_field_of_an_input_must_be_there(field):
    found = document()
    del found["inputs"][1][field]
    with pytest.raises(ManifestError, match=rf"inputs\[1\].{field} is missing"):
        Manifest.from_json(json.dumps(found))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("format", 2), ("format", "1"), ("format", True), ("format", None),
        ("name", "../x"), ("name", 7), ("name", ""),
        ("version", 0), ("version", "3"), ("version", 3.0), ("version", True), ("version", 10**400),
        ("created", "yesterday"), ("created", ""), ("created", "2026-13-01T00:00Z"),
        ("created", "2026-01-01T00:00+07:00"),
        ("valid_from", "2026"), ("valid_to", None), ("valid_from", "2028-01-01T00:00Z"),
        ("inputs", {}), ("inputs", [3]), ("inputs", "hits"),
        ("classes", "none"), ("classes", [1]), ("classes", ["a", "a"]),
        ("metrics", []), ("metrics", {"accuracy": "0.7"}), ("metrics", {"accuracy": None}), ("metrics", {"a": True}),
        ("metrics", {"accuracy": 10**400}),
        ("description", None), ("description", "\ud800"), ("target", 1), ("run", []), ("data", "x"),
        ("files", []), ("files", {"../x": "0" * 64}), ("files", {"/x": "0" * 64}), ("files", {"a\\b": "0" * 64}),
        ("files", {"a": "0" * 63}), ("files", {"a": "G" * 64}), ("files", {"a": None}),
        ("strange", 1),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named(field, value):
    with pytest.raises(ManifestError, match=field) as caught:
        Manifest.from_json(json.dumps(document() | {field: value}))
    assert caught.value.diagnostics[0].hint
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""), ("name", "medium"), ("type", "int"), ("type", []), ("nullable", 1), ("minimum", "1"),
        ("minimum", 91), ("maximum", True), ("categories", "a"), ("categories", ["a", 1]), ("example", "3"),
        ("example", 3.5), ("example", True), ("example", []), ("strange", 1),
    ],
)  # fmt: skip
def test_a_wrong_value_of_an_input_is_named(field, value):
    found = document()
    found["inputs"][0][field] = value
    with pytest.raises(ManifestError, match=r"inputs"):
        Manifest.from_json(json.dumps(found))


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "3", b"\xff\xfe\xfa", '{"format": 1, "format": 1}', '{"format": NaN}', "[" * 100_000,
     '{"format": ' + "9" * 5000 + "}"],
)  # fmt: skip
def test_what_is_no_manifest(text):
    with pytest.raises(ManifestError):
        Manifest.from_json(text)


def test_an_example_larger_than_any_double_is_refused():
    found = document()
    found["inputs"][0] |= {"type": "double", "example": 10**400}
    with pytest.raises(ManifestError, match=r"inputs\[0\].example is not a finite number"):
        Manifest.from_json(json.dumps(found))


def test_what_cannot_be_said_is_not_written():
    for field, value in [("metrics", {"a": float("nan")}), ("run", {"a": object()}), ("run", {1: "a"}), ("version", 0)]:
        with pytest.raises(ManifestError, match=field):
            Manifest(**{**vars(WHOLE), field: value}).to_json()


def test_what_is_nested_too_deep_is_not_written():
    value: object = 1
    for _ in range(50):
        value = [value]
    with pytest.raises(ManifestError, match="deep"):
        Manifest(**{**vars(WHOLE), "run": {"a": value}}).to_json()


def test_times_are_in_utc():
    assert parse_time("2026-11-21T09:00Z") == datetime(2026, 11, 21, 9, tzinfo=timezone.utc)
    with pytest.raises(ManifestError):
        parse_time("2026-11-21 09:00")


def test_a_time_is_written_as_it_is_read():
    moment = datetime(2026, 1, 31, 23, 59, 59, 123_000, tzinfo=timezone.utc)

    assert format_time(moment) == "2026-01-31T23:59:59.123Z"
    assert format_time(moment, "seconds") == "2026-01-31T23:59:59Z"
    assert parse_time(format_time(moment)) == moment


def test_the_direction_of_a_metric_is_kept_and_leaves_older_manifests_as_they_were():
    said = replace(WHOLE, better={next(iter(WHOLE.metrics)): "lower"})
    assert Manifest.from_json(said.to_json()) == said
    assert "better" not in json.loads(WHOLE.to_json())
    assert Manifest.from_json(WHOLE.to_json()).digest == WHOLE.digest
    for wrong in ({"no such metric": "lower"}, {next(iter(WHOLE.metrics)): "best"}, ["lower"]):
        with pytest.raises(ManifestError, match="better"):
            replace(WHOLE, better=wrong).to_json()


def test_what_was_measured_is_kept_and_leaves_older_manifests_as_they_were():
    measured = replace(WHOLE, scoring=Scoring("compiled", 10_000, 2.2e-16))
    assert Manifest.from_json(measured.to_json()) == measured
    refused = replace(WHOLE, scoring=Scoring("spark", 0, reason="stage AFT cannot be scored"))
    assert Manifest.from_json(refused.to_json()) == refused
    assert "scoring" not in json.loads(WHOLE.to_json())
    for wrong in (
        {"engine": "guess", "rows": 1, "difference": None, "reason": ""},
        {"engine": "spark", "rows": -1, "difference": None, "reason": ""},
        {"engine": "spark", "rows": 1, "difference": None},
        [],
    ):
        text = json.dumps({**json.loads(WHOLE.to_json()), "scoring": wrong})
        with pytest.raises(ManifestError, match="scoring"):
            Manifest.from_json(text)
