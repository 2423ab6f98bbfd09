from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from generator.app import generate
from generator.errors import GenerationError
from howdah.commands.import_ import command
from howdah.errors import CommandError
from oozie.language.errors import AppError
from oozie.language.properties import read_properties
from oozie.language.reader import read
from storage.errors import HowdahError

OLD_APP = Path(__file__).parents[4] / "tests" / "golden" / "imported" / "nightly-orders" / "app"


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copytree(OLD_APP, tmp_path / "old"))


def test_an_app_is_imported_and_generated_equal(old: Path) -> None:
    result = CliRunner().invoke(command, ["old", "-o", "new"], catch_exceptions=False)

    assert result.exit_code == 0
    assert result.output.splitlines()[0] == "new/workflow.py"
    assert "Next: howdah generate new -o build/new" in result.output
    again = generate(Path("new"))
    assert set(again) == {path.relative_to(old).as_posix() for path in old.rglob("*") if path.is_file()}
    for name in ("workflow.xml", "coordinator.xml"):
        assert read(again[name]) == read((old / name).read_bytes())
    name = "job.properties"
    assert read_properties(again[name].decode()) == read_properties((old / name).read_text())
    assert again["lib/publish.jar"] == (old / "lib" / "publish.jar").read_bytes()


@pytest.mark.parametrize(("beside", "expected"), [(True, "workflows/old"), (False, "old-app")])
def test_where_it_is_written(old: Path, beside: bool, expected: str) -> None:
    if beside:
        Path("workflows").mkdir()
    else:
        Path("there").mkdir()
        old.rename("there/öld app")

    result = CliRunner().invoke(command, ["old" if beside else "there/öld app"], catch_exceptions=False)

    assert result.output.splitlines()[0] == f"{expected}/workflow.py"


def test_what_is_there_stays_unless_forced(old: Path) -> None:
    Path("new").mkdir()
    Path("new/mine.txt").write_text("mine")

    refused = CliRunner().invoke(command, ["old", "-o", "new"])
    assert isinstance(refused.exception, GenerationError)
    assert refused.exception.code == "H323"
    assert [path.name for path in Path("new").iterdir()] == ["mine.txt"]

    assert CliRunner().invoke(command, ["old", "-o", "new", "--force"]).exit_code == 0
    assert {"mine.txt", "workflow.py", "lib"} <= {path.name for path in Path("new").iterdir()}


