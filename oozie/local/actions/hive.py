"""The hive and hive2 actions: HiveQL through Spark SQL with Hive support and an embedded metastore; no server.

Source: org.apache.oozie.action.hadoop.HiveActionExecutor, HiveMain, Hive2ActionExecutor, Hive2Main;
org.apache.spark.sql.hive.thriftserver.SparkSQLCLIDriver.
"""

from __future__ import annotations

import re

from oozie.local.actions.executor import ActionRun, Executor
from oozie.local.actions.localise import localise
from oozie.local.actions.spark_submit import VIEW, defaults, spark_command
from oozie.local.errors import ActionError
from oozie.local.supervisor import Command

_CLI = "org.apache.spark.sql.hive.thriftserver.SparkSQLCLIDriver"
_DATABASE = re.compile(r"^jdbc:hive2://[^/]*/([^;?#]+)")
_CLUSTER = re.compile(r"\bhdfs://[A-Za-z0-9_.-]*(:\d+)?(?=/)")
_ARGUMENTS = frozenset({"--hivevar", "--hiveconf", "-d", "--define", "--database"})
_SETTINGS = {
    # Most scripts are over before the optimising compiler pays: half the CPU time. A script that runs for long sets
    # spark.driver.extraJavaOptions in its configuration.
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",
    "spark.sql.catalogImplementation": "hive",
    "spark.hadoop.fs.defaultFS": VIEW,
    # CREATE TABLE without a format makes a Hive table, as HiveQL means it.
    "spark.sql.legacy.createHiveTableByDefault": "true",
    # A value that does not fit is NULL in Hive, not an error as Spark 4 has it.
    "spark.sql.ansi.enabled": "false",
    "spark.sql.storeAssignmentPolicy": "LEGACY",
    "spark.hadoop.hive.exec.dynamic.partition.mode": "nonstrict",
    "spark.hadoop.hive.cli.print.header": "true",
}


def _prepare(run: ActionRun) -> Command:
    localise(run)
    options: list[str] = []
    for text in run.texts("param"):
        name, equals, _ = text.partition("=")
        if not equals or not name:
            raise ActionError("JA018", f"Parameter expression must contain an assignment: {text}")
        options += ["--hivevar", _unhosted(text)]
    own = {name: value for name, value in run.configuration.items() if name.startswith("spark.")}
    for name, value in run.configuration.items():
        if name not in own and not name.startswith(("oozie.", "mapred.job.queue", "mapreduce.job.queue")):
            options += ["--hiveconf", f"{name}={value}"]
    options += _database(run) + _arguments(run)
    script = run.folder / "script.hql"
    script.write_text(_unhosted(_script(run)), "utf-8")
    # As a URI: of a mere path the command line asks for a file system that keeps checksum files.
    program = ["--class", _CLI, "spark-internal", "-f", f"file:{script}", *options]
    return spark_command(run, "local[*]", [], program, {**defaults(run), **_SETTINGS, **own}, uses_metastore=True)


def _script(run: ActionRun) -> str:
    """The HiveQL to run. Raises: ActionError JA008 when the app has no such file."""
    query, uri = run.body.first("query"), run.text("script")
    if query is not None:
        return query.text.strip()
    path, _, name = uri.partition("#")
    localised = run.work / (name or path.rpartition("/")[2])
    return (localised if localised.is_file() else run.existing(path)).read_text("utf-8", "replace")


def _unhosted(text: str) -> str:
    """``text`` with ``hdfs://host:port/x`` as ``/x``: Hive takes whatever is called hdfs for a real HDFS and fails."""
    return _CLUSTER.sub("", text)


def _database(run: ActionRun) -> list[str]:
    """The database that hive2's JDBC URL names; the server that it names is not asked."""
    url = run.text("jdbc-url")
    if not url:
        return []
    run.log(f"{url} is not asked: the script runs here, in Spark SQL")
    found = _DATABASE.match(url)
    return ["--database", found[1]] if found and found[1] != "default" else []


def _arguments(run: ActionRun) -> list[str]:
    """What <argument> adds. Raises: ActionError JA018 for one that Spark SQL's command line does not have."""
    words = list(run.texts("argument"))
    for word in words[::2]:
        if word not in _ARGUMENTS:
            known = ", ".join(sorted(_ARGUMENTS))
            raise ActionError("JA018", f"argument '{word}' has no meaning without a Hive server; known: {known}")
    return words


# A failed script ends Beeline with 2, and Oozie reports that; so do we whatever Spark's command line says.
EXECUTOR = Executor(_prepare, lambda _status: "2")
