"""The launcher, with a stack of its own beside the one that $HOWDAH_STACK names.

The tests stand in the order of a stack's life: what runs is looked at first, then stopped, started again, deleted.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymysql
import pytest

from howdah.stack import fetching, procfs, sharelib
from howdah.stack.addresses import Addresses
from howdah.stack.layout import Layout
from howdah.stack.prerequisites import Machine
from howdah.stack.processes import Processes
from howdah.stack.services import BY_NAME
from howdah.stack.stack import assemble
from oozie.client import OozieClient
from storage.webhdfs import WebHdfs

pytestmark = [pytest.mark.stack, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
ROWS = 5000
_LOOPBACKS = {"0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000"}
_UP_S = 300
_LISTENING = "0A"
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


def howdah(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """``howdah stack ...``, as a shell would call it."""
    return subprocess.run(
        [sys.executable, "-m", "howdah", "stack", *map(str, arguments)], cwd=ROOT, text=True, capture_output=True,
        env={**os.environ, **environment}, timeout=_UP_S, check=False,
    )  # fmt: skip


@dataclass(frozen=True)
class Own:
    """The stack of these tests."""

    folder: Path

    @property
    def addresses(self) -> Addresses:
        return Addresses.read(self.folder)

    @property
    def hdfs(self) -> WebHdfs:
        return WebHdfs(self.addresses.webhdfs, user=self.addresses.user)

    def call(self, command: str, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        return howdah(command, "--folder", self.folder, *arguments, **environment)

    def status(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.call("status", "--format", "json").stdout)
        return found

    def services(self) -> Mapping[str, Mapping[str, Any]]:
        return {each["name"]: each for each in self.status()["services"]}

    def processes(self) -> list[int]:
        """Whatever works in this folder, or was started with it."""
        return [
            pid for pid in procfs.pids()
            if pid != os.getpid() and procfs.start_ticks(pid) is not None and str(self.folder) in _words(pid)
        ] + procfs.working_below(self.folder)  # fmt: skip


def _words(pid: int) -> str:
    try:
        return (procfs.PROC / str(pid) / "cmdline").read_text("utf-8", "replace")
    except OSError:
        return ""


def free_base() -> int:
    """Thirty ports in a row that nobody has, below those that the system gives to clients."""
    for base in range(23000, 32000, 100):
        if not any(procfs.owner_of(number) for number in range(base, base + 30)):
            return base
    raise RuntimeError("no free ports")


@pytest.fixture(scope="module")
def own(stack: Addresses, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Own]:
    made = Own(tmp_path_factory.mktemp("launcher") / "stack")
    began = time.monotonic()
    up = made.call("up", "--port-base", free_base())
    assert up.returncode == 0, up.stdout + up.stderr
    print(f"\nan empty stack is up after {time.monotonic() - began:.0f} s")
    yield made
    made.call("down")


@pytest.fixture(scope="module")
def beeline(own: Own) -> list[str]:
    """The share lib's own beeline, as a hive2 action starts it."""
    java_home = Machine().find_jdk()
    assert java_home
    software = assemble(fetching.cache_folder(), fetching.ALWAYS, java_home, print)
    jars = [*map(str, sharelib.collect(software)["hive2"]), f"{software.hadoop / fetching.JARS}/*"]
    return [software.java, "-XX:TieredStopAtLevel=1", "-cp", ":".join(jars), "org.apache.hive.beeline.BeeLine"]


