from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest

from generator.app import generate
from howdah.demo.cases import CASES
from howdah.demo.stack_chain import FOLDER, PASSWORD_FILE, StackChain, past_instances, profile_of
from howdah.stack.addresses import Addresses
from oozie.language.properties import read_properties
from workflows.funnel.workflow import FUNNEL

ADDRESSES = Addresses(
    name_node="hdfs://localhost:1",
    webhdfs="http://localhost:2",
    resource_manager="localhost:3",
    resource_manager_web="http://localhost:4",
    history_web="http://localhost:5",
    oozie="http://localhost:6/oozie",
    hive_jdbc="jdbc:hive2://localhost:7/default",
    database="mysql://me:s%40cret@127.0.0.1:8/funnel_db",
    jdbc="jdbc:mysql://127.0.0.1:8/funnel_db",
    user="me",
    python="/opt/python",
    smtp_port=9,
)


def test_the_nominal_times_have_all_passed_and_none_is_left_out() -> None:
    now = datetime(2026, 3, 1, 12, 0, 59, tzinfo=timezone.utc)

    schedule = past_instances(FUNNEL, 2, now).schedule

    assert schedule is not None
    assert (schedule.start, schedule.end) == ("2026-03-01T07:00Z", "2026-03-01T12:00Z")  # 07:00, 09:30; not 12:00
    assert (schedule.execution, schedule.concurrency) == ("FIFO", 1)
    assert FUNNEL.schedule is not None
    assert FUNNEL.schedule.execution == "LAST_ONLY"


def test_the_app_is_for_the_stack_that_runs() -> None:
    files = generate(past_instances(FUNNEL, 1), profile_of(ADDRESSES), folder=CASES["funnel"].folder)

    properties = read_properties(files["job.properties"].decode())
    assert {
        "nameNode": "hdfs://localhost:1",
        "jobTracker": "localhost:3",
        "hiveUrl": "jdbc:hive2://localhost:7/default",
        "jdbcUrl": "jdbc:mysql://127.0.0.1:8/funnel_db",
        "dbUser": "me",
        "passwordFile": "${nameNode}" + PASSWORD_FILE,
        "sparkPython": "/opt/python",
        "appPath": f"${{nameNode}}{FOLDER}/funnel",
    }.items() <= properties.items()
    assert not [name for name, content in files.items() if b"cret" in content and name != "howdah-jobs.zip"]


@pytest.mark.parametrize(("name", "imports"), [("funnel", 1), ("redemption", 6)])
def test_newer_rows_wait_for_every_import(name: str, imports: int, tmp_path: Path) -> None:
    chain = StackChain(CASES[name], ADDRESSES, tmp_path)

    assert len(chain.imports) == imports
    assert all(action.startswith("import-") for action in chain.imports)
    assert chain.models_url == "webhdfs://localhost:2/user/refinedzone/models"
