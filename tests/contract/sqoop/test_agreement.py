"""The same import by ours and by the real Sqoop 1.4.7: the same files, rows, nulls, types."""

from __future__ import annotations

import bz2
import gzip
import json
import os
import subprocess
import sys
import zlib

import fastavro
import pyarrow.parquet as pq
import pytest

from tests.contract.sqoop.cases import CASES, DIFFERENT, REFUSED
from tests.contract.sqoop.servers import PASSWORD, USER

pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.mariadb]

DECOMPRESS = {".gz": gzip.decompress, ".deflate": zlib.decompress, ".bz2": bz2.decompress}


def import_with_ours(target, source, case, arguments):
    command = [sys.executable, "-m", "oozie.local.sqoop", "import", *_words(target, source, case, arguments)]
    environment = {**os.environ, "HOWDAH_HDFS_ROOT": str(target.parent)}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def _words(target, source, case, arguments):
    password = target.parent / "password"
    password.write_text(PASSWORD)
    generic = [word for word in arguments if word.startswith("-D")]
    own = [word for word in arguments if not word.startswith("-D")]
    return [*generic, "--connect", source.jdbc_url + case.url, "--username", USER, "--password-file",
            password.as_uri(), "--target-dir", target.as_uri(), *own]  # fmt: skip


def import_with_both(tmp_path, source, real_sqoop, case):
    """Both targets and both last outcomes."""
    outcomes = []
    for name in ("real", "ours"):
        target = tmp_path / name / "target"
        target.parent.mkdir()
        for arguments in (case.arguments, *case.then):
            if name == "real":
                done = real_sqoop.run(*_words(target, source, case, arguments))
            else:
                done = import_with_ours(target, source, case, arguments)
        outcomes.append((target, done))
    return outcomes


def contents(target):
    """What stands in a target: file names and what they say; Kite's random file names count as one set."""
    if not target.is_dir():
        return {}, []
    files, parquet = {}, []
    for path in sorted(target.iterdir()):
        if path.name.startswith(".") or path.name.endswith(".crc"):
            continue
        if path.suffix == ".parquet":
            parquet.append(_parquet(path))
        elif path.suffix == ".avro":
            files[path.name] = _avro(path)
        else:
            files[path.name] = DECOMPRESS.get(path.suffix, bytes)(path.read_bytes())
    return files, sorted(parquet, key=repr)


def _avro(path):
    with path.open("rb") as file:
        reader = fastavro.reader(file)
        return reader.codec, json.loads(reader.metadata["avro.schema"]), list(reader)


def _parquet(path):
    file = pq.ParquetFile(path)
    # The root's own name is left out: Arrow always calls it "schema".
    names = [line.strip() for line in str(file.schema).splitlines()[2:]]
    codecs = {file.metadata.row_group(i).column(0).compression for i in range(file.metadata.num_row_groups)}
    return names, json.loads(file.metadata.metadata[b"parquet.avro.schema"]), codecs, file.read().to_pylist()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_both_write_the_same(tmp_path, source, real_sqoop, case):
    (theirs, real), (ours, mine) = import_with_both(tmp_path, source, real_sqoop, case)
    assert real.returncode == 0, real.stderr[-3000:]
    assert mine.returncode == 0, mine.stderr
    (our_files, our_parquet), (their_files, their_parquet) = contents(ours), contents(theirs)
    assert our_parquet == their_parquet
    assert sorted(our_files) == sorted(their_files)
    if case.any_order:
        assert sorted(our_files.values()) == sorted(their_files.values())
    else:
        assert our_files == their_files


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_both_refuse(tmp_path, source, real_sqoop, case):
    (_, real), (_, mine) = import_with_both(tmp_path, source, real_sqoop, case)
    assert real.returncode != 0
    assert mine.returncode == 1
    assert "Traceback" not in mine.stderr


@pytest.mark.parametrize(("case", "real_sqoop_does"), DIFFERENT, ids=lambda value: getattr(value, "name", ""))
def test_differences_are_as_documented(tmp_path, source, real_sqoop, case, real_sqoop_does):
    (theirs, real), (ours, mine) = import_with_both(tmp_path, source, real_sqoop, case)
    assert mine.returncode == 0, mine.stderr
    assert _lines(ours) == 100
    if real_sqoop_does == "fails":
        assert real.returncode != 0
    else:
        assert _lines(theirs) < 100


def _lines(target):
    return sum(path.read_bytes().count(b"\n") for path in target.glob("part-*"))
