"""Which jars go onto whose class path."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from howdah.stack.fetching import JARS
from howdah.stack.layout import Layout, Software

# Jars of Oozie's war that hold, under another name, what Hadoop's or Jetty's jars hold already, or that nothing needs.
_OUT_OF_THE_WAR = frozenset({
    "ant", "ant-launcher", "asm", "calcite-avatica", "calcite-core", "geronimo-annotation_1.0_spec",
    "geronimo-jaspic_1.0_spec", "groovy-all", "hive-ant", "j2v8_macosx_x86_64", "j2v8_win32_x86", "j2v8_win32_x86_64",
    "jersey-servlet-dummy", "jetty-all", "jline", "jms", "jsp-api", "log4j", "netty", "servlet-api", "slf4j-log4j12",
    "stax-api", "velocity",
})  # fmt: skip
# Oozie evaluates EL with Jasper; "apache-jsp" is also what Jetty calls its own glue to it.
_JASPER = re.compile(r"apache-jsp-8\..*\.jar")
# Servers have no place in a client; these two hold classes that clients load.
_YARN_SERVER = "hadoop-yarn-server-"
_YARN_SERVERS_KEPT = frozenset({"hadoop-yarn-server-common", "hadoop-yarn-server-web-proxy"})
# What Hive's own server must not see: second loggers, a second Jetty, shaded copies of Hadoop.
_OUT_OF_HIVE = ("slf4j-reload4j", "log4j-1.2-api", "log4j-1.2.1", "jetty-runner", "hadoop-client-api",
                "hadoop-client-runtime")  # fmt: skip


def artifact_of(jar: str) -> str:
    """The name of a jar without its version; Hive's shims are told apart by theirs."""
    stem = jar.removesuffix(".jar")
    return stem if stem.startswith("hive-shims") else re.sub(r"-\d.*$", "", stem)


def hadoop(layout: Layout, software: Software) -> list[str]:
    """For every process of Hadoop's: the settings, the pages, the jars."""
    return [str(layout.hadoop_conf), str(software.hadoop / "web"), f"{software.hadoop / JARS}/*"]


def oozie(layout: Layout, software: Software) -> list[str]:
    """For Oozie's server: Hadoop's jars take the place of the older ones in the war, and Jetty's too."""
    jars = oozie_jars(
        _jars(software.oozie / JARS), _jars(software.hadoop / JARS), _jars(software.oozie / "war" / "lib")
    )
    war, settings = software.oozie / "war", layout.conf / "oozie"
    return [str(settings), str(war), *map(str, jars), str(layout.hadoop_conf)]


def oozie_jars(server: Iterable[Path], hadoop: Iterable[Path], war: Iterable[Path]) -> list[Path]:
    """Each artifact once: the server's own, then Hadoop's, then the war's."""
    chosen: dict[str, Path] = {}
    candidates = [
        *server,
        *(jar for jar in hadoop if _is_for_clients(artifact_of(jar.name))),
        *(jar for jar in war if _is_of_the_war(artifact_of(jar.name))),
    ]
    for jar in candidates:
        name = jar.name if _JASPER.fullmatch(jar.name) else artifact_of(jar.name)
        chosen.setdefault(name, jar)
    return list(chosen.values())


def hive(layout: Layout, jars: Iterable[Path]) -> list[str]:
    """For the Hive project's own server; its own settings come before Hadoop's."""
    kept = [str(jar) for jar in jars if not jar.name.startswith(_OUT_OF_HIVE)]
    return [str(layout.conf / "hive"), str(layout.hadoop_conf), *kept]


def thrift_server(layout: Layout, software: Software) -> list[str]:
    """For the Spark Thrift Server."""
    return [str(layout.conf / "hive"), f"{software.spark / 'jars'}/*", str(layout.hadoop_conf)]


def _jars(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.jar"))


def _is_for_clients(artifact: str) -> bool:
    return artifact != "jsp-api" and (not artifact.startswith(_YARN_SERVER) or artifact in _YARN_SERVERS_KEPT)


def _is_of_the_war(artifact: str) -> bool:
    return artifact not in _OUT_OF_THE_WAR and not artifact.startswith("hadoop-")
