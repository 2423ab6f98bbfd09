"""Each app in this folder does on the local engine what its ``.path`` says (:mod:`tests.conformance.cases`).

The paths are the real Oozie's own: tests/contract/oozie/test_workflows.py runs the same cases there. Where the two are
not alike, docs/conformance.md says why, and ``.local.path`` says what happens here.
"""

from __future__ import annotations

import pytest

from tests.conformance.cases import difference, different, names, read_case
from tests.conformance.local import LocalOozie
from tests.smtp import smtp_server

_DIFFERENT = different()


def test_every_difference_is_a_case_with_both_traces():
    """The table in docs/conformance.md and the cases with a trace of their own are the same."""
    own = {name for name in names() if read_case(name).differs_here}
    assert own == set(_DIFFERENT)


@pytest.fixture(scope="module")
def smtp_port():
    """Where somebody takes the cases' mails."""
    with smtp_server() as server:
        yield server.server_address[1]


@pytest.mark.parametrize("name", names())
def test_does_as_oozie(name, tmp_path, smtp_port):
    """The same nodes, transitions, codes, messages and values."""
    case = read_case(name)
    done = LocalOozie(tmp_path, smtp_port).trace(case)
    expected = read_case(name, ".local.path") if name in _DIFFERENT else case
    shown = difference(expected.steps, done, "Oozie", "local engine")
    assert not shown, f"\n{shown}"
    assert name not in _DIFFERENT or difference(case.steps, done, "", ""), "the engines agree: take it off the table"
