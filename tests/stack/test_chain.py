"""The article's chain on the real stack, twice by its coordinator: every row, every number, and no restart."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from generator.declare import hive
from howdah.demo.following import Hook
from howdah.demo.report import read_rows
from howdah.demo.stack_chain import EVERY_MINUTES, FOLDER, PASSWORD_FILE
from howdah.stack.addresses import Addresses
from oozie.client import Coordinator, Workflow
from tests.stack.chain import IMPORT, REPORT, SUMMARY, TABLE, TRAINING, Chain, only

pytestmark = [pytest.mark.stack, pytest.mark.slow]

COUNTS = "/user/refinedzone/funnel-count"
# What Hive itself counts in what was imported, beside the report.
COUNTED = hive(
    "count-rows",
    query=f"INSERT OVERWRITE DIRECTORY '${{nameNode}}{COUNTS}/${{wf:id()}}'\n"
    "ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\t' SELECT count(*) FROM funnel_hits;",
)
REVENUE = f"""
SELECT medium, count(*), count(micros), coalesce(sum(micros), 0) / 1000000
FROM (SELECT max(medium) AS medium, max(totalTransactionRevenue) AS micros FROM {TABLE} GROUP BY fullVisitorId, visitId)
  AS sessions GROUP BY medium ORDER BY 4 DESC, medium
"""


@dataclass
class Load:
    """What one instance imported, and what stood in the database then."""

    job: Workflow
    in_database: int
    in_hdfs: int
    revenue: list[list[str]]
    counted: int = 0
    reported: list[list[str]] = field(default_factory=list)
    version: int = 0
    answer: dict[str, Any] = field(default_factory=dict)


@dataclass
class Ran:
    """All that the module looks at."""

    chain: Chain
    coordinator: Coordinator
    loads: list[Load]
    record: dict[str, Any]
    pids: list[int]
    seconds_to_swap: float


@pytest.fixture(scope="module")
def ran(stack: Addresses, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    chain = Chain(stack, tmp_path_factory.mktemp("chain"))
    chain.hdfs.delete(COUNTS, recursive=True)
    chain.load(0)
    with chain.started(only(IMPORT, SUMMARY, COUNTED, TRAINING), instances=2) as coordinator_id:
        first = follow(chain, coordinator_id, 1)
        with chain.served() as service:
            record, pids = chain.example(), [service.pid]
            first.answer = service.ask("funnel", record)
            second = follow(chain, coordinator_id, 2)
            second.answer, seconds = service.await_version("funnel", second.version, record)
            pids.append(service.pid)
        chain.await_end(coordinator_id)
        yield Ran(chain, chain.oozie.coordinator(coordinator_id), [first, second], record, pids, seconds)


def follow(chain: Chain, coordinator_id: str, number: int) -> Load:
    """An instance to its end; what it imported is looked at before newer rows come."""
    seen: list[Load] = []

    def look() -> None:
        [[rows]] = chain.query(f"SELECT count(*) FROM {TABLE}")
        revenue = [list(map(str, row)) for row in chain.query(REVENUE)]
        seen.append(Load(Workflow("", "", "", "", ""), rows, chain.rows_in_hdfs(), revenue))
        chain.load(1)

    job = chain.follower.follow(coordinator_id, number, Hook(chain.imports, look))
    assert job.status == "SUCCEEDED", chain.said
    [[counted]] = read_rows(chain.hdfs, f"{COUNTS}/{job.id}")
    [load] = seen
    return replace(
        load, job=job, counted=int(counted), reported=read_rows(chain.hdfs, REPORT), version=chain.champion()
    )


def test_the_coordinator_ran_both_by_its_own_schedule(ran: Ran) -> None:
    first, second = ran.coordinator.actions
    assert ran.coordinator.status == "SUCCEEDED"
    assert (ran.coordinator.execution, ran.coordinator.concurrency) == ("FIFO", 1)
    assert first.nominal is not None
    assert second.nominal == first.nominal + timedelta(minutes=EVERY_MINUTES)
    assert [each.external_id for each in (first, second)] == [load.job.id for load in ran.loads]
    jobs = [load.job for load in ran.loads]
    assert jobs[0].ended is not None
    assert jobs[1].started is not None
    assert jobs[0].ended <= jobs[1].started
    for job in jobs:
        assert [(action.name, action.status) for action in job.actions if not action.is_control] == [
            (name, "OK") for name in ("import-funnel", "summary-report", "count-rows", "train-model")
        ]


def test_every_row_arrives_each_time_and_hive_counts_the_same(ran: Ran) -> None:
    for load in ran.loads:
        assert load.in_hdfs == load.counted == load.in_database > 10_000
    assert ran.loads[1].in_database > ran.loads[0].in_database


def test_the_report_says_what_the_database_says(ran: Ran) -> None:
    for load in ran.loads:
        assert [row[:3] for row in load.reported] == [row[:3] for row in load.revenue]
        for row, expected in zip(load.reported, load.revenue, strict=True):
            assert float(row[3]) == pytest.approx(float(expected[3]), abs=0.006)
    assert ran.loads[0].reported != ran.loads[1].reported


def test_each_version_is_whole_and_says_where_it_came_from(ran: Ran) -> None:
    models = ran.chain.models
    assert ran.loads[1].version == ran.loads[0].version + 1
    for load, instance in zip(ran.loads, ran.coordinator.actions, strict=True):
        assert models.verify("funnel", load.version) == []
        manifest = models.manifest("funnel", load.version)
        assert manifest.run["id"] == load.job.id
        assert instance.nominal is not None
        assert manifest.run["nominal_time"] == f"{instance.nominal:%Y-%m-%dT%H:%MZ}"
        assert manifest.data["rows"] == load.in_database
    first, second = (models.manifest("funnel", load.version) for load in ran.loads)
    assert first.data["fingerprint"] != second.data["fingerprint"]


@pytest.mark.spark
def test_the_service_answers_as_spark_does_and_takes_the_new_version_without_a_restart(ran: Ran) -> None:
    assert ran.pids[0] == ran.pids[1]
    assert ran.seconds_to_swap < 10
    spark_says = ran.chain.spark_answers([load.version for load in ran.loads], ran.record)
    for load, expected in zip(ran.loads, spark_says, strict=True):
        assert load.answer["version"] == load.version
        assert load.answer["predictions"][0]["probabilities"] == pytest.approx(expected, abs=1e-9)
    assert ran.loads[0].answer["predictions"] != ran.loads[1].answer["predictions"]


def test_the_password_stands_in_its_file_alone(ran: Ran) -> None:
    hdfs, addresses = ran.chain.hdfs, ran.chain.addresses
    assert hdfs._client.status(PASSWORD_FILE)["permission"] == "400"
    with hdfs.open(PASSWORD_FILE) as file:
        assert file.read().decode() == ran.chain.database.password
    job = ran.loads[0].job
    told = ran.chain.oozie.definition(job.id) + "".join(
        f"{name}={value}\n" for name, value in job.configuration.items()
    )
    assert "--password-file" in told
    assert f":{ran.chain.database.password}@" not in told
    assert addresses.database not in told


def test_the_next_chain_ends_this_one_first(stack: Addresses, tmp_path: Path) -> None:
    chain = Chain(stack, tmp_path)
    with chain.started(only(IMPORT), instances=2) as before:
        assert chain.end_earlier() == 1
        assert chain.oozie.coordinator(before).status == "KILLED"
        assert chain.end_earlier() == 0
        began = time.monotonic()
        chain.end(before)  # as the demo does in any case
        assert time.monotonic() - began < 5
    assert chain.hdfs.exists(f"{FOLDER}/funnel")
