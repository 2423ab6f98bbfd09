from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from generator.app import generate
from generator.declare import Schedule, decide, every, hive, kill, parallel, shell, spark, when, workflow
from generator.errors import DeclarationError, GenerationError
from generator.profiles import HDP, LOCAL
from oozie.language.reader import read

SCHEDULE = Schedule(every(minutes=150), start="2026-01-01T00:00Z", end="2027-01-01T00:00Z")


def _one(step: Any, **arguments: Any) -> Any:
    return workflow("w", step, **arguments)


def test_an_app_is_its_files(tmp_path: Path) -> None:
    (tmp_path / "sql").mkdir()
    (tmp_path / "sql" / "report.hql").write_bytes(b"SELECT 1;")

    app = generate(_one(hive("h", script="sql/report.hql"), schedule=SCHEDULE), LOCAL, folder=tmp_path)

    assert list(app) == ["job.properties", "workflow.xml", "coordinator.xml", "report.hql"]
    assert app["report.hql"] == b"SELECT 1;"
    assert read(app["workflow.xml"]).name == "w"


def test_without_a_schedule_there_is_no_coordinator(tmp_path: Path) -> None:
    assert list(generate(_one(shell("s", command="true")), folder=tmp_path)) == ["job.properties", "workflow.xml"]


def test_the_same_declaration_gives_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("1")
    steps = (spark("a", application="train.py"), shell("b", command="true", environment={"z": "1", "a": "2"}))
    declared = [workflow("w", parallel(*steps), schedule=SCHEDULE) for _ in range(2)]

    assert generate(declared[0], HDP, folder=tmp_path) == generate(declared[1], HDP, folder=tmp_path)


def test_a_job_of_ours_comes_with_its_archive(tmp_path: Path) -> None:
    app = generate(_one(spark("t", application="jobs/train.py")), folder=tmp_path)

    assert list(app)[2:] == ["howdah-jobs.zip", "train.py"]
    assert app["howdah-jobs.zip"].startswith(b"PK")


def test_a_file_of_the_folder_hides_one_of_ours(tmp_path: Path) -> None:
    (tmp_path / "jobs").mkdir()
    (tmp_path / "jobs" / "train.py").write_bytes(b"mine")

    assert generate(_one(spark("t", application="jobs/train.py")), folder=tmp_path)["train.py"] == b"mine"


def test_a_missing_file_is_named_with_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "summary_report.hql").write_text("")

    with pytest.raises(DeclarationError) as caught:
        generate(_one(hive("h", script="sumary_report.hql")), folder=tmp_path)

    diagnostic = caught.value.diagnostics[0]
    assert (diagnostic.code, diagnostic.node, diagnostic.path) == ("H314", "h", __file__)
    assert diagnostic.hint == "did you mean 'summary_report.hql'?"


@pytest.mark.parametrize("names", [("a/x.hql", "b/x.hql"), ("workflow.xml", "b/x.hql")])
def test_two_files_cannot_have_one_name(tmp_path: Path, names: tuple[str, str]) -> None:
    for name in ("a/x.hql", "b/x.hql", "workflow.xml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")

    with pytest.raises(DeclarationError, match="H316"):
        generate(workflow("w", *(hive(f"h{n}", script=name) for n, name in enumerate(names))), folder=tmp_path)


def test_what_oozie_would_refuse_is_refused_at_the_step_that_is_to_blame(tmp_path: Path) -> None:
    dead_end = decide("d", when("${nameNode eq ''}", kill("no")), otherwise=kill("no"))
    declared = workflow("w", parallel(dead_end, dead_end, name="f"))

    with pytest.raises((GenerationError, DeclarationError)) as caught:
        generate(declared, folder=tmp_path)
    assert caught.value.diagnostics[0].path == __file__


def test_a_property_left_to_the_submission_is_no_error(tmp_path: Path) -> None:
    app = generate(_one(shell("s", command="${tool}"), parameters={"tool": None}), folder=tmp_path)

    assert b"<name>tool</name>" in app["workflow.xml"]
    assert b"tool" not in app["job.properties"]
