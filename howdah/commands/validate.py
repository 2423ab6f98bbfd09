"""``howdah validate``: what Oozie would refuse in app files, and why."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import click

from howdah.errors import EXIT_FAILURE, EXIT_OK, CommandError
from howdah.finding_lines import finding_lines
from howdah.lint_settings import LintSettings
from oozie.language.check import Checked, check_file, check_folder
from oozie.language.lints.switches import split_codes, wrong_codes
from storage.errors import Diagnostic, one_line

MAX_FILE_BYTES = 64 * 1024 * 1024


class DiskFolder(Mapping[str, bytes]):
    """The files below a folder on this machine, each read when it is asked for; hidden folders are left out.

    Only ordinary files are read, and of a limited size: a pipe would keep us waiting, a device would never end.
    ``unreadable`` are the folders that could not be looked into, known when all names have been asked for.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.unreadable: list[OSError] = []

    def __getitem__(self, name: str) -> bytes:
        path = self.root / name
        try:
            status = path.stat()
            if stat.S_ISDIR(status.st_mode):
                raise KeyError(name)
            if not stat.S_ISREG(status.st_mode):
                raise CommandError("H711", "it is no ordinary file", hint="name a file with an app in it", path=name)
            if status.st_size > MAX_FILE_BYTES:
                message = f"the file has {status.st_size:,} bytes, more than any app"
                raise CommandError("H711", message, hint="see what it really is", path=name)
            with path.open("rb") as stream:
                return stream.read(MAX_FILE_BYTES)
        except OSError as error:
            hint = "see whether it exists and may be read"
            raise CommandError("H711", f"it cannot be read: {error.strerror}", hint=hint, path=name) from None

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and os.path.isfile(self.root / name)  # noqa: PTH113 - False for an impossible name too

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def names_in(self, directory: str) -> list[str]:
        """The files of one folder, without a walk through all below it."""
        try:
            with os.scandir(self.root / directory) as entries:
                return sorted(entry.name for entry in entries if not entry.is_dir())
        except (OSError, ValueError):  # it is not there; one that cannot be read is told where all are walked through
            return []

    @cached_property
    def _names(self) -> list[str]:
        """Read once: who asks for a name's neighbours again and again shall not walk the disk each time."""
        return list(self._walk())

    def _walk(self) -> Iterator[str]:
        for folder, folders, files in os.walk(self.root, onerror=self.unreadable.append):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(files):
                yield Path(folder, name).relative_to(self.root).as_posix()


def _codes(context: click.Context, parameter: click.Parameter, texts: tuple[str, ...]) -> tuple[str, ...]:
    """The codes of --ignore, each a lint's."""
    codes = tuple(code for text in texts for code in split_codes(text))
    for message, hint in wrong_codes(codes):
        raise click.BadParameter(f"{message}: {hint}", context, parameter)
    return codes


@click.command("validate", short_help="Say what Oozie would refuse in an app, and why.")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--ignore", "ignored", multiple=True, callback=_codes, metavar="CODE", help="A lint not to be told of.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print it.")
@click.pass_context
def command(context: click.Context, paths: tuple[Path, ...], ignored: tuple[str, ...], form: str) -> None:
    """Check Oozie apps: files, or folders with all the apps below them.

    Whether a file is a workflow, a coordinator or a bundle is known by its content; job.properties is read beside it.
    Ends with 0 when there is nothing to find, 1 with findings, 2 for a wrong call. Codes with E are Oozie's own; H003
    to H029 are lints: Oozie takes the app, but it will hurt. docs/lints.md explains each of them.

    A lint is switched off by a comment on its line or on the line before, <!-- howdah: ignore H012 -->, or for a whole
    file by <!-- howdah: ignore-file H012 -->; in job.properties by # howdah: ignore H010. For a project, write
    ignore = H012, H013 below [howdah] in a setup.cfg beside the app or above it.
    """
    settings = LintSettings(ignored)
    checked = [result for path in paths for result in _check(path, settings)]
    click.echo(_as_json(checked) if form == "json" else "\n".join(finding_lines(checked)))
    context.exit(EXIT_FAILURE if any(result.findings for result in checked) else EXIT_OK)


def _check(path: Path, settings: LintSettings) -> list[Checked]:
    """The app at ``path``, or the apps below it, with paths as the user would write them."""
    root = path if path.is_dir() else path.parent
    files = DiskFolder(root)
    results = check_folder(files) if path.is_dir() else [check_file(files, path.name)]
    shown = [_shown(settings.applied(result, (root / result.path).parent), root) for result in results]
    if path.is_dir():
        shown += [_unreadable(error) for error in files.unreadable]
        if not shown:
            raise click.UsageError(f"there is no Oozie app in {path}")
    return shown


def _unreadable(error: OSError) -> Checked:
    path = one_line(os.fsdecode(error.filename))
    hint = "let yourself read it, or move it away: there may be apps in it"
    return Checked(path, "unknown", [Diagnostic("H711", f"the folder cannot be read: {error.strerror}", hint, path)])


def _shown(result: Checked, folder: Path) -> Checked:
    findings = [replace(f, path=one_line(str(folder / (f.path or result.path)))) for f in result.findings]
    # A name need not be text: bytes that are none would stop the whole report from being printed.
    return Checked(one_line(str(folder / result.path)), result.kind, findings)


def _as_json(checked: list[Checked]) -> str:
    return json.dumps(
        [
            {
                "path": result.path,
                "kind": result.kind,
                "ok": result.ok,
                "findings": [
                    {
                        "code": finding.code,
                        "severity": finding.severity,
                        "line": finding.line,
                        "node": finding.node,
                        "message": finding.message,
                        "hint": finding.hint,
                    }
                    for finding in result.findings
                ],
            }
            for result in checked
        ],
        indent=2,
    )
