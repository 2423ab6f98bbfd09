"""``howdah nominal-times``: when a coordinator is due, and what daylight saving does to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path

import click

from howdah.assignments import read_assignments
from howdah.disk_folder import DiskFolder
from howdah.errors import EXIT_OK, CommandError
from howdah.job_json import as_json
from oozie.language.occurrences import Occurrence, occurrences, schedule_of
from oozie.language.submission import ResolvedCoordinator
from storage.errors import one_line

_FILE = "coordinator.xml"
_PROPERTIES = "job.properties"
_MOST_NAMED = 5


@click.command("nominal-times")
@click.argument("path", metavar="PATH", type=click.Path(exists=True, path_type=Path))
@click.option("--count", type=click.IntRange(min=1), default=10, help="How many, from the start (default 10).")
@click.option("--set", "overrides", multiple=True, callback=read_assignments, metavar="NAME=VALUE",
              help="A property, over job.properties.")  # fmt: skip
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print them.")
@click.pass_context
def command(context: click.Context, path: Path, count: int, overrides: dict[str, str], form: str) -> None:
    """Print the nominal times of the coordinator at PATH, a file or the folder that it lies in.

    They stand there in UTC and in the coordinator's time zone, with a note where daylight saving moves or doubles one.
    job.properties is read beside the coordinator, and what a bundle there or one folder above hands down to it.
    """
    schedule = _schedule(path, overrides)
    found = list(islice(occurrences(schedule), count + 1))
    if form == "json":
        click.echo(as_json([_record(occurrence) for occurrence in found[:count]]))
    else:
        click.echo("\n".join(_as_text(found, count, schedule)))
    context.exit(EXIT_OK)


def _schedule(path: Path, overrides: dict[str, str]) -> ResolvedCoordinator:
    """What the coordinator at ``path`` says of its times. Raises: HowdahError."""
    from oozie.language.properties import read_properties
    from oozie.language.reader import read_coordinator
    from oozie.local.submission import complete

    if path.is_dir():
        path = _coordinator_of(path)
    folder, name = path.parent, path.name
    files = DiskFolder(folder)
    coordinator = read_coordinator(files[name], str(folder / name))
    text = files[_PROPERTIES].decode("utf-8", "replace") if _PROPERTIES in files else ""
    given = read_properties(text, str(folder / _PROPERTIES))
    properties = complete({**given, **_handed_down(path, overrides), **overrides}, folder, coordinator.parameters)
    return schedule_of(coordinator, properties)


def _handed_down(path: Path, overrides: dict[str, str]) -> Mapping[str, str]:
    """What the bundle beside the coordinator at ``path``, or one folder above, tells it."""
    from oozie.language.family import Family

    folder = path.resolve().parent
    for place in (folder, folder.parent):
        files = DiskFolder(place)
        for name in _files_of(files, files.names_in(""), "bundle-app"):
            family = Family(files, name, overrides, place.name)
            member = family.members.get((folder / path.name).relative_to(place).as_posix())
            if member is not None and member.started_by:
                return member.properties
    return {}


def _files_of(files: DiskFolder, names: Iterable[str], root: str) -> Iterator[str]:
    """Those of ``names`` whose root element is ``root``."""
    from oozie.language.document import root_tag

    for name in names:
        with suppress(CommandError):  # what cannot be read is none that could be told of
            if name.endswith(".xml") and root_tag(files[name]) == root:
                yield name


def _coordinator_of(folder: Path) -> Path:
    """Its coordinator.xml, else the one file of it and the folders below that is a coordinator by its content.

    Raises: click.UsageError where there is none or where several might be meant, CommandError for a hidden part.
    """
    files = DiskFolder(folder)
    if _FILE in files:
        return folder / _FILE
    found = [folder / name for name in _files_of(files, files, "coordinator-app")]
    if files.refusals:
        raise CommandError.of(files.refusals)
    if not found:
        raise click.UsageError(f"there is no coordinator in {folder}")
    if len(found) > 1:
        more = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
        names = ", ".join(one_line(str(path)) for path in found[:_MOST_NAMED])
        raise click.UsageError(f"which coordinator? Name one of {names}{more}")
    return found[0]


def _record(occurrence: Occurrence) -> dict[str, str]:
    return {
        "utc": f"{occurrence.utc:%Y-%m-%dT%H:%MZ}",
        "local": occurrence.local.isoformat(timespec="minutes"),
        "note": occurrence.note,
    }


def _as_text(found: list[Occurrence], count: int, schedule: ResolvedCoordinator) -> list[str]:
    """A line for each, and what comes after them."""
    lines = [f"{'UTC':<17}  {schedule.zone}"]
    for one in found[:count]:
        lines.append(f"{one.utc:%Y-%m-%dT%H:%MZ}  {one.local:%a %Y-%m-%d %H:%M %z}")
        lines += [f"{'':<19}{note}" for note in one.note.split("; ") if note]
    end = f"{schedule.end:%Y-%m-%dT%H:%MZ}"
    lines.append(f"and more until {end}" if len(found) > count else f"that is all until {end}")
    return lines
