"""The real Oozie says of its own files, and of small workflows, what tests/conformance/verdicts has written down."""

from __future__ import annotations

import uuid
from collections import Counter
from random import Random

import pytest

from howdah.stack.addresses import Addresses
from tests.conformance.verdicts import material
from tests.conformance.verdicts.forms import read_forms, read_included
from tests.conformance.verdicts.graphs import read_graphs
from tests.contract.oozie.driver import Driver
from tests.contract.oozie.odd_values import PROPERTIES, odd_apps
from tests.contract.oozie.random_graphs import random_graph
from tests.contract.oozie.verdicts import RealVerdicts

pytestmark = [pytest.mark.stack, pytest.mark.slow]
_RANDOM = 150
_ODD = 150


@pytest.fixture(scope="module")
def oozie(stack: Addresses):
    driver = Driver(stack, f"/user/{stack.user}/conformance/{uuid.uuid4().hex[:8]}")
    yield RealVerdicts(driver)
    driver.delete()


def test_its_own_files_and_its_examples_restated(oozie: RealVerdicts) -> None:
    files = material.all_files()
    expected = {row.file: row for row in material.read_table() if row.file in files}
    assert {row.file: row for row in oozie.of_files(files)} == expected


def test_small_workflows(oozie: RealVerdicts) -> None:
    graphs = read_graphs()
    found = dict(oozie.of_graphs(graphs))
    assert found == {graph.name: graph.verdict for graph in graphs}


def test_ways_to_write_an_app(oozie: RealVerdicts) -> None:
    assert dict(oozie.of_forms()) == read_forms()


def test_included_files_of_datasets(oozie: RealVerdicts) -> None:
    assert dict(oozie.of_included()) == read_included()


def test_workflows_at_random(oozie: RealVerdicts) -> None:
    """Here our own validator is held against Oozie itself; nothing is written down."""
    graphs = [random_graph(seed) for seed in range(_RANDOM)]
    found = dict(oozie.of_graphs(graphs))
    assert found == {graph.name: material.our_verdict(graph.xml, {}) for graph in graphs}
    assert len(Counter(found.values())) >= 6


def test_apps_with_an_odd_value(oozie: RealVerdicts) -> None:
    """Some of them; all were tried once."""
    apps = Random(_ODD).sample(list(odd_apps()), _ODD)
    found = dict(oozie.of_odd_apps(apps))
    assert found == {odd.name: material.our_verdict(odd.xml, PROPERTIES, odd.kind) for odd in apps}
    assert len(Counter(found.values())) >= 5
