"""Logs for a page: the end of Oozie's own, and the files of an action's YARN applications."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from howdah.logs import oozie_lines
from oozie.client import OozieClient, WorkflowAction
from oozie.client.errors import YarnError
from oozie.client.reasons import Reason, why
from oozie.client.yarn import Application, Container, Yarn, applications_of

OpenYarn = Callable[[WorkflowAction], Yarn]

MOST_LINES = 2000
LAST_BYTES = 256 << 10
_FILES = ("stderr", "stdout", "syslog")


@dataclass(frozen=True)
class Log:
    """A log's end: its title, its lines, and whether earlier ones are left out."""

    title: str
    lines: tuple[str, ...]
    is_cut: bool = False


@dataclass(frozen=True)
class Launch:
    """One YARN application of an action with its logs; ``problem`` says why there are none."""

    application: str
    state: str = ""
    diagnostics: str = ""
    logs: tuple[Log, ...] = ()
    problem: str = ""


def tail(title: str, lines: Iterable[str], most: int = MOST_LINES) -> Log:
    """The last lines of ``lines``, each one at most as long as a page can bear."""
    kept: deque[str] = deque(maxlen=most)
    count = 0
    for line in lines:
        kept.append(line[:4000])
        count += 1
    return Log(title, tuple(kept), count > most)


def job_log(client: OozieClient, job_id: str, *, level: str = "", text: str = "", recent: str = "") -> Log:
    """Oozie's own log of a job; ``recent`` is how much of its end, as ``1h``: that of a coordinator grows for years."""
    filters = {name: value for name, value in (("loglevel", level), ("text", text), ("recent", recent)) if value}
    with client.log(job_id, filters=filters) as lines:
        return tail("Oozie", lines)


def action_log(client: OozieClient, action_id: str, *, errors_only: bool) -> Log:
    """What of it is about one action of a workflow, or one instance of a coordinator."""
    job_id, _, name = action_id.partition("@")
    return tail("Oozie", oozie_lines(client, job_id, name, errors_only=errors_only))


def reason(action: WorkflowAction, open_yarn: OpenYarn) -> Reason | None:
    """The telling lines of the logs of a failed action. Raises: YarnError."""
    with open_yarn(action) as yarn:
        return why(action, yarn)


def launches(action: WorkflowAction, open_yarn: OpenYarn) -> tuple[Launch, ...]:
    """The logs of every application that ``action`` started, those that tell most first."""
    ids = applications_of(action)
    if not ids:
        return ()
    with open_yarn(action) as yarn:
        return tuple(_launch(yarn, each) for each in ids)


def _launch(yarn: Yarn, application_id: str) -> Launch:
    try:
        application = yarn.application(application_id)
        logs = tuple(log for container in application.containers for log in _logs(yarn, container))
    except YarnError as error:
        return Launch(application_id, problem=f"{error.diagnostics[0].message}. {error.diagnostics[0].hint}")
    problem = "" if logs else _why_none(application)
    return Launch(application_id, application.final_status or application.state, application.diagnostics, logs, problem)


def _logs(yarn: Yarn, container: Container) -> list[Log]:
    found = []
    for name in _FILES:
        lines = yarn.tail(container, name, last_bytes=LAST_BYTES)
        if any(line.strip() for line in lines):
            found.append(tail(f"{name} of {container.id}", lines))
    return found


def _why_none(application: Application) -> str:
    if application.is_finished:
        return "YARN keeps no log of it: it has never run, its logs are on the way, or they were deleted."
    return "It has written nothing yet."
