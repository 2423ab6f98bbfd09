"""Files that are those that were pinned, and what is said of one that is not."""

from __future__ import annotations

import hashlib

import pytest

from howdah.errors import CommandError
from howdah.stack import checksums
from howdah.stack.checksums import Pinned
from howdah.stack.fetching import ALL, CHECKSUMS


@pytest.fixture
def jars(tmp_path):
    folder = tmp_path / "jars"
    folder.mkdir()
    for name in ("a.jar", "b.jar"):
        (folder / name).write_bytes(name.encode() * 1000)
    return folder


def differences(folder, pinned):
    return list(checksums.differences("in the cache", checksums.compute(folder), pinned))


def test_a_file_is_its_sha256_and_its_length(jars):
    data = b"a.jar" * 1000

    assert checksums.of_file(jars / "a.jar") == Pinned(hashlib.sha256(data).hexdigest(), 5000)


def test_what_is_pinned_passes(jars):
    assert differences(jars, checksums.compute(jars)) == []


def test_files_of_several_folders_are_one_set(jars, tmp_path):
    (tmp_path / "archives").mkdir()
    (jars / "b.jar").rename(tmp_path / "archives" / "b.jar")

    assert sorted(checksums.compute(jars, tmp_path / "archives", tmp_path / "none")) == ["a.jar", "b.jar"]


def test_a_file_that_was_altered_is_named(jars):
    pinned = checksums.compute(jars)
    (jars / "b.jar").write_bytes(b"B.jar" * 1000)

    found = checksums.of_file(jars / "b.jar").sha256
    assert differences(jars, pinned) == [
        f"'b.jar' in the cache is not the pinned file: SHA-256 {found}, pinned is {pinned['b.jar'].sha256}"
    ]


def test_a_file_that_was_cut_short_says_so(jars):
    pinned = checksums.compute(jars)
    (jars / "a.jar").write_bytes(b"a.jar")

    assert differences(jars, pinned) == ["'a.jar' in the cache is not the pinned file: 5 bytes, pinned is 5000"]


def test_everything_that_is_wrong_is_said_at_once(jars):
    pinned = checksums.compute(jars)
    (jars / "a.jar").unlink()
    (jars / "c.jar").touch()

    assert differences(jars, pinned) == [
        "'a.jar' is missing in the cache",
        "'c.jar' in the cache is not one of the pinned files",
    ]


def test_what_is_written_is_read(jars, tmp_path):
    found = {"hadoop": checksums.compute(jars), "oozie": {"x.war": Pinned("ab", 1)}}
    checksums.write(tmp_path / "lock", found)

    assert checksums.read(tmp_path / "lock") == found


@pytest.mark.parametrize("line", ["abc 12", "abc x hadoop/a.jar", "abc 12 a.jar", "abc 12 hadoop/a.jar more"])
def test_a_line_that_is_no_checksum(tmp_path, line):
    (tmp_path / "lock").write_text(f"# head\n\n{line}\n")

    with pytest.raises(CommandError, match="H725") as caught:
        checksums.read(tmp_path / "lock")
    assert caught.value.diagnostics[0].line == 3


def test_checksums_that_are_not_there(tmp_path):
    with pytest.raises(CommandError, match=r"H725 the checksums .* cannot be read"):
        checksums.read(tmp_path / "lock")


def test_another_set_of_files_has_another_name(jars):
    before = checksums.compute(jars)

    assert checksums.digest(before) == checksums.digest(dict(reversed(before.items())))
    assert checksums.digest(before) != checksums.digest({**before, "a.jar": Pinned("ab", 1)})


def test_the_repository_pins_every_distribution():
    pinned = checksums.read(CHECKSUMS)

    assert sorted(pinned) == sorted(ALL)
    assert all(len(each.sha256) == 64 and each.length for files in pinned.values() for each in files.values())
    assert {"hadoop-hdfs-3.3.6.jar", "hadoop-hdfs-3.3.6-tests.jar"} <= pinned["hadoop"].keys()
    assert {"oozie-webapp-5.2.1.war", "oozie-server-5.2.1.jar"} <= pinned["oozie"].keys()
    assert "sqoop-1.4.7-hadoop260.jar" in pinned["sqoop"]
