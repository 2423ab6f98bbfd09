"""A picture as a file of its own."""

from __future__ import annotations

from lxml import etree

from oozie.language.drawing import Arrow, Box, Diagram, place
from oozie.language.drawing.layout import Layout
from oozie.language.drawing.page import page

BOXES = (Box(":start:", "start", "start"), Box("load", "action", "load", "fs"), Box("end", "end", "end"))
DIAGRAM = Diagram(
    "nightly", BOXES, (Arrow(":start:", "load", "path"), Arrow("load", "end", "ok"), Arrow("load", "end", "error"))
)


def texts(svg: str, name: str) -> list[str]:
    root = etree.fromstring(svg.encode())
    return [one.text for one in root.iter("{*}text") if one.get("class") == name]


def test_it_has_a_title_a_description_and_says_what_the_lines_mean() -> None:
    svg = page(place(DIAGRAM), ["Not known here: x."], ["Oozie would refuse it."])
    root = etree.fromstring(svg.encode())

    assert root.findtext("{*}title") == "Workflow nightly"
    assert root.findtext("{*}desc") == "3 boxes and 3 arrows. Oozie would refuse it. Not known here: x."
    assert texts(svg, "heading") == ["Workflow nightly"]
    assert texts(svg, "note bad-note") == ["Oozie would refuse it."]
    assert texts(svg, "note") == ["goes on", "when it fails", "Not known here: x."]
    assert "prefers-color-scheme: dark" in svg
    assert svg == page(place(DIAGRAM), ["Not known here: x."], ["Oozie would refuse it."])


def test_long_notes_are_broken_and_markup_is_text() -> None:
    svg = page(place(Diagram("<i>", BOXES, ())), ["<b> word " * 40])

    assert len(texts(svg, "note")) > 3
    assert texts(svg, "heading") == ["Workflow <i>"]


def test_a_picture_of_nothing_has_its_notes() -> None:
    svg = page(Layout(Diagram("w", (), ()), 0, 0, (), ()), ["No data is known."])

    assert texts(svg, "note") == ["No data is known."]
