"""What a jar is, by its name and by what Maven wrote into it."""

from __future__ import annotations

import os
import zipfile
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


def test_a_broken_stream_in_a_jar(tmp_path: Path) -> None:
    path = tmp_path / "a-1.jar"
    name = "META-INF/maven/g/a/pom.properties"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, "version=1\n" * 100)
    content = bytearray(path.read_bytes())
    begin = 30 + len(name)
    content[begin : begin + 8] = b"\xff" * 8
    path.write_bytes(content)
    with pytest.raises(LibraryError) as caught:
        read_jar(path)
    assert caught.value.code == "H823"


def test_a_pipe_is_no_jar(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.jar")
    with pytest.raises(LibraryError, match=r"H823 .*no ordinary file"):
        read_jar(tmp_path / "a.jar")
