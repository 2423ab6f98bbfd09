from __future__ import annotations

import pytest

from oozie.local.launching import last_telling_line


@pytest.mark.parametrize(
    ("log", "line"),
    [
        ("INFO going\nH425 there is no table 't'\n      it has x, y\n", "H425 there is no table 't' (it has x, y)"),
        ("H604 there is no column 'a'\n", "H604 there is no column 'a'"),
        ("H424 refused\n      is it up?\nINFO Error while closing\n", "H424 refused (is it up?)"),
        ("[howdah] not used\nFAILED: no such table\n  at org.x.Y(Z.java:1)\n", "FAILED: no such table"),
        ("\x1b[31mdenied\x1b[0m\nbye\n", "denied"),
        ("nothing of note\n\n", "nothing of note"),
        ("", ""),
    ],
    ids=["hint", "no-hint", "last-word-of-another", "stack", "colours", "silent", "empty"],
)  # fmt: skip
def test_what_a_log_says_of_its_failure(tmp_path, log, line):
    (tmp_path / "log").write_text(log)
    assert last_telling_line(tmp_path / "log") == line


def test_a_missing_log_says_nothing(tmp_path):
    assert last_telling_line(tmp_path / "log") == ""
