"""Models, versions and metrics as tables that are right at 80 columns. Times are in UTC."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from models.comparison import Row, direction
from models.manifest import Manifest
from storage.errors import one_line

_MIB = 1 << 20
_MOST_INPUTS = 12
_EXACT = 1e15


class ModelTables:
    """Writes to ``console``; plain lines of 80 columns where that is no terminal and nobody says otherwise."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False, soft_wrap=False)

    def models(self, found: Sequence[Mapping[str, Any]]) -> None:
        """Every model in a line."""
        table = _table("model", ">versions", ">latest", "published", "aliases")
        for each in found:
            _add(table, each["name"], len(each["versions"]), each["latest"], _minute(each["published"]),
                 each["problem"] or _aliases(each["aliases"]))  # fmt: skip
        self._console.print(table)

    def versions(self, found: Mapping[str, Any]) -> None:
        """Every version of a model in a line."""
        table = _table(">version", "published", "is", "metrics")
        for each in found["versions"]:
            role = ", ".join(_roles(each))
            metrics = each["problem"] or "  ".join(
                f"{name} {_number(value)}" for name, value in _overall(each["metrics"])
            )
            _add(table, each["version"], _minute(each["published"]), role, metrics)
        self._console.print(table)
        name = found["name"]
        self._print(f"All of one: howdah models show {name}@{found['versions'][-1]['version']}")

    def version(self, found: Mapping[str, Any]) -> None:
        """All that is known of one version."""
        manifest: Manifest = found["manifest"]
        lines = {
            "Model": f"{manifest.name}, version {manifest.version}",
            "Is": ", ".join(_roles(found)),
            "Description": manifest.description,
            "Published": manifest.created,
            "Valid": _period(manifest),
            "Predicts": " ".join(
                filter(None, (manifest.target, f"({', '.join(manifest.classes)})" * bool(manifest.classes)))
            ),
            "Run": "  ".join(f"{name}={value}" for name, value in manifest.run.items() if _is_plain(value)),
            "Data": "  ".join(f"{name}={value}" for name, value in manifest.data.items() if _is_plain(value)),
            "Files": f"{len(manifest.files)}",
            "Manifest": f"SHA-256 {found['digest'][:16]}",
        }
        table = Table.grid(padding=(0, 2))
        for label, text in lines.items():
            if text:
                _add(table, label, text)
        self._console.print(table)
        if manifest.metrics:
            metrics = _table("metric", ">value", "better")
            for name, value in sorted(manifest.metrics.items()):
                _add(metrics, name, _number(value), direction(name, [manifest]))
            self._console.print("", metrics, sep="\n")
        self._inputs(manifest)

    def _inputs(self, manifest: Manifest) -> None:
        table = _table("input", "type", "seen by training")
        for item in manifest.inputs[:_MOST_INPUTS]:
            seen = ", ".join(item.categories[:5]) + (" ..." if len(item.categories) > 5 else "")
            if item.minimum is not None and item.maximum is not None:
                seen = f"{_number(item.minimum)} to {_number(item.maximum)}"
            _add(table, item.name, item.type, seen)
        self._console.print("", table, sep="\n")
        if len(manifest.inputs) > _MOST_INPUTS:
            self._print(f"and {len(manifest.inputs) - _MOST_INPUTS} more: --format json")

    def comparison(self, name: str, versions: Sequence[int], rows: Sequence[Row]) -> None:
        """A line for each metric, a column for each version, a star at the best value."""
        if not rows:
            self._print(f"No version of {name} has metrics.")
            return
        table = _table("metric", *(f">{name}@{version}" for version in versions), "better")
        for row in rows:
            values = [
                ("-" if value is None else _number(value)) + ("*" if version in row.best else " ")
                for version, value in zip(versions, row.values, strict=True)
            ]
            _add(table, row.metric, *values, row.better)
        self._console.print(table)

    def collection(self, found: Sequence[Mapping[str, Any]], *, is_done: bool) -> None:
        """What stays and why, and what goes."""
        table = _table("model", ">version", ">MiB", "")
        going: list[int] = []
        for model in found:
            for each in model["versions"]:
                is_deleted = each["version"] in model["deleted"]
                word = "deleted" if is_deleted else "stays: somebody has just taken it into use" if is_done else "goes"
                if not each["kept"] and is_deleted == is_done:
                    going.append(each["bytes"])
                size = "" if each["bytes"] is None else f"{each['bytes'] / _MIB:.1f}"
                _add(table, model["name"], each["version"], size, f"stays: {each['kept']}" if each["kept"] else word)
        if found:
            self._console.print(table)
        size = f"{len(going)} version{'s' * (len(going) != 1)}, {sum(going) / _MIB:.1f} MiB"
        if not going:
            self._print("Nothing to delete.")
        else:
            self._print(f"Deleted: {size}." if is_done else f"Would go: {size}. To delete: the same with --delete")

    def _print(self, line: str) -> None:
        self._console.print(Text(line))


def _table(*titles: str) -> Table:
    """A column for each title; one that begins with ``>`` is right-justified."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for title in titles:
        table.add_column(title.removeprefix(">"), justify="right" if title.startswith(">") else "left", overflow="fold")
    return table


def _add(table: Table, *cells: object) -> None:
    table.add_row(*(Text(one_line(str(cell))) for cell in cells))


def _roles(version: Mapping[str, Any]) -> list[str]:
    """Its stage and its aliases, each once; a retired version is in no stage."""
    stage = "retired" if version["retired"] else version["stage"]
    return list(dict.fromkeys(filter(None, [stage, *version["aliases"]])))


def _minute(time: str | None) -> str:
    return f"{time[:16]}Z" if time else "?"


def _period(manifest: Manifest) -> str:
    since = f"from {manifest.valid_from}" if manifest.valid_from else ""
    return " ".join(filter(None, (since, f"until {manifest.valid_to}" if manifest.valid_to else "")))


def _aliases(found: Mapping[str, int]) -> str:
    return ", ".join(f"{alias} {version}" for alias, version in sorted(found.items()))


def _number(value: float) -> str:
    return f"{value:.0f}" if value.is_integer() and abs(value) < _EXACT else f"{value:.6g}"


def _overall(metrics: Mapping[str, float]) -> list[tuple[str, float]]:
    """The first metrics of the whole: not those of one class, nor the baseline's."""
    return [(name, value) for name, value in sorted(metrics.items()) if "." not in name][:3]


def _is_plain(value: object) -> bool:
    return isinstance(value, (str, int, float)) and value != ""
