"""``howdah explain``: an app in plain words."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from howdah.assignments import read_assignments
from howdah.errors import EXIT_FAILURE, EXIT_OK
from howdah.finding_json import finding_json
from howdah.job_json import as_json, plain
from howdah.reading_apps import App, ToldBundle, ToldCoordinator, ToldWorkflow, apps_at


@click.command("explain", short_help="Say in plain words what an app does, when, and what happens when it fails.")
@click.argument("path", metavar="PATH", type=click.Path(exists=True, path_type=Path))
@click.option("--set", "overrides", multiple=True, callback=read_assignments, metavar="NAME=VALUE",
              help="A property, over job.properties.")  # fmt: skip
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print it.")
@click.pass_context
def command(context: click.Context, path: Path, overrides: dict[str, str], form: str) -> None:
    """Say in plain words what an Oozie app does, without a cluster.

    When it runs and which data it waits for, what each step reads and writes, what happens when one fails.

    PATH is a file, or a folder with all the apps below it; what a bundle or a coordinator starts is told with it where
    it lies there too. job.properties is read beside an app; a property that is not known stays ${name}. Ends with 0, or
    with 1 where an app cannot be read.
    """
    apps = apps_at(path, overrides)
    click.echo(_as_json(apps) if form == "json" else _as_text(apps))
    context.exit(EXIT_FAILURE if any(app.told is None for app in apps) else EXIT_OK)


def _as_text(apps: Iterable[App]) -> str:
    from howdah.explanation_lines import (
        bundle_lines,
        coordinator_lines,
        finding_lines,
        heading,
        unknown_lines,
        unread_lines,
        workflow_lines,
    )

    blocks = []
    for app in apps:
        lines = heading(app.name, app.kind, app.shown)
        if app.told is None:
            blocks.append("\n".join([*lines, *unread_lines(app.findings, app.shown)]))
            continue
        lines += finding_lines(app.findings, app.shown)
        match app.told:
            case ToldCoordinator(facts=facts):
                lines += coordinator_lines(facts)
            case ToldBundle(facts=members):
                lines += bundle_lines(members)
            case ToldWorkflow(facts=steps):
                lines += workflow_lines(steps)
        lines += unknown_lines(app.unknown)
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def _as_json(apps: Iterable[App]) -> str:
    return as_json([_record(app) for app in apps])


def _record(app: App) -> dict[str, Any]:
    """What the text says, as values; findings are those that keep Oozie from taking the app."""
    record: dict[str, Any] = {
        "path": app.shown,
        "kind": app.kind,
        "name": app.name,
        "ok": app.is_ok,
        "findings": [finding_json(finding, app.shown) for finding in app.findings],
        "started_by": list(app.started_by),
        "unknown_properties": list(app.unknown),
    }
    return record | (plain(app.told.facts) if app.told is not None else {})
