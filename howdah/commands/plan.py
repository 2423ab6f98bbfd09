"""``howdah plan``: what would change between two apps, or against what Oozie runs, before anything is submitted."""

from __future__ import annotations

import functools
import os
from dataclasses import replace
from pathlib import Path

import click

from howdah.assignments import read_assignments
from howdah.change_lines import change_lines, change_records
from howdah.disk_folder import DiskFolder
from howdah.errors import EXIT_FAILURE, EXIT_OK, CommandError
from howdah.job_json import as_json
from howdah.oozie_option import URL_VARIABLE, OozieServer, oozie_options
from oozie.language.changes import Change, file_changes, folder_changes
from storage.errors import one_line

Changes = dict[str, list[Change]]


@click.command("plan", short_help="Say what would change, action by action, before anything is submitted.")
@click.argument("new", type=click.Path(exists=True, path_type=Path))
@click.argument("old", type=click.Path(exists=True, path_type=Path), required=False)
@functools.partial(oozie_options, required=False)
@click.option("--set", "overrides", multiple=True, callback=read_assignments, metavar="NAME=VALUE",
              help="With --oozie: a property, over job.properties.")  # fmt: skip
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print it.")
@click.pass_context
def command(
    context: click.Context, new: Path, old: Path | None, oozie: OozieServer, overrides: dict[str, str], form: str
) -> None:
    """Say what would change from OLD to NEW: two folders with apps, or two files of one.

    With --oozie instead of OLD, NEW is compared with the newest job of the same app there: the definition and the
    properties that it was submitted with, and the workflow that its last instance ran.

    What is compared is what the apps say: actions with their arguments and transitions, schedules and datasets,
    properties. Blanks and comments do not count. Ends with 0 where nothing would change, 1 where something would, 2
    for a wrong call.
    """
    if old is None and not oozie.url:
        oozie = replace(oozie, url=os.environ.get(URL_VARIABLE, ""))
    if (old is None) == (not oozie.url):
        raise click.UsageError(f"compare with what? Give OLD, or --oozie URL{'' if old is None else ', not both'}")
    if overrides and not oozie.url:
        raise click.UsageError("--set goes with --oozie: it stands for what howdah submit would be given")
    if old is not None:
        headline, changes = f"{old} -> {new}", _of_paths(old, new)
    else:
        headline, changes = _of_job(new, oozie, overrides)
    lines = [one_line(headline), *(change_lines(changes) or ["nothing would change"])]
    click.echo(as_json(change_records(changes)) if form == "json" else "\n".join(lines))
    context.exit(EXIT_FAILURE if any(changes.values()) else EXIT_OK)


def _of_paths(old: Path, new: Path) -> Changes:
    from oozie.client.deployment.comparison import masked
    from oozie.language.check import is_app

    if old.is_dir() != new.is_dir():
        raise click.UsageError("compare a folder with a folder, or a file with a file")
    if new.is_dir():
        before_files, after_files = _sent(old), _sent(new)
        for folder, files in ((new, after_files), (old, before_files)):
            if not any(is_app(files, name) for name in files):
                raise click.UsageError(f"there is no Oozie app in {folder}")
        found = folder_changes(before_files, after_files)
    else:
        before, after = DiskFolder(old.parent)[old.name], DiskFolder(new.parent)[new.name]
        found = {new.name: file_changes(new.name, before, after) if before != after else []}
    return {name: masked(changes) for name, changes in found.items()}


def _sent(folder: Path) -> dict[str, bytes]:
    """What a submit would take: hidden files stay here. Raises: CommandError for what cannot be read."""
    files = DiskFolder(folder)
    names = [name for name in files if not any(part.startswith(".") for part in name.split("/"))]
    if files.refusals:
        raise CommandError.of(files.refusals)
    try:
        return {name: files[name] for name in names}
    except CommandError as error:
        raise CommandError.of([replace(each, path=str(folder / each.path)) for each in error.diagnostics]) from None


def _of_job(new: Path, oozie: OozieServer, overrides: dict[str, str]) -> tuple[str, Changes]:
    from oozie.client.deployment.comparison import compare_with_job
    from oozie.client.deployment.source import read_source
    from oozie.client.deployment.submission import schedule_name

    if not new.is_dir():
        raise click.UsageError("with --oozie, NEW is the folder with job.properties")
    with oozie.client() as client:
        source = read_source(new, overrides, user=client.user)
        comparison = compare_with_job(client, source, schedule_name(source))
    job = comparison.job
    if job is None:
        everything = {name: [Change("added", "file", name)] for name in source.paths}
        return f"no job of {source.root} is known to {oozie.url}: all of it is new", everything
    return f"{job.id} ({job.app_name}, {job.status}) -> {new}", dict(comparison.changes)
