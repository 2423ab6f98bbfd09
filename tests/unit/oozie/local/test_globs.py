from __future__ import annotations

import pytest

from oozie.local.globs import match_paths
from storage.errors import StorageError

NAMES = ["part-0", "part-1", "part-10", ".hidden", "a.csv", "b.txt"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("part-?", ["part-0", "part-1"]),
        ("part-*", ["part-0", "part-1", "part-10"]),
        ("*", sorted(NAMES)),
        ("{a,b}.{csv,txt}", ["a.csv", "b.txt"]),
        ("part-[0-9]", ["part-0", "part-1"]),
        ("part-[^0]", ["part-1"]),
        ("a.csv", ["a.csv"]),
        ("nothing", []),
        ("a+csv", []),
    ],
)
def test_matches_as_hadoop(tmp_path, pattern, expected):
    for name in NAMES:
        (tmp_path / "d" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "d" / name).touch()
    assert [path.name for path in match_paths(tmp_path / "*" / pattern)] == expected


@pytest.mark.parametrize("pattern", ["[z-a]", "[]"])
def test_what_is_no_pattern_has_a_code(tmp_path, pattern):
    with pytest.raises(StorageError, match="is no pattern of names") as caught:
        match_paths(tmp_path / pattern)
    assert caught.value.code == "H108"


@pytest.mark.parametrize("name", ["a" * 300, "a\0b", "*/" + "a" * 300])
def test_nothing_has_an_impossible_name(tmp_path, name):
    (tmp_path / "d").mkdir()
    assert match_paths(tmp_path / name) == []
