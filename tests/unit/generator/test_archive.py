from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest

from generator.archive import PACKAGES, archive_files, jobs_archive


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    for name in (
        "jobs/__init__.py",
        "jobs/deep/train.py",
        "models/__init__.py",
        "storage/__init__.py",
        "serving/app.py",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"# {name}\n")
    (tmp_path / "jobs" / "notes.txt").write_text("no")
    return tmp_path


def test_it_holds_python_of_the_three_packages(sources: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(jobs_archive(sources))) as archive:
        names = archive.namelist()
        assert archive.read("jobs/deep/train.py") == b"# jobs/deep/train.py\n"

    assert names == ["jobs/__init__.py", "jobs/deep/train.py", "models/__init__.py", "storage/__init__.py"]


def test_neither_clock_nor_file_times_matter(sources: Path) -> None:
    before = jobs_archive(sources)
    os.utime(sources / "jobs" / "__init__.py", (0, 0))
    (sources / "storage" / "__init__.py").chmod(0o600)

    assert jobs_archive(sources) == before


def test_our_own_is_whole() -> None:
    packages = {name.split("/")[0] for name in archive_files()}

    assert packages == set(PACKAGES)
    assert "jobs/train.py" in archive_files()
