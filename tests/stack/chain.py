"""The chain on the real stack in pieces: start it, wait for an action, look at what it wrote, serve its model."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pymysql
from rich.console import Console

from generator.values import Step, Workflow
from howdah.action_lines import ActionLines
from howdah.demo.cases import CASES, Case
from howdah.demo.following import Follower
from howdah.demo.scenes import CHAMPION, MODELS
from howdah.demo.service import Service
from howdah.demo.stack_chain import StackChain
from howdah.stack.addresses import Addresses
from models.repository import Repository
from oozie.client import OozieClient, WorkflowAction
from workflows.funnel import sample
from workflows.funnel.workflow import FUNNEL, RAW

SESSIONS = 2_000  # some 16,000 hits: enough to learn from, quick to train
TABLE = sample.FUNNEL.name
REPORT = "/user/refinedzone/funnel-report/revenue_by_medium"

# The article's chain on fewer rows.
SMALL: Case = replace(CASES["funnel"], load=lambda url, batch: sample.load(url, batch=batch, sessions=SESSIONS))
IMPORT, SUMMARY, TRAINING = FUNNEL.steps


class Chain(StackChain):
    """The small chain, told to nobody; ``said`` is what a person would have seen."""

    def __init__(self, addresses: Addresses, folder: Path) -> None:
        super().__init__(SMALL, addresses, folder / "app")
        self._out = io.StringIO()
        self.folder = folder
        self.models = Repository(self.hdfs, MODELS)
        self.follower = Follower(self.oozie, ActionLines(Console(file=self._out, width=100)), self.explainer)

    @property
    def said(self) -> str:
        return self._out.getvalue()

    @contextmanager
    def started(
        self, declaration: Workflow = FUNNEL, *, instances: int = 1, change: Callable[[Path], None] | None = None
    ) -> Iterator[str]:
        """The id of a new coordinator of ``declaration``, ended afterwards; ``change`` may spoil the app before."""
        self.generate(declaration, instances=instances)
        if change:
            change(self.app)
        self.end_earlier()
        self.write_password()
        coordinator_id = self.submit()
        try:
            yield coordinator_id
        finally:
            self.end(coordinator_id)

    def champion(self) -> int:
        return self.models.alias(self.case.name, CHAMPION)

    @contextmanager
    def served(self, url: str = "") -> Iterator[Service]:
        """A prediction service on the chain's models."""
        service = Service(url or self.models_url, self.folder)
        try:
            yield service
        finally:
            service.stop()

    def example(self) -> dict[str, Any]:
        """The record with which the newest model's form begins."""
        manifest = self.models.manifest(self.case.name, self.champion())
        return {field.name: field.example for field in manifest.inputs}

    def spark_answers(self, versions: Sequence[int], record: dict[str, Any]) -> list[dict[str, float]]:
        """What Spark itself, on this machine, says of ``record``: the probabilities by each version."""
        manifests = [self.models.manifest(self.case.name, version) for version in versions]
        columns = ", ".join(f"`{field.name}` {field.type}" for field in manifests[0].inputs)
        fetched = [self.models.fetch(self.case.name, version, self.folder / "fetched") for version in versions]
        script = Path(__file__).with_name("spark_answers.py")
        words = [sys.executable, str(script), columns, *(str(folder / "spark") for folder in fetched)]
        left_out = ("SPARK_HOME", "HADOOP_CONF_DIR")
        environment = {name: value for name, value in os.environ.items() if name not in left_out}
        environment |= {"PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
        done = subprocess.run(
            words, input=json.dumps(record), env=environment, capture_output=True, text=True, check=False, timeout=300
        )
        assert done.returncode == 0, done.stderr[-2000:]
        found = json.loads(done.stdout.splitlines()[-1])
        return [dict(zip(manifest.classes, each, strict=True)) for manifest, each in zip(manifests, found, strict=True)]

    def rows_in_hdfs(self) -> int:
        """The lines of the import's part files."""
        count = 0
        for part in self.hdfs.list(RAW):
            if not part.name.startswith(("_", ".")):
                with self.hdfs.open(part.path) as stream:
                    count += sum(1 for _ in stream)
        return count

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """What MariaDB answers."""
        database = self.database
        host, _, port = self.addresses.jdbc.partition("://")[2].partition("/")[0].partition(":")
        connection = pymysql.connect(
            host=host, port=int(port), user=database.user, password=database.password,
            database=self.addresses.jdbc.partition("?")[0].rpartition("/")[2],
        )  # fmt: skip
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql)
                return list(cursor.fetchall())
        finally:
            connection.close()


def only(*steps: Step) -> Workflow:
    """The funnel's workflow with these steps alone."""
    return replace(FUNNEL, steps=steps)


def await_action(
    oozie: OozieClient, coordinator_id: str, number: int, name: str, statuses: frozenset[str], timeout_s: float = 180.0
) -> WorkflowAction:
    """Action ``name`` of instance ``number`` as soon as its status is one of ``statuses``."""
    deadline = time.monotonic() + timeout_s
    last = "no instance"
    while time.monotonic() < deadline:
        coordinator = oozie.coordinator(coordinator_id)
        job_id = next((each.external_id for each in coordinator.actions if each.number == number), "")
        if job_id:
            job = oozie.workflow(job_id)
            found = next((action for action in job.actions if action.name == name), None)
            last = f"{job.status}, {name} {found.status if found else 'not reached'}"
            if found is not None and found.status in statuses:
                return found
            assert not job.is_ended, last
        time.sleep(0.3)
    raise AssertionError(f"after {timeout_s:.0f} s: {last}")
