from __future__ import annotations

import pytest

from oozie.language.document import parse
from oozie.language.schema import Finding, check

SQOOP = (
    '<sqoop xmlns="uri:oozie:sqoop-action:0.4"><job-tracker>j</job-tracker><name-node>n</name-node>'
    "<arg>import</arg></sqoop>"
)


def workflow(
    action: str = SQOOP, before: str = "", version: str = "0.5", attributes: str = "", after: str = ""
) -> bytes:
    return (
        f'<workflow-app name="w" xmlns="uri:oozie:workflow:{version}"{attributes}>{before}<start to="a"/>\n'
        f'<action name="a">\n{action}\n<ok to="end"/><error to="end"/></action>{after}<end name="end"/></workflow-app>'
    ).encode()


def found(data: bytes) -> list[Finding]:
    return check(parse(data), "w.xml")


def only(data: bytes) -> tuple[str, str, int]:
    [finding] = found(data)
    assert finding.diagnostic.code == "E0701"
    return finding.diagnostic.message, finding.diagnostic.hint, finding.diagnostic.line


def test_a_right_workflow_has_nothing_to_find() -> None:
    assert found(workflow()) == []


@pytest.mark.parametrize(
    ("action", "message", "hint"),
    [
        (SQOOP.replace("arg>", "ar>"), "element 'ar' may not stand in 'sqoop'", "did you mean 'arg'?"),
        (
            SQOOP.replace("<arg>import</arg>", ""),
            "element 'sqoop' lacks one of 'command', 'arg'",
            "add it",
        ),
        (
            SQOOP.replace("<arg>", "<file>f</file><arg>"),
            "element 'sqoop' lacks one of 'command', 'arg' before 'file'",
            "add it there",
        ),
        (
            SQOOP.replace("0.4", "0.2").replace("<name-node>n</name-node>", ""),
            "element 'sqoop' lacks 'name-node' before 'arg'",
            "add it there",
        ),
        (
            SQOOP.replace("<name-node>n</name-node>", "<name-node>n</name-node><name-node>m</name-node>"),
            "element 'sqoop' has 'name-node' more than once",
            "keep one of them",
        ),
        (
            SQOOP.replace("</sqoop>", "<prepare/></sqoop>"),
            "element 'prepare' may not come after 'arg' in 'sqoop'",
            "the order is: job-tracker name-node prepare job-xml configuration command arg file archive",
        ),
        (SQOOP.replace("<arg>", '<arg x="1">'), "element 'arg' has no attribute 'x'", "remove it"),
        (SQOOP.replace("import", "<b/>"), "element 'arg' may have no children, 'b' stands in it", ""),
        (
            SQOOP.replace("0.4", "0.9"),
            "Oozie has no schema for element 'sqoop' of namespace 'uri:oozie:sqoop-action:0.9'",
            "did you mean 'uri:oozie:sqoop-action:0.4'?",
        ),
        (
            "<sqoop><arg>import</arg></sqoop>",
            "element 'sqoop' may not stand in 'action' without a namespace of its own",
            'write <sqoop xmlns="uri:oozie:sqoop-action:1.0">',
        ),
        ("<sqop/>", "element 'sqop' may not stand in 'action'", "did you mean 'sqoop'?"),
        (
            '<fs><chmod path="p" permision="755"/></fs>',
            "element 'chmod' has no attribute 'permision'",
            "did you mean 'permissions'?",
        ),
        (
            '<fs><setrep path="p" replication-factor="${n}"/></fs>',
            "attribute replication-factor='${n}' of 'setrep' is no whole number in range",
            "write the number itself; ${...} is not allowed here",
        ),
        (
            "<java><job-tracker/><name-node/><main-class>M</main-class><capture-output> </capture-output></java>",
            "element 'capture-output' must be empty",
            "write <capture-output/>, with nothing in it, not even blanks",
        ),
    ],
)
def test_each_slip_is_named_with_a_way_out(action: str, message: str, hint: str) -> None:
    findings = found(workflow(action))

    first = findings[0].diagnostic
    assert (first.code, first.message, first.line, first.node) == ("E0701", message, 3, "a")
    assert first.hint == hint
    assert findings[0].inner


def test_an_action_without_a_body_lacks_one_of_many() -> None:
    message, _, _ = only(workflow(""))

    bodies = "'map-reduce', 'pig', 'sub-workflow', 'fs', 'java', an action of another schema"
    assert message == f"element 'action' lacks one of {bodies} before 'ok'"


def test_names_are_checked() -> None:
    message, hint, _ = only(workflow(after='<kill name="9"><message>m</message></kill>'))

    assert message == "attribute name='9' of 'kill' is no valid name"
    assert hint.startswith("a name is a letter")


@pytest.mark.parametrize("number", ["3", " +007 ", "-32768", "0" * 5000 + "1"])
def test_numbers_that_fit(number: str) -> None:
    assert found(workflow(f'<fs><setrep path="p" replication-factor="{number}"/></fs>')) == []


@pytest.mark.parametrize("number", ["32768", "1.0", "", "9" * 5000])
def test_numbers_that_do_not_fit(number: str) -> None:
    assert "whole number" in only(workflow(f'<fs><setrep path="p" replication-factor="{number}"/></fs>'))[0]


def test_text_between_elements_is_named() -> None:
    assert only(workflow(before="loose"))[0] == "text 'loose' may not stand in element 'workflow-app'"


def test_all_violations_are_found_at_once() -> None:
    data = workflow('<fs><delete/><mkdir pth="x"/></fs>', after="<kil/>")

    assert [finding.diagnostic.message for finding in found(data)] == [
        "element 'delete' lacks attribute 'path'",
        "element 'mkdir' has no attribute 'pth'",
        "element 'mkdir' lacks attribute 'path'",
        "element 'kil' may not stand in 'workflow-app'",
    ]


def test_versions_differ() -> None:
    assert found(workflow(before="<parameters><property><name>p</name></property></parameters>")) == []
    message, _, _ = only(workflow(before="<parameters><property><name>p</name></property></parameters>", version="0.3"))
    assert message == "element 'parameters' may not stand in 'workflow-app'"


def test_schema_locations_are_allowed() -> None:
    xsi = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b"'

    assert found(workflow(attributes=xsi)) == []


@pytest.mark.parametrize(
    ("data", "message", "hint"),
    [
        (b"<workflow-ap/>", "'workflow-ap' is no Oozie app", "did you mean 'workflow-app'?"),
        (b"<workflow-app/>", "'workflow-app' has no namespace", 'write xmlns="uri:oozie:workflow:1.0"'),
        (
            b'<workflow-app xmlns="uri:oozie:workfow:0.4"/>',
            "there is no workflow schema 'uri:oozie:workfow:0.4'",
            "did you mean 'uri:oozie:workflow:0.4'?",
        ),
    ],
)
def test_a_root_that_oozie_does_not_know(data: bytes, message: str, hint: str) -> None:
    assert only(data)[:2] == (message, hint)
    assert not found(data)[0].inner


def test_what_leaves_the_structure_in_doubt_is_told_from_what_does_not() -> None:
    assert [f.inner for f in found(workflow(after='<fork name="f"><path start="a"/></fork>'))] == [False]
    assert [f.inner for f in found(workflow(before="<global><x/></global>"))] == [True]
