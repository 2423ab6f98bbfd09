from __future__ import annotations

from pathlib import Path

import pytest

from howdah.lint_settings import LintSettings
from oozie.language.check import Checked
from storage.errors import Diagnostic

FINDINGS = (
    Diagnostic("E0701", "x"),
    Diagnostic("H012", "y", severity="lint"),
    Diagnostic("H013", "z", severity="lint"),
)
RESULT = Checked("w.xml", "workflow", FINDINGS)


def left(folder: Path, settings: LintSettings | None = None) -> list[str]:
    return [finding.code for finding in (settings or LintSettings()).applied(RESULT, folder).findings]


def write(folder: Path, text: str) -> None:
    (folder / "setup.cfg").write_text(text)


def test_the_nearest_file_that_speaks_of_us_counts(tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    write(tmp_path, "[howdah]\nignore = H012, H013")

    assert left(deep) == ["E0701"]
    write(tmp_path / "a", "[mypy]\nstrict = True")
    assert left(deep) == ["E0701"]
    write(deep, "[howdah]\nignore =\n  H013")
    assert left(deep) == ["E0701", "H012"]
    assert left(tmp_path) == ["E0701"]


def test_what_the_call_ignores_comes_on_top(tmp_path: Path) -> None:
    write(tmp_path, "[howdah]\nignore = H013")

    assert left(tmp_path, LintSettings(["H012"])) == ["E0701"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[howdah]\nignore = H999", "setup.cfg: 'H999' is no lint"),
        ("[howdah]\nignore = E0701", "setup.cfg: E0701 cannot be switched off: Oozie refuses the app for it"),
        ("[howdah]\nignored = H012", "setup.cfg: [howdah] has no option 'ignored'"),
        ("[howdah\nignore = H012", "setup.cfg cannot be read, so that it switches nothing off"),
    ],
)
def test_what_is_wrong_in_the_file_is_said_once(tmp_path: Path, text: str, says: str) -> None:
    write(tmp_path, text)
    settings = LintSettings()

    first, second = (settings.applied(RESULT, tmp_path) for _ in range(2))

    [finding] = [finding for finding in first.findings if finding.code == "H026"]
    assert finding.message.startswith(says)
    assert (finding.path, finding.severity) == (str(tmp_path / "setup.cfg"), "lint")
    assert second.findings == FINDINGS


def test_without_a_file_nothing_changes(tmp_path: Path) -> None:
    assert left(tmp_path) == ["E0701", "H012", "H013"]


def test_what_is_left_out_is_said_with_its_reason(tmp_path: Path) -> None:
    write(tmp_path, "[howdah]\nignore = H013")

    ignored = LintSettings(["H012"]).applied(RESULT, tmp_path).ignored

    assert [(one.finding.code, one.switch.place) for one in ignored] == [
        ("H012", "--ignore"),
        ("H013", str(tmp_path / "setup.cfg")),
    ]


def test_a_project_need_not_be_heeded(tmp_path: Path) -> None:
    write(tmp_path, "[howdah]\nignore = H013")

    assert left(tmp_path, LintSettings(["H012"], heeds_projects=False)) == ["E0701", "H013"]
