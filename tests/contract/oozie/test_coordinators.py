"""The real Oozie gives the nominal times and values of tests/conformance/coordinators, and ends their runs so."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from howdah.stack.addresses import Addresses
from tests.conformance.coordinators.cases import Line, calendar, values
from tests.conformance.coordinators.runs import Run, runs
from tests.contract.oozie.coordinators import RealCoordinators, RealRuns
from tests.contract.oozie.driver import Driver

pytestmark = [pytest.mark.stack, pytest.mark.slow]
_AT_ONCE = 4  # more, and Oozie's embedded Derby refuses locks
_WAITING_AT_ONCE = 4
_DEADLY = "never ends"  # was tried once: a thread of the server is lost, and with a few of them all coordinators stand


@pytest.fixture(scope="module")
def driver(stack: Addresses):
    found = Driver(stack, f"/user/{stack.user}/conformance/{uuid.uuid4().hex[:8]}")
    yield found
    found.delete()


@pytest.fixture(scope="module")
def oozie(driver: Driver) -> RealCoordinators:
    found = RealCoordinators(driver)
    found.prepare()
    return found


@pytest.fixture(scope="module", autouse=True)
def ends(driver: Driver):
    """Every run by its name, begun beside the other tests: nearly all of its time is waiting."""
    with ThreadPoolExecutor(_WAITING_AT_ONCE) as pool:
        real = RealRuns(driver)
        running = {run.name: pool.submit(real.ends, number, run) for number, run in enumerate(runs())}
        yield running
        pool.shutdown(cancel_futures=True)


def differences(lines: list[Line], ask: Callable[[int, Line], str]) -> list[tuple[str, str, str]]:
    """Name, what is expected and what came, of the lines for which that is not the same."""
    lines = [line for line in lines if line.oozie != _DEADLY]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        answers = pool.map(lambda numbered: ask(*numbered), enumerate(lines))
        return [(line.name, line.oozie, got) for line, got in zip(lines, answers, strict=True) if got != line.oozie]


def test_nominal_times(oozie: RealCoordinators) -> None:
    assert differences(calendar(), oozie.nominal_times) == []


def test_values(oozie: RealCoordinators) -> None:
    assert differences(values(), oozie.value) == []


@pytest.mark.parametrize("run", runs(), ids=lambda run: run.name)
def test_run(run: Run, ends: dict[str, Future[str]]) -> None:
    assert ends[run.name].result() == run.oozie
