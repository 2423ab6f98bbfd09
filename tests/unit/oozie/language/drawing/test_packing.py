"""Parts that have nothing to do with one another stand beside and below one another."""

from __future__ import annotations

from oozie.language.drawing import Arrow, Box, Diagram
from oozie.language.drawing.packing import place_parts
from tests.property.test_drawing import check_layout


def test_parts_are_set_in_rows_no_wider_than_a_page() -> None:
    boxes, arrows = [], []
    for number in range(40):
        boxes += [Box(f"a{number}", "action", "a" * 20), Box(f"d{number}", "directory", "d" * 30)]
        arrows += [Arrow(f"a{number}", f"d{number}", "writes", "replaces" if number % 3 else "")]

    layout = place_parts(Diagram("many", tuple(boxes), tuple(arrows)))

    check_layout(layout)
    assert layout.width <= 1500
    assert layout == place_parts(Diagram("many", tuple(boxes), tuple(arrows)))
