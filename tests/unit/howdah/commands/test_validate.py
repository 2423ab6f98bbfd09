from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from howdah.commands.validate import command

RIGHT = '<workflow-app name="w" xmlns="uri:oozie:workflow:0.5">\n<start to="end"/><end name="end"/></workflow-app>'
WRONG = RIGHT.replace('to="end"', 'to="edn"')
LINTED = RIGHT.replace("<end ", '<kill name="k"><message>m</message></kill><end ')


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def write(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        (folder / f"{name}.xml").write_text(text)


def test_nothing_to_find_ends_with_0(tmp_path: Path) -> None:
    write(tmp_path, workflow=RIGHT)

    result = run(tmp_path)

    assert (result.exit_code, result.output) == (0, "nothing to find in 1 app\n")


def test_a_finding_is_a_line_and_its_hint(tmp_path: Path) -> None:
    write(tmp_path, workflow=WRONG)

    result = run(tmp_path / "workflow.xml")

    assert result.exit_code == 1
    assert result.output == (
        f"{tmp_path}/workflow.xml\n"
        "  2  E0708  start goes to 'edn', which does not exist\n"
        "            did you mean 'end'?\n"
        "\n"
        "1 error in 1 app\n"
    )


def test_a_folder_is_searched_for_apps(tmp_path: Path) -> None:
    for name in ("one", "two", ".git"):
        (tmp_path / name).mkdir()
        write(tmp_path / name, workflow=WRONG)

    result = run("--format", "json", tmp_path)

    assert [entry["path"] for entry in json.loads(result.output)] == [
        f"{tmp_path}/one/workflow.xml",
        f"{tmp_path}/two/workflow.xml",
    ]


def test_json_says_everything(tmp_path: Path) -> None:
    write(tmp_path, right=RIGHT, wrong=WRONG, linted=LINTED)

    result = run("--format", "json", tmp_path / "right.xml", tmp_path / "wrong.xml", tmp_path / "linted.xml")

    assert result.exit_code == 1
    right, wrong, linted = json.loads(result.output)
    assert right == {"path": f"{tmp_path}/right.xml", "kind": "workflow", "ok": True, "findings": [], "ignored": []}
    assert wrong["ok"] is False
    assert wrong["findings"] == [
        {
            "code": "E0708",
            "severity": "error",
            "line": 2,
            "node": ":start:",
            "message": "start goes to 'edn', which does not exist",
            "hint": "did you mean 'end'?",
        },
    ]
    assert linted["ok"] is True
    assert [(finding["code"], finding["severity"]) for finding in linted["findings"]] == [("H012", "lint")]


def test_lints_are_findings_too(tmp_path: Path) -> None:
    write(tmp_path, workflow=LINTED)

    result = run(tmp_path)

    assert result.exit_code == 1
    assert result.output.endswith("1 lint in 1 app\nhowdah validate --help says how to switch a lint off.\n")


def test_files_that_the_app_names_are_looked_for_on_the_disk(tmp_path: Path) -> None:
    action = (
        '<action name="a"><pig><job-tracker>j</job-tracker><name-node>n</name-node><script>s.pig</script></pig>'
        '<ok to="end"/><error to="end"/></action><end '
    )
    write(tmp_path, workflow=RIGHT.replace('to="end"', 'to="a"').replace("<end ", action))

    assert "H020" in run(tmp_path / "workflow.xml").output
    (tmp_path / "s.pig").touch()
    assert "H020" not in run(tmp_path / "workflow.xml").output


@pytest.mark.parametrize("arguments", [[], ["nowhere"], ["--format", "yaml", "."]])
def test_a_wrong_call_ends_with_2(arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


def test_a_folder_without_apps_is_a_wrong_call(tmp_path: Path) -> None:
    result = run(tmp_path)

    assert result.exit_code == 2
    assert "there is no Oozie app in" in result.output


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe", b"<workflow-app>", b"\x00" * 20_000_000, b"<workflow-app>" * 10_000]
)
def test_bad_input_is_one_line_and_no_traceback(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "workflow.xml").write_bytes(data)

    result = run(tmp_path / "workflow.xml")

    assert result.exit_code == 1
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert f"{tmp_path}/workflow.xml" in result.output


def test_the_command_imports_nothing_heavy() -> None:
    heavy = {"pyspark", "numpy", "pyarrow", "flask", "rich"}
    code = f"import sys, howdah.commands.validate; print(sorted({heavy} & set(sys.modules)))"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"


def test_only_ordinary_files_are_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "workflow.xml")
    os.mkfifo(tmp_path / "other.xml")
    (tmp_path / "flow").mkdir()
    write(tmp_path / "flow", workflow=RIGHT)
    os.mkfifo(tmp_path / "flow" / "job.properties")
    (tmp_path / "device.xml").symlink_to("/dev/zero")
    (tmp_path / "coordinator.xml").symlink_to("/nowhere")

    result = run(tmp_path)

    assert result.exit_code == 1
    assert result.output == (
        f"{tmp_path}/coordinator.xml\n"
        "     H711   it cannot be read: No such file or directory\n"
        "            see whether it exists and may be read\n"
        "\n"
        f"{tmp_path}/workflow.xml\n"
        "     H711   it is no ordinary file\n"
        "            name a file with an app in it\n"
        "\n"
        "2 errors in 3 apps\n"
    )
    assert run("/dev/zero").output.startswith("/dev/zero\n     H711   it is no ordinary file")


