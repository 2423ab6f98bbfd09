"""Changes as people and programs read them."""

from __future__ import annotations

from howdah.change_lines import change_lines, change_records
from oozie.language.changes import Change

CHANGES = {
    "workflow.xml": [
        Change("added", "action", "clean-up"),
        Change("removed", "action", "report"),
        Change("changed", "action", "train", "error", old="fail", new="end"),
    ],
    "job.properties": [Change("changed", "property", "queue", old="", new="etl")],
    "train.py": [Change("changed", "file", "train.py", old="1,024 bytes", new="1,025 bytes")],
    "same.py": [],
    "new.py": [Change("added", "file", "new.py")],
}


def test_definitions_and_properties_come_first_and_files_together() -> None:
    assert change_lines(CHANGES) == [
        "workflow.xml",
        "  + action clean-up",
        "  - action report",
        "  ~ action train: error  fail -> end",
        "job.properties",
        "  ~ queue  (empty) -> etl",
        "files",
        "  ~ train.py  1,024 bytes -> 1,025 bytes",
        "  + new.py",
    ]


def test_nothing_has_no_lines() -> None:
    assert change_lines({"workflow.xml": []}) == []
    assert change_records({"workflow.xml": []}) == []


def test_a_long_value_of_several_lines_is_cut_and_folded() -> None:
    _, *lines = change_lines({"a.xml": [Change("added", "action", "a", "script", new="x  y\n" * 200)]})

    assert lines[0].startswith("  + action a: script  x y x y")
    assert {line[:6] for line in lines[1:]} == {"      "}
    assert lines[-1].endswith("...")
    assert max(map(len, lines)) <= 80


def test_a_terminals_escapes_are_written_out() -> None:
    lines = change_lines({"a\x1b[2J": [Change("changed", "property", "b\x07", old="\x1b[31m", new="\x9b")]})

    assert not set("".join(lines)) & set("\x1b\x07\x9b")


def test_a_record_has_every_field_as_it_is() -> None:
    (record,) = change_records({"job.properties": [Change("changed", "property", "q", old="a\nb", new="")]})

    assert record == {
        "file": "job.properties",
        "how": "changed",
        "kind": "property",
        "name": "q",
        "part": "",
        "old": "a\nb",
        "new": "",
    }


def test_the_start_has_no_name() -> None:
    change = Change("changed", "start", ":start:", "to", "a", "b")

    assert change_lines({"a.xml": [change]}) == ["a.xml", "  ~ start: to  a -> b"]
