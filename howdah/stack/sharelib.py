"""Oozie's share lib: what each action type finds on its class path, in HDFS."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

from howdah.errors import CommandError
from howdah.stack.fetching import JARS
from howdah.stack.layout import Software
from storage.errors import PathNotFoundError
from storage.filesystem import FileSystem

ShareLibs = Mapping[str, Sequence[Path]]

# Spark's jars that a job on YARN has no use for: Hadoop comes from the cluster, other cluster managers and their
# clients are not there, and the rest are tools. MLlib and what it needs stay.
_NOT_FOR_JOBS = (
    "hadoop-", "kubernetes-", "spark-kubernetes", "spark-mesos", "mesos-", "rocksdbjni", "spark-repl",
    "spark-hive-thriftserver", "hive-beeline", "hive-cli", "hive-jdbc", "tink", "okhttp", "okio", "scala-compiler",
    "datasketches", "derby", "logging-interceptor",
)  # fmt: skip
_OTHER_MACHINES = ("osx", "aarch_64")
# What beeline needs to speak to either Hive server; without the last but one it ends with "No current connection".
_BEELINE = (
    "commons-lang", "hive-beeline", "hive-common", "hive-jdbc", "hive-serde", "hive-service-rpc", "hive-shims-common",
    "jline", "libthrift", "spark-hive-thriftserver_2.12", "super-csv",
)  # fmt: skip
_STAMP = "lib_%Y%m%d%H%M%S"  # the newest wins
_PART = "part_"
_MARK = "howdah-fingerprint"
_AT_ONCE = 8


def collect(software: Software) -> dict[str, list[Path]]:
    """The files of each share lib. Raises: CommandError H729 when one that is needed is not there."""
    war, spark = software.oozie / "war" / "lib", software.spark / "jars"
    python = software.spark / "python" / "lib"
    found = {
        "oozie": [*_all(war, "oozie-sharelib-oozie-*.jar"), *_all(war, "json-simple-*.jar")],
        "distcp": _all(war, "oozie-sharelib-distcp-*.jar"),
        "sqoop": _all(software.sqoop / JARS, "*.jar"),
        "hive2": [
            *_all(war, "oozie-sharelib-hive2-*.jar"),
            *(jar for artifact in _BEELINE for jar in _all(spark, f"{artifact}-[0-9]*.jar")),
        ],
        "spark": [
            *_all(war, "oozie-sharelib-spark-*.jar"),
            *(jar for jar in _all(spark, "*.jar") if is_for_jobs(jar.name)),
            *_all(python, "pyspark.zip"),
            *_all(python, "py4j-*-src.zip"),
        ],
    }
    return {name: sorted(files, key=lambda file: file.name) for name, files in found.items()}


def is_for_jobs(jar: str) -> bool:
    """Whether a jar of Spark's belongs into the share lib."""
    return not jar.startswith(_NOT_FOR_JOBS) and not any(word in jar for word in _OTHER_MACHINES)


def _all(folder: Path, pattern: str) -> list[Path]:
    found = sorted(folder.glob(pattern))
    if not found:
        raise CommandError("H729", f"there is no {pattern} in {folder}, which the share lib needs")
    return found


def fingerprint(libs: ShareLibs) -> str:
    """What tells one share lib from another, by names and sizes."""
    lines = [f"{name}/{file.name} {file.stat().st_size}\n" for name, files in sorted(libs.items()) for file in files]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def upload(filesystem: FileSystem, top: str, libs: ShareLibs, now: datetime, go_on: Callable[[], None]) -> bool:
    """Put ``libs`` below ``top`` as the share lib of ``now`` (UTC), the newest; at its own name it is whole.

    ``go_on`` is asked before each file and ends the upload by raising. Returns: whether there was anything to put.
    """
    mark = fingerprint(libs)
    if _newest_mark(filesystem, top) == mark:
        return False
    name = now.strftime(_STAMP)
    part = f"{top}/{_PART}{name}"
    _delete_parts(filesystem, top)
    jobs = [(file, f"{part}/{lib}/{file.name}") for lib, files in libs.items() for file in files]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        # The large ones first, so that none is left to the end alone.
        jobs.sort(key=lambda job: job[0].stat().st_size, reverse=True)
        list(pool.map(lambda job: _put(filesystem, job[0], job[1], go_on), jobs))
    with filesystem.create(f"{part}/{_MARK}", overwrite=True) as stream:
        stream.write(mark.encode())
    filesystem.rename(part, f"{top}/{name}")
    return True


def _delete_parts(filesystem: FileSystem, top: str) -> None:
    """What an upload that was ended has left."""
    try:
        left = [status.path for status in filesystem.list(top) if status.name.startswith(_PART)]
    except PathNotFoundError:
        return
    for path in left:
        filesystem.delete(path, recursive=True)


def _put(filesystem: FileSystem, file: Path, path: str, go_on: Callable[[], None]) -> None:
    go_on()
    with file.open("rb") as source, filesystem.create(path, overwrite=True) as target:
        shutil.copyfileobj(source, target, 1 << 20)


def _newest_mark(filesystem: FileSystem, top: str) -> str:
    try:
        names = [status.name for status in filesystem.list(top) if status.name.startswith("lib_")]
        with filesystem.open(f"{top}/{max(names, default='')}/{_MARK}") as stream:
            return stream.read().decode()
    except PathNotFoundError:
        return ""
