"""The command line of a Spark program on this machine: Java, Spark's own settings, the HDFS root mounted.

Spark's ``bin/spark-submit`` would start a second Java only to compute this line, and put options on it that a slim
Java does not know.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterable, Mapping
from pathlib import Path

from oozie.local.actions.executor import ActionRun
from oozie.local.errors import ActionError
from oozie.local.java import find_java, find_spark, java_options, python_environment
from oozie.local.mounts import DEFAULT_HOST, hadoop_settings
from oozie.local.supervisor import Command

METASTORE_LOCK = "metastore.lock"  # below the state folder: Derby lets one process in at a time
VIEW = f"viewfs://{DEFAULT_HOST}/"  # the HDFS root by the name that Hive, too, can live with
_HOST = re.compile(r"\bhdfs://([A-Za-z0-9_.-]+)")
_LOG4J = """rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.target = SYSTEM_ERR
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{HH:mm:ss} %p %c{1}: %m%n%ex
logger.native.name = org.apache.hadoop.util.NativeCodeLoader
logger.native.level = error
logger.metastore.name = org.apache.hadoop.hive.metastore.ObjectStore
logger.metastore.level = error
logger.conf.name = org.apache.hadoop.hive.conf.HiveConf
logger.conf.level = error
logger.session.name = org.apache.hadoop.hive.ql.session.SessionState
logger.session.level = error
logger.utils.name = org.apache.spark.util.Utils
logger.utils.level = error
"""
# What must stand on Java's own command line, since the driver is that Java.
_DRIVER_FLAGS = {
    "--driver-memory": "spark.driver.memory",
    "--driver-java-options": "spark.driver.extraJavaOptions",
    "--driver-class-path": "spark.driver.extraClassPath",
    "--driver-library-path": "spark.driver.extraLibraryPath",
}


def defaults(run: ActionRun) -> dict[str, str]:
    """Spark's settings for a laptop: the HDFS root behind every host that the job names, one Hive metastore."""
    metastore = run.state / "metastore"
    settings = {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "4",
        "spark.driver.memory": "1g",
        "spark.sql.warehouse.dir": f"{VIEW}user/hive/warehouse",
        "spark.hadoop.javax.jdo.option.ConnectionURL": f"jdbc:derby:;databaseName={metastore};create=true",
        "spark.hadoop.datanucleus.schema.autoCreateAll": "true",
        "spark.hadoop.hive.metastore.schema.verification": "false",
    }
    settings.update({f"spark.hadoop.{k}": v for k, v in hadoop_settings(run.root, _hosts(run)).items()})
    return settings


def _hosts(run: ActionRun) -> frozenset[str]:
    """Every host that the job's properties or the action name in an hdfs: URI."""
    return frozenset(host for text in (*run.job.configuration.values(), *_texts(run)) for host in _HOST.findall(text))


def _texts(run: ActionRun) -> Iterable[str]:
    pending = [run.body]
    while pending:
        element = pending.pop()
        yield element.text
        yield from (value for _, value in element.attributes)
        pending.extend(element.children)
    for script in run.work.iterdir():
        if script.suffix in (".hql", ".sql", ".q") and script.is_file():
            yield script.read_text("utf-8", "replace")


def spark_command(
    run: ActionRun,
    master: str,
    options: list[str],
    program: list[str],
    settings: Mapping[str, str],
    *,
    uses_metastore: bool,
) -> Command:
    """Java with SparkSubmit: ``settings`` under ``options`` (spark-submit's own), then ``program`` and its arguments.

    The jars among the action's files stand on the class path, as on the cluster. Programs that use the metastore run
    one at a time.

    Raises: JavaError H410, H411.
    """
    spark = find_spark()
    java = find_java(spark)
    options, given = _without_driver_settings(options)
    settings = {**settings, **given}
    (run.folder / "log4j2.properties").write_text(_LOG4J, "utf-8")
    class_path = [settings.get("spark.driver.extraClassPath", ""), str(run.folder), str(spark.home / "jars" / "*")]
    class_path += [str(run.work / "*")]
    argv = [
        str(java.executable),
        *java_options(java, spark),
        f"-Xmx{settings['spark.driver.memory']}",
        f"-Dlog4j2.configurationFile={run.folder / 'log4j2.properties'}",
        f"-Dderby.system.home={run.folder}",
        f"-Djava.io.tmpdir={_temporary(run)}",
        *shlex.split(settings.get("spark.driver.extraJavaOptions", "")),
        "-cp",
        os.pathsep.join(filter(None, class_path)),
        "org.apache.spark.deploy.SparkSubmit",
        "--master",
        master,
    ]
    for name, value in settings.items():
        argv += ["--conf", f"{name}={value}"]
    exclusive = str(run.state / METASTORE_LOCK) if uses_metastore else ""
    return Command((*argv, *options, *program), python_environment(java, spark), exclusive=exclusive)


def _temporary(run: ActionRun) -> Path:
    """A place for Spark's scratch files that goes with the launch."""
    folder = run.folder / "tmp"
    folder.mkdir(exist_ok=True)
    return folder


def _without_driver_settings(options: list[str]) -> tuple[list[str], dict[str, str]]:
    """``options`` without what sets a property of the driver, and these properties."""
    kept: list[str] = []
    settings: dict[str, str] = {}
    rest = iter(options)
    for option in rest:
        flag, equals, value = option.partition("=")
        if flag in _DRIVER_FLAGS:
            settings[_DRIVER_FLAGS[flag]] = value if equals else _argument(option, rest)
        elif flag in ("--conf", "-c"):
            name, _, text = (value if equals else _argument(option, rest)).partition("=")
            settings[name] = text
        else:
            kept.append(option)
    return kept, settings


def _argument(option: str, rest: Iterable[str]) -> str:
    value = next(iter(rest), None)
    if value is None:
        raise ActionError("JA018", f"spark-opts: {option} has no value")
    return value
