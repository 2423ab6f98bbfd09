from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from generator.errors import DeclarationError, GenerationError
from howdah.commands.generate import command
from oozie.language.properties import read_properties

WORKFLOW = """\
from generator.declare import shell, workflow

W = workflow("daily", shell("s", command="echo", arguments=("${word}",)), parameters={"word": "hello"})
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "workflows" / "daily").mkdir(parents=True)
    (tmp_path / "workflows" / "daily" / "workflow.py").write_text(WORKFLOW)
    return Path("workflows/daily")


def test_it_says_what_it_wrote_and_what_comes_next(folder: Path) -> None:
    result = CliRunner().invoke(command, [str(folder)], catch_exceptions=False)

    assert result.exit_code == 0
    assert result.output.splitlines() == [
        "build/daily/job.properties",
        "build/daily/workflow.xml",
        "",
        "Next: howdah validate build/daily",
        "      howdah run build/daily",
    ]
    assert Path("build/daily/workflow.xml").read_bytes().startswith(b"<?xml")


def test_profile_output_and_properties(folder: Path) -> None:
    arguments = [str(folder), "--profile", "hdp", "-o", "out", "--set", "word=a=b", "--set", "queueName=q"]
    result = CliRunner().invoke(command, arguments, catch_exceptions=False)

    properties = read_properties(Path("out/job.properties").read_text())
    assert properties["word"] == "a=b"
    assert properties["queueName"] == "q"
    assert "howdah submit out --oozie http://HOST:11000/oozie --dry-run" in result.output
    assert "hdfs dfs -put -f out/* hdfs://hw1.c.all-ih.internal:8020/user/refinedzone/daily/" in result.output


def test_twice_gives_the_same_bytes(folder: Path) -> None:
    found = []
    for _ in range(2):
        CliRunner().invoke(command, [str(folder)], catch_exceptions=False)
        found.append({path.name: path.read_bytes() for path in Path("build/daily").iterdir()})

    assert found[0] == found[1]


def test_a_changed_file_is_kept_unless_forced(folder: Path) -> None:
    CliRunner().invoke(command, [str(folder)], catch_exceptions=False)
    Path("build/daily/job.properties").write_text("mine=1\n")

    result = CliRunner().invoke(command, [str(folder)])
    assert isinstance(result.exception, GenerationError)
    assert result.exception.code == "H321"
    assert Path("build/daily/job.properties").read_text() == "mine=1\n"
    assert CliRunner().invoke(command, [str(folder), "--force"]).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["workflows/dayly"], "H311"),
        (["workflows/daily/workflow.py"], "H311"),
        (["workflows/daily", "--set", "wrod=x"], "H317"),
        (["workflows/daily", "--set", "jdbcUrl=jdbc:sqlite:x"], "H317"),
        (["workflows/daily", "--profile", "hpd"], "H315"),
        (["workflows/daily", "--set", "word=jdbc:mysql://u:p@h/d"], "H303"),
    ],
)
def test_bad_calls_are_errors_of_ours(folder: Path, arguments: list[str], code: str) -> None:
    result = CliRunner().invoke(command, arguments)

    assert isinstance(result.exception, GenerationError | DeclarationError)
    assert result.exception.code == code
    assert not Path("build").exists()


@pytest.mark.parametrize(
    ("setting", "said"), [("word", "is not NAME=VALUE"), ("=x", "is not NAME=VALUE"), ("word=", "has no value")]
)
def test_a_setting_is_name_and_value(folder: Path, setting: str, said: str) -> None:
    result = CliRunner().invoke(command, [str(folder), "--set", setting])

    assert result.exit_code == 2
    assert said in result.output


def test_an_app_to_the_letter_knows_itself_where_it_lies(folder: Path) -> None:
    (folder / "workflow.py").write_text(
        "from generator.declare import *\nfrom generator.verbatim import *\n\n"
        "W = workflow_app('w', email('m', to='a', subject='s', body='b'), schema='0.5')\n"
        "A = app(W, properties={'nameNode': 'x'})\n"
    )

    result = CliRunner().invoke(command, [str(folder), "--profile", "hdp"], catch_exceptions=False)

    assert "hdfs dfs" not in result.output
    assert result.output.endswith("howdah submit build/daily --oozie http://HOST:11000/oozie --dry-run\n")
    assert read_properties(Path("build/daily/job.properties").read_text())["nameNode"].startswith("hdfs://")
