"""What is different between two apps, in the apps' own words."""

from __future__ import annotations

import pytest

from oozie.language.changes import Change, file_changes, folder_changes

WORKFLOW = """<workflow-app xmlns="uri:oozie:workflow:0.5" name="a">
{head}<start to="load"/>
<action name="load"><sqoop xmlns="uri:oozie:sqoop-action:0.4"><job-tracker>j</job-tracker><name-node>n</name-node>
{body}</sqoop><ok to="{ok}"/><error to="fail"/></action>
{more}<kill name="fail"><message>no</message></kill><end name="end"/></workflow-app>"""
ARGUMENTS = "".join(f"<arg>{each}</arg>" for each in ("import", "--table", "{table}", "-m", "1", "--verbose"))
COORDINATOR = """<coordinator-app xmlns="uri:oozie:coordinator:0.4" name="c" frequency="{frequency}"
  start="2026-01-01T00:00Z" end="2027-01-01T00:00Z" timezone="UTC">{controls}
  <action><workflow><app-path>/x</app-path></workflow></action></coordinator-app>"""


def workflow(head: str = "", table: str = "t", ok: str = "end", more: str = "", body: str = ARGUMENTS) -> bytes:
    return WORKFLOW.format(head=head, body=body.format(table=table), ok=ok, more=more).encode()


def of_workflows(new: bytes) -> list[tuple[str, str, str, str, str, str]]:
    found = file_changes("workflow.xml", workflow(), new)
    return [(each.how, each.kind, each.name, each.part, each.old, each.new) for each in found]


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (workflow(), []),
        (workflow().replace(b"><", b">\n  <!-- said -->\n <"), []),
        (workflow(table="u"), [("changed", "action", "load", "argument --table", "t", "u")]),
        (workflow(ok="fail"), [("changed", "action", "load", "ok", "end", "fail")]),
        (
            workflow(body=ARGUMENTS.replace("<arg>--verbose</arg>", "")),
            [("removed", "action", "load", "argument --verbose", "", "")],
        ),
        (
            workflow(more='<fork name="both"><path start="load"/><path start="end"/></fork>'),
            [("added", "fork", "both", "", "", "")],
        ),
        (
            workflow(head="<parameters><property><name>q</name><value>etl</value></property></parameters>"),
            [("added", "workflow", "a", "parameter q", "", "etl")],
        ),
        (
            workflow().replace(b"sqoop", b"shell"),
            [("changed", "action", "load", "type", "sqoop", "shell")],
        ),
    ],
    ids=["same", "blanks", "argument", "transition", "option", "node", "parameter", "type"],
)
def test_two_workflows(new: bytes, expected: list[tuple[str, ...]]) -> None:
    found = of_workflows(new)

    assert found[: len(expected)] == expected
    assert bool(found) == bool(expected)


def test_two_coordinators() -> None:
    controls = "<controls><concurrency>2</concurrency></controls>"
    old = COORDINATOR.format(frequency="60", controls="").encode()
    new = COORDINATOR.format(frequency="30", controls=controls).encode()

    found = {(each.how, each.part, each.old, each.new) for each in file_changes("coordinator.xml", old, new)}
    assert found == {("changed", "frequency", "60", "30"), ("added", "controls concurrency", "", "2")}


def test_another_kind_is_another_app() -> None:
    found = file_changes("x.xml", workflow(), COORDINATOR.format(frequency="60", controls="").encode())
    assert found == [Change("removed", "workflow", "a"), Change("added", "coordinator", "c")]


def test_what_is_no_app_is_a_file() -> None:
    assert file_changes("x.xml", b"<x/>", b"<xy/>") == [
        Change("changed", "file", "x.xml", old="4 bytes", new="5 bytes")
    ]


def test_two_folders() -> None:
    old = {"job.properties": b"a=1\nb=2\n", "gone.sh": b"", "same.sh": b"x"}
    new = {"job.properties": b"# other\nb=3\nc=4\n", "came.sh": b"", "same.sh": b"x"}

    assert folder_changes(old, new) == {
        "came.sh": [Change("added", "file", "came.sh")],
        "gone.sh": [Change("removed", "file", "gone.sh")],
        "job.properties": [
            Change("removed", "property", "a", old="1"),
            Change("changed", "property", "b", old="2", new="3"),
            Change("added", "property", "c", new="4"),
        ],
    }
