"""Data between those that read and write it."""

from __future__ import annotations

from oozie.language.dataflow import Use
from oozie.language.drawing import Box, place
from oozie.language.drawing.data import Actor, data_diagram, without_data
from tests.property.test_drawing import check_layout


def actor(name: str, *uses: Use) -> Actor:
    return Actor(Box(name, "action", name, "fs"), uses)


def told(*actors: Actor) -> list[tuple[str, str, str, str]]:
    diagram = data_diagram("w", actors)
    if diagram.boxes:
        check_layout(place(diagram))
    titles = {box.name: box.title for box in diagram.boxes}
    return [(titles[arrow.source], arrow.way, arrow.label, titles[arrow.target]) for arrow in diagram.arrows]


def test_data_goes_from_who_writes_it_to_who_reads_it() -> None:
    one = actor("import", Use("reads", "database table", "orders", where="jdbc:x"), Use("replaces", "path", "/raw"))
    other = actor("report", Use("reads", "path", "hdfs://nn/raw/*"), Use("writes", "table", "shop.report"))

    assert told(one, other) == [
        ("orders", "reads", "", "import"),
        ("import", "writes", "replaces", "/raw"),
        ("/raw", "reads", "", "report"),
        ("report", "writes", "", "shop.report"),
    ]


def test_what_is_moved_is_taken_away() -> None:
    assert told(
        actor("fs", Use("reads", "path", "/a"), Use("deletes", "path", "/a"), Use("deletes", "path", "/b"))
    ) == [
        ("/a", "reads", "takes away", "fs"),
        ("fs", "deletes", "deletes", "/b"),
    ]


def test_what_is_mentioned_goes_the_way_that_its_option_says() -> None:
    uses = (Use("mentions", "path", "/in", "--input"), Use("mentions", "path", "/out", "--output"))

    assert told(actor("java", *uses)) == [("/in", "mentions", "", "java"), ("java", "mentions", "", "/out")]


def test_what_lies_in_another_ones_directory_comes_from_it() -> None:
    writer = actor("a", Use("writes", "path", "/data/x"), Use("mentions", "path", "/data/x/own"))

    assert ("/data/x", "path", "", "/data/x/day=1") in told(writer, actor("b", Use("reads", "path", "/data/x/day=1")))
    assert ("/data/x", "path", "", "/data") in told(writer, actor("b", Use("reads", "path", "/data")))
    assert not [one for one in told(writer) if one[1] == "path"]


def test_of_very_much_some_is_drawn_and_always_what_others_touch() -> None:
    many = actor("many", *(Use("reads", "path", f"/in/{number}") for number in range(40)))
    other = actor("other", Use("writes", "path", "/in/39"))

    titles = [source for source, way, _, target in told(many, other) if target == "many"]

    assert len(titles) == 18
    assert titles[-2:] == ["/in/39", "23 more"]


def test_who_has_no_data_is_left_out() -> None:
    nobody = actor("mail")

    assert told(nobody) == []
    assert without_data([nobody, actor("a", Use("reads", "path", "/a"))]) == ["mail"]
