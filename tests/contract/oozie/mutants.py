"""What the real Oozie says to an app that is submitted and never started."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

from tests.conformance.mutants.mutant import PROPERTIES, Mutant
from tests.contract.oozie.coordinators import unlocked
from tests.contract.oozie.driver import Driver, RefusedError

_PATHS = {"workflow": "oozie.wf.application.path", "coordinator": "oozie.coord.application.path"}
_PATHS |= {"bundle": "oozie.bundle.application.path"}
_AT_ONCE = 4  # more, and Oozie's embedded Derby refuses locks


class RealVerdicts:
    """One HDFS folder on one stack, in which every mutant has its own."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver

    def codes(self, mutants: Iterable[Mutant]) -> Iterator[str]:
        """The code of each, in their order, or ok."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            yield from pool.map(self.code, mutants)

    def code(self, mutant: Mutant) -> str:
        """The code with which Oozie refuses it, or ok; the job is ended at once."""
        return self.verdict(mutant)[0]

    def verdict(self, mutant: Mutant) -> tuple[str, str]:
        """As :meth:`code`, with Oozie's words."""
        self.driver.put(f"{mutant.name}/{mutant.kind}.xml", mutant.data)
        properties = {**PROPERTIES, "nameNode": self.driver.stack.name_node, **mutant.properties}
        given = {name: value for name, value in properties.items() if value is not None}
        given[_PATHS[mutant.kind]] = f"{self.driver.uri}/{mutant.name}"
        try:
            job_id = unlocked(lambda: self.driver.submit(given, action=""))
        except RefusedError as error:
            return error.code, error.message
        self._kill(lambda: self.driver.change(job_id, "kill"))
        return "ok", ""

    @staticmethod
    def _kill(kill: Callable[[], None]) -> None:
        with contextlib.suppress(RefusedError):  # it has ended by itself
            unlocked(kill)
