from __future__ import annotations

import pytest

from generator.importing.dominators import meeting_points


@pytest.mark.parametrize(
    ("edges", "name", "expected"),
    [
        ({"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": ["end"]}, "a", "d"),
        ({"a": ["b", "end"], "b": ["c"], "c": ["end"]}, "a", "end"),
        ({"a": ["b", "kill"], "b": ["c"], "kill": [], "c": ["end"]}, "a", "b"),
        ({"a": ["b", "c"], "b": ["a"], "c": ["end"]}, "b", "a"),
        ({"a": ["b", "c"], "b": ["c", "d"], "c": ["d"], "d": ["end"]}, "a", "d"),
        ({"a": ["kill"], "kill": []}, "a", None),
        ({"a": ["a"]}, "a", None),
    ],
)
def test_where_ways_come_together(edges: dict[str, list[str]], name: str, expected: str | None) -> None:
    assert meeting_points(edges, "end").get(name) == expected
