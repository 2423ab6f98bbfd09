"""A folder as a mapping; what cannot be read in it is tested through howdah validate."""

from __future__ import annotations

from pathlib import Path

from howdah.disk_folder import DiskFolder


def test_one_folder_is_listed_without_those_below(tmp_path: Path) -> None:
    (tmp_path / "lib" / "deep").mkdir(parents=True)
    for name in ("a.xml", "lib/b.jar", "lib/deep/c.jar"):
        (tmp_path / name).touch()
    files = DiskFolder(tmp_path)

    assert [files.names_in(folder) for folder in ("", "lib", "nowhere", "a\0b")] == [["a.xml"], ["b.jar"], [], []]


def test_a_folder_that_went_away_meanwhile_is_said(tmp_path: Path) -> None:
    files = DiskFolder(tmp_path / "gone")

    assert list(files) == []
    assert [error.strerror for error in files.unreadable] == ["No such file or directory"]
