"""Coordinators run on the local engine as on the real Oozie."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance.coordinators import local_runs
from tests.conformance.coordinators.runs import Run, runs


@pytest.mark.parametrize("run", runs(), ids=lambda run: run.name)
def test_ends(run: Run, tmp_path: Path) -> None:
    assert local_runs.ends(run, tmp_path) == run.ours


def test_there_are_runs() -> None:
    assert len(runs()) >= 20
    assert not [run for run in runs() if run.here == run.oozie]
