from __future__ import annotations

import time

import pytest

from oozie.language.check import Checked, check_file, check_folder
from oozie.language.errors import __doc__ as errors_page
from oozie.language.lints.subject import LINTS
from oozie.language.lints.switches import (
    Switch,
    sifted,
    split_codes,
    switches_of_properties,
    switches_of_xml,
    wrong_codes,
)
from storage.errors import Diagnostic

APP = """<workflow-app name="w" xmlns="uri:oozie:workflow:0.5">
<start to="end"/>
{before}<kill name="k">{behind}
<message>m</message></kill>
<end name="end"/></workflow-app>"""


def check(before: str = "", behind: str = "", top: str = "", properties: bytes | None = None) -> Checked:
    data = top + APP.format(before=before, behind=behind)
    files = {"workflow.xml": data.encode()}
    if properties is not None:
        files["job.properties"] = properties
    return check_file(files, "workflow.xml")


def codes(checked: Checked) -> list[str]:
    return [finding.code for finding in checked.findings]


def test_lints_are_said_until_they_are_switched_off() -> None:
    assert codes(check()) == ["H012"]


@pytest.mark.parametrize(
    "where",
    [
        {"before": "<!-- howdah: ignore H012 -->\n"},
        {"before": "<!-- howdah: ignore H012 --> "},
        {"before": "<!--howdah:ignore H012,H013-->\n\n<!-- why -->\n"},
        {"behind": " <!-- howdah: ignore H013 H012 -->"},
        {"top": "<!-- howdah: ignore-file H012 -->\n"},
        {"behind": "<!-- howdah: ignore-file H012 -->"},
    ],
)
def test_a_comment_switches_a_lint_off(where: dict[str, str]) -> None:
    assert codes(check(**where)) == []


@pytest.mark.parametrize(
    "where",
    [
        {"before": "<!-- howdah: ignore H013 -->\n"},
        {"before": "<!-- howdah: ignore H012 -->\n<fork name='f'><path start='k'/><path start='k'/></fork>\n"},
        {"top": "<!-- howdah: ignore H012 -->\n"},
        {"before": "<!-- ignore H012 -->\n"},
    ],
)
def test_a_comment_elsewhere_or_of_another_code_does_not(where: dict[str, str]) -> None:
    assert "H012" in codes(check(**where))


def test_what_oozie_refuses_stays() -> None:
    checked = check(top="<!-- howdah: ignore-file E0708 H012 -->\n", before='<fork name="f"/>')

    assert not checked.ok
    assert [finding.message for finding in checked.findings if finding.code == "H026"] == [
        "E0708 cannot be switched off: Oozie refuses the app for it"
    ]


@pytest.mark.parametrize(
    ("comment", "says", "hint"),
    [
        ("ignore H999", "'H999' is no lint", "docs/lints.md lists the codes"),
        ("ignore everything", "'everything' is no lint", "docs/lints.md lists the codes"),
        ("ignore", "'howdah: ignore' names no code", "write ignore H012: only what is named is off"),
        (
            "ignore-files H012",
            "'howdah: ignore-files' is nothing that a comment can say",
            "did you mean 'ignore-file'?",
        ),
        ("noqa", "'howdah: noqa' is nothing that a comment can say", "write <!-- howdah: ignore H012 -->"),
    ],
)
def test_a_comment_that_does_nothing_is_said(comment: str, says: str, hint: str) -> None:
    [finding] = [f for f in check(before=f"<!-- howdah: {comment} -->\n").findings if f.code == "H026"]

    assert (finding.message, finding.line, finding.severity) == (says, 3, "lint")
    assert finding.hint.startswith(hint)


PROPERTIES = b"""password=x
# howdah: ignore H010
# since it is that of the test database
dbPassword=\\
 y
otherPassword=z
"""


def test_comments_in_job_properties_count_for_the_property_that_follows() -> None:
    found = [f for f in check(properties=PROPERTIES).findings if f.code == "H010"]

    assert [(f.path, f.line) for f in found] == [("job.properties", 1), ("job.properties", 6)]
    assert codes(check(properties=PROPERTIES + b"# howdah: ignore-file H010")) == ["H012"]
    assert codes(check(properties=b"a=b\n! howdah: ignore E0803")) == ["H012", "H026"]


