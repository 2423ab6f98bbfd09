"""Whatever the control flow, its picture can be read: nothing overlaps, every arrow goes around the boxes."""

from __future__ import annotations

from itertools import combinations, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from oozie.language.drawing import Arrow, Box, Diagram, draw, place

KINDS = ("action", "action", "action", "decision", "fork", "join", "kill", "end")
WAYS = ("ok", "ok", "error", "case", "path")
_NEAR = 0.6


@st.composite
def diagrams(draw_value, most=14):
    """A start and some nodes, with arrows from anywhere to anywhere: also what Oozie would refuse."""
    count = draw_value(st.integers(1, most))
    names = [":start:", *(f"n{number}" for number in range(count))]
    boxes = [Box(":start:", "start", "start")]
    boxes += [Box(name, draw_value(st.sampled_from(KINDS)), name * draw_value(st.integers(1, 9))) for name in names[1:]]
    arrows = []
    for _ in range(draw_value(st.integers(0, 3 * count))):
        way = draw_value(st.sampled_from(WAYS))
        label = "wf:conf('x') eq 'y'" if way == "case" else ""
        source, target = draw_value(st.sampled_from(names)), draw_value(st.sampled_from(names[1:]))
        arrows.append(Arrow(source, target, way, label))
    return Diagram("generated", tuple(boxes), tuple(arrows))


def check_layout(layout):
    """The rules of every picture."""
    places = {one.box.name: one for one in layout.places}
    assert [one.box for one in layout.places] == list(layout.diagram.boxes)
    assert [one.arrow for one in layout.routes] == list(layout.diagram.arrows)
    for one, other in combinations(layout.places, 2):
        apart = (
            one.x + one.width < other.x or other.x + other.width < one.x
            or one.y + one.height < other.y or other.y + other.height < one.y
        )  # fmt: skip
        assert apart, f"{one.box.name} and {other.box.name} overlap"
    for route in layout.routes:
        assert len(route.points) >= 2
        assert on_edge(places[route.arrow.source], route.points[0]), route
        assert on_edge(places[route.arrow.target], route.points[-1]), route
        for point in route.points:
            assert 0 <= point[0] <= layout.width
            assert 0 <= point[1] <= layout.height
        for one, other in pairwise(route.points):
            assert not [name for name, box in places.items() if crosses(box, one, other)], route


def on_edge(box, point):
    x, y = point
    is_beside = abs(x - box.x) < _NEAR or abs(x - box.x - box.width) < _NEAR
    is_above = abs(y - box.y) < _NEAR or abs(y - box.y - box.height) < _NEAR
    is_within = box.x - _NEAR <= x <= box.x + box.width + _NEAR and box.y - _NEAR <= y <= box.y + box.height + _NEAR
    return is_within and (is_beside or is_above)


def crosses(box, one, other):
    """Whether the rectangle around a part of a way lies over the inside of a box: a curve stays inside of it."""
    left, right = sorted((one[0], other[0]))
    top, bottom = sorted((one[1], other[1]))
    return (
        right > box.x + _NEAR and left < box.x + box.width - _NEAR
        and bottom > box.y + _NEAR and top < box.y + box.height - _NEAR
    )  # fmt: skip


@given(diagrams())
@settings(deadline=None, max_examples=80)
def test_nothing_overlaps_and_every_arrow_goes_around_the_boxes(diagram):
    check_layout(place(diagram))


@given(diagrams(most=8))
@settings(deadline=None, max_examples=30)
def test_every_picture_is_well_formed_and_holds_every_box_and_arrow(diagram):
    root = etree.fromstring(draw(place(diagram)).encode())

    classes = [element.get("class", "") for element in root.iter("{*}g", "{*}a")]
    assert len([name for name in classes if name.startswith("node")]) == len(diagram.boxes)
    assert len([name for name in classes if name.startswith("arrow")]) == len(diagram.arrows)


@given(st.text(), st.text(), st.text())
@settings(deadline=None, max_examples=50)
def test_any_name_can_be_drawn(name, label, detail):
    boxes = (Box(":start:", "start", "start"), Box("x" + name, "action", name, detail))
    picture = draw(
        place(Diagram(label, boxes, (Arrow(":start:", "x" + name, "case", label),))), links={"x" + name: name}
    )

    etree.fromstring(picture.encode())
