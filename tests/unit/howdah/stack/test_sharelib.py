"""Oozie's share lib: which jars, and how it is put where Oozie looks for it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

import pytest

from howdah.errors import CommandError
from howdah.stack import sharelib
from storage.local import LocalDisk

_SPARK = (
    "spark-core_2.12-3.5.9.jar", "spark-mllib_2.12-3.5.9.jar", "spark-mllib-local_2.12-3.5.9.jar",
    "breeze_2.12-2.1.0.jar", "spire_2.12-0.17.0.jar", "arpack-3.0.3.jar", "netty-all-4.jar",
    "hadoop-client-api-3.3.4.jar", "kubernetes-client-6.jar", "netty-transport-native-epoll-4-linux-aarch_64.jar",
    "commons-lang-2.6.jar", "hive-beeline-2.3.9.jar", "hive-common-2.3.9.jar", "hive-jdbc-2.3.9.jar",
    "hive-serde-2.3.9.jar", "hive-service-rpc-3.1.3.jar", "hive-shims-common-2.3.9.jar", "jline-2.14.6.jar",
    "libthrift-0.12.0.jar", "spark-hive-thriftserver_2.12-3.5.9.jar", "super-csv-2.2.0.jar",
)  # fmt: skip


@pytest.fixture
def filled(software):
    war = software.oozie / "war" / "lib"
    for name in ("oozie", "distcp", "hive2", "spark"):
        (war / f"oozie-sharelib-{name}-5.2.1.jar").touch()
    (war / "json-simple-1.1.1.jar").touch()
    (software.sqoop / "jars" / "sqoop-1.4.7-hadoop260.jar").touch()
    for name in _SPARK:
        (software.spark / "jars" / name).touch()
    for name in ("pyspark.zip", "py4j-0.10.9.7-src.zip"):
        (software.spark / "python" / "lib" / name).write_text(name)
    return software


def names(files):
    return [file.name for file in files]


def test_each_action_type_has_its_jars(filled):
    libs = sharelib.collect(filled)

    assert sorted(libs) == ["distcp", "hive2", "oozie", "spark", "sqoop"]
    assert names(libs["oozie"]) == ["json-simple-1.1.1.jar", "oozie-sharelib-oozie-5.2.1.jar"]
    assert names(libs["sqoop"]) == ["sqoop-1.4.7-hadoop260.jar"]
    assert len(libs["hive2"]) == 12


def test_spark_has_mllib_and_python_and_no_hadoop(filled):
    spark = names(sharelib.collect(filled)["spark"])

    wanted = {"spark-mllib_2.12-3.5.9.jar", "breeze_2.12-2.1.0.jar", "spire_2.12-0.17.0.jar", "arpack-3.0.3.jar"}
    assert wanted | {"pyspark.zip", "py4j-0.10.9.7-src.zip", "oozie-sharelib-spark-5.2.1.jar"} <= set(spark)
    assert [name for name in spark if re.match("hadoop|kubernetes|hive-beeline", name) or "aarch" in name] == []


def test_a_jar_that_is_missing_is_named(filled):
    (filled.spark / "jars" / "hive-jdbc-2.3.9.jar").unlink()

    with pytest.raises(CommandError, match=r"H729 there is no hive-jdbc-\[0-9\]\*.jar in "):
        sharelib.collect(filled)


@pytest.fixture
def disk(tmp_path):
    return LocalDisk(), str(tmp_path / "hdfs" / "share" / "lib")


def nothing() -> None:
    return


NOW = datetime(2026, 11, 21, 12, 30, 5, tzinfo=timezone.utc)


def test_it_appears_whole_under_a_name_that_oozie_takes_for_the_newest(filled, disk):
    filesystem, top = disk
    libs = sharelib.collect(filled)

    assert sharelib.upload(filesystem, top, libs, NOW, nothing)

    (lib,) = filesystem.list(top)
    assert lib.name == "lib_20261121123005"
    put = {f"{each.name}/{file.name}" for each in filesystem.list(lib.path) if each.is_directory
           for file in filesystem.list(each.path)}  # fmt: skip
    assert put == {f"{name}/{file.name}" for name, files in libs.items() for file in files}


def test_the_same_is_not_put_again(filled, disk):
    libs = sharelib.collect(filled)
    sharelib.upload(*disk, libs, NOW, nothing)

    assert not sharelib.upload(*disk, libs, NOW, nothing)


def test_another_one_is_put_again(filled, disk):
    filesystem, top = disk
    sharelib.upload(filesystem, top, sharelib.collect(filled), NOW, nothing)
    (filled.sqoop / "jars" / "driver-1.jar").write_text("new")

    assert sharelib.upload(filesystem, top, sharelib.collect(filled), NOW + timedelta(seconds=1), nothing)
    assert [each.name for each in filesystem.list(top)] == ["lib_20261121123005", "lib_20261121123006"]


def test_an_upload_that_is_ended_leaves_nothing_that_oozie_takes(filled, disk):
    filesystem, top = disk
    libs = sharelib.collect(filled)
    asked = []

    def stop() -> None:
        asked.append(1)
        if len(asked) > 3:
            raise RuntimeError

    with pytest.raises(RuntimeError):
        sharelib.upload(filesystem, top, libs, NOW, stop)
    assert [each.name for each in filesystem.list(top) if each.name.startswith("lib_")] == []

    assert sharelib.upload(filesystem, top, libs, NOW, nothing)
    assert len(filesystem.list(top)) == 1
