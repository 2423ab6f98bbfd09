from __future__ import annotations

import pytest

from oozie.language.errors import AppError
from oozie.language.model import (
    Action,
    Bundle,
    BundleMember,
    Controls,
    Coordinator,
    DataEvent,
    Dataset,
    Element,
    End,
    Kill,
    Parameter,
    Start,
    Workflow,
)
from oozie.language.reader import read
from oozie.language.writer import write

SHELL = "uri:oozie:shell-action:0.3"
APP = Workflow(
    name="w",
    namespace="uri:oozie:workflow:0.5",
    parameters=(Parameter("p", "1"),),
    nodes=(
        Start("a"),
        Action(
            "a", Element("shell", SHELL, (), "", (Element("exec", SHELL, (), "a & b"),)), "end", "kill", retry_max="1"
        ),
        Kill("kill", "no"),
        End("end"),
    ),
)


def test_a_workflow_is_written_in_the_order_of_the_schema() -> None:
    assert write(APP).decode() == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<workflow-app xmlns="uri:oozie:workflow:0.5" name="w">\n'
        "  <parameters>\n"
        "    <property>\n"
        "      <name>p</name>\n"
        "      <value>1</value>\n"
        "    </property>\n"
        "  </parameters>\n"
        '  <start to="a"/>\n'
        '  <action name="a" retry-max="1">\n'
        '    <shell xmlns="uri:oozie:shell-action:0.3">\n'
        "      <exec>a &amp; b</exec>\n"
        "    </shell>\n"
        '    <ok to="end"/>\n'
        '    <error to="kill"/>\n'
        "  </action>\n"
        '  <kill name="kill">\n'
        "    <message>no</message>\n"
        "  </kill>\n"
        '  <end name="end"/>\n'
        "</workflow-app>\n"
    )


def test_a_coordinator_is_written_in_the_order_of_the_schema() -> None:
    app = Coordinator(
        name="c",
        frequency="150",
        start="s",
        end="e",
        timezone="UTC",
        app_path="/app",
        configuration=(("n", "v"),),
        controls=Controls(throttle="3", timeout="1"),
        datasets=(Dataset("d", "/d", "60", "s", "UTC", done_flag=""),),
        inputs=(DataEvent("i", "d", ("${coord:current(0)}",)),),
        outputs=(DataEvent("o", "d", ("${coord:current(1)}",)),),
    )

    data = write(app)

    tags = [line.split()[0].strip("</>").partition(">")[0] for line in data.decode().splitlines()[1:]]
    wanted = ["controls", "timeout", "throttle", "datasets", "input-events", "output-events", "action", "configuration"]
    assert [tag for tag in dict.fromkeys(tags) if tag in wanted] == wanted
    assert read(data) == app


def test_what_is_not_said_is_not_written() -> None:
    data = write(Bundle("b", (BundleMember("m", "/m"),)))

    assert b"controls" not in data
    assert b"enabled" not in data
    assert b"configuration" not in data


def test_writing_twice_gives_the_same_bytes() -> None:
    assert write(APP) == write(read(write(APP)))


def test_a_control_character_is_an_error_that_names_it() -> None:
    with pytest.raises(AppError, match=r"H004 XML cannot hold the character U\+0007 \(element 'message'\)"):
        write(Workflow("w", (Kill("k", "\x07"),)))
