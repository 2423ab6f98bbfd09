"""What was observed of a model and what was done about it, as a person reads it in 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from models.watching.observation import Column, Observation
from models.watching.response import Result
from storage.errors import one_line

_WIDTH = 80
_MOST_COLUMNS = 15


def print_observation(observation: Observation, console: Console | None = None) -> None:
    """The measures, what is past its threshold, and what could not be judged."""
    out = console or Console(highlight=False, soft_wrap=False)
    period = f"{observation.since[:16]}Z to {observation.until[:16]}Z"
    out.print(Text(f"{observation.model}@{observation.version}: {observation.rows} predictions from {period}"))
    if observation.rows and observation.columns:
        out.print("", _table(observation), sep="\n")
        if len(observation.columns) > _MOST_COLUMNS:
            out.print(Text(f"and {len(observation.columns) - _MOST_COLUMNS} more: --format json"))
    out.print("")
    for line in [*_shares(observation), *_findings(observation)]:
        out.print(Text(line))


def result_lines(result: Result) -> Iterator[str]:
    """What was opened, done and closed."""
    since = {incident.id: incident.opened for incident in result.open}
    for incident in dict.fromkeys([*since, *result.closed]):
        opened = "opened now" if incident in result.opened else f"open since {since.get(incident, '')[:16]}Z"
        yield f"Incident {incident}: {'closed' if incident in result.closed else opened}"
        for made in result.made:
            if made.incident == incident:
                yield from _wrapped(f"  {made.step}: {made.outcome}" + (f": {made.text}" if made.text else ""), "    ")


def _table(observation: Observation) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("column", overflow="fold")
    for title in ("of", "rows", "PSI", "JS", "KS", "Wasserstein", "nulls"):
        table.add_column(title, justify="left" if title == "of" else "right", overflow="fold")
    past = {finding.about for finding in observation.findings}
    # What is past its threshold, then what has moved most.
    ordered = sorted(
        observation.columns, key=lambda each: (f"{each.role} {each.name}" not in past, -(each.drift.psi or 0.0))
    )
    for column in ordered[:_MOST_COLUMNS]:
        star = "*" if f"{column.role} {column.name}" in past else ""
        table.add_row(*(Text(one_line(cell)) for cell in (column.name + star, column.role, *_cells(column))))
    return table


def _cells(column: Column) -> list[str]:
    drift = column.drift
    scaled = "-" if drift.wasserstein_scaled is None else f"{drift.wasserstein_scaled:.2f} sd"
    nulls = "-" if drift.nulls is None else f"{drift.nulls:+.1%}"
    measures = [_short(each) for each in (drift.psi, drift.jensen_shannon, drift.kolmogorov_smirnov)]
    return [str(column.rows), *measures, scaled, nulls]


def _short(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _shares(observation: Observation) -> Iterator[str]:
    if observation.outliers is not None:
        usual = "" if observation.usual_outliers is None else f", {observation.usual_outliers:.1%} in training"
        yield f"Outliers: {observation.outliers:.1%} of the rows{usual}"
    score = observation.score
    if score is not None:
        change = f"{abs(score.decrease):.1%} {'worse' if score.decrease > 0 else 'better'}"
        yield f"Score: {score.metric} {score.now:.4g} by {score.labelled} labels, {change} than {score.training:.4g}"
    requests = observation.requests
    if requests is not None:
        yield f"Requests: {requests.answered} answered, {requests.failed} failed ({requests.share:.1%})"


def _findings(observation: Observation) -> Iterator[str]:
    for note in observation.notes:
        yield from _wrapped(note[:1].upper() + note[1:], "  ")
    if observation.findings:
        yield "Past its threshold:"
        for finding in observation.findings:
            yield from _wrapped(f"  {finding.words}", "    ")
    else:
        yield "Nothing is past its threshold." if observation.judged else "There is too little to judge by."


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(one_line(text), _WIDTH, subsequent_indent=indent, drop_whitespace=True) or [""]
