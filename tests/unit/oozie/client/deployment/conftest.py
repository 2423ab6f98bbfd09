"""A small app in a folder, a disk that stands for HDFS, and a disk whose process is killed."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

import pytest

from oozie.client import OozieClient
from oozie.client.deployment.source import read_source
from oozie.client.deployment.submission import Order, Outcome, Submission
from storage.errors import UnreachableError
from storage.local import LocalDisk

_specification = importlib.util.spec_from_file_location("dying", Path(__file__).with_name("dying.py"))
dying = importlib.util.module_from_spec(_specification)
_specification.loader.exec_module(dying)

COORDINATOR = """\
<coordinator-app xmlns="uri:oozie:coordinator:0.4" name="daily" frequency="10" start="${start}" end="${end}"
                 timezone="UTC">
  <action><workflow><app-path>${appPath}</app-path></workflow></action>
</coordinator-app>
"""
WORKFLOW = """\
<workflow-app xmlns="uri:oozie:workflow:0.5" name="daily">
  <start to="go"/>
  <action name="go">
    <shell xmlns="uri:oozie:shell-action:0.3">
      <job-tracker>j</job-tracker><name-node>${nameNode}</name-node><exec>go.sh</exec><file>${appPath}/go.sh</file>
    </shell>
    <ok to="end"/><error to="fail"/>
  </action>
  <kill name="fail"><message>no</message></kill>
  <end name="end"/>
</workflow-app>
"""
PROPERTIES = """\
nameNode=hdfs://nn:8020
appPath=${nameNode}/apps/daily
oozie.coord.application.path=${appPath}
start=2030-01-01T00:00Z
end=2030-01-02T00:00Z
"""


def write(folder: Path, **more: str) -> Path:
    """The app in ``folder``, with other or further files: ``write(folder, **{"go.sh": "..."})``."""
    files = {"coordinator.xml": COORDINATOR, "workflow.xml": WORKFLOW, "job.properties": PROPERTIES, "go.sh": "true\n"}
    for name, text in {**files, **more}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def app(tmp_path: Path) -> Callable[..., Path]:
    """Writes the app, or another state of it, into a folder of the test's own."""
    return lambda folder="daily", **more: write(tmp_path / folder, **more)


@pytest.fixture
def disk(tmp_path: Path) -> LocalDisk:
    """What stands for HDFS."""
    (tmp_path / "hdfs").mkdir()
    return LocalDisk(tmp_path / "hdfs", durable=False)


@pytest.fixture
def submit(oozie_stand_in, disk) -> Callable[..., Outcome]:
    """Submits a folder; ``filesystem`` may be another than the disk, all else is of the order."""

    def submit(folder: Path, *, filesystem=None, overrides=None, library=None, **order) -> Outcome:
        with OozieClient(oozie_stand_in.url, user="test") as client:
            source = read_source(folder, overrides or {}, user="test")
            wanted = Order(source, source.files(), library, **order)
            submission = Submission(
                client, filesystem or disk, wanted, observe=lambda name, length, sent: None, say=lambda text: None
            )
            return submission.run()

    return submit


@pytest.fixture
def killed(disk) -> Callable[[Callable[[Any], object], int], bool]:
    """Calls a function with a disk in a process of its own, which dies before its nth change; False once it lived."""
    return lambda work, nth: dying.is_killed(lambda: work(dying.DeadlyDisk(disk, nth)))


@pytest.fixture
def cut_off(disk) -> Callable[[Callable[[Any], object], int], bool]:
    """Calls a function with a disk that is gone from its nth change on; False once it was not."""

    def cut_off(work: Callable[[Any], object], nth: int) -> bool:
        vanishing = dying.VanishingDisk(disk, nth)
        with suppress(UnreachableError):
            work(vanishing)
        return vanishing.is_gone

    return cut_off


@pytest.fixture
def cut_off_submit(cut_off, submit) -> Callable[..., bool]:
    """Submits a folder into a disk that is gone from its nth change on; False once it was not."""

    def cut_off_submit(folder: Path, nth: int, **order: Any) -> bool:
        return cut_off(lambda vanishing: submit(folder, filesystem=vanishing, **order), nth)

    return cut_off_submit


@pytest.fixture
def killed_submit(disk, oozie_stand_in) -> Iterator[Callable[..., bool]]:
    """Submits a folder in a process that dies before its nth change of HDFS; False once it lived."""
    command = [sys.executable, dying.__file__, str(disk.local_path("/")), oozie_stand_in.url]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[5])}
    with Popen(command, stdin=PIPE, stdout=PIPE, text=True, env=environment) as program:

        def killed_submit(folder: Path, nth: int, **order: object) -> bool:
            program.stdin.write(json.dumps({"folder": str(folder), "nth": nth, **order}) + "\n")
            program.stdin.flush()
            answer = program.stdout.readline().strip()
            assert answer in ("killed", "lived")
            return answer == "killed"

        yield killed_submit
        program.stdin.close()