def test_a_folder_that_cannot_be_looked_into_is_said(tmp_path: Path) -> None:
    write(tmp_path, workflow=RIGHT)
    bury(tmp_path)
    try:
        result = run("--format", "json", tmp_path)
    finally:
        shutil.rmtree(tmp_path / LONG)

    assert result.exit_code == 1
    [folder] = [each for each in json.loads(result.output) if each["kind"] == "unknown"]
    assert folder["path"].startswith(f"{tmp_path}/{LONG}/{LONG}/")
    assert not folder["ok"]
    assert folder["findings"][0]["message"] == "the folder cannot be read: File name too long"


LONG = "d" * 250


def bury(folder: Path) -> None:
    """Folders in folders, until nobody reaches the last by its path: not even root, whom no mode keeps out."""
    above = os.open(folder, os.O_RDONLY)
    for _ in range(os.pathconf("/", "PC_PATH_MAX") // len(LONG) + 1):
        os.mkdir(LONG, dir_fd=above)
        below = os.open(LONG, os.O_RDONLY, dir_fd=above)
        os.close(above)
        above = below
    os.close(above)


@pytest.mark.parametrize(
    "arguments", [["--ignore", "H012"], ["--ignore", "H010,H012"], ["--ignore", "H010", "--ignore", "H012"]]
)
def test_a_call_switches_lints_off(tmp_path: Path, arguments: list[str]) -> None:
    write(tmp_path, workflow=LINTED)

    assert run(tmp_path, *arguments).exit_code == 0


@pytest.mark.parametrize(
    ("code", "says"),
    [("E0708", "E0708 cannot be switched off: Oozie refuses the app for it"), ("H099", "'H099' is no lint")],
)
def test_only_lints_can_be_switched_off(tmp_path: Path, code: str, says: str) -> None:
    write(tmp_path, workflow=LINTED)

    result = run(tmp_path, "--ignore", code)

    assert result.exit_code == 2
    assert says in " ".join(result.output.split())


def test_a_project_switches_lints_off(tmp_path: Path) -> None:
    (tmp_path / "apps").mkdir()
    write(tmp_path / "apps", workflow=LINTED)
    (tmp_path / "setup.cfg").write_text("[howdah]\nignore = H012\n")

    assert run(tmp_path / "apps" / "workflow.xml").exit_code == 0
    assert run(tmp_path).exit_code == 0


def test_a_file_of_gigabytes_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "workflow.xml").open("wb") as stream:
        stream.truncate(1 << 40)

    assert "H711" in run(tmp_path / "workflow.xml").output


