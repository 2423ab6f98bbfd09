"""What the real Oozie says of an app that is submitted: ok, or the code with which it refuses.

``HOWDAH_STACK=DIR [HOWDAH_OOZIE_SOURCE=DIR] python -m tests.contract.oozie.verdicts`` asks it of all that lies in
tests/conformance/verdicts and writes the verdicts down.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
import uuid
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from howdah.stack.addresses import Addresses
from oozie.language.app_folder import APPLICATION_PATHS, AppKind
from tests.conformance.mutants.mutant import PROPERTIES as MUTANT_PROPERTIES
from tests.conformance.mutants.mutant import Mutant
from tests.conformance.verdicts import forms, graphs, material
from tests.contract.oozie.coordinators import unlocked
from tests.contract.oozie.driver import Driver, RefusedError
from tests.contract.oozie.odd_values import PROPERTIES, Odd

_AT_ONCE = 4  # more, and Oozie's embedded Derby refuses locks


class RealVerdicts:
    """One HDFS folder on one stack, below which every app has its own."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver

    def verdict(self, folder: str, kind: AppKind, definition: bytes, properties: Mapping[str, str]) -> tuple[str, str]:
        """``ok`` or the code, and the message; the job is not started, and killed at once."""
        path = self.driver.put(f"{folder}/{kind}.xml", definition)
        given = {APPLICATION_PATHS[kind]: path, **properties}
        try:
            job_id = unlocked(lambda: self.driver.submit(given, ""))
        except RefusedError as error:
            return error.code, error.message
        with contextlib.suppress(RefusedError):  # it has ended by itself
            unlocked(lambda: self.driver.change(job_id, "kill"))
        return "ok", ""

    def of_files(self, files: Mapping[str, bytes]) -> Iterator[material.Row]:
        """Oozie's own files: each without properties and with them."""
        jobs = [(name, *job) for name, data in files.items() for job in material.submissions(data)]

        def ask(numbered: tuple[int, tuple[str, bytes, Mapping[str, str]]]) -> str:
            number, (_, data, properties) = numbered
            return self.verdict(f"material-{number}", material.kind_of(data), data, properties)[0]

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            answers = pool.map(ask, enumerate(jobs))
            yield from (material.Row(name, next(answers), next(answers)) for name in files)

    def of_forms(self) -> Iterator[tuple[tuple[str, str], str]]:
        """Name and kind, and the verdict, of each way to write an app."""

        def ask(numbered: tuple[int, tuple[tuple[str, str], bytes]]) -> tuple[tuple[str, str], str]:
            number, (key, data) = numbered
            return key, self.verdict(f"form-{number}", key[1], data, {})[0]

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            yield from pool.map(ask, enumerate(forms.forms().items()))

    def of_included(self) -> Iterator[tuple[str, str]]:
        """Name and verdict of each coordinator that includes a file of datasets."""
        folder = f"{self.driver.uri}/including"
        for name, (coordinator, sets) in forms.included(folder).items():
            self.driver.put("including/sets.xml", sets)
            yield name, self.verdict("including", "coordinator", coordinator, {"folder": folder})[0]

    def of_odd_apps(self, apps: Iterable[Odd]) -> Iterator[tuple[str, str]]:
        """Name and verdict of each app with an odd value."""

        def ask(numbered: tuple[int, Odd]) -> tuple[str, str]:
            number, odd = numbered
            return odd.name, self.verdict(f"odd-{number}", odd.kind, odd.xml, PROPERTIES)[0]

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            yield from pool.map(ask, enumerate(apps))

    def of_mutants(self, which: Iterable[Mutant]) -> Iterator[str]:
        """The verdict of each mutant, in their order."""

        def ask(mutant: Mutant) -> str:
            properties = {**MUTANT_PROPERTIES, "nameNode": self.driver.stack.name_node, **mutant.properties}
            given = {name: value for name, value in properties.items() if value is not None}
            return self.verdict(mutant.name, mutant.kind, mutant.data, given)[0]

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            yield from pool.map(ask, which)

    def of_graphs(self, which: Iterable[graphs.Graph]) -> Iterator[tuple[str, str]]:
        """Name and verdict of each graph."""

        def ask(numbered: tuple[int, graphs.Graph]) -> tuple[str, str]:
            number, graph = numbered
            return graph.name, self.verdict(f"graph-{number}", "workflow", graph.xml, {})[0]

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            yield from pool.map(ask, enumerate(which))


def main() -> None:
    """Write down what the real Oozie says; notes and order in the tables stay."""
    stack = Addresses.read(Path(os.environ["HOWDAH_STACK"]))
    driver = Driver(stack, f"/user/{stack.user}/conformance/{uuid.uuid4().hex[:8]}")
    try:
        real = RealVerdicts(driver)
        _record_rows(list(real.of_files(material.all_files())))
        _record_graphs(dict(real.of_graphs(graphs.read_graphs())))
        forms.write_forms(dict(real.of_forms()), dict(real.of_included()))
    finally:
        driver.delete()


def _record_rows(rows: list[material.Row]) -> None:
    lines = {row.file: f"{row.file:{material.WIDTH}} {row.as_it_is:8} {row.completed}" for row in rows}
    text = material.TABLE.read_text("utf-8") if material.TABLE.is_file() else ""
    kept = [lines.pop(line.split(" ")[0], line) for line in text.splitlines()]
    material.TABLE.write_text("".join(f"{line}\n" for line in (*kept, *lines.values())), "utf-8")


def _record_graphs(verdicts: Mapping[str, str]) -> None:
    text = graphs.FILE.read_text("utf-8")
    for name, verdict in verdicts.items():
        text = re.sub(rf"^{re.escape(name)}: .*$", f"{name}: {verdict}", text, flags=re.MULTILINE)
    graphs.FILE.write_text(text, "utf-8")


if __name__ == "__main__":
    sys.exit(main())
