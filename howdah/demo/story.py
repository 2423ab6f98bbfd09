"""The demo, step by step; how each step is told stands in :mod:`howdah.demo.telling`."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from generator.app import generate
from generator.profiles import LOCAL
from generator.writing import write_app
from howdah.demo.cases import Case
from howdah.demo.report import read_rows
from howdah.demo.service import Service
from howdah.demo.source import open_database
from howdah.demo.telling import Teller
from howdah.errors import CommandError
from models.manifest import Manifest
from models.repository import Repository
from oozie.language.check import check_folder
from oozie.language.errors import AppError
from oozie.local.deploy import read_app_folder
from oozie.local.mounts import to_local
from oozie.local.runs import JobResult, open_engine, plan
from storage.local import LocalDisk

MODELS = "/user/refinedzone/models"
CHAMPION = "champion"
# Short-lived Java programs on little data: compiling every method twice would double their time.
_JAVA_OPTIONS = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


class Demo:
    """One workflow's chain, told from its source to its answers.

    The app goes to ``<build>/<name>/``; everything else to ``<build>/demo/<name>/``, which each demo makes anew.
    """

    def __init__(self, case: Case, source_url: str | None, build: Path) -> None:
        self._case = case
        self._app = build / case.name
        self._folder = build / "demo" / case.name
        self._state = self._folder / "oozie"
        self._hdfs = (self._state / "hdfs").resolve()
        self._database = open_database(source_url, case.database, self._folder)
        self._models = Repository(LocalDisk(self._hdfs), MODELS)
        self._teller = Teller(case)

    def tell(self, *, keep: bool) -> None:
        """Do it all. Raises: HowdahError for what went wrong, KeyboardInterrupt."""
        os.environ.setdefault("JDK_JAVA_OPTIONS", _JAVA_OPTIONS)
        self._start_afresh()
        with self._teller.step("Source database"):
            self._load(0)
        with self._teller.step("Oozie app", f"generated from workflows/{self._case.name}/workflow.py"):
            self._generate()
        self._run("First run", "from the XML, by the local engine")
        self._show_report()
        with self._teller.step("Prediction service", "no Spark, no JVM"):
            service = Service(to_local(MODELS, self._hdfs), self._folder)
            self._teller.serving(service)
        try:
            record = self._ask(service)
            with self._teller.step("Newer rows", "for the next instance of the coordinator"):
                self._load(1)
            newer = self._run("Second run", "trains on them, while the service goes on answering")
            answer, waited = service.await_version(self._case.name, newer.version, record)
            self._teller.swapped(service, answer["version"], waited)
            self._teller.summary(service, keep=keep)
            if keep:
                with suppress(KeyboardInterrupt):  # that is how it is meant to end
                    service.wait()
        finally:
            service.stop()

    def _start_afresh(self) -> None:
        try:
            if self._folder.exists():
                shutil.rmtree(self._folder)
            self._folder.mkdir(parents=True)
            self._database.write_password(self._hdfs)
        except OSError as error:
            raise CommandError("H743", f"{self._folder} cannot be made anew: {error.strerror}") from error

    def _load(self, batch: int) -> None:
        self._teller.loaded(self._database.shown, self._case.load(self._database.url, batch))

    def _generate(self) -> None:
        files = generate(self._case.folder, LOCAL.but(**self._database.profile_properties))
        write_app(files, self._app)
        self._teller.generated(list(files), self._app)
        findings = [finding for checked in check_folder(files) for finding in checked.findings]
        if errors := [finding for finding in findings if finding.severity == "error"]:
            raise AppError.of(errors)
        self._teller.checked(len(findings))

    def _run(self, title: str, says: str) -> Manifest:
        with self._teller.step(title, says):
            self._run_instance()
            manifest = self._models.manifest(self._case.name, self._models.alias(self._case.name, CHAMPION))
            self._teller.model(manifest)
        return manifest

    def _run_instance(self) -> None:
        app = read_app_folder(self._app, self._database.overrides)
        with open_engine(self._state, self._teller.progress.observe) as engine:
            planned = next(plan(engine, app))
            with self._teller.progress.job(engine.job(planned.job_id), planned):
                result = JobResult(engine.run(planned.job_id), engine.state)
        self._teller.ran(result)
        if not result.succeeded:
            raise CommandError(
                "H744", f"the run ended as {result.job.status.value}", hint=f"its logs are in {self._state}/actions"
            )

    def _show_report(self) -> None:
        with self._teller.step("Summary report", "from Hive"):
            for chart in self._case.charts:
                self._teller.report(chart, read_rows(to_local(chart.folder, self._hdfs)), self._folder)

    def _ask(self, service: Service) -> dict[str, Any]:
        manifest = self._models.manifest(self._case.name, self._models.alias(self._case.name, CHAMPION))
        record = {field.name: field.example for field in manifest.inputs}
        started = time.perf_counter()
        answer = service.ask(self._case.name, record)
        self._teller.answered(record, answer, time.perf_counter() - started)
        return record
