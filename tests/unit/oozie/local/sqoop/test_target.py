from __future__ import annotations

from pathlib import Path

import pytest

from oozie.local.sqoop.errors import TargetError
from oozie.local.sqoop.target import Target, writing
from storage.errors import NoSpaceError


def test_a_running_import_is_not_swept_away(tmp_path):
    first = Target(tmp_path / "out", append=False, replace=False)
    second = Target(tmp_path / "out", append=False, replace=True)
    first.open()
    second.open()
    assert first.staging.is_dir()
    second.close()
    assert not second.staging.exists()
    first.commit()
    assert (tmp_path / "out").is_dir()


def test_append_keeps_suffixes_and_other_names(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/part-m-00007.gz").touch()
    target = Target(tmp_path / "out", append=True, replace=False)
    target.open()
    for name in ("part-m-00000.gz", "part-m-00001.gz", "_SUCCESS", "9b.parquet"):
        (target.staging / name).touch()
    target.commit()
    assert sorted(path.name for path in tmp_path.rglob("*")) == [
        "9b.parquet", "out", "part-m-00007.gz", "part-m-00008.gz", "part-m-00009.gz",
    ]  # fmt: skip


def test_disk_full():
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    with pytest.raises(NoSpaceError, match="H105 no space left"), writing(full), full.open("wb", buffering=0) as file:
        file.write(b"x")


def test_parent_is_a_file(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(TargetError, match="H427 cannot write"):
        Target(tmp_path / "file/out", append=False, replace=False).open()
