"""Mermaid's text. Its own parser has read what is written for two thousand apps; here is what it looks like."""

from __future__ import annotations

import re

import pytest

from oozie.language.drawing import Arrow, Box, Diagram
from oozie.language.drawing.mermaid import mermaid


def test_nodes_have_names_of_their_own_and_ways_their_lines() -> None:
    boxes = (
        Box(":start:", "start", "start"), Box("a", "action", "load", "fs"), Box("d", "decision", "which"),
        Box("k", "kill", "fail", "it failed"), Box("t", "table", "shop.t", "table"),
        Box("gone", "missing", "gone", "no such node"),
    )  # fmt: skip
    arrows = (
        Arrow(":start:", "a", "path"), Arrow("a", "d", "ok"), Arrow("a", "k", "error"),
        Arrow("d", "k", "case", "x == 'y'"),
        Arrow("a", "t", "deletes", "deletes"),
    )  # fmt: skip

    assert (
        mermaid(Diagram("night & day", boxes, arrows))
        == """\
flowchart TD
  accTitle: Workflow night day
  n0(["start"])
  n1["load<br/>fs"]
  n2{"which"}
  n3{{"fail"}}
  n4[("shop.t<br/>table")]
  n5>"gone<br/>no such node"]
  n0 --> n1
  n1 --> n2
  n1 -.->|"error"| n3
  n2 -->|"x == 'y'"| n3
  n1 -.->|"deletes"| n4
  classDef kill stroke:#a3231c,stroke-width:2px
  classDef missing stroke:#a3231c,stroke-dasharray:3 3
  classDef data stroke:#1b559c
  class n3 kill
  class n4 data
  class n5 missing
  linkStyle 2,4 stroke:#a3231c
"""
    )


@pytest.mark.parametrize(
    "name", ['"]', "`x`", "%%{init: {}}%%", "<script>", "a;b", "#35;", "end\nclick n0", "\u202e", "\ud800", "x" * 500]
)
def test_no_name_gets_out_of_its_label(name: str) -> None:
    text = mermaid(
        Diagram(name, (Box("a", "action", name, name), Box("b", "end", name)), (Arrow("a", "b", "case", name),))
    )

    lines = text.splitlines()
    assert len(lines) == 5
    for line in lines[2:]:
        label = line[line.index('"') + 1 : line.rindex('"')].replace("<br/>", "")
        assert not re.search(r'["<>`\n\x00-\x1f\ud800-\udfff\u202e]|%%', label)
    text.encode()
