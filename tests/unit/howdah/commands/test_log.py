from __future__ import annotations

import pytest

from tests.oozie_rest import Answer, Asked, Recording, Server, serving
from tests.unit.howdah.commands.conftest import Call, called

LOG = """\
2026-11-21 12:24:05,244  INFO A:520 - SERVER[h] JOB[1-W] ACTION[1-W@a] began [ERROR]
2026-11-21 12:24:05,260  WARN A:520 - SERVER[h] JOB[1-W] ACTION[1-W@a] bad thing
java.io.IOException: no\x1b[2J
\tat a.B
2026-11-21 12:24:05,300  INFO A:520 - SERVER[h] JOB[1-W] ACTION[1-W@ab] another
2026-11-21 12:24:05,300 ERROR A:520 - SERVER[h] JOB[1-W] ACTION[] last
"""


def with_log(*arguments: str, error_log: str = "Error Log is disabled!!") -> list[str]:
    def respond(asked: Asked) -> Answer:
        if "versions" in asked.target:
            return Answer(body="[0,1,2]")
        if "show=errorlog" in asked.target:
            return Answer(200, error_log, {"Content-Type": "text/plain"})
        if "show=log" in asked.target:
            return Answer(200, LOG, {"Content-Type": "text/plain"})
        return Answer(body='{"id": "1-W", "actions": [{"id": "1-W@a", "name": "a", "type": "fs", "conf": "<fs/>"}]}')

    with serving(respond) as server:
        result = called(server.oozie, "log", "1-W", *arguments)
    assert result.exit_code == 0, result.output
    return result.output.splitlines()


def test_oozies_log_with_a_terminals_escapes_written_out() -> None:
    lines = with_log()

    assert len(lines) == 6
    assert lines[2] == "java.io.IOException: no\\x1b[2J"
    assert lines[3] == "\tat a.B"


def test_the_last_lines() -> None:
    assert with_log("-n", "2") == LOG.splitlines()[-2:]


def test_warnings_and_errors_with_what_belongs_to_them() -> None:
    """Most servers keep no log of errors; and a word in a line is no level."""
    assert [line.split()[0] for line in with_log("--error")] == [
        "2026-11-21",
        "java.io.IOException:",
        "at",
        "2026-11-21",
    ]


def test_a_log_of_errors_that_is_kept() -> None:
    assert with_log("--error", error_log="only this") == ["only this"]


def test_an_action_without_an_application_has_oozies_lines_about_it() -> None:
    lines = with_log("a")

    assert len(lines) == 4
    assert not any("another" in line for line in lines)


def test_what_an_action_ran(call: Call, recording: Recording) -> None:
    result = call("log", recording.jobs["shell"], "wake")

    lines = result.output.splitlines()
    assert result.exit_code == 0
    assert lines[0].startswith("==> stderr of container_")
    assert "cannot reach the moon: no rocket" in lines
    assert "Stdoutput starting" in lines


def test_of_a_spark_action_the_driver_comes_first(call: Call, recording: Recording) -> None:
    result = call("log", recording.jobs["spark"], "train", "--file", "stdout", "-n", "20")

    first, second = (line for line in result.output.splitlines() if line.startswith("==>"))
    assert first > second  # its application began later
    assert "AnalysisException" in result.output.partition(second)[0]


def test_which_files_there_are(call: Call, recording: Recording) -> None:
    output = call("log", recording.jobs["sqoop"], "import", "--list").output

    assert "Oozie Launcher FINISHED FAILED" in output
    assert "    stderr" in output


def test_a_container_that_is_none(call: Call, recording: Recording) -> None:
    result = call("log", recording.jobs["shell"], "wake", "--container", "container_1_2_3_4")

    assert result.exit_code == 1
    assert result.output.startswith("H774")


def test_a_file_that_is_not_there(call: Call, recording: Recording) -> None:
    result = call("log", recording.jobs["shell"], "wake", "--file", "nothing")

    assert result.exit_code == 1
    assert "H809" in result.output


def test_the_yarn_that_an_option_names(oozie: Server, call: Call, recording: Recording) -> None:
    result = call("log", recording.jobs["shell"], "wake", "--yarn", "http://localhost:1")

    assert result.exit_code == 1
    assert result.output.startswith("H808 http://localhost:1 does not answer")


@pytest.mark.parametrize("arguments", [("--list",), ("--file", "stderr"), ("a", "--error", "--list")])
def test_options_of_an_action_need_one(call: Call, arguments: tuple[str, ...]) -> None:
    assert call("log", "1-W", *arguments).exit_code == 2


@pytest.mark.parametrize("option", [("--list",), ("--file", "stderr"), ("--container", "container_1")])
def test_what_ran_nothing_on_yarn_has_no_files(oozie: Server, call: Call, recording: Recording, option: tuple) -> None:
    of_an_instance = call("log", f"{recording.jobs['coordinator']}@1", *option)
    assert of_an_instance.exit_code == 2
    assert "howdah show" in of_an_instance.output
    assert oozie.asked == []

    of_a_step = call("log", recording.jobs["succeeded"], "make", *option)
    assert of_a_step.exit_code == 1
    assert of_a_step.output.startswith("H774 'make' has run nothing on YARN")
