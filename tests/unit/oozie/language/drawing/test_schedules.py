"""What begins when."""

from __future__ import annotations

from oozie.language.dataflow import Use, inputs_of, outputs_of
from oozie.language.drawing import Diagram, place
from oozie.language.drawing.schedules import bundle_diagram, coordinator_actor, coordinator_diagram
from oozie.language.explanation import explain_bundle, explain_coordinator
from oozie.language.family import Link
from oozie.language.reader import read_bundle, read_coordinator
from tests.property.test_drawing import check_layout

COORDINATOR = read_coordinator(b"""<coordinator-app name="c" frequency="60" start="2026-01-01T00:00Z" timezone="UTC"
end="2027-01-01T00:00Z" xmlns="uri:oozie:coordinator:0.4"><datasets>
<dataset name="in" frequency="60" initial-instance="2026-01-01T00:00Z" timezone="UTC">
<uri-template>/in/${DAY}</uri-template>
</dataset><dataset name="out" frequency="60" initial-instance="2026-01-01T00:00Z" timezone="UTC">
<uri-template>hcat://h/shop/orders/day=${DAY}</uri-template></dataset></datasets>
<input-events><data-in name="i" dataset="in"><instance>${coord:current(0)}</instance></data-in></input-events>
<output-events><data-out name="o" dataset="out"><instance>${coord:current(0)}</instance></data-out></output-events>
<action><workflow><app-path>/apps/w</app-path></workflow></action></coordinator-app>""")
BUNDLE = read_bundle(b"""<bundle-app name="b" xmlns="uri:oozie:bundle:0.2"><coordinator name="one">
<app-path>/c</app-path></coordinator><coordinator name="two"><app-path>/d</app-path></coordinator></bundle-app>""")
FACTS = explain_coordinator(COORDINATOR, {}, Link("/apps/w", "w/workflow.xml"))


def told(diagram: Diagram) -> list[tuple[str, str, str, str]]:
    check_layout(place(diagram))
    titles = {box.name: box.title for box in diagram.boxes}
    return [(titles[arrow.source], arrow.way, arrow.label, titles[arrow.target]) for arrow in diagram.arrows]


def test_a_coordinator_with_its_time_its_data_and_its_workflow() -> None:
    diagram = coordinator_diagram("c", FACTS, "load")

    assert told(diagram) == [
        ("/in/${DAY}", "waits", "the current instance", "c"),
        ("c", "starts", "", "load"),
        ("load", "writes", "", "hcat://h/shop/orders/day=${DAY}"),
        ("every hour", "starts", "", "c"),
    ]
    assert [box.kind for box in diagram.boxes] == ["schedule", "directory", "coordinator", "workflow", "table"]


def test_a_bundle_with_a_coordinator_that_is_not_here() -> None:
    bundle = explain_bundle(BUNDLE, {}, {"one": Link("/c", "c.xml")})

    assert [one for one in told(bundle_diagram("b", bundle, {"one": FACTS}, {})) if one[0] == "b"] == [
        ("b", "starts", "", "one"),
        ("b", "starts", "", "two"),
    ]


def test_a_coordinator_reads_and_writes_with_its_workflow() -> None:
    actor = coordinator_actor("c", inputs_of(COORDINATOR, {}), outputs_of(COORDINATOR, {}),
                              [Use("reads", "path", "/in/${DAY}/"), Use("writes", "path", "/tmp/x")])  # fmt: skip

    assert [(use.how, use.name) for use in actor.uses] == [
        ("reads", "/in/${DAY}"), ("writes", "shop.orders"), ("writes", "/tmp/x"),
    ]  # fmt: skip
