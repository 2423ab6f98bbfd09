from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from oozie.client import OozieClientError
from oozie.client.reading import (
    moment,
    number,
    read_attempt,
    read_configuration,
    read_coordinator,
    read_coordinator_action,
    read_waiting,
    read_workflow,
    read_workflow_action,
)


def test_times_are_oozies_and_become_utc() -> None:
    found = {"a": "Sat, 21 Nov 2026 12:00:00 GMT", "b": None, "c": "", "d": "Sat, 21 Nov 2026 19:00:00 +0700"}

    noon = datetime(2026, 11, 21, 12, tzinfo=timezone.utc)
    assert [moment(found, name) for name in "abcde"] == [noon, None, None, noon, None]


def test_a_dash_stands_for_nothing() -> None:
    action = read_workflow_action({"id": "J@a", "externalId": "-", "consoleUrl": "-", "trackerUri": "-"})

    assert (action.external_id, action.console_url, action.tracker_uri) == ("", "", "")


def test_children_are_a_list_with_commas() -> None:
    assert read_workflow_action({"externalChildIDs": "job_1_1,job_1_2"}).external_child_ids == ("job_1_1", "job_1_2")
    assert read_attempt({"attempt": "2", "externalChildIDs": "-"}).external_child_ids == ()


def test_dependencies_are_split_where_oozie_joins_them() -> None:
    found = {"id": "J@3", "missingDependencies": "hdfs://a/1#hdfs://a/2!!${coord:latest(0)}"}

    action = read_coordinator_action(found)

    assert action.missing_dependencies == ("hdfs://a/1", "hdfs://a/2", "${coord:latest(0)}")
    assert action.job_id == "J"


def test_a_configuration_keeps_its_texts_exactly() -> None:
    xml = (
        "<configuration>\r\n<property><name> a </name><value> one &lt;two&gt; </value></property>"
        "<property><name>b</name><value></value><source>x</source></property><!-- c --></configuration>"
    )
    assert read_configuration(xml) == {"a": " one <two> ", "b": ""}
    assert read_configuration("") == {}


@pytest.mark.parametrize("xml", ["<configuration>", '<!DOCTYPE x [<!ENTITY a "b">]><configuration/>'])
def test_a_configuration_that_is_none_or_a_trap_is_refused(xml: str) -> None:
    with pytest.raises(OozieClientError) as caught:
        read_configuration(xml)
    assert caught.value.code == "H802"


def test_what_an_older_server_lacks_is_empty() -> None:
    job = read_workflow({"id": "J", "status": "RUNNING", "actions": [{"id": "J@a"}]})

    assert (job.app_name, job.run, job.started, job.actions[0].status) == ("", 0, None, "")


def test_the_number_of_instances_is_at_least_those_that_are_there() -> None:
    assert read_coordinator({"coordJobId": "J", "actions": [{"id": "J@1"}, {"id": "J@2"}]}).total == 2
    assert read_coordinator({"coordJobId": "J", "total": 700, "actions": [{"id": "J@1"}]}).total == 700


def test_what_an_instance_waits_for() -> None:
    waiting = read_waiting(
        {"id": 4, "blockedOn": "hdfs://a/1", "dataSets": [{"dataSet": "days", "missingDependencies": ["hdfs://a/1"]}]}
    )
    assert (waiting.number, waiting.first, waiting.datasets) == (4, "hdfs://a/1", {"days": ("hdfs://a/1",)})


@pytest.mark.parametrize(
    "found",
    [{"actions": "none"}, {"actions": [1]}, {"status": {"a": 1}}, {"run": "many"}, {"startTime": "soon"}],
)
def test_another_shape_is_not_oozies(found: dict[str, Any]) -> None:
    with pytest.raises(OozieClientError) as caught:
        read_workflow({"id": "J", **found})
    assert caught.value.code == "H802"


@pytest.mark.parametrize("value", ["x", [1], 1.5e400])
def test_a_number_that_is_none(value: object) -> None:
    with pytest.raises(OozieClientError):
        number({"run": value}, "run")
