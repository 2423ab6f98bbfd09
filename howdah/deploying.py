"""A deployment on the terminal: what is checked, sent, left out, and what to do next."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timezone
from itertools import islice, takewhile

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn
from rich.text import Text

from howdah.folding import diagnostic_lines
from oozie.client.deployment.comparison import Comparison
from oozie.client.deployment.source import AppSource
from oozie.client.deployment.submission import Order, Outcome, resolved_schedule
from oozie.client.sharelib.assembly import Assembly
from oozie.language.secret_names import masked_difference
from storage.errors import Diagnostic, one_line

_UNITS = (("GB", 10**9), ("MB", 10**6), ("kB", 10**3))
_MOST_INSTANCES = 100_000
_SHOWN_FILES = 12


def size(length: int) -> str:
    """Bytes as people read them: 12.3 kB."""
    for unit, factor in _UNITS:
        if length >= factor:
            return f"{length / factor:.1f} {unit}"
    return f"{length} B"


class Telling:
    """What a submit says while it goes."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False, soft_wrap=True)
        self._began = time.monotonic()
        self._progress: Progress | None = None
        self._task: TaskID | None = None
        self.sent: list[tuple[str, int]] = []
        self.unchanged = 0

    def line(self, text: str, style: str = "") -> None:
        """One line."""
        self._console.print(Text(one_line(text), style))

    def findings(self, found: Sequence[Diagnostic]) -> None:
        """What does not stop the submit but should be known."""
        for finding in found:
            for line in diagnostic_lines(finding):
                self.line(line, "yellow")

    def jars(self, assembly: Assembly) -> None:
        """What stays here and why, and what came by itself."""
        for left in assembly.left_out:
            self.line(f"left out {left.jar.name}: {left.reason}", "yellow")
        for driver in assembly.added:
            self.line(f"added {driver.file_name}, the driver for {driver.database}")

    def sending(self, order: Order) -> None:
        """Begin to count."""
        total = sum(
            file.length for file in [*order.files.values(), *(order.library.jars.values() if order.library else ())]
        )
        if self._console.is_terminal:
            self._progress = Progress(
                TextColumn("{task.description}"), BarColumn(20), DownloadColumn(), console=self._console, transient=True
            )
            self._progress.start()
            self._task = self._progress.add_task("sending", total=total)

    def observe(self, name: str, length: int, sent: bool) -> None:
        """A file is there."""
        if sent:
            self.sent.append((name, length))
        else:
            self.unchanged += 1
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, advance=length, description=name[-30:])

    def end_of_sending(self) -> None:
        """Take the moving line away."""
        if self._progress is not None:
            self._progress.stop()
            self._progress = None

    def say(self, text: str) -> None:
        """A step that comes after everything was sent."""
        self.end_of_sending()
        self.line(f"{text} ...", "dim")

    def outcome(self, order: Order, outcome: Outcome, url: str, *, is_followed: bool = False) -> None:
        """What was done, and what to do next unless that is done already."""
        self.end_of_sending()
        for name, length in self.sent[:_SHOWN_FILES]:
            self.line(f"  sent {name:<50} {size(length):>9}")
        if len(self.sent) > _SHOWN_FILES:
            self.line(f"  ... and {len(self.sent) - _SHOWN_FILES} more")
        total = sum(length for _, length in self.sent)
        seconds = time.monotonic() - self._began
        self.line(f"sent {_files(len(self.sent))} ({size(total)}), {self.unchanged} unchanged, in {seconds:.1f} s")
        for text in _notes(outcome):
            self.line(text)
        if changed := [line for line in masked_difference(outcome.difference).splitlines() if line[:1] in ("+", "-")]:
            self.line("what has changed for Oozie, which keeps the instances that it made already as they were:")
            for line in changed:
                self.line(f"  {line}")
        source = order.source
        self.line(f"app {source.authority}{outcome.path}")
        if outcome.library_path:
            self.line(f"library {source.authority}{outcome.library_path}")
        verb = "updated" if order.existing == "update" else "submitted"
        self._console.print(Text.assemble((f"{verb} ", "bold"), (outcome.job_id, "bold green")))
        if source.kind == "workflow" and not order.start:
            self.line(f"it waits to be started: howdah resume {outcome.job_id} --oozie {url}")
        if not is_followed:
            self.line(f"Next: howdah show {outcome.job_id} --follow --oozie {url}")

    def dry_run(self, order: Order, comparison: Comparison, lines: Sequence[str]) -> None:
        """What a submit would do."""
        source, job = order.source, comparison.job
        files = [*order.files.values(), *(order.library.jars.values() if order.library else ())]
        if job is None:
            self.line(f"no job of {source.root} is known: all of it is new")
            for name, file in order.files.items():
                self.line(f"  + {name:<50} {size(file.length):>9}")
        else:
            self.line(f"against {job.id} ({job.app_name}, {job.status})")
            for line in lines or ["nothing would change"]:
                self.line(line)
        if order.library:
            self.line(f"library {order.library.home}")
            for name, file in order.library.jars.items():
                self.line(f"  {name:<52} {size(file.length):>9}")
        self.line(
            f"{_files(len(files))}, {size(sum(file.length for file in files))}; nothing was sent, nothing submitted"
        )


def _notes(outcome: Outcome) -> list[str]:
    notes = [f"killed {job}, which ran before" for job in outcome.replaced]
    if outcome.cleaned:
        notes.append(f"took away what {len(outcome.cleaned)} submits that were killed had left")
    if outcome.mended:
        notes.append(f"sent again, since it was damaged: {', '.join(outcome.mended)}")
    notes += [f"deleted {path}, which no job reads any more" for path in outcome.collected]
    if outcome.passed_over:
        notes.append(f"old versions were not looked after: {outcome.passed_over}")
    return notes


def _files(count: int) -> str:
    return f"{count} file{'s' * (count != 1)}"


def overdue(source: AppSource) -> Diagnostic | None:
    """H764: instances of a coordinator that are due the moment it is submitted, since its start is past."""
    schedule = resolved_schedule(source, source.properties)
    if schedule is None:
        return None
    now = datetime.now(timezone.utc)
    due = sum(1 for _ in islice(takewhile(lambda at: at <= now, schedule.nominal_times()), _MOST_INSTANCES))
    if due <= 1:
        return None
    count = f"{due:,}{'+' * (due == _MOST_INSTANCES)}"
    execution = schedule.controls.execution
    hint = {
        "LAST_ONLY": "its execution is LAST_ONLY: only the last of them runs, the others are skipped",
        "NONE": "its execution is NONE: those that are late are skipped",
    }.get(execution, "all of them run, one after another; a later start leaves them out")
    message = f"{count} instances since {schedule.start:%Y-%m-%dT%H:%MZ} are due at once"
    return Diagnostic("H764", message, hint, severity="lint")
