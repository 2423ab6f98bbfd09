"""howdah plan on two folders or two files; with an Oozie it is tried beside howdah submit."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from howdah.commands.plan import command
from howdah.errors import CommandError

WORKFLOW = """<workflow-app xmlns="uri:oozie:workflow:0.5" name="a"><start to="make"/>
  <action name="make"><fs><mkdir path="{path}"/></fs><ok to="end"/><error to="{error}"/></action>
  <kill name="fail"><message>no</message></kill><end name="end"/></workflow-app>"""


def plan(*words: object, **environment: str) -> Result:
    return CliRunner().invoke(command, list(map(str, words)), env={"OOZIE_URL": "", **environment})


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return write(tmp_path / "old", path="/x", error="fail", properties="queue=a\npassword=one\n")


@pytest.fixture
def new(tmp_path: Path) -> Path:
    return write(tmp_path / "new", path="/y", error="end", properties="queue=b\npassword=two\n", extra="x")


def write(folder: Path, *, path: str, error: str, properties: str, **files: str) -> Path:
    folder.mkdir()
    (folder / "workflow.xml").write_text(WORKFLOW.format(path=path, error=error), "utf-8")
    (folder / "job.properties").write_text(properties, "utf-8")
    (folder / ".generated").write_text(path)  # stays here, whatever is in it
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    return folder


def test_the_changes_in_the_apps_own_words(old: Path, new: Path) -> None:
    result = plan(new, old)

    assert result.exit_code == 1
    assert result.output == (
        f"{old} -> {new}\n"
        "job.properties\n"
        "  ~ password  (hidden) -> (hidden)\n"
        "  ~ queue  a -> b\n"
        "workflow.xml\n"
        "  + action make: fs mkdir /y\n"
        "  ~ action make: error  fail -> end\n"
        "  - action make: fs mkdir /x\n"
        "files\n"
        "  + extra\n"
    )


def test_two_files(old: Path, new: Path) -> None:
    result = plan(new / "workflow.xml", old / "workflow.xml")

    assert result.exit_code == 1
    assert "action make: error  fail -> end" in result.output
    assert "queue" not in result.output


SECRETS = """<workflow-app xmlns="uri:oozie:workflow:0.5" name="a"><start to="load"/><action name="load">
  <sqoop xmlns="uri:oozie:sqoop-action:0.4"><job-tracker>j</job-tracker><name-node>n</name-node>
    <configuration><property><name>fs.s3a.secret.key</name><value>{0}</value></property></configuration>
    {1}</sqoop><ok to="end"/><error to="end"/></action><end name="end"/></workflow-app>"""


@pytest.mark.parametrize(
    "words",
    [
        "<command>import --password {0} --table t</command>",
        "<arg>import</arg><arg>--password</arg><arg>{0}</arg>",
        "<arg>import</arg><arg>--password={0}</arg>",
        "<arg>--connect</arg><arg>jdbc:mysql://ann:{0}@db/x?password={0}</arg>",
        "<arg>-Ddb.token={0}</arg>",
    ],
)
@pytest.mark.parametrize("form", ["text", "json"])
def test_no_password_is_shown_wherever_it_stands(tmp_path: Path, words: str, form: str) -> None:
    for name in ("hunter2", "hunter3"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "workflow.xml").write_text(SECRETS.format(name, words.format(name)), "utf-8")
    output = plan(tmp_path / "hunter3", tmp_path / "hunter2", "--format", form).output
    shown = output.partition("\n")[2]  # below the names of the folders

    assert "hunter" not in shown
    assert shown.count("(hidden)") >= 4


def test_nothing(old: Path) -> None:
    result = plan(old, old)

    assert (result.exit_code, result.output.splitlines()[1:]) == (0, ["nothing would change"])


def test_for_programs(old: Path, new: Path) -> None:
    found = json.loads(plan(new, old, "--format", "json").output)

    assert {"file": "job.properties", "how": "changed", "kind": "property", "name": "queue", "part": "", "old": "a",
            "new": "b"} in found  # fmt: skip
    assert "one" not in json.dumps(found)


def test_an_oozie_in_the_environment_does_not_keep_two_folders_from_being_compared(old: Path, new: Path) -> None:
    assert plan(new, old, OOZIE_URL="http://localhost:1/oozie").exit_code == 1


@pytest.mark.parametrize("options", [(), ("--set", "a=1")])
def test_without_something_to_compare_with(new: Path, options: tuple[str, ...]) -> None:
    result = plan(new, *options)

    assert result.exit_code == 2
    assert "--oozie URL" in result.output


def test_a_folder_is_not_compared_with_a_file(old: Path, new: Path) -> None:
    assert plan(new, old / "workflow.xml").exit_code == 2
    both = plan(new, old, "--oozie", "http://localhost:1/oozie")
    assert both.exit_code == 2
    assert "not both" in both.output
    assert plan(new, old, "--set", "a=1").exit_code == 2


def test_a_folder_without_an_app_is_a_wrong_call(old: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "settings.xml").write_text("<configuration/>", "utf-8")

    for arguments in ((empty, old), (old, empty)):
        result = plan(*arguments)
        assert result.exit_code == 2
        assert f"there is no Oozie app in {empty}" in result.output


def test_what_cannot_be_read_is_not_taken_for_removed(old: Path, new: Path) -> None:
    os.mkfifo(new / "pipe")

    refused = plan(new, old)

    assert isinstance(refused.exception, CommandError)
    assert refused.exception.diagnostics[0].path == str(new / "pipe")


def test_names_and_values_give_a_terminal_no_orders(old: Path, tmp_path: Path) -> None:
    odd = write(tmp_path / "\x1b]0;x\x07\x9b\u202e", path="/x", error="fail", properties="queue=a\x9b\u202e\n")

    as_text, as_json = plan(odd, old).output, plan(odd, old, "--format", "json").output
    for output in (as_text, as_json):
        assert not set(output) & set("\x1b\x07\x9b\u202e")
    assert {each["new"] for each in json.loads(as_json)} >= {"a\x9b\u202e"}