@pytest.mark.parametrize("form", ["text", "json"])
def test_names_that_are_no_text_stay_on_their_line(tmp_path: Path, form: str) -> None:
    for raw in (b"a\nb.xml", b"c\xff.xml", b"\x1b[2J.xml"):
        (tmp_path / os.fsdecode(raw)).write_text(WRONG)
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8:strict"}

    done = subprocess.run(
        [sys.executable, "-m", "howdah", "validate", "--format", form, str(tmp_path)],
        capture_output=True, text=True, env=environment, timeout=30,
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (1, "")
    for name in (r"a\nb.xml", r"c\udcff.xml", r"\x1b[2J.xml"):
        assert (json.dumps(name)[1:-1] if form == "json" else name) in done.stdout
    assert form == "json" or len(done.stdout.splitlines()) == 3 * 3 + 2  # the hint once


def test_a_name_that_no_disk_takes_is_a_file_that_is_missing(tmp_path: Path) -> None:
    action = '<action name="a"><shell xmlns="uri:oozie:shell-action:1.0"><exec>e</exec><file>F</file></shell>'
    text = RIGHT.replace('to="end"', 'to="a"').replace(
        "<end ", f'{action}<ok to="end"/><error to="end"/></action><end '
    )
    write(tmp_path, workflow=text.replace("<file>F", f"<file>{'z' * 5000}"))

    assert "H020" in run(tmp_path).output


def test_what_stands_in_another_file_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "app").mkdir()
    write(tmp_path / "app", workflow=RIGHT)
    (tmp_path / "app" / "job.properties").write_text("dbPassword=abc\n")
    (tmp_path / "app" / "setup.cfg").write_text("[howdah]\nignore = H999\n")
    monkeypatch.chdir(tmp_path)

    headings = [line for line in run("app").output.splitlines() if line.startswith("app")]
    [result] = json.loads(run("app", "--format", "json").output)

    assert headings == ["app/job.properties", "app/setup.cfg"]
    assert [(finding["line"], finding["message"].partition(": ")[0]) for finding in result["findings"]] == [
        (1, "app/job.properties"),
        (0, "setup.cfg"),
    ]


def quiet_app(folder: Path) -> None:
    """An app that switches off three lints, each in another way."""
    write(folder, workflow=LINTED.replace("<kill", "<!-- howdah: ignore H012 --><kill"))
    (folder / "job.properties").write_text("# howdah: ignore H010\npassword=secret\n")
    (folder / "setup.cfg").write_text("[howdah]\nignore = H026\n")


def test_what_an_app_switches_off_is_named(tmp_path: Path) -> None:
    quiet_app(tmp_path)

    result = run(tmp_path)
    (record,) = json.loads(run("--format", "json", tmp_path).output)

    assert result.exit_code == 0
    text = " ".join(result.output.split())
    assert "2 lints switched off: " in text
    assert f"H012 ({tmp_path}/workflow.xml:2), H010 ({tmp_path}/job.properties:1)" in text
    assert record["findings"] == []
    assert [(one["code"], one["line"], one["ignored_by"]) for one in record["ignored"]] == [
        ("H012", 2, f"{tmp_path}/workflow.xml:2"),
        ("H010", 2, f"{tmp_path}/job.properties:1"),
    ]


def test_what_a_project_switches_off_is_named(tmp_path: Path) -> None:
    write(tmp_path, workflow=LINTED)
    (tmp_path / "setup.cfg").write_text("[howdah]\nignore = H012\n")

    (record,) = json.loads(run("--format", "json", tmp_path).output)

    assert [(one["code"], one["ignored_by"]) for one in record["ignored"]] == [("H012", f"{tmp_path}/setup.cfg")]
    assert run("--no-ignore", tmp_path).exit_code == 1


def test_no_ignore_tells_all_of_it_but_what_the_call_ignores(tmp_path: Path) -> None:
    quiet_app(tmp_path)

    (all_told,) = json.loads(run("--no-ignore", "--format", "json", tmp_path).output)
    (called,) = json.loads(run("--no-ignore", "--ignore", "H012", "--format", "json", tmp_path).output)

    assert [finding["code"] for finding in all_told["findings"]] == ["H012", "H010"]
    assert all_told["ignored"] == []
    assert [finding["code"] for finding in called["findings"]] == ["H010"]
    assert [(one["code"], one["ignored_by"]) for one in called["ignored"]] == [("H012", "--ignore")]
