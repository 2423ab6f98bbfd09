from __future__ import annotations

from howdah.folding import beside, diagnostic_lines, folded
from storage.errors import Diagnostic


def test_long_texts_are_folded_and_paths_stay_whole() -> None:
    path = "/data/" + "x" * 90
    assert folded(f"it lies at {path} and\nthere", "  ") == ["it lies at", f"  {path}", "  and\\nthere"]
    assert folded("") == [""]


def test_what_is_said_of_a_name_stands_beside_or_below_it() -> None:
    assert beside("a.svg", "a picture") == ["a.svg  a picture"]
    assert beside("x" * 75, "a picture") == ["x" * 75, "    a picture"]


def test_an_error_and_its_hint_each_take_the_lines_that_they_need() -> None:
    said = Diagnostic("H202", " ".join(["word"] * 20), "this is what to do about it, and why that will help you then")

    assert diagnostic_lines(said) == [
        "H202" + " word" * 15,
        "     " + " word" * 5,
        "      this is what to do about it, and why that will help you then",
    ]
    assert diagnostic_lines(Diagnostic("H202", "short")) == ["H202 short"]
