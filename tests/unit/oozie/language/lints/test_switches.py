from __future__ import annotations

import time

import pytest

from oozie.language.check import Checked, check_file
from oozie.language.errors import __doc__ as errors_page
from oozie.language.lints.subject import LINTS
from oozie.language.lints.switches import kept, split_codes, switches_of_properties, switches_of_xml, wrong_codes
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
    assert switches_of_properties("# howdah: ignore-file H010").everywhere == {"H010"}
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

    assert [finding.code for finding in kept(findings, {"H012", "E0701"})] == ["E0701", "H013"]


def test_the_table_of_codes_has_every_lint() -> None:
    rows = [line for line in (errors_page or "").splitlines() if "   lint: " in line]

    assert {line[:4] for line in rows} == LINTS


def test_many_comments_before_long_tags_take_no_time() -> None:
    group = "<!-- howdah: ignore H012 -->\n" * 100 + "<kill" + "\n" * 9_000 + ">\n"
    began = time.process_time()

    switches = switches_of_xml(group * 50)

    assert time.process_time() - began < 4.0
    assert switches.at_line[5_000] == {"H012"}


def test_each_comment_before_a_tag_counts_for_it() -> None:
    switches = switches_of_xml("<a/>\n<!-- howdah: ignore H012 -->\n<!-- howdah: ignore H013 -->\n<b\n/>\n<c/>\n")

    assert {line: sorted(codes) for line, codes in switches.at_line.items() if line in (1, 4, 5, 6)} == {
        4: ["H012", "H013"],
        5: ["H012", "H013"],
    }
