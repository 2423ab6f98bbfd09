"""The launcher, with a stack of its own beside the one that $HOWDAH_STACK names.

The tests stand in the order of a stack's life: what runs is looked at first, then stopped, started again, deleted.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pymysql
import pytest

from howdah.stack import fetching, procfs
from howdah.stack.addresses import Addresses
from howdah.stack.layout import Layout
from howdah.stack.procfs import PROC
from howdah.stack.services import BY_NAME
from oozie.client import OozieClient
from tests.stack.beeline import beeline
from tests.stack.own_stack import OwnStack, new_stack

pytestmark = [pytest.mark.stack, pytest.mark.slow]

_LOOPBACKS = {"0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000"}
_LISTENING = "0A"
UP_S = 90  # what a person is promised of a stack whose software has been fetched
_SLEEPER = """
<workflow-app xmlns="uri:oozie:workflow:0.5" name="sleeper">
  <start to="sleep"/>
  <action name="sleep">
    <shell xmlns="uri:oozie:shell-action:0.3">
      <job-tracker>${jobTracker}</job-tracker><name-node>${nameNode}</name-node>
      <exec>sleep</exec><argument>600</argument>
    </shell>
    <ok to="end"/><error to="end"/>
  </action>
  <end name="end"/>
</workflow-app>
"""


@pytest.fixture(scope="module")
def own(stack: Addresses, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnStack]:
    with new_stack(tmp_path_factory.mktemp("launcher") / "stack") as made:
        yield made


def test_all_of_it_is_up_beside_the_other_stack(own: OwnStack, stack: Addresses) -> None:
    services = own.services()

    assert (own.state(), services.keys()) == ("up", BY_NAME.keys())
    assert all(each["pid"] and each["memory_mb"] > 30 for each in services.values())
    assert own.addresses.oozie != stack.oozie
    for url in (own.addresses.oozie, stack.oozie):
        assert OozieClient(url).system_mode() == "NORMAL"


def test_everything_listens_on_the_loopback_alone(own: OwnStack) -> None:
    inodes = {
        str(entry.readlink()).removeprefix("socket:[").removesuffix("]")
        for each in own.services().values()
        for entry in (PROC / str(each["pid"]) / "fd").iterdir()
        if entry.is_symlink() and str(entry.readlink()).startswith("socket:")
    }
    listening = {
        fields[1]
        for table in ("tcp", "tcp6")
        for fields in map(str.split, (PROC / "net" / table).read_text().splitlines()[1:])
        if fields[3] == _LISTENING and fields[9] in inodes
    }

    assert len(listening) >= 20
    assert {address.partition(":")[0] for address in listening} <= _LOOPBACKS


def test_every_service_has_a_log_of_its_own(own: OwnStack) -> None:
    for name in BY_NAME:
        shown = own.launcher("logs", name, "-n", "3")
        assert shown.returncode == 0
        assert 0 < len(shown.stdout.splitlines()) <= 3, name


def test_the_share_lib_is_in_use(own: OwnStack) -> None:
    libs = OozieClient(own.addresses.oozie).share_libs()

    assert {"oozie", "sqoop", "hive2", "spark", "distcp"} <= set(libs)


def test_what_runs_is_left_running_and_needs_no_network(own: OwnStack, tmp_path: Path) -> None:
    before = {name: each["pid"] for name, each in own.services().items()}
    mvn = tmp_path / "mvn"
    mvn.write_text(f"#!/bin/sh\ntouch {tmp_path}/called\nexit 1\n")
    mvn.chmod(0o755)
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:1")

    up = own.launcher("up", PATH=f"{tmp_path}:{os.environ['PATH']}", **nowhere)

    assert up.returncode == 0, up.stderr
    assert f"The stack in {own.folder} is running already" in up.stdout
    assert {name: each["pid"] for name, each in own.services().items()} == before
    assert not (tmp_path / "called").exists()


def test_what_has_died_is_repaired(own: OwnStack) -> None:
    before = own.services()
    for name in ("resourcemanager", "mariadb"):
        own.kill(name)
    status = own.launcher("status")
    assert status.returncode == 1
    assert re.search(r"^mariadb +died", status.stdout, re.MULTILINE)
    assert "howdah stack up repairs what has died" in status.stdout

    own.up()

    after = own.services()
    assert {name for name in BY_NAME if after[name]["pid"] != before[name]["pid"]} == {"resourcemanager", "mariadb"}
    assert own.state() == "up"


def test_a_node_managers_containers_do_not_outlive_it(own: OwnStack) -> None:
    containers = Layout(own.folder).containers / "usercache"
    containers.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "CONTAINER_ID": "container_1_0001_01_000001"}
    with subprocess.Popen(["/bin/sleep", "600"], cwd=containers, env=environment) as orphan:
        own.kill("nodemanager")

        own.up()

        assert orphan.wait(10) == -signal.SIGTERM


def test_one_command_at_a_time(own: OwnStack) -> None:
    with own.begun() as first:
        first.send_signal(signal.SIGSTOP)  # what runs already is seen to in less time than the second takes to begin
        try:
            second = own.launcher("down")
        finally:
            first.send_signal(signal.SIGCONT)
        first.communicate(timeout=60)

    assert first.returncode == 0
    assert second.returncode == 1
    assert f"H728 another command (pid {first.pid}) is at work on {own.folder}" in second.stderr
    assert own.state() == "up"


def test_reset_asks_first(own: OwnStack) -> None:
    refused = own.launcher("reset")

    assert refused.returncode == 130
    assert f"Delete HDFS, jobs, tables and databases in {own.folder}? [y/N]" in refused.stdout
    assert own.state() == "up"


def test_down_leaves_no_process_and_up_finds_the_state_again(own: OwnStack) -> None:
    addresses = own.addresses
    query(addresses, "CREATE TABLE kept (a INT)")
    query(addresses, "INSERT INTO kept VALUES (1), (2)")
    beeline(addresses, "CREATE TABLE kept (a INT)", "INSERT INTO kept VALUES (1), (2), (3)")
    job = start_sleeper(own)

    down = own.launcher("down")

    assert down.returncode == 0, down.stderr
    assert own.processes() == []
    assert {each["state"] for each in own.services().values()} == {"down"}

    began = time.monotonic()
    own.up()
    assert time.monotonic() - began < UP_S
    assert own.addresses == addresses
    assert query(addresses, "SELECT COUNT(*) FROM kept") == 2
    assert beeline(addresses, "SELECT COUNT(*) FROM kept") == ["3"]
    assert own.oozie().workflow(job).app_name == "sleeper"
    own.oozie().kill(job)


def query(addresses: Addresses, statement: str) -> int:
    """The number that MariaDB answers; 0 for none."""
    port = int(addresses.database.rpartition(":")[2].partition("/")[0])
    with (
        pymysql.connect(
            host="127.0.0.1", port=port, user="funnel", password="funnel", database="funnel_db", autocommit=True
        ) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
        row = cursor.fetchone()
        return int(row[0]) if row else 0


def start_sleeper(own: OwnStack) -> str:
    """A job whose container is at work."""
    addresses = own.addresses
    app = f"/user/{addresses.user}/sleeper"
    with own.hdfs().create(f"{app}/workflow.xml") as stream:
        stream.write(_SLEEPER.encode())
    job = own.oozie().submit(
        {
            "user.name": addresses.user, "nameNode": addresses.name_node, "jobTracker": addresses.resource_manager,
            "oozie.use.system.libpath": "true", "oozie.wf.application.path": f"{addresses.name_node}{app}",
        },
        start=True,
    )  # fmt: skip
    deadline = time.monotonic() + 120
    while not any(
        "sleep 600" in procfs.command_line(pid) for pid in procfs.working_below(Layout(own.folder).containers)
    ):
        assert time.monotonic() < deadline, "the action's container does not start"
        time.sleep(0.5)
    return job


def test_a_taken_port_is_named(own: OwnStack) -> None:
    assert own.launcher("down").returncode == 0
    number = own.services()["oozie"]["ports"]["oozie"]
    with socket.create_server(("127.0.0.1", number)):
        up = own.launcher("up")

    assert up.returncode == 1
    assert f"H722 port {number} of oozie is taken: process {os.getpid()} (" in up.stderr
    assert "--port oozie=N, or --port-base N" in up.stderr
    assert own.processes() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_up_stops_what_it_started(own: OwnStack, number: signal.Signals) -> None:
    with own.begun() as up:
        assert len(own.processes()) > 2
        up.send_signal(number)
        up.communicate(timeout=90)

    assert up.returncode == 130
    assert own.processes() == []


def test_what_a_killed_up_has_left_is_taken_over(own: OwnStack) -> None:
    with own.begun() as up:
        assert len(own.processes()) > 2
        up.kill()
        up.communicate(timeout=90)
    assert own.processes() != []
    left = {name: each["pid"] for name, each in own.services().items() if each["pid"]}

    own.up()

    services = own.services()
    assert own.state() == "up"
    assert {name: services[name]["pid"] for name in left} == left


def test_reset_deletes_the_state_and_not_the_cache(own: OwnStack) -> None:
    cache = sorted(fetching.cache_folder().iterdir())

    reset = own.launcher("reset", "--yes")

    assert reset.returncode == 0, reset.stderr
    assert own.processes() == []
    assert list(own.folder.iterdir()) == []
    assert sorted(fetching.cache_folder().iterdir()) == cache
