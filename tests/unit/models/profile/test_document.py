import json

import pytest

from models.errors import ProfileError
from models.profile.document import PROFILE_NAME, Profile, read_profile
from models.profile.histograms import CategoryHistogram, NumberHistogram
from storage.errors import PathNotFoundError

PROFILE = Profile(
    {
        "hits": NumberHistogram.empty((0, 1, 5)).of([0, 3, None]),
        "medium": CategoryHistogram.empty(["é"]).of(["é", "x"]),
    },
    {"prediction": CategoryHistogram.empty(["none", "purchase"])},
)


def test_a_profile_lies_beside_the_model(disk):
    with disk.create(f"/m/{PROFILE_NAME}") as stream:
        stream.write(PROFILE.to_json().encode())
    assert read_profile(disk, "/m") == PROFILE


def test_a_version_without_one_says_so(disk):
    with pytest.raises(PathNotFoundError):
        read_profile(disk, "/m")


def changed(**changes):
    return json.dumps({**json.loads(PROFILE.to_json()), **changes})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Expecting value"),
        ("[]", "cannot be read"),
        ("[" * 100_000, "cannot be read"),
        (changed(format=2), "format is not 1"),
        (changed(inputs={"x": {"kind": "text"}}), "neither of numbers nor"),
        (changed(inputs={"x": {"kind": "number", "edges": [0, 1], "counts": [1, 2]}}), "not one count more"),
        (changed(inputs={"x": {"kind": "number", "edges": ["a", 1], "counts": [1, 2, 3]}}), "cannot be read"),
        (changed(inputs={"x": {"kind": "category", "labels": [["a"]], "counts": [1]}}), "cannot be read"),
        (changed(inputs={"x": {"kind": "category", "labels": ["a"], "counts": [1], "more": 1}}), "cannot be read"),
        (changed(outliers={"kind": "category", "labels": [], "counts": []}), "not one of numbers"),
        ('{"format": 1}', "'outliers' is missing"),
    ],
)
def test_what_is_no_profile_is_refused_in_one_line(text, message):
    with pytest.raises(ProfileError, match=message) as refused:
        Profile.from_json(text, "/m/profile.json")
    assert refused.value.code == "H260"
    assert "\n" not in str(refused.value)
