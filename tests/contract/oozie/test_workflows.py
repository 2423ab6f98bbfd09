"""The real Oozie does what every case of tests/conformance says; the local engine is held to the same files."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.conformance.cases import difference, names, read_case
from tests.contract.oozie.driver import Driver
from tests.contract.oozie.workflows import RealOozie
from tests.smtp import smtp_server

pytestmark = [pytest.mark.stack, pytest.mark.slow]
# A retry waits for minutes, a sub-workflow's end for Oozie's own rounds.
_LONGEST_FIRST = sorted(names(), key=lambda name: name.split("/")[0] not in ("retry", "rerun", "shell", "subworkflow"))
_AT_ONCE = 6  # more, and Oozie's embedded Derby refuses locks


@pytest.fixture(scope="module")
def traces(stack, request):
    """Every case that is asked for, run at the same time as others."""
    asked = {item.callspec.params["name"] for item in request.session.items if item.path == request.path}
    driver = Driver(stack, f"/user/{stack.user}/conformance/{uuid.uuid4().hex[:8]}")
    with smtp_server(stack.smtp_port), ThreadPoolExecutor(_AT_ONCE) as pool:
        running = {
            name: pool.submit(RealOozie(driver).trace, read_case(name)) for name in _LONGEST_FIRST if name in asked
        }
        yield running
    driver.delete()


@pytest.mark.parametrize("name", names())
def test_oozie_does(name, traces):
    """The same nodes, transitions, codes, messages and values."""
    shown = difference(read_case(name).steps, traces[name].result(), "written down", "Oozie")
    assert not shown, f"\n{shown}"
