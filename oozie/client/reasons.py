"""Why an action failed: the few lines of its logs that say it.

Oozie's own message for a failed script is "exit code [2]"; the reason stands in the logs of the launcher or, for a
Spark job in cluster mode, of the driver, between hundreds of lines of stack traces and settings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from oozie.client.errors import YarnError
from oozie.client.values import WorkflowAction
from oozie.client.yarn import Application, Yarn, applications_of

Extractor = Callable[[Sequence[str]], list[str]]

_FILES = ("stderr", "stdout", "syslog")
_MOST_LINES = 10
_LONGEST_LINE = 2000

_STACK = re.compile(r"^\s+(?:at |\.\.\. \d+ (?:more|common))")
_LOGGED = re.compile(
    r"^(?:\d{4}-\d\d-\d\d[ T]|\d\d/\d\d/\d\d )\d\d:\d\d:\d\d\S* +(?:\[[^\]]*\] +)?"
    r"(?P<level>TRACE|DEBUG|INFO|WARN|ERROR|FATAL) +(?:\[[^\]]*\] +)?(?P<logger>[\w.$]+) *(?:- |: )?(?P<message>.*)"
)
_SHORT_LOGGED = re.compile(r"^(?P<level>TRACE|DEBUG|INFO|WARN|ERROR|FATAL)\s+(?P<logger>StatusLogger)\b(?P<message>.*)")
_NOISE = re.compile(
    r"^(?:WARNING: |log4j:|SLF4J: |Picked up |Using properties file|Setting |Intercepting System\.exit|End of LogType:"
    r"|\s*$)"
)
_CAUSE = re.compile(r"^Caused by: (?P<cause>.+)")
# The launcher's own way to say that the program ended badly.
_LAUNCHER = re.compile(
    r"(?:LauncherMainException|InvocationTargetException|SecurityException: Intercepted|exit code \[)"
)
_PACKAGE = re.compile(r"(?<![\w.])(?:[a-z]\w*\.){2,}(?=[A-Z]\w*(?:Exception|Error)\b)")
_TRACEBACK = "Traceback (most recent call last):"
_FRAME = re.compile(r'^\s+File "(?P<file>[^"]+)", line (?P<line>\d+)(?:, in (?P<where>.+))?')
_NOT_THE_USERS = re.compile(r"(?:\.zip/|/site-packages/|/lib/python\d|/dist-packages/|<frozen )")
_BEELINE = re.compile(r"^(?:Error: |FAILED: )")
_SQL_ENDS = re.compile(r"^(?:Closing: |Caused by: |\d+: jdbc:|Beeline version|\s+at |'[A-Z]\w+|\+- )")
_SHELL_OUTPUT = "Stdoutput "
# Logged as errors for every failure; they say no more than that there was one.
_HOLLOW = re.compile(r"(?:User application exited with|Uncaught exception: *$|Final app status: FAILED)")


@dataclass(frozen=True)
class Reason:
    """Why an action failed: the telling lines, and of which log they are."""

    lines: tuple[str, ...]
    file: str = ""
    container: str = ""
    application: str = ""


def why(action: WorkflowAction, yarn: Yarn) -> Reason | None:
    """The reason in the logs of the action's applications; None where they have none or there is no application.

    Raises: YarnError where the logs cannot be had.
    """
    refused: YarnError | None = None
    for application_id in applications_of(action):
        try:
            application = yarn.application(application_id)
            if application.final_status == "SUCCEEDED":
                continue
            reason = _reason_in(application, action, yarn)
        except YarnError as error:
            refused = refused or error
            continue
        if reason is not None:
            return reason
    if refused is not None:
        raise refused
    return None


def telling_lines(action_type: str, logs: Sequence[tuple[str, Sequence[str]]]) -> tuple[str, list[str]]:
    """The name of the log that says why, and what it says; ``logs`` are names and lines, the likeliest first."""
    # Cut first: what is looked for in a line takes longer, the longer it is.
    cut = [(name, [line[:_LONGEST_LINE] for line in lines]) for name, lines in logs]
    for extractor, names in _EXTRACTORS.get(action_type, _ANY):
        for name, lines in cut:
            if name in names:
                found = extractor(lines)
                if found:
                    return name, found[-_MOST_LINES:]
    return "", []


def _reason_in(application: Application, action: WorkflowAction, yarn: Yarn) -> Reason | None:
    for container in application.containers[:1]:
        logs = [(name, yarn.tail(container, name)) for name in _FILES]
        name, lines = telling_lines(_DRIVER if application.type == "SPARK" else action.type, logs)
        if lines:
            return Reason(tuple(lines), name, container.id, application.id)
    said = application.diagnostics
    if said and said not in action.error_message and not _LAUNCHER.search(said):
        lines = [line[:_LONGEST_LINE] for line in said.splitlines()[-_MOST_LINES:]]
        return Reason(tuple(lines), "", "", application.id)
    return None


def _python(lines: Sequence[str]) -> list[str]:
    """Of the last traceback: the exception, and the last place in the user's own code."""
    start = max((index for index, line in enumerate(lines) if line.startswith(_TRACEBACK)), default=-1)
    if start < 0:
        return []
    place, said = "", []
    for index, line in enumerate(lines[start + 1 :], start + 1):
        frame = _FRAME.match(line)
        if frame and not _NOT_THE_USERS.search(frame["file"]):
            code = lines[index + 1].strip() if index + 1 < len(lines) and lines[index + 1].startswith("    ") else ""
            place = f"{frame['file'].rpartition('/')[2]}, line {frame['line']}{': ' + code if code else ''}"
        if line and not line[0].isspace():
            said = list(_message(lines[index:]))
            break
    return [*said, f"at {place}"] if said and place else said


