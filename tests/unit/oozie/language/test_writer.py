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
from oozie.language.reader import examine, read
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


def test_an_action_of_another_schema_is_kept_as_it_is() -> None:
    thing = (
        '<t:thing xmlns:t="uri:custom:thing-action:0.1" t:kind="x" other="y">'
        "<t:part><t:deep>1 &amp; 2</t:deep></t:part><u:odd xmlns:u='uri:u'/></t:thing>"
    )
    text = f"""<workflow-app name="w" xmlns="uri:oozie:workflow:0.5"><start to="a"/><action name="a">{thing}
<ok to="end"/><error to="end"/></action><end name="end"/></workflow-app>"""

    app, findings = examine(text.encode())
    assert app is not None
    again, same = examine(write(app))

    assert again == app
    assert [finding.message for finding in findings] == [finding.message for finding in same]
    assert [(finding.code, finding.node) for finding in findings] == [("E0701", "a")]
    assert "an extension action runs only where the server was given its schema" in findings[0].hint


@pytest.mark.parametrize("version", ["0.1", "0.2"])
def test_every_element_of_an_sla_is_written_again(version: str) -> None:
    ns = f"uri:oozie:sla:{version}"
    tags = {
        "0.1": "app-name nominal-time should-start should-end parent-client-id parent-sla-id notification-msg "
        "alert-contact dev-contact qa-contact se-contact alert-frequency alert-percentage upstream-apps",
        "0.2": "nominal-time should-start should-end max-duration alert-events alert-contact notification-msg "
        "upstream-apps",
    }[version].split()
    sla = Element("info", ns, children=tuple(Element(tag, ns, text=f"${{{tag[:3]}}}") for tag in tags))
    action = Action("a", Element("fs", "uri:oozie:workflow:0.5"), "end", "end", sla=sla)
    workflow = Workflow("w", (Start("a"), action, End("end")), "uri:oozie:workflow:0.5", sla=sla)
    coordinator = Coordinator("c", "60", "s", "e", "UTC", "/a", sla=sla)

    assert read(write(workflow)) == workflow
    assert read(write(coordinator)) == coordinator
