"""The action types Hive and Spark, a function each: typed arguments in, a step out.

Every function takes ``on_error`` (``"kill"``, ``"continue"``, ``alert(...)``, ``kill("message")`` or an action to run
before the kill) and ``retry``. A file named without a leading slash, scheme or EL stands beside workflow.py and is
copied into the app. Source of elements and their order: the action schemas of oozie-client 5.2.1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from generator import elements as xml
from generator.errors import refuse
from generator.steps import action_step, packaged, shipped
from generator.values import ActionStep, OnError, Retry
from oozie.language.model import Element

APP_PATH = "${appPath}"
JOBS_ARCHIVE = "howdah-jobs.zip"
SPARK_MASTER = "${master}"
HIVE_URL = "${hiveUrl}"


def hive(
    name: str,
    *,
    script: str | None = None,
    query: str | None = None,
    params: Mapping[str, str] = xml.NOTHING,
    arguments: Sequence[str] = (),
    configuration: Mapping[str, str] = xml.NOTHING,
    prepare_delete: Sequence[str] = (),
    prepare_mkdir: Sequence[str] = (),
    job_xml: Sequence[str] = (),
    files: Sequence[str] = (),
    archives: Sequence[str] = (),
    credentials: str = "",
    on_error: OnError = "kill",
    retry: Retry | None = None,
) -> ActionStep:
    """A HiveQL script or query; ``params`` are the script's ``${hivevar:name}``.

    Where the profile has a HiveServer2 (its property ``hiveUrl``), this becomes a hive2 action.
    """
    needs: dict[str, str] = {}
    element = xml.body(
        "hive",
        xml.prepare(prepare_delete, prepare_mkdir),
        shipped("job-xml", job_xml, "job_xml", needs),
        xml.configuration(configuration),
        _script_or_query(script, query, needs),
        xml.assignments("param", params, "params"),
        xml.leaves("argument", arguments, "arguments"),
        shipped("file", files, "files", needs),
        shipped("archive", archives, "archives", needs),
    )
    return action_step(name, element, on_error, retry, credentials, needs)


def hive2(
    name: str,
    *,
    jdbc_url: str = HIVE_URL,
    script: str | None = None,
    query: str | None = None,
    params: Mapping[str, str] = xml.NOTHING,
    arguments: Sequence[str] = (),
    configuration: Mapping[str, str] = xml.NOTHING,
    prepare_delete: Sequence[str] = (),
    prepare_mkdir: Sequence[str] = (),
    job_xml: Sequence[str] = (),
    files: Sequence[str] = (),
    archives: Sequence[str] = (),
    credentials: str = "",
    on_error: OnError = "kill",
    retry: Retry | None = None,
) -> ActionStep:
    """A HiveQL script or query on a HiveServer2 of one's own choice; :func:`hive` leaves the choice to the profile."""
    needs: dict[str, str] = {}
    element = xml.body(
        "hive2",
        xml.prepare(prepare_delete, prepare_mkdir),
        shipped("job-xml", job_xml, "job_xml", needs),
        xml.configuration(configuration),
        xml.leaf("jdbc-url", jdbc_url),
        _script_or_query(script, query, needs),
        xml.assignments("param", params, "params"),
        xml.leaves("argument", arguments, "arguments"),
        shipped("file", files, "files", needs),
        shipped("archive", archives, "archives", needs),
    )
    return action_step(name, element, on_error, retry, credentials, needs)


def spark(
    name: str,
    *,
    application: str,
    args: Sequence[str] = (),
    main_class: str | None = None,
    py_files: Sequence[str] = (),
    conf: Mapping[str, str] = xml.NOTHING,
    options: Sequence[str] | str = (),
    queue: str | None = "${queueName}",
    app_name: str | None = None,
    master: str = SPARK_MASTER,
    mode: str | None = None,
    configuration: Mapping[str, str] = xml.NOTHING,
    prepare_delete: Sequence[str] = (),
    prepare_mkdir: Sequence[str] = (),
    job_xml: Sequence[str] = (),
    files: Sequence[str] = (),
    archives: Sequence[str] = (),
    credentials: str = "",
    on_error: OnError = "kill",
    retry: Retry | None = None,
) -> ActionStep:
    """A Spark application: a Python file, or a jar with ``main_class``.

    The jobs of this distribution (``jobs/train.py``) bring their archive for ``--py-files`` with them. ``conf`` are
    Spark's settings, ``options`` further words for spark-submit, or all of them as one text. ``master`` and ``mode``
    are the profile's by default, the application is called as the step. ``queue=None`` leaves the queue to YARN.
    """
    needs: dict[str, str] = {}
    jar = _shipped_path("application", application, needs)
    archives_of_python = [_shipped_path("py_files", str(file), needs) for file in xml.sequence("py_files", py_files)]
    if application.startswith("jobs/"):
        archives_of_python.append(f"{APP_PATH}/{JOBS_ARCHIVE}")
        needs[JOBS_ARCHIVE] = JOBS_ARCHIVE
    if jar.endswith(".jar") and main_class is None:
        raise refuse("H302", f"{name}: a jar needs main_class", 'as in main_class="org.example.Train"', name)
    settings = {**({"spark.yarn.queue": queue} if queue else {}), **conf}
    words = ["--conf " + quoted(f"{key}={xml.named_text('conf', key, value)}") for key, value in settings.items()]
    words += _options(options)
    if archives_of_python:
        words.append(f"--py-files {','.join(archives_of_python)}")
    element = xml.body(
        "spark",
        xml.prepare(prepare_delete, prepare_mkdir),
        shipped("job-xml", job_xml, "job_xml", needs),
        xml.configuration(configuration),
        xml.leaf("master", master),
        xml.leaf("mode", mode),
        xml.leaf("name", app_name or name),
        xml.leaf("class", main_class, "main_class"),
        xml.leaf("jar", jar, "application"),
        xml.leaf("spark-opts", " ".join(words) or None, "options"),
        xml.leaves("arg", args, "args"),
        shipped("file", files, "files", needs),
        shipped("archive", archives, "archives", needs),
    )
    return action_step(name, element, on_error, retry, credentials, needs)


def _script_or_query(script: str | None, query: str | None, needs: dict[str, str]) -> tuple[Element, ...]:
    if (script is None) == (query is None):
        raise refuse("H302", "one of script= and query= is wanted", 'as in script="summary_report.hql"')
    return xml.leaf("query", query) if script is None else shipped("script", (script,), "script", needs)


def _shipped_path(argument: str, value: str, needs: dict[str, str]) -> str:
    """The whole path of one file, as spark-submit wants it: it knows nothing of the app's folder."""
    name, files = packaged(argument, value)
    needs.update(files)
    return f"{APP_PATH}/{name}" if files else name


def _options(options: Sequence[str] | str) -> list[str]:
    if isinstance(options, str):
        return [xml.text("options", options)]
    return [quoted(xml.text("options", str(option))) for option in xml.sequence("options", options)]


def quoted(word: str) -> str:
    """One word of spark-opts, which Oozie splits on blanks outside double quotes."""
    return f'"{word}"' if any(c.isspace() for c in word) else word
