"""Whatever a manifest can say comes back from its file, and whatever comes back says the same bytes."""

import json
from datetime import datetime, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import ManifestError
from models.manifest import Field, Manifest

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
names = st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,63}", fullmatch=True)
numbers = st.floats(allow_nan=False, allow_infinity=False)
times = st.datetimes(datetime(1970, 1, 1), datetime(2999, 1, 1), timezones=st.just(timezone.utc)).map(  # noqa: DTZ001
    lambda time: time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
examples = {
    "double": numbers | st.integers(-(2**53), 2**53),
    "long": st.integers(-(2**63), 2**63),
    "string": texts,
    "boolean": st.booleans(),
}


@st.composite
def fields(draw):
    kind = draw(st.sampled_from(sorted(examples)))
    low, high = sorted([draw(numbers), draw(numbers)])
    return Field(
        name=draw(texts.filter(bool)),
        type=kind,
        nullable=draw(st.booleans()),
        minimum=draw(st.none() | st.just(low)),
        maximum=draw(st.none() | st.just(high)),
        categories=tuple(sorted(draw(st.sets(texts, max_size=4)))),
        description=draw(texts),
        example=draw(st.none() | examples[kind]),
    )


@st.composite
def manifests(draw):
    valid = sorted([draw(times), draw(times)])
    parts = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/\\"), min_size=1, max_size=10)
    paths = st.lists(parts.filter(lambda part: part not in (".", "..")), min_size=1, max_size=4).map("/".join)
    return Manifest(
        name=draw(names),
        version=draw(st.integers(1, 10**15 - 1)),
        created=draw(times),
        inputs=tuple(draw(st.lists(fields(), max_size=4, unique_by=lambda field: field.name))),
        classes=tuple(draw(st.lists(texts, max_size=4, unique=True))),
        metrics=draw(st.dictionaries(texts, numbers, max_size=4)),
        description=draw(texts),
        target=draw(texts),
        valid_from=draw(st.sampled_from(["", valid[0]])),
        valid_to=draw(st.sampled_from(["", valid[1]])),
        run=draw(st.dictionaries(texts, json_values, max_size=3)),
        data=draw(st.dictionaries(texts, json_values, max_size=3)),
        files=draw(st.dictionaries(paths, st.from_regex(r"[0-9a-f]{64}", fullmatch=True), max_size=4)),
    )


@settings(max_examples=50)
@given(manifests())
def test_a_manifest_comes_back_from_its_file(manifest):
    text = manifest.to_json()
    found = Manifest.from_json(text.encode())
    assert found == manifest
    assert found.to_json() == text


@settings(max_examples=100)
@given(st.recursive(json_values, lambda inner: st.dictionaries(st.sampled_from(["format", "name", "files"]), inner)))
def test_any_other_document_is_refused_with_its_reason(document):
    try:
        Manifest.from_json(json.dumps(document))
    except ManifestError as error:
        assert error.code == "H203"
        assert error.diagnostics[0].hint
    else:
        raise AssertionError("such a manifest cannot be")
