"""How good predictions were, as tables that are right at 80 columns. Times are in UTC."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from models.tracked.evaluation import Quality, VersionQuality
from storage.errors import one_line

_EXACT = 1e15


class PredictionTables:
    """Writes to ``console``; plain lines of 80 columns where that is no terminal and nobody says otherwise."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False, soft_wrap=False)

    def quality(self, model: str, found: Quality) -> None:
        """All versions of a model, one after another."""
        self._print(f"{model}: {_count(found.predictions, 'prediction')}, {_count(found.labels, 'label')} told")
        if found.strange_labels:
            self._print(f"{_count(found.strange_labels, 'label')} of no prediction that is looked at")
        for version in found.versions:
            self._print("")
            self._version(model, version)

    def _version(self, model: str, found: VersionQuality) -> None:
        sources = ", ".join(f"{name} {count:,}" for name, count in found.sources.items())
        self._print(f"{model}@{found.version}  {_count(found.predictions, 'prediction')} ({sources})")
        self._print(f"  from {found.first:%Y-%m-%d %H:%MZ} to {found.last:%Y-%m-%d %H:%MZ}")
        self._print(f"  {found.labelled:,} with a label, {found.unlabelled_share:.1%} without")
        named = {
            "accuracy": found.accuracy,
            "RMSE": found.rmse,
            "MAE": found.mae,
            "bias": found.bias,
            "mean score" if found.kind == "classes" else "mean prediction": found.mean_score,
        }
        self._print("  " + ", ".join(f"{name} {_number(value)}" for name, value in named.items() if value is not None))
        if found.classes:
            self._classes(found)
        elif found.predicted:
            shares = ", ".join(f"{name} {share:.1%}" for name, share in found.predicted.items())
            self._print(f"  predicted: {shares}")
        if found.calibration:
            self._calibration(found)

    def _classes(self, found: VersionQuality) -> None:
        table = _table("  class", ">predicted", ">of all", ">was so", ">precision", ">recall")
        for each in found.classes:
            share = f"{found.predicted.get(each.name, 0.0):.1%}"
            row = (each.name, f"{each.predicted:,}", share, f"{each.labelled:,}")
            _add(table, f"  {row[0]}", *row[1:], _share(each.precision), _share(each.recall))
        self._console.print(table)

    def _calibration(self, found: VersionQuality) -> None:
        titles = (">mean score", ">right") if found.kind == "classes" else (">mean prediction", ">mean fact")
        table = _table("  score" if found.kind == "classes" else "  prediction", ">rows", *titles)
        for each in found.calibration:
            place = f"  {_number(each.low)} to {_number(each.high)}"
            _add(table, place, f"{each.count:,}", _number(each.score), _number(each.found))
        self._console.print(table)

    def _print(self, line: str) -> None:
        self._console.print(Text(one_line(line)))


def _table(*titles: str) -> Table:
    """A column for each title; one that begins with ``>`` is right-justified."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for title in titles:
        table.add_column(title.removeprefix(">"), justify="right" if title.startswith(">") else "left", overflow="fold")
    return table


def _add(table: Table, *cells: str) -> None:
    table.add_row(*(Text(one_line(cell)) for cell in cells))


def _count(number: int, of: str) -> str:
    return f"{number:,} {of}{'s' * (number != 1)}"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"


def _number(value: float) -> str:
    return f"{value:.0f}" if value.is_integer() and abs(value) < _EXACT else f"{value:.4g}"
