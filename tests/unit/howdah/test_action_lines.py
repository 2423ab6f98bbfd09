from __future__ import annotations

import io

import pytest
from rich.console import Console

from howdah.action_lines import ActionLines, style_of


def lines_of(width: int) -> tuple[ActionLines, io.StringIO]:
    out = io.StringIO()
    return ActionLines(Console(file=out, width=width, force_terminal=True, color_system=None)), out


@pytest.mark.parametrize(
    ("status", "sign"), [("OK", "✓"), ("ERROR", "✗"), ("KILLED", "✗"), ("USER_RETRY", "↻"), ("FAILED", "✗")]
)
def test_the_sign_says_how_it_ended(status: str, sign: str) -> None:
    lines, out = lines_of(80)
    lines.ended("import-funnel", "sqoop", status, 12.34)
    assert out.getvalue().split() == [sign, "import-funnel", "sqoop", status, "12.3", "s"]


def test_a_small_terminal_shows_what_matters_most() -> None:
    lines, out = lines_of(40)
    lines.ended("import-funnel", "sqoop", "OK", 1.0)
    assert "sqoop" not in out.getvalue()
    assert max(map(len, out.getvalue().splitlines())) <= 40


def test_a_reason_is_wrapped_below_its_line() -> None:
    lines, out = lines_of(60)
    lines.reason("why " * 40)
    shown = out.getvalue().splitlines()
    assert len(shown) > 1
    assert all(line.startswith(" " * 6 + "why") and len(line) <= 60 for line in shown)


def test_a_pipe_has_the_width_of_a_usual_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert ActionLines(Console(file=io.StringIO(), width=30)).console.width == 80
    monkeypatch.setenv("COLUMNS", "30")
    assert ActionLines(Console(file=io.StringIO(), width=30)).console.width == 30


def test_only_what_went_well_is_green() -> None:
    assert style_of("SUCCEEDED") == "green"
    assert style_of("DONEWITHERROR") == style_of("KILLED") == "red"


def test_a_reason_gives_a_terminal_no_orders() -> None:
    lines, out = lines_of(80)
    lines.reason("no\x1b[2J way\x07 at\x9b all\u202e\nbut\tthis")
    assert out.getvalue().splitlines() == [r"      no\x1b[2J way\x07 at\x9b all\u202e", "      but     this"]
