"""The demo, step by step; how each step is told stands in :mod:`howdah.demo.telling`."""

from __future__ import annotations

import os
from pathlib import Path

from generator.app import generate
from generator.profiles import LOCAL
from generator.writing import write_app
from howdah.demo.cases import Case
from howdah.demo.scenes import MODELS, Scenes
from howdah.demo.source import open_database
from howdah.demo.telling import Teller
from howdah.errors import CommandError
from models.manifest import Manifest
from oozie.language.check import check_folder
from oozie.language.errors import AppError
from oozie.local.deploy import read_app_folder
from oozie.local.mounts import to_local
from oozie.local.runs import JobResult, open_engine, plan
from storage.local import LocalDisk

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
        self._teller = Teller(case)
        self._scenes = Scenes(case, LocalDisk(self._hdfs), self._folder, self._teller)

    def tell(self, *, keep: bool) -> None:
        """Do it all. Raises: HowdahError for what went wrong, KeyboardInterrupt."""
        os.environ.setdefault("JDK_JAVA_OPTIONS", _JAVA_OPTIONS)
        self._scenes.start_afresh()
        self._database.write_password(self._hdfs)
        with self._teller.step("Source database"):
            self._load(0)
        with self._teller.step("Oozie app", f"generated from workflows/{self._case.name}/workflow.py"):
            self._generate()
        self._run("First run", "from the XML, by the local engine")
        self._scenes.show_report()
        with self._scenes.serving(str(to_local(MODELS, self._hdfs)), keep=keep) as service:
            record = self._scenes.ask(service)
            with self._teller.step("Newer rows", "for the next instance of the coordinator"):
                self._load(1)
            newer = self._run("Second run", "trains on them, while the service goes on answering")
            self._scenes.show_swap(service, newer, record)
            closing = "Everything is stopped. `make demo KEEP=1` leaves the service and its page up."
            self._teller.summary(service, keep=keep, closing=closing)

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
            return self._scenes.show_model()

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
