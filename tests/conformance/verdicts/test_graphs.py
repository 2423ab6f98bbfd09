"""Our validator says of every small workflow in graphs.txt what the real Oozie says."""

from __future__ import annotations

import pytest

from tests.conformance.verdicts.graphs import Graph, read_graphs
from tests.conformance.verdicts.material import HERE, our_verdict


@pytest.mark.parametrize("graph", read_graphs(), ids=lambda graph: graph.name)
def test_the_verdict_of_oozie(graph: Graph) -> None:
    assert our_verdict(graph.xml, {}) == graph.verdict


def test_each_rule_of_forks_and_joins_is_broken_by_one() -> None:
    broken = {graph.verdict for graph in read_graphs()}
    assert broken >= {"E0730", "E0733", "E0737", "E0742", "E0743", "E0744", "E0757", "E0758"}


def test_the_page_counts_them() -> None:
    """docs/conformance.md says how many agree."""
    count = len(read_graphs())
    assert f"{count} of {count} verdicts agree" in (HERE.parents[2] / "docs" / "conformance.md").read_text("utf-8")


def test_a_graph_becomes_a_workflow() -> None:
    (graph,) = read_graphs(
        ["a fork: E0744", "    start f; fork f a a; action a j k", "    join j end; kill k; end end"]
    )
    assert graph.verdict == "E0744"
    assert graph.xml.decode().splitlines()[1:-1] == [
        '  <start to="f"/>',
        '  <fork name="f"><path start="a"/><path start="a"/></fork>',
        '  <action name="a"><fs/><ok to="j"/><error to="k"/></action>',
        '  <join name="j" to="end"/>',
        '  <kill name="k"><message>k</message></kill>',
        '  <end name="end"/>',
    ]
