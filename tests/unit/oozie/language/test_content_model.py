from __future__ import annotations

import pytest

from oozie.language.content_model import START, content_model


def accepts(notation: str, *tags: str) -> bool:
    model, state = content_model(notation), START
    for tag in tags:
        following = model.next(state, [tag])
        if following is None:
            return False
        state = following
    return not model.missing_at_end(state)


@pytest.mark.parametrize(
    ("notation", "accepted", "refused"),
    [
        ("a b? c*", ["a", "a b", "a c c", "a b c"], ["", "b", "a c b", "a b b"]),
        ("(a|b+) c", ["a c", "b b c"], ["c", "a b c", "a a c"]),
        ("(a* | b*) c?", ["", "a a", "b", "a c"], ["a b", "c c"]),
        ("a a+", ["a a", "a a a"], ["a", ""]),
        ("((a b)|c)*", ["", "a b c a b"], ["a", "a c"]),
    ],
)
def test_a_notation_accepts_what_a_dtd_would(notation: str, accepted: list[str], refused: list[str]) -> None:
    for tags in accepted:
        assert accepts(notation, *tags.split()), tags
    for tags in refused:
        assert not accepts(notation, *tags.split()), tags


def test_what_lacks_is_the_least_that_would_do() -> None:
    model = content_model("a? b c? (d|e) f")

    assert model.missing_before(START, ["f"]) == (["b", "d"], 5)
    after_b = model.next(START, ["b"])
    assert after_b is not None
    assert model.between(after_b, 5) == ["d", "e"]
    assert model.missing_at_end(after_b) == ["d", "f"]
    assert model.missing_before(5, ["a"]) is None


def test_a_child_may_have_a_type_of_another_name() -> None:
    model = content_model("property:parameter+")

    assert model.type_of(["property"]) == "parameter"
    assert model.type_of(["name"]) is None
    assert model.expected(START) == ["property"]
