"""tests/unit mirrors the source: who looks for a module's tests knows where they are."""

from __future__ import annotations

import io
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "tests" / "unit"
PACKAGES = ("generator", "howdah", "jobs", "models", "oozie", "serving", "storage", "workflows")
FEW_LINES = 30

# A module, or a folder of modules with / at its end -> what holds it instead, since it is seen only through that.
ELSEWHERE = {
    # Tables of templates and the values that Java gives, through the one function that uses them all.
    "oozie/language/el/coercion.py": "tests/unit/oozie/language/el/test_evaluator.py",
    "oozie/language/el/containers.py": "tests/unit/oozie/language/el/test_evaluator.py",
    "oozie/language/el/depth.py": "tests/unit/oozie/language/el/test_evaluator.py",
    "oozie/language/el/lexer.py": "tests/unit/oozie/language/el/test_evaluator.py",
    "oozie/language/el/operators.py": "tests/unit/oozie/language/el/test_evaluator.py",
    "oozie/language/el/parser.py": "tests/unit/oozie/language/el/test_evaluator.py",
    "oozie/language/el/syntax.py": "tests/unit/oozie/language/el/test_evaluator.py",
    "oozie/language/el/instances.py": "tests/unit/oozie/language/el/test_coordinator.py",
    "oozie/language/el/java_text.py": "tests/unit/oozie/language/el/test_functions.py",
    "oozie/language/model.py": "tests/unit/oozie/language/test_reader.py",
    # Steps of a layout and what it looks like, seen only in the picture.
    "oozie/language/drawing/lanes.py": "tests/unit/oozie/language/drawing/test_layout.py",
    "oozie/language/drawing/ordering.py": "tests/unit/oozie/language/drawing/test_layout.py",
    "oozie/language/drawing/placement.py": "tests/unit/oozie/language/drawing/test_layout.py",
    "oozie/language/drawing/ranks.py": "tests/unit/oozie/language/drawing/test_layout.py",
    "oozie/language/drawing/sizes.py": "tests/unit/oozie/language/drawing/test_layout.py",
    "oozie/language/drawing/style.py": "tests/unit/oozie/language/drawing/test_svg.py",
    # A stage is compared with what Spark answers, as a part of a saved pipeline.
    "models/scorer/": "tests/unit/models/scorer/test_pipeline.py",
    "models/scorer/compiler/": "tests/unit/models/scorer/compiler/test_pipeline.py",
    # The values of a manifest, seen in it.
    "models/manifest_values.py": "tests/unit/models/test_manifest.py",
    # Told by the command, and by the service's REST.
    "models/description.py": "tests/unit/howdah/commands/test_models.py",
    # What a statement is made of, and what each part of it is.
    "models/sql_expression.py": "tests/unit/models/test_sql_statement.py",
    "models/sql_kinds.py": "tests/unit/models/test_sql_statement.py",
    # Contributions, of whatever kind, sum up to Spark's answer.
    "models/explaining/games.py": "tests/unit/models/explaining/test_explainer.py",
    "models/explaining/shapley.py": "tests/unit/models/explaining/test_explainer.py",
    # What is counted, seen in what is made of it.
    "models/watching/counting.py": "tests/unit/models/watching/test_observation.py",
    # Over HTTP, as a client sees it.
    "serving/choice.py": "tests/unit/serving/test_predicting.py",
    "serving/errors.py": "tests/unit/serving/test_refusals.py",
    "serving/prediction.py": "tests/unit/serving/test_predicting.py",
    "serving/settings.py": "tests/unit/serving/test_server.py",
    "jobs/scoring.py": "tests/unit/jobs/test_score.py",
    "howdah/console/desk.py": "tests/unit/howdah/console/test_app.py",
    "howdah/console/server.py": "tests/unit/howdah/commands/test_console.py",
    "howdah/progress.py": "tests/unit/howdah/commands/test_run.py",
    # Commands on a job: what they print, and what they ask, seen through the command.
    "howdah/changing.py": "tests/unit/howdah/commands/test_kill.py",
    "howdah/deploying.py": "tests/unit/howdah/commands/test_submit.py",
    # What is said of an app and which picture shows it, seen through the commands.
    "howdah/explanation_lines.py": "tests/unit/howdah/commands/test_explain.py",
    "howdah/pictures.py": "tests/unit/howdah/commands/test_draw.py",
    "howdah/reading_apps.py": "tests/unit/howdah/commands/test_explain.py",
    "howdah/explaining.py": "tests/unit/howdah/commands/test_show.py",
    "howdah/key_files.py": "tests/unit/howdah/commands/test_models.py",
    "howdah/scoring/": "tests/unit/howdah/commands/test_score.py",
    "jobs/gate.py": "tests/unit/jobs/test_train.py",
    "jobs/scoring_worker.py": "tests/unit/howdah/commands/test_score.py",
    "howdah/model_tables.py": "tests/unit/howdah/commands/test_models.py",
    "howdah/prediction_tables.py": "tests/unit/howdah/commands/test_report.py",
    "howdah/job_tables.py": "tests/unit/howdah/commands/test_show.py",
    "howdah/logs.py": "tests/unit/howdah/commands/test_log.py",
    "howdah/rerunning.py": "tests/unit/howdah/commands/test_rerun.py",
    # What a watch asks, sends and prints.
    "howdah/alerts.py": "tests/unit/howdah/commands/test_watch.py",
    "howdah/repository_option.py": "tests/unit/howdah/commands/test_models.py",
    "howdah/service_requests.py": "tests/unit/howdah/commands/test_watch.py",
    "howdah/watch_lines.py": "tests/unit/howdah/commands/test_watch.py",
    "howdah/watching.py": "tests/unit/howdah/commands/test_show.py",
    "oozie/client/deployment/comparison.py": "tests/unit/howdah/commands/test_submit.py",
    # The demo is the test: minutes with Java, so CI makes it.
    "howdah/demo/cases.py": ".ci/newcomer",
    "howdah/demo/scenes.py": ".ci/newcomer",
    "howdah/demo/stack_story.py": "tests/stack/test_demo.py",
    "howdah/demo/story.py": ".ci/newcomer",
    "howdah/demo/telling.py": ".ci/newcomer",
    # The words of a call, seen in the call.
    "generator/importing/words.py": "tests/unit/generator/importing/test_bodies.py",
    # Parts of the engine that have no use without it.
    "oozie/local/coordinators_actions.py": "tests/unit/oozie/local/test_coordinators.py",
    "oozie/local/coordinators_jobs.py": "tests/unit/oozie/local/test_coordinators.py",
    "oozie/local/defaults.py": "tests/conformance/test_traces.py",
    "oozie/local/effects.py": "tests/unit/oozie/local/test_machine.py",
    "oozie/local/deploy.py": "tests/unit/oozie/local/test_runs.py",
    "oozie/local/evaluation.py": "tests/conformance/test_traces.py",
    "oozie/local/events.py": "tests/unit/oozie/local/test_journal.py",
    "oozie/local/reruns.py": "tests/unit/oozie/local/test_engine.py",
    "oozie/local/states.py": "tests/unit/oozie/local/test_machine.py",
    "oozie/local/submission.py": "tests/unit/oozie/local/test_engine.py",
    "oozie/local/subworkflow.py": "tests/unit/oozie/local/test_engine.py",
    # Programs of an action, run by the test of the action.
    "oozie/local/actions/email_process.py": "tests/unit/oozie/local/actions/test_email.py",
    "oozie/local/actions/executor.py": "tests/unit/oozie/local/actions/test_shell.py",
    "oozie/local/actions/fs_process.py": "tests/conformance/test_traces.py",
    "oozie/local/actions/localise.py": "tests/unit/oozie/local/actions/test_shell.py",
    "oozie/local/actions/spark_submit.py": "tests/unit/oozie/local/actions/test_spark.py",
    "oozie/local/sqoop/databases/database.py": "tests/unit/oozie/local/sqoop/databases/test_sqlite.py",
    "oozie/local/sqoop/options.py": "tests/unit/oozie/local/sqoop/test_arguments.py",
}