def _message(lines: Sequence[str]) -> Iterator[str]:
    """An exception's first line without its package, and the lines that belong to it."""
    first = lines[0]
    name, colon, rest = first.partition(":")
    yield f"{name.rpartition('.')[2]}{colon}{rest}" if re.fullmatch(r"[\w.]+", name) else first
    for line in lines[1:6]:
        if not line.strip() or _STACK.match(line) or _is_logged(line) or line.startswith(_TRACEBACK):
            return
        yield line.rstrip()


def _sql(lines: Sequence[str]) -> list[str]:
    """What beeline or Hive says of the statement, without the exceptions' names around it."""
    start = max((index for index, line in enumerate(lines) if _BEELINE.match(line)), default=-1)
    if start < 0:
        return []
    found = [_simple(lines[start])]
    for line in lines[start + 1 : start + _MOST_LINES]:
        if not line.strip() or _SQL_ENDS.match(line) or _STACK.match(line) or _is_logged(line):
            break
        found.append(line.rstrip())
    return found


def _logged_errors(lines: Sequence[str]) -> list[str]:
    """What was logged as an error, each once."""
    found: dict[str, None] = {}
    for line in lines:
        logged = _LOGGED.match(line)
        if logged and logged["level"] in ("ERROR", "FATAL") and logged["message"].strip():
            message = _simple(logged["message"].strip())
            if not _HOLLOW.search(message) and not _LAUNCHER.search(message):
                found.setdefault(message)
    return list(found)


def _causes(lines: Sequence[str]) -> list[str]:
    """The innermost cause of the last exception that is not only the launcher's way to end."""
    causes = [match["cause"] for match in map(_CAUSE.match, lines) if match]
    telling = [_simple(cause) for cause in causes if not _LAUNCHER.search(cause)]
    return telling[-1:]


def _rest(lines: Sequence[str]) -> list[str]:
    """The last lines that are no noise, as a program's own words."""
    own = [line.rstrip() for line in lines if not (_NOISE.match(line) or _STACK.match(line) or _is_logged(line))]
    return [line for line in own if not _LAUNCHER.search(line) and not line.startswith("Caused by: ")]


def _printed(lines: Sequence[str]) -> list[str]:
    """What a shell action's script printed."""
    return [line.removeprefix(_SHELL_OUTPUT).rstrip() for line in lines if line.startswith(_SHELL_OUTPUT)]


def _simple(text: str) -> str:
    """``text`` without the packages of exceptions, and without the same exception's message twice."""
    return _PACKAGE.sub("", text).strip()


def _is_logged(line: str) -> bool:
    return bool(_LOGGED.match(line) or _SHORT_LOGGED.match(line))


_ERR, _OUT, _ALL = ("stderr",), ("stdout",), ("stderr", "syslog", "stdout")
_ANY: tuple[tuple[Extractor, tuple[str, ...]], ...] = (
    (_python, ("stdout", "stderr")),
    (_sql, _ERR),
    (_logged_errors, _ALL),
    (_causes, _ALL),
    (_rest, _ERR),
)
_SQL_FIRST = ((_sql, ("stderr", "stdout")), (_logged_errors, _ALL), (_causes, _ALL), (_rest, _ERR))
# On YARN what a Python program says stands in the stdout of its driver, without a launcher's chatter.
_DRIVER = "driver"
# A type of action, or a driver -> what is looked for, in which files, in this order.
_EXTRACTORS: dict[str, tuple[tuple[Extractor, tuple[str, ...]], ...]] = {
    _DRIVER: (*_ANY, (_rest, _OUT)),
    "shell": ((_rest, _ERR), (_printed, _OUT), (_causes, _ALL)),
    "hive2": _SQL_FIRST,
    "hive": _SQL_FIRST,
    "sqoop": ((_logged_errors, _ALL), (_causes, _ALL), (_rest, _ERR)),
    "java": ((_causes, _OUT), (_logged_errors, _ALL), (_causes, _ALL), (_rest, _ERR)),
}
