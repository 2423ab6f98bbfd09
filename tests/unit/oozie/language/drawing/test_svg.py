"""The picture as SVG: what can be seen, followed and read out."""

from __future__ import annotations

import pytest
from lxml import etree

from oozie.language.drawing import STYLE, Arrow, Box, Diagram, Mark, draw, place
from oozie.language.drawing.signs import SIGNS
from oozie.language.drawing.svg import drawable, path_of

BOXES = (Box(":start:", "start", "start"), Box("load", "action", "load", "fs"), Box("end", "end", "end"))
OK, ERROR = Arrow("load", "end", "ok"), Arrow("load", "end", "error")
DIAGRAM = Diagram("nightly", BOXES, (Arrow(":start:", "load", "path"), OK, ERROR))


def drawn(**options):
    return etree.fromstring(draw(place(DIAGRAM), **options).encode())


def one(root, path):
    found = root.xpath(path, namespaces={"s": "http://www.w3.org/2000/svg"})
    assert len(found) == 1
    return found[0]


def test_a_node_has_its_shape_its_name_and_a_text_to_be_read_out():
    node = one(drawn(), "//s:g[@class='node action']")

    assert node.get("aria-label") == "action, load, fs"
    assert [text.text for text in node.iter("{*}text")] == ["load", "fs"]


def test_a_state_is_a_class_a_sign_and_a_word():
    node = one(drawn(marks={"load": Mark("passed", "passed over")}), "//s:g[@class='node action passed']")

    assert node.get("aria-label") == "action, load, fs, passed over"
    assert [text.text for text in node.iter("{*}text")] == ["load", "fs · passed over"]
    assert one(node, "s:path[@class='sign']").get("d") == SIGNS["passed"]


def test_a_link_makes_the_node_one_that_the_keyboard_reaches():
    node = one(drawn(links={"load": "/actions/1@load?a=1&b=2"}), "//s:a")

    assert node.get("href") == "/actions/1@load?a=1&b=2"


def test_arrows_tell_by_their_class_what_they_are_and_whether_they_were_taken():
    root = drawn(taken={OK})

    assert one(root, "//s:g[@class='arrow ok taken']/s:title").text == "load to end on ok"
    assert one(root, "//s:g[@class='arrow error']/s:title").text == "load to end on error"
    # What was taken lies above the rest.
    arrows = [group.get("class") for group in root.iter("{*}g") if group.get("class", "").startswith("arrow")]
    assert arrows[-1] == "arrow ok taken"


def test_markup_in_a_name_is_text():
    boxes = (Box(":start:", "start", "start"), Box("x", "action", '<script>"&', "<b>"))
    picture = draw(place(Diagram("<i>", boxes, ())), marks={"x": Mark("good", "<u>")}, links={"x": '"><script>'})

    assert "<script>" not in picture
    assert "<b>" not in picture
    assert "<u>" not in picture
    etree.fromstring(picture.encode())


def test_the_style_is_in_the_picture_unless_the_page_has_it():
    assert one(drawn(), "//s:style").text == STYLE
    assert drawn(has_style=False).xpath("//*[local-name()='style']") == []


@pytest.mark.parametrize("mood", SIGNS)
def test_every_mood_has_colours_in_both_schemes(mood):
    assert STYLE.count(f"--{mood}: #") == 2
    assert STYLE.count(f"--{mood}-paper: #") == 2
    assert f".flow .{mood} .shape" in STYLE


@pytest.mark.parametrize(
    ("points", "path"),
    [
        (((0, 0), (0, 10)), "M0 0L0 10"),
        (((0, 0), (20, 40)), "M0 0C0 20 20 20 20 40"),
        (((0, 0), (20, 0), (20, 40)), "M0 0L13 0Q20 0 20 7L20 40"),
        (((0, 0), (4, 0), (4, 40)), "M0 0L2 0Q4 0 4 7L4 40"),
    ],
)
def test_a_way_is_straight_where_it_can_be_and_round_where_it_turns(points, path):
    assert path_of(points) == path


def test_nothing_turns_the_order_of_letters_around() -> None:
    assert drawable("a\u202eb\u2066c\u2028d") == "a\ufffdb\ufffdc\ufffdd"
