"""What the demo says, at 80 columns: a numbered heading a step, the engine's own progress, a closing summary."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from howdah.action_lines import style_of
from howdah.demo.cases import Case, Chart
from howdah.demo.report import as_table, draw
from howdah.demo.service import Service
from howdah.progress import Progress
from models.manifest import Manifest
from oozie.client import Workflow
from oozie.local.runs import JobResult, Planned
from oozie.local.states import WorkflowJob

_BAR_WIDTH = 24
_SHOWN_FILES = 8


def _compared(manifest: Manifest, name: str) -> str:
    """A metric beside what always naming the commonest class would reach."""
    return f"{name} {manifest.metrics[name]:.3f} (baseline {manifest.metrics[f'baseline.{name}']:.3f})"


class Teller:
    """Prints the demo; keeps what the summary repeats."""

    def __init__(self, case: Case) -> None:
        self._console = Console(highlight=False)
        self._case = case
        self._step = 0
        self._started = time.monotonic()
        self._facts: list[tuple[str, str]] = []
        self.progress = Progress(self._console)
        self._console.print(Text.assemble(("Howdah demo: ", "bold"), (case.name, "bold cyan"), f"  {case.says}"))

    @property
    def console(self) -> Console:
        """Where it is told."""
        return self._console

    @contextmanager
    def step(self, title: str, says: str = "") -> Iterator[None]:
        """A numbered heading, and how long the step took when it was long."""
        self._step += 1
        self._console.print()
        self._console.print(Text.assemble((f"{self._step}  {title}", "bold"), (f"  {says}" if says else "", "dim")))
        started = time.monotonic()
        yield
        if (seconds := time.monotonic() - started) >= 1:
            self._line(f"{seconds:.1f} s", "dim")

    def loaded(self, where: str, rows: int) -> None:
        """Rows that are now in the source."""
        self._line(f"{rows:,} rows put into {where}")

    def generated(self, names: Sequence[str], folder: Path) -> None:
        """The files of the app."""
        shown = ", ".join(names[:_SHOWN_FILES]) + (
            f" and {len(names) - _SHOWN_FILES} more" if names[_SHOWN_FILES:] else ""
        )
        self._line(f"{folder}/: {shown}")
        self._facts.append(("Oozie app", f"{folder}/"))

    def checked(self, lints: int) -> None:
        """The validator found no error."""
        self._line(
            "nothing that Oozie would refuse" + (f"; {lints} lints (howdah validate shows them)" if lints else "")
        )

    def job(self, job: WorkflowJob, planned: Planned) -> Any:
        """The engine's own moving lines."""
        return self.progress.job(job, planned)

    def ran(self, result: JobResult) -> None:
        """What the engine says at the end of a job."""
        self.progress.summarise(result)

    def ran_on_oozie(self, job: Workflow) -> None:
        """What a real Oozie says at the end of a job, and what the job's status does not say."""
        for action in job.passed_over:
            text = f"{action.name} failed and was passed over: {action.error_message}"
            self._line(text, "yellow")
            self._facts.append(("passed over", text))
        seconds = (job.ended - job.started).total_seconds() if job.ended and job.started else 0.0
        self._line(f"{job.status} in {seconds:.0f} s, {job.id}", style_of(job.status))

    def say(self, text: str, style: str = "") -> None:
        """A line of the present step."""
        self._line(text, style)

    def keep_in_mind(self, name: str, text: str) -> None:
        """A line of the closing summary."""
        self._facts.append((name, text))

    def model(self, manifest: Manifest) -> None:
        """A version that training published, and how good it is."""
        chosen = str(manifest.run.get("metric", "accuracy"))
        figures = ", ".join(_compared(manifest, name) for name in dict.fromkeys((chosen, "accuracy")))
        self._line(
            f"{manifest.name} version {manifest.version}, {manifest.description or 'a Spark PipelineModel'}", "bold"
        )
        self._line(f"{manifest.run['chosen']} was the best of {', '.join(manifest.run['candidates'])}")
        self._line(f"{figures} on rows that it never saw")
        self._facts.append((f"version {manifest.version}", figures))

    def report(self, chart: Chart, rows: list[list[str]], folder: Path) -> None:
        """The report as a table here and as a picture in a file."""
        if not rows:
            self._line(f"{chart.title}: the report wrote nothing", "yellow")
            return
        self._console.print(Padding(as_table(chart, rows), (0, 0, 0, 3), expand=False))
        picture = folder / f"{chart.title.lower().replace(' ', '-')}.png"
        draw(chart, rows, picture)
        self._line(f"picture: {picture}")
        self._facts.append(("report", str(picture)))

    def serving(self, service: Service) -> None:
        """Where the service is."""
        self._line(f"page and API at {service.url}  (process {service.pid})")

    def answered(self, record: Mapping[str, Any], answer: Mapping[str, Any], seconds: float) -> None:
        """A question and its answer, the probabilities as bars."""
        asked = ", ".join(f"{name}={value}" for name, value in list(record.items())[:4])
        self._line(f"asked: {asked}{', ...' if len(record) > 4 else ''}", "dim")
        prediction = answer["predictions"][0]
        self._line(f"version {answer['version']} answers {prediction['prediction']} in {seconds * 1000:.0f} ms")
        for name, chance in prediction.get("probabilities", {}).items():
            self._line(f"  {name:<16} {'█' * round(chance * _BAR_WIDTH):<{_BAR_WIDTH}} {chance:6.1%}")

    def swapped(self, service: Service, version: int, waited: float) -> None:
        """The service answers with a newer version."""
        text = f"version {version} answers {waited:.1f} s after its run; process {service.pid} was not restarted"
        self._line(text, "green")
        self._facts.append(("service", text))

    def summary(self, service: Service, *, keep: bool, closing: str) -> None:
        """What there is now, and what to do next; ``closing`` where the service is not kept."""
        self._console.print()
        self._console.print(Text(f"Done in {time.monotonic() - self._started:.0f} s", "bold green"))
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
        for name, text in self._facts:
            table.add_row(Text(name, "dim"), Text(text, overflow="fold"))
        self._console.print(table)
        if keep:
            self._console.print(
                Text.assemble("\nThe page is at ", (service.url, "bold cyan"), "; Ctrl-C ends the service.")
            )
        else:
            self._console.print(f"\n{closing}", markup=False)

    def _line(self, text: str, style: str = "") -> None:
        self._console.print(Padding(Text(text, style), (0, 0, 0, 3), expand=False))
