"""The Hive report of a run: a table on the screen, a picture in a file."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from rich.table import Table

from howdah.demo.cases import Chart
from storage.errors import PathNotFoundError
from storage.filesystem import FileSystem

_NULL = "\\N"
_MOST_ROWS = 12
_INCHES = (9.0, 4.8)


def read_rows(filesystem: FileSystem, folder: str) -> list[list[str]]:
    """The rows that Hive wrote into ``folder``, part files in order; nothing where there is no folder."""
    rows: list[list[str]] = []
    try:
        parts = [file for file in filesystem.list(folder) if not file.is_directory and file.name[0] not in "._"]
    except PathNotFoundError:
        return rows
    for part in parts:
        with io.TextIOWrapper(filesystem.open(part.path), "utf-8", newline="") as lines:
            rows += csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    return [["" if value == _NULL else value for value in row] for row in rows]


def as_table(chart: Chart, rows: list[list[str]]) -> Table:
    """The rows for the terminal, numbers to the right."""
    table = Table(
        title=chart.title, title_justify="left", title_style="bold", box=None, header_style="dim", pad_edge=False
    )
    for index, column in enumerate(chart.columns):
        is_number = bool(rows) and all(_is_number(row[index]) for row in rows)
        table.add_column(column.replace("_", " "), justify="right" if is_number else "left")
    for row in rows[:_MOST_ROWS]:
        table.add_row(*(value or "-" for value in row))
    if len(rows) > _MOST_ROWS:
        table.add_row(f"and {len(rows) - _MOST_ROWS} more", *[""] * (len(chart.columns) - 1))
    return table


def draw(chart: Chart, rows: list[list[str]], target: Path) -> None:
    """The chart as a PNG: one bar a row, the number at its end."""
    from matplotlib.figure import Figure  # a second of imports, paid only here

    labels, value = [chart.columns.index(name) for name in chart.label], chart.columns.index(chart.value)
    shown = [
        (": ".join(row[label] or "(null)" for label in labels), float(row[value] or 0)) for row in rows[:_MOST_ROWS]
    ][::-1]
    figure = Figure(figsize=_INCHES, layout="constrained")
    axes = figure.subplots()
    bars = axes.barh([name for name, _ in shown], [number for _, number in shown], color="#2f6f8f", height=0.65)
    axes.bar_label(bars, fmt="{:,.2f}", padding=4, color="#333333")
    axes.set_title(chart.title, loc="left", fontweight="bold")
    axes.set_xlabel(chart.unit)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(left=False)
    axes.margins(x=0.12)
    figure.savefig(target, dpi=110)


def _is_number(text: str) -> bool:
    try:
        float(text or 0)
    except ValueError:
        return False
    return True
