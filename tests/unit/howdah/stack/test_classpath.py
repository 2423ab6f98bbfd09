"""Which of several jars of the same artifact a class path takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from howdah.stack import checksums, classpath
from howdah.stack.fetching import CHECKSUMS


def jars(*names: str) -> list[Path]:
    return [Path(name) for name in names]


@pytest.mark.parametrize(
    ("jar", "artifact"),
    [
        ("hadoop-hdfs-3.3.6.jar", "hadoop-hdfs"),
        ("guava-27.0-jre.jar", "guava"),
        ("hive-shims-0.23-1.2.2.jar", "hive-shims-0.23-1.2.2"),
        ("jetty-util-9.4.51.v20230217.jar", "jetty-util"),
        ("oozie-sharelib-hive2-5.2.1.jar", "oozie-sharelib-hive2"),
        ("log4j-1.2-api-2.20.0.jar", "log4j"),
    ],
)
def test_the_artifact_of_a_jar(jar, artifact):
    assert classpath.artifact_of(jar) == artifact


def test_oozie_takes_the_servers_own_jar_then_hadoops_then_the_wars():
    found = classpath.oozie_jars(
        jars("s/jetty-util-9.4.51.jar"),
        jars("h/jetty-util-9.4.40.jar", "h/guava-27.0-jre.jar"),
        jars("w/guava-11.0.2.jar", "w/oozie-core-5.2.1.jar"),
    )

    assert found == jars("s/jetty-util-9.4.51.jar", "h/guava-27.0-jre.jar", "w/oozie-core-5.2.1.jar")


def test_oozie_takes_none_of_the_wars_hadoop_and_no_second_logger():
    found = classpath.oozie_jars(
        [], jars("h/hadoop-common-3.3.6.jar"), jars("w/hadoop-auth-2.6.0.jar", "w/log4j-1.2.17.jar")
    )

    assert found == jars("h/hadoop-common-3.3.6.jar")


def test_of_yarns_servers_oozie_takes_what_clients_load():
    kept = jars("hadoop-yarn-server-common-3.3.6.jar", "hadoop-yarn-server-web-proxy-3.3.6.jar")

    assert classpath.oozie_jars([], [*kept, Path("hadoop-yarn-server-nodemanager-3.3.6.jar")], []) == kept


def test_el_is_evaluated_by_the_wars_own_jasper():
    """Another Jasper would evaluate the expressions of every workflow otherwise than Oozie 5.2.1 does."""
    found = classpath.oozie_jars(
        jars("s/apache-jsp-9.4.51.v20230217.jar"),
        [],
        jars("w/apache-el-8.0.33.jar", "w/apache-jsp-8.0.33.jar", "w/apache-jsp-9.3.27.v20190418.jar"),
    )

    assert found == jars("s/apache-jsp-9.4.51.v20230217.jar", "w/apache-el-8.0.33.jar", "w/apache-jsp-8.0.33.jar")
    pinned = checksums.read(CHECKSUMS)
    assert [name for name in (*pinned["oozie"], *pinned["hadoop"]) if name.startswith("apache-el")] == []


def test_hive_sees_no_second_logger_and_no_second_hadoop(deployment):
    given = jars("hive-exec-4.0.1.jar", "slf4j-reload4j-1.7.36.jar", "hadoop-client-api-3.3.6.jar", "log4j-1.2.17.jar")

    found = classpath.hive(deployment.layout, given)

    assert found == [str(deployment.layout.conf / "hive"), str(deployment.layout.hadoop_conf), "hive-exec-4.0.1.jar"]


def test_settings_come_first(deployment):
    layout, software = deployment.layout, deployment.software

    assert classpath.hadoop(layout, software)[0] == str(layout.hadoop_conf)
    assert classpath.oozie(layout, software)[0] == str(layout.conf / "oozie")
    assert classpath.thrift_server(layout, software)[0] == str(layout.conf / "hive")