def ask(beeline: list[str], own: Own, *statements: str) -> list[str]:
    """What ``statements`` answer, a line a row."""
    addresses = own.addresses
    done = subprocess.run(
        [*beeline, "-u", addresses.hive_jdbc, "-n", addresses.user, "--silent=true", "--outputformat=tsv2",
         "--showHeader=false", "-e", ";".join(statements) + ";"],
        text=True, capture_output=True, check=False, timeout=_UP_S,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def put_rows(own: Own) -> None:
    for part in range(4):
        with own.hdfs.create(f"/user/{own.addresses.user}/rows/part-{part}", overwrite=True) as stream:
            stream.writelines(f"{number},{number % 7}\n".encode() for number in range(part, ROWS, 4))


def create_table(own: Own) -> str:
    place = f"/user/{own.addresses.user}/rows"
    return (
        "CREATE EXTERNAL TABLE numbers (number INT, kind INT) "
        f"ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' STORED AS TEXTFILE LOCATION '{place}'"
    )


def test_all_of_it_is_up_beside_the_other_stack(own: Own, stack: Addresses) -> None:
    found = own.status()

    assert (found["state"], {each["name"] for each in found["services"]}) == ("up", set(BY_NAME))
    assert all(each["pid"] and each["memory_mb"] > 30 for each in found["services"])
    assert own.addresses.oozie != stack.oozie
    for url in (own.addresses.oozie, stack.oozie):
        assert OozieClient(url).system_mode() == "NORMAL"


def test_everything_listens_on_the_loopback_alone(own: Own) -> None:
    inodes = {
        str(entry.readlink()).removeprefix("socket:[").removesuffix("]")
        for each in own.services().values()
        for entry in (procfs.PROC / str(each["pid"]) / "fd").iterdir()
        if entry.is_symlink() and str(entry.readlink()).startswith("socket:")
    }
    listening = {
        fields[1]
        for table in ("tcp", "tcp6")
        for fields in map(str.split, (procfs.PROC / "net" / table).read_text().splitlines()[1:])
        if fields[3] == _LISTENING and fields[9] in inodes
    }

    assert len(listening) >= 20
    assert {address.partition(":")[0] for address in listening} <= _LOOPBACKS


def test_every_service_has_a_log_of_its_own(own: Own) -> None:
    for name in BY_NAME:
        shown = own.call("logs", name, "-n", "3")
        assert shown.returncode == 0
        assert 0 < len(shown.stdout.splitlines()) <= 3, name


def test_the_share_lib_is_in_use(own: Own) -> None:
    libs = OozieClient(own.addresses.oozie).share_libs()

    assert {"oozie", "sqoop", "hive2", "spark", "distcp"} <= set(libs)


def test_what_runs_is_left_running_and_needs_no_network(own: Own, tmp_path: Path) -> None:
    before = {name: each["pid"] for name, each in own.services().items()}
    mvn = tmp_path / "mvn"
    mvn.write_text(f"#!/bin/sh\ntouch {tmp_path}/called\nexit 1\n")
    mvn.chmod(0o755)
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:1")

    up = own.call("up", PATH=f"{tmp_path}:{os.environ['PATH']}", **nowhere)

    assert up.returncode == 0, up.stderr
    assert f"The stack in {own.folder} is running already" in up.stdout
    assert {name: each["pid"] for name, each in own.services().items()} == before
    assert not (tmp_path / "called").exists()


def test_the_thrift_server_counts_right(own: Own, beeline: list[str]) -> None:
    put_rows(own)

    counts = ask(beeline, own, create_table(own), *["SELECT COUNT(*) FROM numbers"] * 6)

    assert counts == [str(ROWS)] * 6


def test_what_has_died_is_repaired(own: Own) -> None:
    before = own.services()
    for name in ("resourcemanager", "mariadb"):
        os.kill(before[name]["pid"], signal.SIGKILL)
        while procfs.start_ticks(before[name]["pid"]) is not None:
            time.sleep(0.05)
    status = own.call("status")
    assert status.returncode == 1
    assert re.search(r"^mariadb +died", status.stdout, re.MULTILINE)
    assert "howdah stack up repairs what has died" in status.stdout

    up = own.call("up")

    assert up.returncode == 0, up.stdout + up.stderr
    after = own.services()
    assert {name for name in BY_NAME if after[name]["pid"] != before[name]["pid"]} == {"resourcemanager", "mariadb"}
    assert own.status()["state"] == "up"


def test_down_leaves_no_process_and_keeps_the_state(own: Own, beeline: list[str]) -> None:
    addresses = own.addresses
    database = addresses.database.rpartition(":")[2].partition("/")[0]
    login = {"host": "127.0.0.1", "port": int(database), "user": "funnel", "password": "funnel", "db": "funnel_db"}
    with pymysql.connect(**login) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept (a INT)")
        cursor.execute("INSERT INTO kept VALUES (1), (2)")
        connection.commit()
    app = f"/user/{addresses.user}/sleeper"
    with own.hdfs.create(f"{app}/workflow.xml") as stream:
        stream.write(_SLEEPER.encode())
    job = OozieClient(addresses.oozie, user=addresses.user).submit(
        {
            "user.name": addresses.user, "nameNode": addresses.name_node, "jobTracker": addresses.resource_manager,
            "oozie.use.system.libpath": "true", "oozie.wf.application.path": f"{addresses.name_node}{app}",
        },
        start=True,
    )  # fmt: skip
    deadline = time.monotonic() + 120
    while not any("sleep\0600" in _words(pid) for pid in procfs.working_below(Layout(own.folder).containers)):
        assert time.monotonic() < deadline, "the action's container does not start"
        time.sleep(0.5)

    down = own.call("down")

    assert down.returncode == 0, down.stderr
    assert own.processes() == []
    assert {each["state"] for each in own.services().values()} == {"down"}

    began = time.monotonic()
    up = own.call("up")
    seconds = time.monotonic() - began
    assert up.returncode == 0, up.stdout + up.stderr
    print(f"\na stack with state is up after {seconds:.0f} s")
    assert own.addresses == addresses
    with pymysql.connect(**login) as connection, connection.cursor() as cursor:
        assert cursor.execute("SELECT a FROM kept") == 2
    assert ask(beeline, own, "SELECT COUNT(*) FROM numbers") == [str(ROWS)]
    client = OozieClient(addresses.oozie, user=addresses.user)
    assert client.workflow(job).app_name == "sleeper"
    client.kill(job)


def test_the_hive_projects_own_server_counts_right(own: Own, beeline: list[str]) -> None:
    put_rows(own)
    up = own.call("up", "--hive", "hive")
    assert up.returncode == 0, up.stdout + up.stderr

    report = f"/user/{own.addresses.user}/report"
    counts = ask(
        beeline, own, create_table(own), *["SELECT COUNT(*) FROM numbers"] * 6,
        f"INSERT OVERWRITE DIRECTORY '{report}' SELECT kind, COUNT(*) FROM numbers GROUP BY kind",
    )  # fmt: skip

    assert counts == [str(ROWS)] * 6
    parts = [each.path for each in own.hdfs.list(report) if not each.name.startswith(("_", "."))]
    rows = [line.split("\x01") for part in parts for line in own.hdfs.open(part).read().decode().splitlines()]
    assert sum(int(count) for _, count in rows) == ROWS
    assert len(rows) == 7


def test_a_node_managers_containers_do_not_outlive_it(own: Own) -> None:
    containers = Layout(own.folder).containers / "usercache"
    containers.mkdir(parents=True, exist_ok=True)
    with subprocess.Popen(["/bin/sleep", "600"], cwd=containers) as orphan:
        processes = Processes(Layout(own.folder).run)
        record = processes.record("nodemanager")
        assert record
        os.kill(record.pid, signal.SIGKILL)
        while record.is_alive:
            time.sleep(0.05)

        assert own.call("up").returncode == 0

        assert orphan.wait(10) == -signal.SIGTERM


def test_a_taken_port_is_named(own: Own) -> None:
    assert own.call("down").returncode == 0
    number = own.services()["oozie"]["ports"]["oozie"]
    with socket.create_server(("127.0.0.1", number)):
        up = own.call("up")

    assert up.returncode == 1
    assert f"H722 port {number} of oozie is taken: process {os.getpid()} (" in up.stderr
    assert own.processes() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_up_stops_what_it_started(own: Own, number: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "howdah", "stack", "up", "--folder", str(own.folder)], cwd=ROOT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=1, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as up:  # fmt: skip
        assert up.stdout
        first = up.stdout.readline()
        assert "up" in first
        assert len(own.processes()) > 2
        up.send_signal(number)
        up.communicate(timeout=90)

    assert up.returncode == 130
    assert own.processes() == []


def test_reset_deletes_the_state_and_not_the_cache(own: Own) -> None:
    cache = sorted(fetching.cache_folder().iterdir())
    assert own.call("up").returncode == 0

    reset = own.call("reset", "--yes")

    assert reset.returncode == 0, reset.stderr
    assert own.processes() == []
    assert list(own.folder.iterdir()) == []
    assert sorted(fetching.cache_folder().iterdir()) == cache
