from __future__ import annotations

import pytest

from oozie.language.content_model import START, content_model
from oozie.language.schema_tables import TABLES, is_global


def test_there_is_a_table_for_each_of_oozies_namespaces() -> None:
    # 47 XSD files; the common one has no namespace, and gms-oozie-sla shares that of sla 0.1.
    assert len(TABLES) == 45


@pytest.mark.parametrize("namespace", TABLES)
def test_every_notation_says_at_once_what_a_child_is(namespace: str) -> None:
    for of_type in TABLES[namespace].values():
        if of_type.content is not None:
            model = content_model(of_type.content)
            for state in range(START, len(model.tags)):
                followers = model.first if state == START else model.follow[state]
                assert len({model.tags[position] for position in followers}) == len(followers)


@pytest.mark.parametrize("namespace", TABLES)
def test_every_schema_has_a_row_for_what_may_stand_alone(namespace: str) -> None:
    alone = [
        tag
        for tag in TABLES[namespace]
        for kind in ("workflow", "coordinator", "bundle")
        if is_global(kind, namespace, tag)
    ]

    assert alone


def test_a_coordinator_knows_no_actions() -> None:
    assert is_global("workflow", "uri:oozie:hive-action:0.5", "hive")
    assert not is_global("coordinator", "uri:oozie:hive-action:0.5", "hive")
