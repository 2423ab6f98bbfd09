"""Where things stand: rows by what comes before, error arrows on a rail, loops and doubles as they are."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from oozie.language.drawing import Arrow, Box, Diagram, diagram_of, place
from oozie.language.drawing.ranks import MOST_IN_A_ROW
from oozie.language.drawing.sizes import shorten
from oozie.language.reader import read_workflow
from tests.property.test_drawing import check_layout

GOLDEN = Path(__file__).parents[4] / "golden"


def diagram(boxes: str, arrows: str) -> Diagram:
    """Boxes as ``name:kind``, arrows as ``one>other`` (ok) or ``one!other`` (error), blanks between them."""
    kinds = [text.split(":") for text in boxes.split()]
    ways = [
        Arrow(*text.split("!"), "error") if "!" in text else Arrow(*text.split(">"), "ok") for text in arrows.split()
    ]
    return Diagram("d", tuple(Box(name, kind, name) for name, kind in kinds), tuple(ways))


def rows(layout):
    """The names in each row, from top to bottom and left to right."""
    found = {}
    for one in layout.places:
        found.setdefault(round(one.y + one.height / 2), []).append((one.x, one.box.name))
    return [[name for _, name in sorted(found[y])] for y in sorted(found)]


def route(layout, source, target, way="ok"):
    return next(one for one in layout.routes if one.arrow == Arrow(source, target, way))


def test_each_node_stands_below_what_leads_to_it():
    layout = place(diagram("s:start a:action b:action c:action e:end", "s>a a>b a>c b>e c>e"))

    assert rows(layout) == [["s"], ["a"], ["b", "c"], ["e"]]


def test_a_chain_is_a_straight_line():
    layout = place(diagram("s:start a:action b:decision e:end", "s>a a>b b>e"))

    assert len({one.x + one.width / 2 for one in layout.places}) == 1
    assert all(len(one.points) == 2 for one in layout.routes)


def test_error_arrows_with_one_target_share_a_rail_beside_everything():
    names = [f"a{number}" for number in range(5)]
    chain = [f"{one}>{other}" for one, other in zip(["s", *names], [*names, "e"], strict=True)]
    layout = place(
        diagram(
            "s:start e:end k:kill " + " ".join(f"{name}:action" for name in names),
            " ".join([*chain, *(f"{name}!k" for name in names)]),
        )
    )

    errors = [route(layout, name, "k", "error") for name in names]
    assert len({one.points[1][0] for one in errors}) == 1
    assert errors[0].points[1][0] > max(one.x + one.width for one in layout.places if one.box.name != "k")


def test_ok_and_error_to_the_same_node_are_two_arrows_beside_each_other():
    layout = place(diagram("s:start a:action b:action e:end", "s>a a>b a!b b>e"))

    ok, error = route(layout, "a", "b"), route(layout, "a", "b", "error")
    assert ok.points[0][0] != error.points[0][0]
    assert ok.points[-1][0] != error.points[-1][0]


def test_a_loop_is_drawn_upwards():
    layout = place(diagram("s:start a:action b:action e:end", "s>a a>b b>a b!e"))

    back = route(layout, "b", "a")
    assert back.points[0][1] > back.points[-1][1]
    check_layout(layout)


def test_a_node_that_goes_on_to_itself():
    layout = place(diagram("s:start a:action", "s>a a>a"))

    assert len(route(layout, "a", "a").points) == 4
    check_layout(layout)


def test_a_fork_of_many_fills_several_rows():
    names = [f"path-{number}" for number in range(30)]
    arrows = [f"f>{name} {name}>j" for name in names]
    layout = place(
        diagram(
            "s:start f:fork j:join e:end " + " ".join(f"{n}:action" for n in names), " ".join(["s>f", *arrows, "j>e"])
        )
    )

    assert max(map(len, rows(layout))) == MOST_IN_A_ROW
    check_layout(layout)


def test_labels_of_a_decision_do_not_lie_on_one_another():
    boxes = (Box("s", "start", "s"), Box("d", "decision", "d"), Box("a", "action", "a"), Box("e", "end", "e"))
    label = "wf:conf('mode') eq 'a very long name'"
    arrows = (
        Arrow("s", "d", "path"),
        Arrow("d", "a", "case", label),
        Arrow("d", "a", "case", label + "2"),
        Arrow("d", "e", "default", "otherwise"),
        Arrow("a", "e", "ok"),
    )
    layout = place(Diagram("d", boxes, arrows))

    places = sorted(one.label_at for one in layout.routes if one.label_at)
    assert len(places) == 3
    assert all(other[0] - one[0] > 60 for one, other in pairwise(places))


@pytest.mark.parametrize("file", sorted(GOLDEN.glob("*/workflow.xml")), ids=lambda file: file.parent.name)
def test_every_golden_workflow(file):
    drawn = diagram_of(read_workflow(file.read_bytes()))

    check_layout(place(drawn))
    assert place(drawn) == place(drawn)


def test_a_name_that_is_too_long_keeps_both_its_ends():
    assert shorten("load-stock-levels-of-all-shops-in-europe", 28) == "load-stock-levels-…in-europe"
    assert shorten("short", 28) == "short"
