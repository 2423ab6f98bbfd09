from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from howdah.commands.run import command
from storage.errors import HowdahError

APP = """<workflow-app xmlns="uri:oozie:workflow:0.5" name="shop-${{x}}">
<global><job-tracker>local</job-tracker><name-node>hdfs://local</name-node></global><start to="load"/>
<action name="load"><shell xmlns="uri:oozie:shell-action:0.3"><exec>sh</exec><argument>-c</argument>
<argument>{script}</argument></shell><ok to="{ok}"/><error to="{error}"/></action>
<kill name="fail"><message>load failed</message></kill><end name="end"/></workflow-app>"""


@pytest.fixture
def howdah_run(tmp_path, monkeypatch):
    """Runs the command on an app of one shell action; gives click's result."""
    monkeypatch.chdir(tmp_path)

    def run(script="true", *options, error="fail"):
        folder = tmp_path / "shop"
        folder.mkdir(exist_ok=True)
        (folder / "workflow.xml").write_text(APP.format(script=script, ok="end", error=error))
        (folder / "job.properties").write_text("x=1\n")
        return CliRunner().invoke(command, ["shop", *options])

    return run


def test_success_says_so_and_where_the_log_is(howdah_run, tmp_path):
    result = howdah_run("echo hello")
    assert result.exit_code == 0
    assert "shop-1" in result.output
    assert "SUCCEEDED in" in result.output
    [folder] = (tmp_path / ".howdah" / "actions").iterdir()
    assert f"logs in .howdah/actions/{folder.name}" in result.output
    assert (folder / "load" / "1" / "log").read_text() == "hello\n"
    assert "load/1/log" in result.output


def test_lines_fit_eighty_columns(howdah_run):
    result = howdah_run("echo Error: something went wrong and it takes a good deal of words to say what; exit 1")
    assert max(map(len, result.output.splitlines())) <= 80


def test_a_failure_ends_with_one_and_the_reason(howdah_run):
    result = howdah_run("echo Error: no table; exit 3")
    assert result.exit_code == 1
    assert "      exit code [3]: Error: no table\n" in result.output
    assert "KILLED in" in result.output
    assert "load failed" in result.output


def test_a_failure_that_was_passed_over_is_told(howdah_run):
    result = howdah_run("exit 3", error="end")
    assert result.exit_code == 0
    assert "load failed and was passed over: exit code [3]" in result.output


def test_properties_and_state_folder(howdah_run, tmp_path):
    result = howdah_run("true", "--set", "x=a=b", "--state", str(tmp_path / "there"))
    assert "shop-a=b" in result.output
    assert (tmp_path / "there" / "journal.db").is_file()


def test_rerun_of_what_failed_keeps_the_job(howdah_run, tmp_path):
    howdah_run(f"test -e {tmp_path}/there")
    (tmp_path / "there").touch()
    result = howdah_run(f"test -e {tmp_path}/there", "--rerun", "failed")
    assert result.exit_code == 0
    assert "run 1 of what failed" in result.output
    assert len(list((tmp_path / ".howdah" / "actions").iterdir())) == 1


@pytest.mark.parametrize(
    "options", [("--set", "x"), ("--set", "=1"), ("--nominal-time", "soon"), ("--instances", "0"), ("--rerun", "all")]
)
def test_a_wrong_call_is_a_usage_error(howdah_run, options):
    assert howdah_run("true", *options).exit_code == 2


def test_a_refused_app_runs_nothing(howdah_run, tmp_path):
    result = howdah_run("true", error="nowhere")
    assert isinstance(result.exception, HowdahError)
    assert result.exception.code == "E0708"
    assert not (tmp_path / ".howdah" / "actions").exists()


def test_a_small_terminal_gets_what_matters(howdah_run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    result = howdah_run("echo Error: something went wrong and it takes words; exit 1")
    assert "  ✗ load ERROR" in result.output
    assert (
        max(map(len, result.output.replace(str(result.output.split("logs in ")[1].split()[0]), "").splitlines())) <= 40
    )


def test_a_property_that_nothing_speaks_of_is_pointed_out(howdah_run):
    result = howdah_run("true", "--set", "xx=2")
    assert result.exit_code == 0
    assert "note: nothing in shop speaks of the property 'xx'; did you mean 'x'?" in result.output
    assert "note:" not in howdah_run("true", "--set", "x=2", "--set", "oozie.libpath=/user/lib").output


def run_process(folder, *options, **settings):
    command = [sys.executable, "-m", "howdah", "run", "shop", *options]
    return subprocess.Popen(command, cwd=folder, text=True, **settings)


@pytest.mark.parametrize(
    "delay_s", [0.2, *(pytest.param(delay_s, marks=pytest.mark.slow) for delay_s in (0.0, 0.05, 0.4))]
)
def test_ctrl_c_at_any_stage_says_no_more_than_that(howdah_run, tmp_path, delay_s):
    howdah_run("sleep 0.3")
    process = run_process(tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout.readline() == "shop-1\n"
    time.sleep(delay_s)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert process.returncode in (0, 130, -signal.SIGINT)  # the last when Python was done already
    assert said.strip() == ""


def test_an_output_that_nobody_reads_ends_the_run_and_leaves_no_process(howdah_run, tmp_path):
    howdah_run("true")
    file = tmp_path / "shop" / "workflow.xml"
    file.write_text(file.read_text().replace(">true<", ">sleep 1; touch ../ended<"))
    process = run_process(tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout.readline() == "shop-1\n"
    process.stdout.close()
    assert process.wait(20) == 1
    assert "Traceback" not in process.stderr.read()
    process.stderr.close()
    time.sleep(1)
    assert not list((tmp_path / ".howdah" / "actions").rglob("ended"))