def test_nothing_is_written_into_the_app_unless_asked_for(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(old)
    before = sorted(old.rglob("*"))

    result = CliRunner().invoke(command, ["."])

    assert result.exit_code == 2
    assert "say where with -o" in result.output
    assert sorted(old.rglob("*")) == before


def test_definitions_that_go_along_are_said(old: Path) -> None:
    (old / "below").mkdir()
    shutil.copy(old / "workflow.xml", old / "below" / "sub.xml")

    result = CliRunner().invoke(command, ["old", "-o", "new"], catch_exceptions=False)

    assert "new/below/sub.xml went along as XML" in result.output


def test_what_cannot_be_written_is_said_in_words(old: Path) -> None:
    Path("new").mkdir()
    Path("new/lib").touch()

    refused = CliRunner().invoke(command, ["old", "-o", "new", "--force"])

    assert isinstance(refused.exception, GenerationError)
    assert refused.exception.diagnostics[0].message == "cannot write 'new': File exists: 'new/lib'"


def test_an_app_is_imported_where_it_stands(old: Path) -> None:
    refused = CliRunner().invoke(command, ["old"])
    assert isinstance(refused.exception, GenerationError)
    assert refused.exception.diagnostics[0].hint.startswith("it is the app itself")

    assert CliRunner().invoke(command, ["old", "-o", "old", "--force"]).exit_code == 0

    assert read(generate(old)["workflow.xml"]) == read((old / "workflow.xml").read_bytes())
    assert CliRunner().invoke(command, ["old", "-o", "again"]).exit_code == 0


def test_one_definition_alone(old: Path) -> None:
    result = CliRunner().invoke(
        command, ["old/coordinator.xml", "-o", "new", "--format", "json"], catch_exceptions=False
    )

    told = json.loads(result.output)
    assert told["apps"] == [{"file": "coordinator.xml", "kind": "coordinator", "name": "nightly-orders-coord"}]
    assert "lib/publish.jar" in told["written"]
    assert "workflow.xml" not in generate(Path("new"))


def test_nothing_is_written_of_what_cannot_be_said(old: Path) -> None:
    text = (old / "workflow.xml").read_text().replace('<action name="report"', '<action name="prepare"')
    (old / "workflow.xml").write_text(text)

    result = CliRunner().invoke(command, ["old", "-o", "new"])

    assert isinstance(result.exception, GenerationError)
    line = text[: text.rindex('name="prepare"')].count("\n") + 1
    assert result.exception.diagnostics[0].place == f"old/workflow.xml:{line}"
    assert sorted(path.name for path in Path().iterdir()) == ["old"]


def test_what_is_no_app(old: Path) -> None:
    assert CliRunner().invoke(command, ["nowhere"]).exit_code == 2
    result = CliRunner().invoke(command, ["old/lib", "-o", "new"])
    assert (result.exit_code, "there is no Oozie app here" in result.output) == (2, True)
    assert isinstance(CliRunner().invoke(command, ["old/report.hql", "-o", "new"]).exception, AppError)


@pytest.mark.parametrize("name", ["workflow.xml", "job.properties", "lib/huge.jar"])
def test_a_file_of_any_size_is_not_read(old: Path, name: str) -> None:
    with (old / name).open("ab") as file:
        file.truncate(30 << 30)

    refused = CliRunner().invoke(command, ["old", "-o", "new"]).exception

    assert isinstance(refused, CommandError)
    assert (refused.code, refused.diagnostics[0].place) == ("H711", f"old/{name}")
    assert [path.name for path in Path().iterdir()] == ["old"]


def test_a_signal_leaves_nothing_half_written(old: Path) -> None:
    (old / "report.hql").unlink()
    with (old / "report.hql").open("wb") as file:
        file.truncate(1 << 30)  # what is copied while the signal comes
    process = subprocess.Popen(
        [sys.executable, "-m", "howdah", "import", "old", "-o", "new"], stderr=subprocess.DEVNULL
    )
    while not list(Path().glob(".howdah-import-*")) and process.poll() is None:
        time.sleep(0.01)
    process.terminate()

    assert process.wait(10) == 130
    assert sorted(path.name for path in Path().iterdir()) == ["old"]


def test_nothing_of_the_folder_is_left_out_silently(old: Path) -> None:
    def refusal() -> HowdahError:
        error = CliRunner().invoke(command, ["old", "-o", "new"]).exception
        assert isinstance(error, HowdahError)
        assert not Path("new").exists()
        return error

    Path("elsewhere").mkdir()
    (old / "link").symlink_to("../elsewhere")
    assert refusal().diagnostics[0].place == "old/link"
    (old / "link").unlink()
    Path("private").write_text("TOKEN=secret")
    (old / "stolen.sh").symlink_to("../private")
    assert refusal().diagnostics[0].place == "old/stolen.sh"
    (old / "stolen.sh").unlink()
    properties = (old / "job.properties").read_bytes()
    (old / "job.properties").unlink()
    (old / "job.properties").symlink_to("../private")
    assert refusal().diagnostics[0].place == "old/job.properties"
    (old / "job.properties").unlink()
    (old / "job.properties").write_bytes(properties)
    (old / "inside.hql").symlink_to("report.hql")
    assert CliRunner().invoke(command, ["old", "-o", "good"]).exit_code == 0
    (old / "dangling").symlink_to("nowhere")
    assert refusal().code == "H711"
    (old / "dangling").unlink()
    os.mkfifo(old / "pipe")
    assert refusal().code == "H711"
    (old / "pipe").unlink()
    Path(os.fsdecode(b"old/\xff")).write_text("")
    assert refusal().code == "H331"


def test_of_many_findings_the_first_are_said(old: Path) -> None:
    text = (old / "workflow.xml").read_text()
    cases = "".join(f'<case to="gone{n}">${{x}}</case>' for n in range(30))
    decision = f'<decision name="d"><switch>{cases}<default to="any-orders"/></switch></decision>'
    text = text.replace('<start to="any-orders"/>', f'<start to="d"/>{decision}')
    Path("many").mkdir()
    Path("many/workflow.xml").write_text(text)

    result = CliRunner().invoke(command, ["many", "-o", "new"], catch_exceptions=False)

    assert result.exit_code == 0, result.output
    lines = result.stderr.splitlines()
    assert sum(line.startswith("E0708 ") for line in lines) == 20
    assert lines[-1] == "and 10 more: howdah validate says all"
