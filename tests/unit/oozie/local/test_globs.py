from __future__ import annotations

import pytest

from oozie.local.globs import match_paths

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
