from __future__ import annotations

import pytest

from oozie.language.check import Checked, check_file, check_folder

WORKFLOW = b"""<workflow-app name="w" xmlns="uri:oozie:workflow:0.5">
<parameters><property><name>p</name></property></parameters>
<start to="end"/><end name="end"/></workflow-app>"""
COORDINATOR = b"""<coordinator-app name="c" frequency="${every}" start="2026-01-01T00:00Z" end="2027-01-01T00:00Z"
timezone="UTC" xmlns="uri:oozie:coordinator:0.4"><action><workflow><app-path>${appPath}</app-path>
<configuration><property><name>p</name><value>1</value></property></configuration></workflow></action></coordinator-app>"""
BUNDLE = b"""<bundle-app name="b" xmlns="uri:oozie:bundle:0.2"><coordinator name="c"><app-path>/c</app-path>
<configuration><property><name>every</name><value>60</value></property></configuration></coordinator></bundle-app>"""


def codes(checked: Checked) -> list[str]:
    return [finding.code for finding in checked.findings]


def test_apps_are_known_by_their_content() -> None:
    files = {
        "b/flow.xml": WORKFLOW,
        "a/when.xml": COORDINATOR,
        "a/hive-site.xml": b"<configuration/>",
        "a/notes.txt": WORKFLOW,
        "lib/x.jar": b"\x00",
        "a/broken.xml": b"<workflow-app",
    }

    assert [(c.path, c.kind, c.ok) for c in check_folder(files)] == [
        ("a/broken.xml", "workflow", False),
        ("a/when.xml", "coordinator", True),
        ("b/flow.xml", "workflow", True),
    ]


def test_without_job_properties_nothing_depends_on_them() -> None:
    assert codes(check_file({"workflow.xml": WORKFLOW}, "workflow.xml")) == []


def test_job_properties_are_read_beside_the_app() -> None:
    files = {
        "a/workflow.xml": WORKFLOW,
        "a/job.properties": b"q=1",
        "b/workflow.xml": WORKFLOW,
        "b/job.properties": b"p=1",
    }

    assert [codes(checked) for checked in check_folder(files)] == [["E0738"], []]


def test_a_coordinator_hands_its_configuration_to_the_workflow_beside_it() -> None:
    files = {"workflow.xml": WORKFLOW, "coordinator.xml": COORDINATOR, "job.properties": b"every=60\nappPath=/x"}

    assert [codes(checked) for checked in check_folder(files)] == [[], []]


def test_what_a_coordinator_gives_to_each_run_is_not_judged_before_it() -> None:
    sla = b'<sla:info xmlns:sla="uri:oozie:sla:0.2"><sla:nominal-time>${p}</sla:nominal-time>'
    timed = WORKFLOW.replace(b"</workflow-app>", sla + b"<sla:should-end>5</sla:should-end></sla:info></workflow-app>")
    passing = COORDINATOR.replace(b"<value>1<", b"<value>${coord:nominalTime()}<")
    files = {"workflow.xml": timed, "coordinator.xml": passing, "job.properties": b"every=60\nappPath=/x"}

    assert codes(check_file(files, "workflow.xml")) == []
    alone = {"workflow.xml": timed, "job.properties": b"p=${coord:nominalTime()}"}
    assert codes(check_file(alone, "workflow.xml")) == ["E0803"]


def test_a_coordinator_may_pass_a_property_on_under_its_own_name() -> None:
    passing = COORDINATOR.replace(b"<value>1<", b"<value>${p}<")
    files = {"workflow.xml": WORKFLOW, "coordinator.xml": passing, "job.properties": b"every=60\nappPath=/x"}

    checked = check_folder(files)

    assert [codes(one) for one in checked] == [["E1004"], []]
    assert "'p'" in checked[0].findings[0].message


def test_a_bundle_hands_its_configuration_to_the_coordinator_beside_it() -> None:
    files = {"coordinator.xml": COORDINATOR, "bundle.xml": BUNDLE, "job.properties": b"appPath=/x"}

    assert codes(check_file(files, "coordinator.xml")) == []
    assert codes(check_file({**files, "bundle.xml": b"<no"}, "coordinator.xml")) == ["E1004"]


def test_defaults_beside_the_app_count() -> None:
    defaults = b"<configuration><property><name>p</name><value>1</value></property></configuration>"
    files = {"workflow.xml": WORKFLOW, "job.properties": b"", "config-default.xml": defaults}

    assert codes(check_file(files, "workflow.xml")) == []


@pytest.mark.parametrize(("text", "code"), [(b"a=\\u1", "H021"), (b"a=${a}", "E0803")])
def test_a_broken_job_properties_is_said_with_its_path(text: bytes, code: str) -> None:
    checked = check_file({"workflow.xml": WORKFLOW, "job.properties": text}, "workflow.xml")

    assert [(finding.code, finding.path) for finding in checked.findings] == [(code, "job.properties")]


def test_what_is_wrong_with_job_properties_is_said_once_a_folder() -> None:
    files = {"a.xml": WORKFLOW, "b.xml": WORKFLOW, "job.properties": b"p=1\npassword=x"}

    assert [codes(checked) for checked in check_folder(files)] == [["H010"], []]


def test_a_definition_that_is_too_long_for_oozie() -> None:
    data = WORKFLOW.replace(b"<start", b"<!-- " + b"x" * 100_000 + b" --><start")

    assert codes(check_file({"w.xml": data}, "w.xml")) == ["E0736"]
    assert codes(check_file({"w.xml": data + b" " * 9_000_000}, "w.xml")) == ["E0736", "H001"]


