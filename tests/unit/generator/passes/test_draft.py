from __future__ import annotations

from dataclasses import replace

from generator.declare import decide, handle, kill, parallel, shell, when
from generator.passes.draft import map_actions
from generator.tree import walk
from generator.values import ActionStep


def test_walk_and_map_reach_every_action() -> None:
    steps = (
        shell("a", command="true", on_error=handle(shell("b", command="true"))),
        parallel(shell("c", command="true"), [shell("d", command="true")], name="p"),
        decide("e", when("${true}", shell("f", command="true")), otherwise=(shell("g", command="true"), kill("h"))),
    )

    renamed = map_actions(steps, lambda step: replace(step, name=step.name.upper()))
    assert [step.name for step in walk(renamed)] == ["A", "B", "p", "C", "D", "e", "F", "G", ""]
    assert [step.name for step in walk(steps) if isinstance(step, ActionStep)] == list("abcdfg")
