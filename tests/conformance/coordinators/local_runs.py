"""The coordinators of runs.txt on the local engine."""

from __future__ import annotations

from pathlib import Path

from oozie.local.coordinators_actions import Told, Waiting, instances_of
from oozie.local.deploy import read_app_folder
from oozie.local.engine import Engine
from oozie.local.runs import plan
from storage.errors import HowdahError
from tests.conformance.coordinators.runs import Run
from tests.conformance.local import NAME_NODE, JumpingClock

_PLACE = f"{NAME_NODE}/runs"


def ends(run: Run, folder: Path) -> str:
    """How the actions and the job end, or the code with which the engine refuses."""
    app = folder / "app"
    app.mkdir()
    (app / "coordinator.xml").write_text(run.app, "utf-8")
    (app / "job.properties").write_text(
        f"nameNode={NAME_NODE}\nplace={_PLACE}\noozie.coord.application.path={_PLACE}/app\n", "utf-8"
    )
    with Engine(folder / "state", clock=JumpingClock()) as engine:
        root = engine.root / "runs"
        if run.workflow is not None:
            (root / "workflow").mkdir(parents=True)
            (root / "workflow" / "workflow.xml").write_text(run.workflow, "utf-8")
        _make(root, run.there)
        try:
            _run(engine, run, app, root)
        except HowdahError as error:
            return error.code
        row = engine.journal.jobs(kind="C")[-1]
        actions = instances_of(engine.journal, row.id).values()
        return f"{' '.join(action.status for action in actions)}: {row.status}"


def _run(engine: Engine, run: Run, app: Path, root: Path) -> None:
    def hears(told: Told) -> None:
        if isinstance(told, Waiting):
            _make(root, run.later)

    planned = plan(engine, read_app_folder(app, {}), instances=run.instances, tell=hears)
    for instance in planned:
        engine.run(instance.job_id)


def _make(root: Path, paths: list[str]) -> None:
    for path in paths:
        place = root / "in" / path
        if path.endswith("/"):
            place.mkdir(parents=True, exist_ok=True)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.touch()
