"""The services of a stack, a row each: what it needs, how it starts, when it is up."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from howdah.errors import CommandError
from howdah.stack import classpath, health, settings
from howdah.stack.fetching import JARS
from howdah.stack.layout import Deployment
from howdah.stack.ports import Ports
from howdah.stack.prerequisites import Machine
from howdah.stack.processes import Command

DATABASE, DATABASE_USER, DATABASE_PASSWORD = "funnel_db", "funnel", "funnel"

_KEPT_ENVIRONMENT = ("HOME", "LANG", "LC_ALL", "LOGNAME", "TZ", "USER")
_STEP_S = 120.0
_LAST_LINES = 12
_MADE = ".made"  # stands where a first step was done to its end


@dataclass(frozen=True)
class Service:
    """One row: First ``prepare``, then its process once the steps it ``needs`` are done, ``finish`` when it is up."""

    name: str
    needs: tuple[str, ...]
    command: Callable[[Deployment], Command]
    is_up: Callable[[Ports, float], bool]
    prepare: Callable[[Deployment], None] | None = None
    finish: Callable[[Deployment], None] | None = None
    own_log: str = ""  # where it writes a log of its own, below logs/
    limit_s: float = 240.0
    term_s: float = 30.0


def environment(deployment: Deployment) -> dict[str, str]:
    """What a service, and through the NodeManager a container, sees of the environment: nothing by chance."""
    software, layout = deployment.software, deployment.layout
    return {
        **{name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ},
        "PATH": Machine().search_path,
        "JAVA_HOME": str(software.java_home),
        "HADOOP_CONF_DIR": str(layout.hadoop_conf),
        "SPARK_HOME": str(software.spark),
        "SPARK_CONF_DIR": str(layout.conf / "hive"),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "HIVE_CONF_DIR": str(layout.conf / "hive"),
    }


def java_command(
    deployment: Deployment, name: str, main: str, class_path: Sequence[str], *, heap_mb: int,
    options: Sequence[str] = (), arguments: Sequence[str] = (),
) -> Command:  # fmt: skip
    """A service in Java; all its options stand in one file, so that the process list stays readable."""
    layout = deployment.layout
    # One compiler level and one collector thread: many small servers share few cores, and each starts in half the time.
    lines = [
        f"-Xmx{heap_mb}m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.net.preferIPv4Stack=true",
        f"-Djava.io.tmpdir={layout.tmp}", f"-javaagent:{deployment.software.loopback}", *settings.JAVA_OPENS, *options,
        "-cp", ":".join(class_path), main, *arguments,
    ]  # fmt: skip
    file = layout.run / f"{name}.options"
    file.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return Command((deployment.software.java, f"@{file}"), environment(deployment), layout.tmp)


def _hadoop(name: str, main: str, heap_mb: int) -> Callable[[Deployment], Command]:
    def command(deployment: Deployment) -> Command:
        class_path = classpath.hadoop(deployment.layout, deployment.software)
        return java_command(deployment, name, main, class_path, heap_mb=heap_mb)

    return command


def _oozie_options(deployment: Deployment) -> list[str]:
    conf, data, logs = deployment.layout.conf / "oozie", deployment.layout.data / "oozie", deployment.layout.logs
    return [
        f"-Doozie.home.dir={data}", f"-Doozie.config.dir={conf}", f"-Doozie.log.dir={logs / 'oozie'}",
        f"-Doozie.data.dir={data}", "-Doozie.instance.id=localhost", "-Doozie.config.file=oozie-site.xml",
        "-Doozie.log4j.file=oozie-log4j.properties", "-Doozie.log4j.reload=10",
        f"-Dderby.stream.error.file={logs / 'oozie' / 'derby.log'}",
    ]  # fmt: skip


def _oozie(deployment: Deployment) -> Command:
    return java_command(
        deployment, "oozie", "org.apache.oozie.server.EmbeddedOozieServer",
        classpath.oozie(deployment.layout, deployment.software), heap_mb=768, options=_oozie_options(deployment),
    )  # fmt: skip


def _thrift_server(deployment: Deployment) -> Command:
    data = deployment.layout.data / "hive-spark"
    return java_command(
        deployment, "hive", "org.apache.spark.deploy.SparkSubmit",
        classpath.thrift_server(deployment.layout, deployment.software), heap_mb=1024,
        options=[f"-Dderby.system.home={data}", "-Djdk.reflect.useDirectMethodHandle=false"],
        arguments=["--class", "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2", "spark-internal"],
    )  # fmt: skip


def _hive_server(deployment: Deployment) -> Command:
    hive = deployment.software.hive
    if hive is None:
        raise CommandError("H729", "the Hive project's own server was not fetched", hint="howdah stack up --hive hive")
    return java_command(
        deployment, "hive", "org.apache.hive.service.server.HiveServer2",
        classpath.hive(deployment.layout, sorted((hive / JARS).glob("*.jar"))), heap_mb=1536,
        options=[
            f"-Dderby.stream.error.file={deployment.layout.logs / 'derby-hive.log'}",
            f"-Dlog4j2.configurationFile={deployment.layout.conf / 'hive' / 'log4j2.properties'}",
        ],
    )  # fmt: skip


def _hive(deployment: Deployment) -> Command:
    commands = {"spark": _thrift_server, "hive": _hive_server}
    return commands[deployment.choice.hive](deployment)


def _prepare_hive(deployment: Deployment) -> None:
    (deployment.layout.data / f"hive-{deployment.choice.hive}" / "tmp").mkdir(parents=True, exist_ok=True)


def _mariadb_folder(deployment: Deployment) -> Path:
    return deployment.layout.data / "mariadb"


def _mariadb(deployment: Deployment) -> Command:
    # The socket is named from the data's folder: a socket's whole path may have 107 bytes only.
    arguments = (
        Machine().require("mariadbd", "mariadb"), "--no-defaults", f"--datadir={_mariadb_folder(deployment)}",
        f"--user={deployment.user}", "--socket=s.sock", f"--port={deployment.ports['mariadb']}",
        "--bind-address=127.0.0.1", f"--tmpdir={deployment.layout.tmp}", "--skip-log-bin", "--local-infile=1",
        "--character-set-server=utf8mb4", "--innodb-flush-log-at-trx-commit=2",
    )  # fmt: skip
    return Command(arguments, environment(deployment), _mariadb_folder(deployment))


def run_step(deployment: Deployment, name: str, command: Command, *, text: str = "") -> None:
    """Run a program to its end, with its output in a log. Raises: CommandError H729."""
    log = deployment.layout.logs / f"{name}.log"
    command.folder.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        try:
            done = subprocess.run(
                command.arguments, env=dict(command.environment), cwd=command.folder, input=text.encode(),
                stdout=output, stderr=subprocess.STDOUT, timeout=_STEP_S, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise CommandError("H729", f"{name} did not end in {_STEP_S:.0f} s", hint=f"see {log}") from error
    if done.returncode:
        raise CommandError("H729", f"{name} failed ({done.returncode}): {last_line(log)}", hint=f"see {log}")


def last_line(log: Path) -> str:
    """The last line of ``log`` that says something, an error before any other."""
    lines = [line.strip() for line in tail(log, _LAST_LINES) if line.strip()]
    errors = [line for line in lines if "error" in line.lower() or "exception" in line.lower()]
    return ((errors or lines)[-1] if lines else "it said nothing")[:300]


def tail(log: Path, count: int) -> list[str]:
    """The last ``count`` lines of ``log``."""
    try:
        with log.open("rb") as stream:
            stream.seek(max(0, log.stat().st_size - count * 4096))
            return stream.read().decode("utf-8", "replace").splitlines()[-count:]
    except OSError:
        return []


def _once(folder: Path, make: Callable[[], None]) -> None:
    """Make what is to lie in ``folder``, unless it was made to the end before; what was left half-made goes."""
    if (folder / _MADE).exists():
        return
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    make()
    (folder / _MADE).touch()


def _format_namenode(deployment: Deployment) -> None:
    def make() -> None:
        class_path = classpath.hadoop(deployment.layout, deployment.software)
        run_step(
            deployment, "namenode-format",
            java_command(
                deployment, "namenode-format", "org.apache.hadoop.hdfs.server.namenode.NameNode", class_path,
                heap_mb=256, arguments=["-format", "-nonInteractive", "-force"],
            ),
        )  # fmt: skip

    _once(deployment.layout.data / "namenode", make)


def _create_oozie_database(deployment: Deployment) -> None:
    (deployment.layout.logs / "oozie").mkdir(exist_ok=True)

    def make() -> None:
        class_path = classpath.oozie(deployment.layout, deployment.software)
        sql = deployment.layout.data / "oozie" / "oozie.sql"
        run_step(
            deployment, "oozie-database",
            java_command(
                deployment, "oozie-database", "org.apache.oozie.tools.OozieDBCLI", class_path, heap_mb=384,
                options=_oozie_options(deployment), arguments=["create", "-run", "-sqlfile", str(sql)],
            ),
        )  # fmt: skip

    _once(deployment.layout.data / "oozie", make)


def _install_mariadb(deployment: Deployment) -> None:
    folder = _mariadb_folder(deployment)
    # The database's superuser is this user of the system, through the socket: no password, and nobody else over TCP.
    command = Command(
        (
            Machine().require("mariadb-install-db", "mariadb"), "--no-defaults", f"--datadir={folder}",
            f"--user={deployment.user}", "--auth-root-authentication-method=socket",
            f"--auth-root-socket-user={deployment.user}", "--skip-test-db",
        ),
        environment(deployment), deployment.layout.tmp,
    )  # fmt: skip
    _once(folder, lambda: run_step(deployment, "mariadb-install", command))


def _create_database(deployment: Deployment) -> None:
    statements = [f"CREATE DATABASE IF NOT EXISTS {DATABASE};"]
    for host in ("localhost", "127.0.0.1"):
        account = f"'{DATABASE_USER}'@'{host}'"
        statements += [
            f"CREATE USER IF NOT EXISTS {account} IDENTIFIED BY '{DATABASE_PASSWORD}';",
            f"GRANT ALL ON {DATABASE}.* TO {account};",
        ]
    client = Machine().require("mariadb", "mariadb")
    arguments = (client, "--no-defaults", f"--user={deployment.user}", "--socket=s.sock")
    command = Command(arguments, environment(deployment), _mariadb_folder(deployment))
    run_step(deployment, "mariadb-database", command, text="\n".join(statements))


_HDFS = "org.apache.hadoop.hdfs.server"
_YARN = "org.apache.hadoop.yarn.server"

# In the order in which status shows them; "hdfs folders" is a step of stack.py.
SERVICES: tuple[Service, ...] = (
    Service("namenode", (), _hadoop("namenode", f"{_HDFS}.namenode.NameNode", 384), health.is_namenode_up,
            prepare=_format_namenode),
    Service("datanode", (), _hadoop("datanode", f"{_HDFS}.datanode.DataNode", 384), health.is_datanode_up),
    Service("resourcemanager", (), _hadoop("resourcemanager", f"{_YARN}.resourcemanager.ResourceManager", 512),
            health.is_resourcemanager_up),
    Service("nodemanager", (), _hadoop("nodemanager", f"{_YARN}.nodemanager.NodeManager", 384),
            health.is_nodemanager_up),
    Service("historyserver", ("hdfs folders",),
            _hadoop("historyserver", "org.apache.hadoop.mapreduce.v2.hs.JobHistoryServer", 256),
            health.is_historyserver_up),
    Service("hive", ("hdfs folders",), _hive, health.is_hive_up, prepare=_prepare_hive),
    Service("oozie", ("namenode",), _oozie, health.is_oozie_up, prepare=_create_oozie_database,
            own_log="oozie/oozie.log"),
    Service("mariadb", (), _mariadb, health.is_mariadb_up, prepare=_install_mariadb, finish=_create_database),
)  # fmt: skip
BY_NAME = {service.name: service for service in SERVICES}
