from __future__ import annotations

from howdah.finding_lines import finding_lines
from oozie.language.check import Checked
from oozie.language.lints.switches import Ignored, Switch
from storage.errors import Diagnostic

HINT = "lead a transition to it, or remove it"


def lint(line: int, message: str = "no way leads to kill 'k'", path: str = "a.xml") -> Diagnostic:
    return Diagnostic("H012", message, HINT, path, line, severity="lint")


def test_findings_stand_below_their_file_and_a_hint_stands_once() -> None:
    error = Diagnostic("E0708", "start goes to 'edn', which does not exist", "did you mean 'end'?", "a.xml", 2)
    checked = [
        Checked("a.xml", "workflow", (error, lint(10), lint(1200))),
        Checked("b.xml", "workflow", (lint(3, path="b.xml"),)),
    ]

    assert list(finding_lines(checked)) == [
        "a.xml",
        "   2  E0708  start goes to 'edn', which does not exist",
        "             did you mean 'end'?",
        "  10  H012   no way leads to kill 'k'",
        "             lead a transition to it, or remove it",
        "1200  H012   no way leads to kill 'k'",
        "",
        "b.xml",
        "  3  H012   no way leads to kill 'k'",
        "",
        "1 error and 3 lints in 2 apps",
        "howdah validate --help says how to switch a lint off.",
    ]


def test_nothing_is_said_in_one_line() -> None:
    assert list(finding_lines([Checked("a.xml", "workflow")])) == ["nothing to find in 1 app"]


def test_long_messages_go_on_below_themselves_within_80_columns() -> None:
    lines = list(finding_lines([Checked("a.xml", "workflow", (lint(1, "word " * 60),))]))

    assert max(map(len, lines)) <= 80
    assert all(line.startswith(" " * 12 + "word") for line in lines[2:5])


def test_names_give_a_terminal_no_orders() -> None:
    lines = list(finding_lines([Checked("a", "workflow", (lint(1, "a\x1b[2Jb", "x\ny"),))]))

    assert lines[0] == r"x\ny"
    assert r"a\x1b[2Jb" in lines[1]


def test_what_is_switched_off_is_counted_with_its_switches() -> None:
    ignored = (Ignored(lint(3), Switch("a.xml", 1)), Ignored(lint(4), Switch("a.xml", 1)))
    checked = [
        Checked("a.xml", "workflow", (), ignored),
        Checked("b.xml", "workflow", (), (Ignored(lint(3), Switch("setup.cfg")),)),
    ]

    assert list(finding_lines(checked)) == [
        "nothing to find in 2 apps",
        "3 lints switched off: H012 (a.xml:1), H012 (setup.cfg); --no-ignore tells them",
    ]


def test_of_many_switches_the_first_are_named() -> None:
    ignored = tuple(Ignored(lint(line), Switch("some/folder/workflow.xml", line)) for line in range(1, 31))

    lines = list(finding_lines([Checked("a.xml", "workflow", (), ignored)]))

    assert lines[1].startswith("30 lints switched off: H012 (some/folder/workflow.xml:1), ")
    assert lines[-1].endswith("and 20 more; --no-ignore tells them")
    assert max(map(len, lines)) <= 80
