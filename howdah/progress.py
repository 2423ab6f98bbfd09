"""A running job on the terminal: a line for each action that ended, a moving one for each that runs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path

from rich.console import Console, Group
from rich.live import Live
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from howdah.action_lines import ActionLines, style_of
from oozie.local.coordinators_actions import Noted, Skipped, TimedOut, Told, Waiting
from oozie.local.events import Abandoned, Decided, Event, Finished, Launched
from oozie.local.runs import JobResult, Planned
from oozie.local.states import ActionState, ActionStatus, WorkflowJob

_MISSING_SHOWN = 5
_MAIN_CLASS = re.compile(r"^Main Class \[[\w.]+\], ")


def _now() -> datetime:
    return datetime.now(timezone.utc)


class Progress:
    """Shows jobs as they go; plain lines where there is no terminal."""

    def __init__(self, console: Console | None = None, now: Callable[[], datetime] = _now) -> None:
        self._console = console or Console(highlight=False, soft_wrap=False)
        self._lines = ActionLines(self._console)
        self._now = now
        self._running: dict[tuple[str, str], ActionState] = {}
        self._last_reason = ""
        self._live: Live | None = None
        self.timed_out = 0  # instances whose data did not come

    def note(self, text: str, hint: str = "") -> None:
        """Something that may be a mistake, and what may be meant."""
        self._console.print(Text(f"note: {text}{'; ' + hint if hint else ''}", "yellow"))

    def tell(self, told: Told) -> None:
        """What becomes of a coordinator's instances that have no job (yet)."""
        if isinstance(told, Noted):
            self.note(told.text, told.hint)
        elif isinstance(told, Skipped):
            which = (
                f"instances {told.first} to {told.last} are" if told.last > told.first else f"instance {told.first} is"
            )
            self._console.print(Text(f"{which} SKIPPED: execution {told.execution} leaves out what is late", "yellow"))
        else:
            self._data(told)

    def _data(self, told: Waiting | TimedOut) -> None:
        """An instance and the data that it lacks."""
        instance = f"instance {told.number} of {told.nominal_time:%Y-%m-%dT%H:%MZ}"
        if isinstance(told, TimedOut):
            self.timed_out += 1
            self._console.print(Text.assemble(instance, (" TIMEDOUT", "bold red"), ": these did not come"))
        else:
            until = f"{told.until.astimezone():%Y-%m-%d %H:%M}"
            self._console.print(Text.assemble(instance, (" WAITING", "bold yellow"), f" until {until} at most, for"))
        for text in told.missing[:_MISSING_SHOWN]:
            self._lines.reason(text)
        if len(told.missing) > _MISSING_SHOWN:
            self._lines.reason(f"and {len(told.missing) - _MISSING_SHOWN} more")

    @contextmanager
    def job(self, job: WorkflowJob, planned: Planned) -> Iterator[None]:
        """Say which job begins, and keep the moving lines up while it runs."""
        what = {"new": "", "continued": ", going on where it was", "rerun": f", run {job.run} of what failed"}[
            planned.how
        ]
        instance = f", instance {planned.number}" if planned.number else ""
        nominal = f" of {planned.nominal_time:%Y-%m-%dT%H:%MZ}" if planned.nominal_time else ""
        self._console.print(Text.assemble((job.name, "bold"), f"{instance}{nominal}{what}"))
        self._console.print(Text(f"job {job.id}", "dim"))
        if not self._console.is_terminal:
            yield
            return
        with Live(
            get_renderable=self._moving, console=self._console, refresh_per_second=8, transient=True
        ) as self._live:
            yield
        self._live = None

    def observe(self, job: WorkflowJob, event: Event) -> None:
        """One event of the engine."""
        if isinstance(event, Launched | Finished | Abandoned):
            self._action(job, job.actions[event.node], event)
        elif isinstance(event, Decided):
            self._console.print(Text(f"  → {event.node}: {event.to}", "dim"))

    def summarise(self, result: JobResult) -> None:
        """The closing table: each action, its seconds and its log."""
        job, folder = result.job, _shown(result.state / "actions" / result.job.id)
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_edge=False, header_style="bold")
        table.add_column("action", overflow="fold")
        table.add_column("status", no_wrap=True)
        table.add_column("seconds", justify="right", no_wrap=True)
        if not self._lines.is_small:
            table.add_column("type", overflow="fold")
            table.add_column("log", overflow="fold")
        for action in result.actions:
            log = escape(f"{action.name}/{action.launch}/log") if result.log(action) else ""
            status = Text(action.status.value, style_of(action.status.value))
            row = (escape(action.name), status, f"{_seconds(action, self._now()):.1f}", action.type, log)
            table.add_row(*row[: len(table.columns)])
        self._console.print()
        self._console.print(table)
        self._console.print(Text(f"logs in {folder}", "dim"), soft_wrap=True)
        for action in result.passed_over:
            self._lines.reason(f"{action.name} failed and was passed over: {_message(action)}", "yellow")
        seconds = (job.ended - job.started).total_seconds() if job.ended and job.started else 0.0
        self._console.print(
            Text.assemble((job.status.value, f"bold {style_of(job.status.value)}"), f" in {seconds:.1f} s")
        )
        if job.error_message:
            self._lines.reason(job.error_message, "red")

    def interrupted(self) -> None:
        """Say how it goes on after Ctrl-C."""
        self._console.print("interrupted; what ran was ended. The same command goes on from here.")

    def _action(self, job: WorkflowJob, action: ActionState, event: Event) -> None:
        key = (job.id, action.name)
        indent = "    " if job.parent.count("@") and not job.parent.rpartition("@")[2].isdecimal() else "  "
        if isinstance(event, Launched):
            self._running[key] = action
            if self._live is None:
                again = f" (attempt {action.retries + 1})" if action.retries else ""
                self._console.print(
                    f"{indent}… {self._lines.title(action.name, action.type)} started{again}", markup=False
                )
            return
        self._running.pop(key, None)
        if isinstance(event, Abandoned):
            self._console.print(
                Text(f"{indent}· {self._lines.title(action.name, action.type)} ended before it finished", "dim")
            )
            return
        status = action.status.value
        self._lines.ended(action.name, action.type, status, _seconds(action, self._now()), indent=indent)
        reason = "" if action.status is ActionStatus.OK else _explained(action)
        if reason and reason != self._last_reason:  # a sub-workflow fails for the reason that its action failed for
            self._lines.reason(reason, style_of(status))
        self._last_reason = reason
        if action.retry_at:
            self._lines.reason(
                f"tried again at {action.retry_at.astimezone():%H:%M:%S} ({action.retries} of {action.retry_max})"
            )

    def _moving(self) -> Group:
        now = self._now()
        return Group(*(
            self._lines.running(action.name, action.type, _seconds(action, now)) for action in self._running.values()
        ))  # fmt: skip


def _seconds(action: ActionState, now: datetime) -> float:
    if action.started is None:
        return 0.0
    return ((action.ended or now) - action.started).total_seconds()


def _explained(action: ActionState) -> str:
    """Why an action failed; a code that is only the exit status stands in the message already."""
    code = action.error_code
    return _message(action) if code.isdecimal() else f"{code}: {_message(action)}"


def _message(action: ActionState) -> str:
    """Oozie's own message without the class of its launcher."""
    return _MAIN_CLASS.sub("", action.error_message)


def _shown(path: Path) -> str:
    """``path`` as short as it can be from here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
