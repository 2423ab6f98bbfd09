"""What a jar is, by its name and by what Maven wrote into it."""

from __future__ import annotations

import lzma
import os
import zipfile
import zlib
from pathlib import Path

import pytest

from oozie.client.sharelib.errors import LibraryError
from oozie.client.sharelib.jars import jar_called, read_jar


def jar(folder: Path, name: str, *poms: tuple[str, str], **files: str) -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w") as archive:
        for artifact, version in poms:
            place = f"META-INF/maven/org.x/{artifact}/pom.properties"
            archive.writestr(place, f"artifactId={artifact}\nversion={version}\n")
        for file, text in files.items():
            archive.writestr(file.replace("__", "/"), text)
    return path


@pytest.mark.parametrize(
    ("name", "artifact", "version"),
    [
        ("commons-lang-2.6.jar", "commons-lang", "2.6"),
        ("avro-mapred-1.8.1-hadoop2.jar", "avro-mapred", "1.8.1-hadoop2"),
        ("spark-core_2.12-3.5.9.jar", "spark-core_2.12", "3.5.9"),
        ("tools.jar", "tools", ""),
    ],
)
def test_what_a_name_says(name: str, artifact: str, version: str) -> None:
    found = jar_called(name)
    assert (found.artifact, found.version) == (artifact, version)


def test_what_maven_wrote_counts_more_than_the_name(tmp_path: Path) -> None:
    found = read_jar(jar(tmp_path, "driver.jar", ("mysql-connector-java", "8.0.33")))

    assert (found.artifact, found.version, found.key) == ("mysql-connector-java", "8.0.33", "mysql-connector-j")


def test_of_a_jar_with_others_inside_its_own(tmp_path: Path) -> None:
    found = read_jar(jar(tmp_path, "mine-all-2.jar", ("guava", "31.0"), ("mine", "2"), ("mine-all", "2.1")))

    assert (found.artifact, found.version) == ("mine-all", "2.1")


def test_classes_of_hadoop_are_seen(tmp_path: Path) -> None:
    assert read_jar(jar(tmp_path, "a-1.jar", org__apache__hadoop__fs__FileSystem__class="")).brings_hadoop is False
    with zipfile.ZipFile(tmp_path / "b-1.jar", "w") as archive:
        archive.writestr("org/apache/hadoop/fs/FileSystem.class", "")
    assert read_jar(tmp_path / "b-1.jar").brings_hadoop


def test_versions_are_numbers() -> None:
    ages = [jar_called(f"a-{version}.jar").age for version in ("1.9", "1.10", "2.0-beta", "2.0")]

    assert ages[0] < ages[1] < ages[2]


def test_what_is_no_jar(tmp_path: Path) -> None:
    (tmp_path / "a.jar").write_text("<html>")
    for name in ("a.jar", "none.jar"):
        with pytest.raises(LibraryError) as caught:
            read_jar(tmp_path / name)
        assert caught.value.code == "H823"


POM = "META-INF/maven/g/a/pom.properties"
CONTENT = 30 + len(POM)


def damaged(path: Path, compression: int, **parts: bytes) -> Path:
    """A jar with a pom in which other bytes stand in its content, flags, method or name."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.writestr(POM, "version=1\n" * 100)
    content = bytearray(path.read_bytes())
    entry = content.rfind(b"PK\x01\x02")
    places = {"content": (CONTENT,), "flags": (6, entry + 8), "method": (8, entry + 10), "name": (30, entry + 46)}
    for part, other in parts.items():
        for place in places[part]:
            content[place : place + len(other)] = other
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("compression", "parts", "cause"),
    [
        (zipfile.ZIP_DEFLATED, {"content": b"\xff" * 8}, zlib.error),
        (zipfile.ZIP_BZIP2, {"content": b"\xff" * 8}, OSError),
        (zipfile.ZIP_LZMA, {"content": b"\x09\x04\x05\x00" + b"\xff" * 5}, lzma.LZMAError),
        (zipfile.ZIP_STORED, {"content": b"\xff"}, zipfile.BadZipFile),
        (zipfile.ZIP_STORED, {"flags": b"\x01"}, RuntimeError),
        (zipfile.ZIP_STORED, {"method": b"\x63"}, NotImplementedError),
        (zipfile.ZIP_STORED, {"flags": b"\x00\x08", "name": b"\xff"}, UnicodeDecodeError),
    ],
)
def test_a_broken_entry_of_a_jar(
    tmp_path: Path, compression: int, parts: dict[str, bytes], cause: type[Exception]
) -> None:
    with pytest.raises(LibraryError) as caught:
        read_jar(damaged(tmp_path / "a-1.jar", compression, **parts))
    assert caught.value.code == "H823"
    assert isinstance(caught.value.__cause__, cause)


def test_a_pipe_is_no_jar(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.jar")
    with pytest.raises(LibraryError, match=r"H823 .*no ordinary file"):
        read_jar(tmp_path / "a.jar")
