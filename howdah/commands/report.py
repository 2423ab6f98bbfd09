"""``howdah report``: what was predicted, and what came of it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

import click

from howdah.errors import CommandError
from howdah.job_json import as_json
from howdah.repository_option import open_repository, repository_options
from models.names import check_name
from models.tracked.evaluation import Quality, evaluate
from models.tracked.partitions import partitions, tracked_models
from storage.filesystem import FileSystem
from storage.nearest import did_you_mean

_AGO = re.compile(r"(\d{1,5})([hd])")


def _moment(_context: click.Context, _option: click.Parameter, text: str | None) -> datetime | None:
    """A day, a time in a zone, or how long ago, in UTC."""
    ago = _AGO.fullmatch(text or "")
    if text is None or ago:
        unit = timedelta(hours=1) if ago and ago[2] == "h" else timedelta(days=1)
        return datetime.now(timezone.utc) - int(ago[1]) * unit if ago else None
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as error:
        message = f"{text!r:.60} is no time: write 2026-01-31, 2026-01-31T12:00Z, 12h or 7d"
        raise click.BadParameter(message) from error
    return moment.replace(tzinfo=timezone.utc) if moment.tzinfo is None else moment


@click.group()
def command() -> None:
    """What was predicted, and what came of it."""


@command.command()
@click.argument("model", metavar="MODEL")
@repository_options
@click.option("--since", metavar="TIME", callback=_moment,
              help="From then on: 2026-01-31, 2026-01-31T12:00Z (in UTC), 12h or 7d ago.")  # fmt: skip
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
              help="How to print it.")  # fmt: skip
def predictions(model: str, root: str, user: str, since: datetime | None, form: str) -> None:
    """Say how good a model's predictions were, version by version.

    Joins what the service and batches predicted with the labels that came later (POST /labels): accuracy, precision
    and recall of each class, or the errors of numbers; whether a probability of 0.8 was right in 80 of 100 cases; and
    which share nothing was told of yet.
    """
    place = open_repository(root, user)
    filesystem, path = place.filesystem, place.root
    if not partitions(filesystem, path, check_name(model), "predictions"):
        raise _nothing(filesystem, path, model, root)
    found = evaluate(filesystem, path, model, since)
    if form == "json":
        click.echo(as_json({"model": model, "since": since, **_plain(found)}))
    else:
        from howdah.prediction_tables import PredictionTables

        PredictionTables().quality(model, found)


def _plain(found: Quality) -> dict[str, object]:
    """With the share that is a property, as who reads it wants it."""
    versions = [{**vars(each), "unlabelled_share": each.unlabelled_share} for each in found.versions]
    return {**vars(found), "versions": versions}


def _nothing(filesystem: FileSystem, path: str, model: str, root: str) -> CommandError:
    known = tracked_models(filesystem, path)
    hint = (
        did_you_mean(model, known, f"tracked are: {', '.join(known)}")
        if known
        else "`howdah serve --track ROOT` tracks"
    )
    return CommandError("H785", f"no prediction of '{model}' is tracked in {root}", hint=hint)
