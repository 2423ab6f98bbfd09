"""What the demo shows of a chain, wherever it ran: its model, its report, and the service that answers with it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from howdah.demo.cases import Case
from howdah.demo.report import read_rows
from howdah.demo.service import Service
from howdah.demo.telling import Teller
from howdah.errors import CommandError
from models.manifest import Manifest
from models.repository import Repository
from storage.filesystem import FileSystem

MODELS = "/user/refinedzone/models"
CHAMPION = "champion"


class Scenes:
    """The parts that all stories have; ``hdfs`` is where the jobs wrote, ``folder`` takes pictures and logs."""

    def __init__(self, case: Case, hdfs: FileSystem, folder: Path, teller: Teller) -> None:
        self._case = case
        self._hdfs = hdfs
        self._folder = folder
        self._teller = teller
        self._models = Repository(hdfs, MODELS)

    def start_afresh(self) -> None:
        """Make the folder anew. Raises: CommandError H743."""
        try:
            if self._folder.exists():
                shutil.rmtree(self._folder)
            self._folder.mkdir(parents=True)
        except OSError as error:
            raise CommandError("H743", f"{self._folder} cannot be made anew: {error.strerror}") from error

    def show_model(self) -> Manifest:
        """The version that training has published."""
        manifest = self._champion()
        self._teller.model(manifest)
        return manifest

    def show_report(self) -> None:
        """The Hive report as tables and pictures."""
        with self._teller.step("Summary report", "from Hive"):
            for chart in self._case.charts:
                self._teller.report(chart, read_rows(self._hdfs, chart.folder), self._folder)

    @contextmanager
    def serving(self, models: str, *, keep: bool) -> Iterator[Service]:
        """A prediction service on the repository ``models`` for the block, with ``keep`` until Ctrl-C after it.

        Raises: CommandError H740.
        """
        with self._teller.step("Prediction service", "no Spark, no JVM"):
            service = Service(models, self._folder)
            self._teller.serving(service)
        try:
            yield service
            if keep:
                with suppress(KeyboardInterrupt):  # that is how it is meant to end
                    service.wait()
        finally:
            service.stop()

    def ask(self, service: Service) -> dict[str, Any]:
        """Put the model's own example to the service; the record that was asked."""
        record = {field.name: field.example for field in self._champion().inputs}
        started = time.perf_counter()
        answer = service.ask(self._case.name, record)
        self._teller.answered(record, answer, time.perf_counter() - started)
        return record

    def show_swap(self, service: Service, newer: Manifest, record: dict[str, Any]) -> None:
        """The same process answers with the newer version. Raises: CommandError H742."""
        answer, waited = service.await_version(self._case.name, newer.version, record)
        self._teller.swapped(service, answer["version"], waited)

    def _champion(self) -> Manifest:
        return self._models.manifest(self._case.name, self._models.alias(self._case.name, CHAMPION))
