"""The settings of every service, filled in from the templates under docker/stack/settings."""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping
from pathlib import Path
from xml.sax.saxutils import escape

from howdah.errors import CommandError
from howdah.stack.fetching import JARS, SOURCES
from howdah.stack.layout import Deployment, HiveKind

TEMPLATES = SOURCES / "settings"

# Template -> file below conf/. A .properties template that becomes .xml is written in Hadoop's form.
_FILES = {
    "core-site.properties": "hadoop/core-site.xml",
    "hdfs-site.properties": "hadoop/hdfs-site.xml",
    "yarn-site.properties": "hadoop/yarn-site.xml",
    "mapred-site.properties": "hadoop/mapred-site.xml",
    "capacity-scheduler.properties": "hadoop/capacity-scheduler.xml",
    "log4j.properties": "hadoop/log4j.properties",
    "oozie-site.properties": "oozie/oozie-site.xml",
    "action-conf.properties": "oozie/action-conf/default.xml",
    "spark-defaults.conf": "oozie/spark-conf/spark-defaults.conf",
    "oozie-log4j.properties": "oozie/oozie-log4j.properties",
}
_HIVE_FILES: Mapping[HiveKind, Mapping[str, str]] = {
    "spark": {
        "hive-site-spark.properties": "hive/hive-site.xml",
        "thrift-server.conf": "hive/spark-defaults.conf",
        "log4j2.properties": "hive/log4j2.properties",
    },
    "hive": {
        "hive-site-hive.properties": "hive/hive-site.xml",
        "tez-site.properties": "hive/tez-site.xml",
        "mapred-site-hive.properties": "hive/mapred-site.xml",
        "log4j2.properties": "hive/log4j2.properties",
    },
}
# What Hadoop 3.3 and Spark 3.5 reach into since Java 17.
_OPENED = (
    "java.lang", "java.lang.invoke", "java.lang.reflect", "java.io", "java.net", "java.nio", "java.text", "java.time",
    "java.util", "java.util.concurrent", "java.util.concurrent.atomic", "java.util.regex", "jdk.internal.ref",
    "sun.nio.ch", "sun.nio.cs", "sun.security.action", "sun.util.calendar",
)  # fmt: skip
JAVA_OPENS = (
    *(f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPENED),
    "--add-opens=java.sql/java.sql=ALL-UNNAMED",
    "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
)


class _Template(string.Template):
    """``@{name}``, so that the dollars of log4j and Oozie are left alone."""

    delimiter = "@"
    idpattern = r"[a-z][a-z.-]*"


def values(deployment: Deployment) -> dict[str, str]:
    """What the templates may name."""
    layout, software = deployment.layout, deployment.software
    return {
        "blank": " ",
        "conf": str(layout.conf),
        "data": str(layout.data),
        "hadoop": str(software.hadoop / JARS),
        "java.opens": " ".join(JAVA_OPENS),
        "loopback": f"-javaagent:{software.loopback}",
        "name.node": deployment.name_node,
        "python": str(software.python),
        "tmp": str(layout.tmp),
        "user": deployment.user,
        "yarn.memory": str(deployment.yarn_memory_mb),
        **{f"port.{name}": str(number) for name, number in deployment.ports.items()},
    }


def write(deployment: Deployment, templates: Path = TEMPLATES) -> None:
    """Write every file of settings. Raises: CommandError H729."""
    known = values(deployment)
    for source, target in {**_FILES, **_HIVE_FILES[deployment.choice.hive]}.items():
        file = deployment.layout.conf / target
        file.parent.mkdir(parents=True, exist_ok=True)
        text = (templates / source).read_text("utf-8")
        draft = file.with_name(f".{file.name}.part")
        draft.write_text(as_xml(text, known, source) if file.suffix == ".xml" else fill(text, known, source), "utf-8")
        # Whoever reads the file now reads the old or the new one, whole.
        draft.replace(file)


def fill(text: str, known: Mapping[str, str], source: str) -> str:
    """``text`` with its names filled in. Raises: CommandError H729 for one that is not known."""
    try:
        return _Template(text).substitute(known)
    except (KeyError, ValueError) as error:
        raise CommandError("H729", f"the template {source} cannot be filled in: {error}") from error


def as_xml(text: str, known: Mapping[str, str], source: str) -> str:
    """``name = value`` lines as a Hadoop configuration. Raises: CommandError H729."""
    lines = [
        f"  <property><name>{escape(name)}</name><value>{escape(value)}</value></property>"
        for name, value in properties(text, known, source)
    ]
    return "\n".join(['<?xml version="1.0"?>', "<configuration>", *lines, "</configuration>", ""])


def properties(text: str, known: Mapping[str, str], source: str) -> Iterable[tuple[str, str]]:
    """The pairs of a template, filled in. Raises: CommandError H729."""
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, equals, value = line.partition("=")
        if not equals:
            raise CommandError("H729", f"'{line}' is no setting", path=source, line=number)
        yield fill(name.strip(), known, source), fill(value.strip(), known, source)
