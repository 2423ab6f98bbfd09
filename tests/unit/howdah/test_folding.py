from __future__ import annotations

from howdah.folding import beside, folded


def test_long_texts_are_folded_and_paths_stay_whole() -> None:
    path = "/data/" + "x" * 90
    assert folded(f"it lies at {path} and\nthere", "  ") == ["it lies at", f"  {path}", "  and\\nthere"]
    assert folded("") == [""]


def test_what_is_said_of_a_name_stands_beside_or_below_it() -> None:
    assert beside("a.svg", "a picture") == ["a.svg  a picture"]
    assert beside("x" * 75, "a picture") == ["x" * 75, "    a picture"]
