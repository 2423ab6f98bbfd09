from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from generator.errors import GenerationError
from generator.writing import RECORD, write_app


def _files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_files_are_written_and_recorded_as_sha256sum_reads_it(tmp_path: Path) -> None:
    folder = tmp_path / "build" / "w"

    assert write_app({"workflow.xml": b"1", "lib/a.jar": b"2"}, folder) == [
        folder / "workflow.xml",
        folder / "lib/a.jar",
    ]
    assert _files(folder).keys() == {"workflow.xml", "lib/a.jar", RECORD}
    subprocess.run(["sha256sum", "--check", "--quiet", RECORD], cwd=folder, check=True)


def test_again_replaces_what_was_ours_and_only_that(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_bytes(b"mine")
    write_app({"workflow.xml": b"1", "lib/old.jar": b"2", "kept.hql": b"3"}, tmp_path)
    (tmp_path / "kept.hql").write_bytes(b"changed by hand")

    write_app({"workflow.xml": b"4"}, tmp_path)

    found = _files(tmp_path)
    found.pop(RECORD)
    assert found == {"workflow.xml": b"4", "notes.txt": b"mine", "kept.hql": b"changed by hand"}
    assert not (tmp_path / "lib").exists()


@pytest.mark.parametrize("content", [b"written by hand", b""])
def test_a_file_that_is_not_ours_stays(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "workflow.xml").write_bytes(content)

    with pytest.raises(GenerationError) as caught:
        write_app({"a.hql": b"0", "workflow.xml": b"1"}, tmp_path)

    assert caught.value.code == "H321"
    assert _files(tmp_path) == {"workflow.xml": content}
    write_app({"workflow.xml": b"1"}, tmp_path, force=True)
    assert (tmp_path / "workflow.xml").read_bytes() == b"1"


def test_a_file_that_is_the_same_is_no_stranger(tmp_path: Path) -> None:
    (tmp_path / "workflow.xml").write_bytes(b"1")

    write_app({"workflow.xml": b"1"}, tmp_path)


def test_a_generation_that_was_cut_off_can_be_repeated(tmp_path: Path) -> None:
    write_app({"a": b"1", "b": b"1"}, tmp_path)
    (tmp_path / "b").unlink()
    (tmp_path / "b").mkdir()  # the second file cannot be written
    with pytest.raises(GenerationError):
        write_app({"a": b"2", "b": b"2"}, tmp_path, force=True)
    (tmp_path / "b").rmdir()

    write_app({"a": b"3", "b": b"3"}, tmp_path)
    assert _files(tmp_path).keys() == {"a", "b", RECORD}


def test_a_record_that_leads_outside_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(b"x")
    folder = tmp_path / "app"
    folder.mkdir()
    digest = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"  # of b"x"
    (folder / RECORD).write_text(f"{digest}  ../outside\n{digest}  {outside}\nnonsense\n")

    write_app({"a": b"1"}, folder)
    assert outside.read_bytes() == b"x"


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "app").write_text("")

    with pytest.raises(GenerationError) as caught:
        write_app({"a": b"1"}, tmp_path / "app")
    assert caught.value.code == "H324"
    assert "-o" in caught.value.diagnostics[0].hint