def test_switches_say_what_they_cover() -> None:
    switches = switches_of_xml('<a/>\n<!-- howdah: ignore H012 -->\n<b\n x="1">\n<c/>')

    assert sorted(switches.at_line) == [2, 3, 4]
    assert switches_of_properties("# howdah: ignore-file H010", "a").everywhere == {"H010": Switch("a", 1)}
    assert switches_of_xml("<a/>").at_line == {}
    assert switches_of_properties("#\nhowdah: ignore H010\n# howdah:\nignore=H010").at_line == {}


def test_lists_of_codes() -> None:
    assert split_codes(" H012,H013  H014,\nH015 ") == ["H012", "H013", "H014", "H015"]
    assert list(wrong_codes(["H012", "H003", "H020"])) == []
    assert [message for message, _ in wrong_codes(["H001", "E0701"])] == [
        "'H001' is no lint",
        "E0701 cannot be switched off: Oozie refuses the app for it",
    ]


def test_only_lints_are_left_out() -> None:
    findings = [
        Diagnostic("H012", "", severity="lint"),
        Diagnostic("E0701", ""),
        Diagnostic("H013", "", severity="lint"),
    ]
    switches = dict.fromkeys(["H012", "E0701"], Switch("setup.cfg"))

    told, ignored = sifted(findings, lambda finding: switches.get(finding.code))

    assert [finding.code for finding in told] == ["E0701", "H013"]
    assert [(finding.code, switch.place) for finding, switch in ignored] == [("H012", "setup.cfg")]


def test_what_is_switched_off_is_kept_with_the_switch() -> None:
    checked = check(before="<!-- howdah: ignore H012 -->\n", properties=PROPERTIES)

    assert [(one.finding.code, one.finding.path, one.finding.line, one.switch.place) for one in checked.ignored] == [
        ("H012", "workflow.xml", 4, "workflow.xml:3"),
        ("H010", "job.properties", 4, "job.properties:2"),
    ]


def test_who_looks_through_an_app_of_others_is_told_all() -> None:
    properties = PROPERTIES + b"# howdah: ignore-file H010"
    data = "<!-- howdah: ignore-file H012 -->\n" + APP.format(before="", behind="")
    files = {"workflow.xml": data.encode(), "job.properties": properties}

    [checked] = check_folder(files, heeds_switches=False)

    assert codes(checked) == ["H012", "H010", "H010", "H010"]
    assert checked.ignored == ()
    assert codes(check_file(files, "workflow.xml", heeds_switches=False)) == codes(checked)


def test_a_property_of_several_apps_is_ignored_once() -> None:
    data = APP.format(before="", behind="").encode()
    files = {"workflow.xml": data, "other.xml": data, "job.properties": b"# howdah: ignore H010\npassword=x"}

    assert [[one.finding.code for one in checked.ignored] for checked in check_folder(files)] == [["H010"], []]


def test_the_table_of_codes_has_every_lint() -> None:
    rows = [line for line in (errors_page or "").splitlines() if "   lint: " in line]

    assert {line[:4] for line in rows} == LINTS


def test_many_comments_before_long_tags_take_no_time() -> None:
    group = "<!-- howdah: ignore H012 -->\n" * 100 + "<kill" + "\n" * 9_000 + ">\n"
    began = time.process_time()

    switches = switches_of_xml(group * 20)

    assert time.process_time() - began < 1.6
    assert set(switches.at_line[5_000]) == {"H012"}


def test_each_comment_before_a_tag_counts_for_it() -> None:
    switches = switches_of_xml("<a/>\n<!-- howdah: ignore H012 -->\n<!-- howdah: ignore H013 -->\n<b\n/>\n<c/>\n")

    assert {line: sorted(codes) for line, codes in switches.at_line.items() if line in (1, 4, 5, 6)} == {
        4: ["H012", "H013"],
        5: ["H012", "H013"],
    }
