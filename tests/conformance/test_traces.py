"""Each app in this folder does on the local engine what its ``.path`` says (:mod:`tests.conformance.cases`).

The paths are the real Oozie's own: tests/contract/oozie/test_workflows.py runs the same cases there. Where the two are
not alike, docs/conformance.md says why, and ``.local.path`` says what happens here.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.conformance.cases import HERE, difference, different, names, read_case
from tests.conformance.local import LocalOozie
from tests.smtp import smtp_server

_DIFFERENT = different()
_AT_ONCE = 2
_EVERY = 3  # one of so many is run by the newcomer's suite, all of them by CI


def test_every_difference_is_a_case_with_both_traces():
    """The table in docs/conformance.md and the cases with a trace of their own are the same."""
    own = {name for name in names() if read_case(name).differs_here}
    assert own == set(_DIFFERENT)


def test_the_page_counts_the_cases():
    """docs/conformance.md says in how many cases the engines agree."""
    page = (HERE.parents[1] / "docs" / "conformance.md").read_text("utf-8")
    assert f"In {len(names()) - len(_DIFFERENT)} of {len(names())} cases" in page


@pytest.fixture(scope="module")
def traces(request, tmp_path_factory):
    """Every case that is asked for, run at the same time as another: most of it is waiting for processes."""
    here = [item for item in request.session.items if item.path == request.path]
    asked = [item.callspec.params["name"] for item in here if "name" in item.fixturenames]

    with smtp_server() as server, ThreadPoolExecutor(_AT_ONCE) as pool:

        def trace(name):
            return LocalOozie(tmp_path_factory.mktemp("state"), server.server_address[1]).trace(read_case(name))

        yield {name: pool.submit(trace, name) for name in asked}


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.slow] if place % _EVERY else []) for place, name in enumerate(names())],
)
def test_does_as_oozie(name, traces):
    """The same nodes, transitions, codes, messages and values."""
    case = read_case(name)
    done = traces[name].result()
    expected = read_case(name, ".local.path") if name in _DIFFERENT else case
    shown = difference(expected.steps, done, "Oozie", "local engine")
    assert not shown, f"\n{shown}"
    assert name not in _DIFFERENT or difference(case.steps, done, "", ""), "the engines agree: take it off the table"