def test_a_slip_in_an_action_does_not_hide_the_rest() -> None:
    action = b'<action name="a"><fs><delete/></fs><ok to="edn"/><error to="end"/></action><end'
    data = WORKFLOW.replace(b'to="end"', b'to="a"').replace(b"<end", action)

    assert codes(check_file({"w.xml": data}, "w.xml")) == ["E0701", "E0708", "H013"]


def test_a_file_that_is_no_app_is_said_to_be_none() -> None:
    checked = check_file({"pom.xml": b"<project/>"}, "pom.xml")

    assert (checked.kind, checked.ok, codes(checked)) == ("unknown", False, ["E0701"])


def test_lints_alone_leave_an_app_ok() -> None:
    data = WORKFLOW.replace(b"<end ", b'<kill name="k"><message>m</message></kill><end ')

    checked = check_file({"w.xml": data}, "w.xml")

    assert (codes(checked), checked.ok) == (["H012"], True)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", ["E0803"]),
        (b"hello", ["E0701"]),
        (b"hello" * 20_001, ["E0736", "E0701"]),
        (WORKFLOW.decode().encode("utf-16"), ["E0701", "H003"]),
    ],
)
def test_what_is_called_an_app_is_checked_however_broken(data: bytes, found: list[str]) -> None:
    files = {"a/workflow.xml": data, "a/other.xml": data}

    assert [(result.path, codes(result)) for result in check_folder(files)] == [("a/workflow.xml", found)]


@pytest.mark.parametrize(
    ("doctype", "data", "found"),
    [
        ("<!DOCTYPE x>", WORKFLOW, ["E0700"]),
        ("<!DOCTYPE x>", WORKFLOW.replace(b"<start ", b"<begin "), ["E0701", "E0700"]),
        ("<!DOCTYPE x>", b"<x", ["E0701", "E0700"]),
        ("<!DOCTYPE x [<!ENTITY y 'z'>]>", WORKFLOW, ["E0700"]),
        ("<!DOCTYPE x>", BUNDLE, ["E1310"]),
        ("<!DOCTYPE html>", b"<html/>", ["E0700"]),
        ("<!DOCTYPE x SYSTEM 'x.dtd'>", WORKFLOW.replace(b"<start ", b"<begin "), ["E0702"]),
        ('<!DOCTYPE x PUBLIC "-//X//Y" "http://x/y.dtd">', BUNDLE, ["E0702"]),
        ("<!DOCTYPE >", BUNDLE, ["E0701"]),
        ('<!DOCTYPE x PUBLIC "x">', WORKFLOW, ["E0701"]),
    ],
)
def test_a_doctype_is_refused_after_what_the_schema_refuses(doctype: str, data: bytes, found: list[str]) -> None:
    checked = check_file({"app.xml": doctype.encode() + data}, "app.xml")

    assert codes(checked) == found
    assert checked.kind == ("unknown" if data in (b"<x", b"<html/>") else "bundle" if data == BUNDLE else "workflow")


def test_bytes_that_are_not_utf_8_are_replaced_as_oozie_does() -> None:
    data = WORKFLOW.replace(b"<end", b"<!-- Z\xfcge -->\n<end")

    checked = check_file({"app.xml": data}, "app.xml")

    assert ([(f.code, f.line) for f in checked.findings], checked.ok) == ([("H003", 3)], True)


DEFAULTS = b"<configuration><property><name>%s</name><value>%s</value></property></configuration>"


@pytest.mark.parametrize(
    ("defaults", "found"),
    [
        (DEFAULTS % (b"p", b"1"), []),
        (DEFAULTS % (b"p", b""), ["E0738"]),
        (DEFAULTS % (b"", b"1"), ["E0738"]),
        (
            DEFAULTS.replace(b"<property>", b"<configuration><property>", 1).replace(b"</c", b"</configuration></c")
            % (b"p", b"1"),
            [],
        ),
        (b"<configuration>", ["E0803", "E0738"]),
        (b"<properties/>", ["E0803", "E0738"]),
        (b"<configuration><name>p</name></configuration>", ["E0803", "E0738"]),
        (DEFAULTS % (b"KB", b"1"), ["E0803", "E0738"]),
        (DEFAULTS % (b"user.name", b"bob"), ["E0803", "E0738"]),
    ],
)
def test_defaults_that_oozie_cannot_load_are_refused_before_the_app(defaults: bytes, found: list[str]) -> None:
    files = {"workflow.xml": WORKFLOW, "job.properties": b"", "config-default.xml": defaults}

    assert codes(check_file(files, "workflow.xml")) == found


def test_a_property_with_a_blank_value_is_none() -> None:
    assert codes(check_file({"w.xml": WORKFLOW, "job.properties": b"p="}, "w.xml")) == ["E0738"]


def test_oozies_constants_are_looked_at_first_in_a_coordinator_and_last_in_a_workflow() -> None:
    files = {
        "workflow.xml": WORKFLOW.replace(b"<start", b"<begin"),
        "coordinator.xml": COORDINATOR.replace(b"timezone", b"zone"),
        "bundle.xml": BUNDLE.replace(b"app-path", b"path"),
        "job.properties": b"YEAR=2026\nKB=1",
    }

    assert [codes(checked)[0] for checked in check_folder(files)] == ["E1310", "E0803", "E0701"]
