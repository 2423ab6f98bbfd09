"""Jobs, actions and instances as tables that are right at 80 columns. Times are in UTC."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timezone
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from howdah.action_lines import ActionLines
from howdah.explaining import Explanation
from oozie.client import Bundle, Coordinator, CoordinatorAction, Job, Kind, Page, Workflow, WorkflowAction
from storage.errors import one_line

NAMES: dict[Kind, str] = {"wf": "workflow", "coord": "coordinator", "bundle": "bundle"}
_GOOD = frozenset({"OK", "SUCCEEDED", "DONE"})
_BAD = frozenset({"KILLED", "FAILED", "ERROR", "DONEWITHERROR", "TIMEDOUT"})
_UNDER_WAY = "yellow"
_MINUTE_S, _HOUR_S, _DAY_S = 60, 3600, 86400
_WIDE = 100


def colour(status: str) -> str:
    """Green for what went well, red for what did not, yellow for what goes on."""
    return "green" if status in _GOOD else "red" if status in _BAD else _UNDER_WAY


def moment(time: datetime | None) -> str:
    """``2026-11-21T12:00Z``, or nothing."""
    return f"{time.astimezone(timezone.utc):%Y-%m-%dT%H:%MZ}" if time else ""


def duration(started: datetime | None, ended: datetime | None) -> str:
    """``75.2 s``, ``12 min``, ``3.5 h``, ``2.1 d``; nothing where there is no start."""
    if started is None:
        return ""
    seconds = max(((ended or datetime.now(timezone.utc)) - started).total_seconds(), 0.0)
    if seconds < 2 * _MINUTE_S:
        return f"{seconds:.0f} s"
    if seconds < 2 * _HOUR_S:
        return f"{seconds / _MINUTE_S:.0f} min"
    return f"{seconds / _HOUR_S:.1f} h" if seconds < 2 * _DAY_S else f"{seconds / _DAY_S:.1f} d"


class JobTables:
    """Writes to ``console``; plain lines of 80 columns where that is no terminal and nobody says otherwise."""

    def __init__(self, console: Console | None = None) -> None:
        self.lines = ActionLines(console or Console(highlight=False, soft_wrap=False))
        self._console = self.lines.console

    def jobs(self, page: Page[Workflow] | Page[Coordinator] | Page[Bundle], kind: Kind) -> None:
        """A page of jobs and how to see the next."""
        wide = self._console.width >= _WIDE
        table = _table()
        table.add_column("job", no_wrap=True)
        table.add_column("status", no_wrap=True)
        table.add_column("name", overflow="fold")
        if wide:
            table.add_column("user", overflow="fold")
        table.add_column("next" if kind == "coord" else "created", no_wrap=True)
        if wide and kind == "wf":
            table.add_column("took", justify="right", no_wrap=True)
        for job in page.jobs:
            when = job.next_materialised if isinstance(job, Coordinator) else job.created
            row = [_cell(job.id), _status(job.status), _cell(job.app_name)]
            row += [_cell(job.user)] if wide else []
            row.append(_cell(f"{when:%m-%d %H:%M}" if when and not wide else moment(when)))
            row += [_cell(duration(job.started, job.ended))] if wide and isinstance(job, Workflow) else []
            table.add_row(*row)
        if not page.jobs:
            self._say(f"no {NAMES[kind]} jobs" if page.offset == 1 else f"there are {page.total}", "dim")
            return
        self._console.print(table)
        last = page.offset + len(page.jobs) - 1
        more = f"; --offset {last + 1} shows the next" if last < page.total else ""
        shown = "" if len(page.jobs) == page.total else f"{page.offset} to {last} of "
        self._say(f"{shown}{page.total:,} {NAMES[kind]} job{'s' if page.total != 1 else ''}{more}", "dim")

    def heading(self, job: Job) -> None:
        """Name, status and what else is said of the job as a whole."""
        facts = _FACTS[type(job)](job)
        title = Text.assemble(
            (one_line(job.app_name), "bold"), " ", (one_line(job.status), f"bold {colour(job.status)}")
        )
        self._console.print(title)
        for name, value in facts:
            if value:
                self._console.print(Text.assemble((f"{name:<10} ", "dim"), one_line(value)), soft_wrap=True)

    def closing(self, job: Job) -> None:
        """How a job that was followed has ended."""
        took = f" in {duration(job.started, job.ended)}" if isinstance(job, Workflow) and job.started else ""
        self._console.print(Text.assemble((one_line(job.status), f"bold {colour(job.status)}"), took))

    def actions(self, actions: Iterable[WorkflowAction]) -> None:
        """What a workflow did and does, control nodes left out except decisions."""
        table = _table()
        table.add_column("action", overflow="fold")
        table.add_column("status", no_wrap=True)
        table.add_column("took", justify="right", no_wrap=True)
        if not self.lines.is_small:
            table.add_column("type", overflow="fold")
            table.add_column("goes on to", overflow="fold")
        for action in in_order(actions):
            if action.is_control and action.type != "switch":
                continue
            took = duration(action.started, action.ended)
            status = _status(action.status)
            row = [_cell(action.name), status, _cell(took), _cell(action.type), _cell(action.transition)]
            table.add_row(*row[: len(table.columns)])
        if table.row_count:
            self._console.print()
            self._console.print(table)

    def instances(self, coordinator: Coordinator) -> None:
        """The instances of a coordinator that were asked for, and what each waits for or ran."""
        if not coordinator.actions:
            self._say("no instances yet", "dim")
            return
        table = _table()
        table.add_column("no.", justify="right", no_wrap=True)
        table.add_column("nominal time", no_wrap=True)
        table.add_column("status", no_wrap=True)
        table.add_column("workflow job, or what it waits for", overflow="fold")
        for action in coordinator.actions:
            status = _status(action.status)
            table.add_row(str(action.number), moment(action.nominal), status, _cell(doing(action)))
        self._console.print()
        self._console.print(table)
        if len(coordinator.actions) < coordinator.total:
            self._say(f"{len(coordinator.actions)} of {coordinator.total:,} instances; -n shows more", "dim")

    def coordinators(self, bundle: Bundle) -> None:
        """The coordinators of a bundle."""
        table = _table()
        table.add_column("coordinator", no_wrap=True)
        table.add_column("status", no_wrap=True)
        table.add_column("name", overflow="fold")
        for each in bundle.coordinators:
            table.add_row(_cell(each.id), _status(each.status), _cell(each.app_name))
        self._console.print()
        self._console.print(table)

    def failure(self, action: WorkflowAction, explanation: Explanation, *, passed_over: bool = False) -> None:
        """A failed action and why, the logs' own lines first."""
        what = " and was passed over: the job went on" if passed_over else ""
        self._console.print()
        self._say(f"{action.name} ({action.type}) ended with {action.status}{what}", "yellow" if passed_over else "red")
        self.explanation(explanation)

    def explanation(self, explanation: Explanation) -> None:
        """The telling lines, where they stand, and what Oozie says if that is something else."""
        for line in explanation.lines:
            self.lines.reason(line)
        if explanation.reason is not None:
            reason = explanation.reason
            where = f"{reason.file} of {reason.container}" if reason.file else f"YARN, of {reason.application}"
            self.lines.reason(f"({where}; Oozie says: {one_line(explanation.message)})", "dim")
        if explanation.trouble is not None:
            for diagnostic in explanation.trouble.diagnostics:
                self.lines.reason(f"no log: {diagnostic}; {diagnostic.hint}", "dim")

    def action(self, action: WorkflowAction) -> None:
        """Everything about one action but its logs."""
        self._console.print(
            Text.assemble(
                (one_line(action.name), "bold"), " ", (one_line(action.status), f"bold {colour(action.status)}")
            )
        )
        retries = f"{action.user_retry_count} of {action.user_retry_max}" if action.user_retry_max else ""
        for name, value in (
            ("type", action.type),
            ("started", moment(action.started)),
            ("took", duration(action.started, action.ended)),
            ("goes on to", action.transition),
            ("external", " ".join((action.external_id, action.external_status)).strip()),
            ("children", " ".join(action.external_child_ids)),
            ("retries", retries),
            ("page", action.console_url),
        ):
            if value:
                self._console.print(Text.assemble((f"{name:<10} ", "dim"), one_line(value)), soft_wrap=True)
        for line in action.data.splitlines():
            self._console.print(Text.assemble(("data       ", "dim"), one_line(line)), soft_wrap=True)

    def text(self, text: str) -> None:
        """A text of several lines, as it is."""
        self._console.print()
        for line in text.splitlines():
            self._console.print(Text(one_line(line.expandtabs())), soft_wrap=True)

    def hint(self, text: str) -> None:
        """What to do next, or where more stands."""
        self._say(text, "dim")

    def note(self, text: str) -> None:
        """Something to know, apart from what stands above it."""
        self._console.print()
        self._say(text, "yellow")

    def _say(self, text: str, style: str = "") -> None:
        self._console.print(Text(one_line(text), style), soft_wrap=not self._console.is_terminal)