def modules() -> list[Path]:
    """Every module of the source, from the root."""
    found = (path.relative_to(ROOT) for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    return sorted(path for path in found if path.name not in ("__init__.py", "__main__.py"))


def lines_of_code(path: Path) -> int:
    """Lines that hold more than comments, blanks and texts that stand for themselves."""
    lines: set[int] = set()
    first = True
    with io.StringIO(path.read_text("utf-8")) as text:
        for token in tokenize.generate_tokens(text.readline):
            if token.type in (tokenize.NEWLINE, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.COMMENT):
                first = first or token.type != tokenize.COMMENT
                continue
            if not (first and token.type == tokenize.STRING):
                lines.update(range(token.start[0], token.end[0] + 1))
            first = False
    return len(lines)


def place_of_tests(module: Path) -> Path:
    """Where the tests of ``module`` belong."""
    return UNIT / module.parent / f"test_{module.name}"


def exception_for(module: Path) -> str | None:
    """The row of ELSEWHERE that speaks of ``module``."""
    return next((row for row in ELSEWHERE if row in (module.as_posix(), f"{module.parent.as_posix()}/")), None)


def is_of_a_module(path: Path) -> bool:
    """Whether a file of tests has a module, or is of the source as a whole."""
    package = path.relative_to(UNIT).parent
    names = [path.name.removeprefix("test_"), f"__{path.stem.removeprefix('test_')}__.py"]
    return package == Path() or any((ROOT / package / name).exists() for name in names)


def has_tests(module: Path) -> bool:
    """Whether a module has its tests, needs none or is excused."""
    return (
        place_of_tests(module).exists()
        or exception_for(module) is not None
        or lines_of_code(ROOT / module) <= FEW_LINES
    )


def test_every_test_file_is_of_a_module() -> None:
    assert [path for path in UNIT.rglob("test_*.py") if not is_of_a_module(path)] == []


def test_every_module_has_its_tests() -> None:
    without = [module for module in modules() if not has_tests(module)]
    assert without == [], "write them, or say in ELSEWHERE which tests hold these"


@pytest.mark.parametrize("row", ELSEWHERE)
def test_an_exception_is_one(row: str) -> None:
    own = [module for module in modules() if exception_for(module) == row and not place_of_tests(module).exists()]

    assert own, "there is nothing any more that this row excuses: take it out"
    assert (ROOT / ELSEWHERE[row]).exists()
