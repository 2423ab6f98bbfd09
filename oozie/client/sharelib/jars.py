"""A jar and what it is: artifact and version, by what Maven wrote into it, else by its name."""

from __future__ import annotations

import lzma
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from oozie.client.sharelib.errors import LibraryError
from oozie.language.properties import read_properties
from storage.errors import HowdahError

# commons-lang-2.6.jar, avro-mapred-1.8.1-hadoop2.jar, spark-core_2.12-3.5.9.jar
_NAMED = re.compile(r"(?P<artifact>.+?)-(?P<version>\d[\w.+-]*)")
_POM = re.compile(r"META-INF/maven/[^/]+/[^/]+/pom\.properties")
_LONGEST_POM = 1 << 16
# Packages that Hadoop itself brings to every action, at the version of the cluster.
_HADOOP = re.compile(
    r"org/apache/hadoop/(?:conf|fs|hdfs|http|io|ipc|mapred|mapreduce|net|security|service|tracing|util|yarn)/[^-]*\.class"
)
# What reading an archive ends with when it, or a stream in it, is broken: bzip2 gives OSError, a name that is no UTF-8
# UnicodeDecodeError, a password or a compression that Python has not RuntimeError.
_BROKEN = (OSError, EOFError, UnicodeDecodeError, RuntimeError, zipfile.BadZipFile, zlib.error, lzma.LZMAError)
# Artifacts that go by another name since a certain version.
_RENAMED = {"mysql-connector-java": "mysql-connector-j"}


@dataclass(frozen=True)
class Jar:
    """A jar by its file name; ``version`` is "" where nothing says it, ``path`` is None where it lies elsewhere."""

    name: str
    artifact: str
    version: str = ""
    brings_hadoop: bool = False
    path: Path | None = None

    @property
    def key(self) -> str:
        """What two versions of the same thing have in common."""
        return _RENAMED.get(self.artifact, self.artifact)

    @property
    def age(self) -> tuple[tuple[int, str], ...]:
        """Sorts versions, 1.10 behind 1.9."""
        parts = re.findall(r"\d+|[A-Za-z]+", self.version)
        return tuple((int(part), "") if part.isdigit() else (-1, part) for part in parts)


def jar_called(name: str) -> Jar:
    """What the name of a file says, for jars that lie elsewhere."""
    stem = name.removesuffix(".jar")
    match = _NAMED.fullmatch(stem)
    return Jar(name, match["artifact"], match["version"]) if match else Jar(name, stem)


def read_jar(path: Path) -> Jar:
    """A jar on this machine. Raises: LibraryError H823."""
    named = jar_called(path.name)
    if path.exists() and not path.is_file():  # a pipe would keep us waiting
        raise LibraryError("H823", f"'{path}' is no ordinary file", hint="name a file that ends with .jar")
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            poms = [name for name in names if _POM.fullmatch(name)]
            brings_hadoop = any(_HADOOP.fullmatch(name) for name in names)
            found = [_pom(archive, name) for name in poms]
    except (*_BROKEN, HowdahError) as error:
        hint = "see whether the file is whole: unzip -t"
        raise LibraryError("H823", f"'{path}' is not a jar that can be read: {error}", hint=hint) from error
    # A jar with others inside has the pom of each; its own is the one that its name speaks of.
    own = [(artifact, version) for artifact, version in found if artifact and named.name.startswith(artifact)]
    artifact, version = max(own, key=lambda pair: len(pair[0]), default=(named.artifact, named.version))
    if len(found) == 1 and not own:
        artifact, version = found[0]
    return Jar(path.name, artifact or named.artifact, version or named.version, brings_hadoop, path)


def _pom(archive: zipfile.ZipFile, name: str) -> tuple[str, str]:
    with archive.open(name) as stream:
        text = stream.read(_LONGEST_POM).decode("utf-8", "replace")
    found = read_properties(text, name)
    return found.get("artifactId", ""), found.get("version", "")