def in_order(actions: Iterable[WorkflowAction]) -> list[WorkflowAction]:
    """By their start, as they were reached; Oozie gives them so only before a rerun."""
    never = datetime.max.replace(tzinfo=timezone.utc)
    return sorted(actions, key=lambda action: action.started or never)


def doing(action: CoordinatorAction) -> str:
    """The workflow job of an instance, or else what it waits for, or why it has none."""
    if action.external_id:
        return action.external_id
    waits = [*action.missing_dependencies, *action.push_missing_dependencies]
    if waits and not action.is_ended:
        return f"waits for {waits[0]}" + (f" and {len(waits) - 1} more" if len(waits) > 1 else "")
    return ": ".join(filter(None, (action.error_code, action.error_message)))


def _workflow_facts(job: Workflow) -> list[tuple[str, str]]:
    run = f", run {job.run}" if job.run else ""
    took = f"{moment(job.started)} for {duration(job.started, job.ended)}" if job.started else ""
    return [("job", f"{job.id}{run}"), ("user", job.user), ("app", job.app_path), ("began by", job.parent_id),
            ("started", took)]  # fmt: skip


def _coordinator_facts(job: Coordinator) -> list[tuple[str, str]]:
    every = f"{job.frequency} {job.time_unit.lower()}" if job.frequency.isdecimal() else job.frequency
    limits = f"concurrency {job.concurrency}, {job.execution}, timeout {job.timeout_minutes} min"
    return [("job", job.id), ("user", job.user), ("app", job.app_path), ("bundle", job.bundle_id),
            ("every", f"{every}, {job.time_zone}"), ("from", f"{moment(job.start)} to {moment(job.end)}"),
            ("next", "" if job.is_ended else moment(job.next_materialised)), ("controls", limits),
            ("paused", moment(job.pause))]  # fmt: skip


def _bundle_facts(job: Bundle) -> list[tuple[str, str]]:
    return [("job", job.id), ("user", job.user), ("app", job.app_path), ("kick-off", moment(job.kickoff))]


def _table() -> Table:
    return Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_edge=False, header_style="bold")


def _status(status: str) -> Text:
    return Text(one_line(status), colour(status))


def _cell(text: str) -> Text:
    return Text(one_line(text))


_FACTS: dict[type, Callable[[Any], list[tuple[str, str]]]] = {
    Workflow: _workflow_facts,
    Coordinator: _coordinator_facts,
    Bundle: _bundle_facts,
}
