"""What a coordinator waits for and makes."""

from __future__ import annotations

from oozie.language.dataflow import handed_down, inputs_of, outputs_of
from oozie.language.dataflow.uses import Use
from oozie.language.reader import read_coordinator, read_datasets

HEAD = '<coordinator-app name="c" frequency="60" start="s" end="e" timezone="UTC" xmlns="uri:oozie:coordinator:0.5">'
DATASETS = """<datasets><dataset name="logs" frequency="60" initial-instance="i" timezone="UTC">
<uri-template>${nameNode}/logs/${YEAR}</uri-template><done-flag></done-flag></dataset>
<dataset name="part" frequency="60" initial-instance="i" timezone="UTC">
<uri-template>hcat://h:9083/shop/orders/day=${DAY}</uri-template></dataset></datasets>"""
EVENTS = """<input-events><data-in name="in" dataset="logs"><start-instance>${coord:current(-23)}</start-instance>
<end-instance>${coord:current(0)}</end-instance></data-in></input-events>
<output-events><data-out name="out" dataset="part">
<instance>${coord:current(0)}</instance></data-out></output-events>"""
ACTION = """<action><workflow><app-path>/w</app-path><configuration>
<property><name>dir</name><value>${coord:dataIn('in')}/x</value></property>
<property><name>when</name><value>${coord:nominalTime()}</value></property></configuration></workflow></action>"""
PROPERTIES = {"nameNode": "hdfs://nn"}


def coordinator(datasets: str = DATASETS, events: str = EVENTS):
    return read_coordinator(f"{HEAD}{datasets}{events}{ACTION}</coordinator-app>".encode())


def test_an_event_with_its_dataset() -> None:
    (stock,) = inputs_of(coordinator(), PROPERTIES)

    assert (stock.event, stock.dataset, stock.uri) == ("in", "logs", "hdfs://nn/logs/${YEAR}")
    assert stock.instances == ("${coord:current(-23)} to ${coord:current(0)}",)
    assert stock.done_flag == ""
    assert stock.use(is_input=True) == Use("reads", "path", "hdfs://nn/logs/${YEAR}")


def test_a_partition_is_its_table() -> None:
    (stock,) = outputs_of(coordinator(), PROPERTIES)

    assert stock.done_flag == "_SUCCESS"
    assert stock.use(is_input=False) == Use("writes", "table", "shop.orders")


def test_a_workflow_gets_the_dataset_where_it_is_told_its_data() -> None:
    handed = handed_down(coordinator(), PROPERTIES)

    assert handed == {"nameNode": "hdfs://nn", "dir": "hdfs://nn/logs/${YEAR}/x", "when": "${coord:nominalTime()}"}


def test_a_dataset_may_come_from_a_file_or_be_unknown() -> None:
    bare = coordinator(datasets="")
    included = read_datasets(DATASETS.encode()).datasets

    assert not inputs_of(bare, PROPERTIES)[0].is_known
    assert inputs_of(bare, PROPERTIES)[0].use(is_input=True).name == "logs"
    assert inputs_of(bare, PROPERTIES, included)[0].uri == "hdfs://nn/logs/${YEAR}"


def test_either_of_two_is_waited_for() -> None:
    either = (
        '<input-events><or><data-in name="a" dataset="logs"/><data-in name="b" dataset="part"/></or></input-events>'
    )

    assert [stock.event for stock in inputs_of(coordinator(events=either), PROPERTIES)] == ["a", "b"]
