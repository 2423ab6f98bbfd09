"""The spark action: spark-submit's options, run as a local Spark.

Source: org.apache.oozie.action.hadoop.SparkActionExecutor, SparkMain, SparkArgsExtractor.
"""

from __future__ import annotations

import itertools
import re
import shlex
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from oozie.local.actions.executor import ActionRun, Executor
from oozie.local.actions.localise import localise
from oozie.local.actions.spark_submit import defaults, spark_command
from oozie.local.errors import ActionError
from oozie.local.supervisor import Command

_LOCAL = "local[*]"
# What a program says that wants Hive's tables.
_HIVE = re.compile(rb"enableHiveSupport|HiveContext|catalogImplementation")
_FILE_FLAGS = frozenset({"--py-files", "--jars", "--files", "--archives"})
# Options of a cluster manager that a local Spark has no use for; what they ask for is said in the log.
_CLUSTER_FLAGS = frozenset(
    {"--queue", "--num-executors", "--executor-memory", "--executor-cores", "--driver-cores", "--deploy-mode",
     "--principal", "--keytab", "--total-executor-cores"}
)  # fmt: skip


def _prepare(run: ActionRun) -> Command:
    localise(run)
    master = run.text("master")
    if not master.startswith("local"):
        run.log(f"master is {master}: there is no cluster here, Spark runs as {_LOCAL}")
        master = _LOCAL
    options = _options(run)
    class_name = run.text("class")
    if class_name:
        options += ["--class", class_name]
    settings = {**defaults(run), "spark.app.name": run.text("name") or run.name, **_own_settings(run)}
    program = [_program(run), *run.texts("arg")]
    return spark_command(
        run, master, options, program, settings, uses_metastore=_may_use_hive(program[0], options, settings)
    )


def _may_use_hive(program: str, options: list[str], settings: Mapping[str, str]) -> bool:
    """Whether the program may open the Hive metastore: what is not Python is not looked into, so it may."""
    if not program.endswith(".py") or _HIVE.search(" ".join((*options, *settings)).encode()):
        return True
    values = (value for flag, value in itertools.pairwise(options) if flag == "--py-files")
    sources = [program, *(name for value in values for name in value.split(",") if name)]
    return any(_HIVE.search(text) for source in sources for text in _python_texts(Path(source)))


def _python_texts(source: Path) -> Iterator[bytes]:
    if zipfile.is_zipfile(source):
        with zipfile.ZipFile(source) as archive:
            yield from (archive.read(name) for name in archive.namelist())
    else:
        yield source.read_bytes()


def _own_settings(run: ActionRun) -> dict[str, str]:
    """The action's configuration: Spark's properties as they are, others as Hadoop's."""
    return {
        name if name.startswith("spark.") else f"spark.hadoop.{name}": value
        for name, value in run.configuration.items()
        if not name.startswith("oozie.")
    }


def _program(run: ActionRun) -> str:
    """The jar or Python file on this machine. Raises: ActionError JA008 when there is none."""
    return _local_file(run, run.text("jar"))


def _local_file(run: ActionRun, uri: str) -> str:
    """A file by URI, or by the name under which it was localised; what follows ``#`` is kept."""
    path, mark, name = uri.partition("#")
    localised = run.work / path
    if path and ":" not in path and not path.startswith("/") and localised.exists():
        return str(localised) + mark + name
    return str(run.existing(path)) + mark + name


def _options(run: ActionRun) -> list[str]:
    """spark-opts, split as a shell would, files by their place on this machine."""
    text = run.text("spark-opts")
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise ActionError("JA018", f"spark-opts cannot be split: {error}: {text}") from error
    options: list[str] = []
    rest = iter(words)
    for word in rest:
        flag, equals, value = word.partition("=")
        if flag in _FILE_FLAGS:
            value = value if equals else next(rest, "")
            options += [flag, ",".join(_local_file(run, uri.strip()) for uri in value.split(",") if uri.strip())]
        elif flag in _CLUSTER_FLAGS:
            run.log(f"{flag} {value if equals else next(rest, '')}: not used without a cluster")
        else:
            options.append(word)
    return options


# SparkMain throws where a program fails, and Oozie gives what a main class throws JA018.
EXECUTOR = Executor(_prepare, lambda _status: "JA018")
