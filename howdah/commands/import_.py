"""``howdah import``: an Oozie app becomes a declaration in Python that generates an equal one."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO
from unicodedata import combining, normalize

import click

from generator.app import generate
from generator.errors import GenerationError
from generator.importing.apps import NO_APP, Imported, differences, import_app
from generator.loader import WORKFLOW_FILE
from howdah.disk_folder import DiskFolder
from howdah.errors import CommandError, print_diagnostics
from howdah.finding_json import finding_json
from howdah.folding import folded
from howdah.job_json import as_json
from howdah.surroundings import interrupt_on_term
from oozie.language.check import JOB_PROPERTIES, is_app
from storage.errors import Diagnostic, HowdahError, one_line

_WORKFLOWS = Path("workflows")
_MOST_FINDINGS = 20
_MOST_BYTES = 1 << 30  # of a file that goes along; `howdah generate` holds each of them in memory


@click.command("import", short_help="Turn an Oozie app into a declaration in Python.")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Where to write.  [default: workflows/NAME, or ./NAME]"
)
@click.option("--force", is_flag=True, help="Write into a folder that is there already, over files of the same name.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print it.")
def command(path: Path, output: Path | None, force: bool, form: str) -> None:
    """Turn the Oozie app at PATH, a folder or one definition, into workflow.py and the files that go along.

    What `howdah generate` makes of it is equal to the app: names, transitions, actions, properties, the order of
    nodes. That is checked before anything is written; what cannot be said is an error that names it. Comments of the
    XML are not kept.
    """
    folder = path if path.is_dir() else path.parent
    if path.is_dir() and output is None and folder.resolve() in _default_target(path).resolve().parents:
        raise click.UsageError(f"say where with -o: {_default_target(path)} would lie in the app itself")
    interrupt_on_term()  # what is half written shall not stay behind
    try:
        imported = _import(folder, "" if path.is_dir() else path.name)
    except GenerationError as error:
        if error.code == NO_APP:
            raise click.UsageError(f"{error.diagnostics[0].message}: {error.diagnostics[0].hint}") from None
        raise
    target = output or _default_target(path)
    if not force and target.exists() and (not target.is_dir() or any(target.iterdir())):
        hint = "choose another folder with -o, or write over it with --force"
        if target.resolve() == folder.resolve():
            hint = "it is the app itself: choose another folder with -o, or add workflow.py to it with --force"
        raise GenerationError("H323", f"'{target}' is there already", hint=hint)
    try:
        _write(imported, folder, target)
    except OSError as error:
        hint = "name a folder of yours with -o, on a disk with room"
        raise GenerationError("H324", f"cannot write '{target}': {_reason(error)}", hint=hint) from error
    _report(imported, folder, target, form)


def _reason(error: OSError) -> str:
    """Of several, as when a folder is copied, the first: "[Errno 13] Permission denied: 'new/workflow.py'"."""
    if isinstance(error, shutil.Error):
        return str(error.args[0][0][-1]).partition("] ")[2]
    return error.strerror or str(error)


def _import(folder: Path, only: str) -> Imported:
    """What stands in ``folder``, paths of findings as the user would write them. Raises: HowdahError."""
    files = DiskFolder(folder)
    try:
        imported = import_app(files, only=only)
    except HowdahError as error:
        raise type(error).of([_shown(finding, folder) for finding in error.diagnostics]) from None
    _refuse_links_out(imported, folder)
    if not only:
        _refuse_hidden_parts(files)
    return replace(imported, findings=tuple(_shown(finding, folder) for finding in imported.findings))


def _refuse_links_out(imported: Imported, folder: Path) -> None:
    """No link may take along what is not the app's. Raises: GenerationError H331."""
    bounds = folder.resolve()
    properties = [JOB_PROPERTIES] if imported.properties is not None else []
    for path in (folder / name for name in (*imported.apps, *properties, *imported.carried)):
        if path.is_symlink() and not path.resolve().is_relative_to(bounds):
            hint = "put a copy in its place, or move the link away"
            raise GenerationError("H331", "a link that leads out of the app cannot go along", hint=hint, path=str(path))


def _refuse_hidden_parts(files: DiskFolder) -> None:
    """Nothing of the folder may be left out silently. Raises: CommandError H711, GenerationError H331."""
    for error in files.unreadable:
        hint = "let yourself read it, or move it away: it may be part of the app"
        raise CommandError("H711", f"it cannot be read: {error.strerror}", hint=hint, path=os.fsdecode(error.filename))
    for folder, folders, _ in os.walk(files.root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for link in (path for name in folders if (path := Path(folder, name)).is_symlink()):
            hint = "put the folder itself in its place, or move the link away"
            raise GenerationError("H331", "a link to a folder cannot go along", hint=hint, path=str(link))


def _shown(finding: Diagnostic, folder: Path) -> Diagnostic:
    return replace(finding, path=one_line(str(folder / finding.path)) if finding.path else str(folder))


def _default_target(path: Path) -> Path:
    name = path.resolve().name if path.is_dir() else path.stem
    plain = "".join(one for one in normalize("NFKD", name) if not combining(one))  # ä is a
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip("-.") or "app"
    return _WORKFLOWS / name if _WORKFLOWS.is_dir() else Path(name)


def _write(imported: Imported, folder: Path, target: Path) -> None:
    """The declaration and its files, once what they generate was found equal. Raises: GenerationError H333, OSError."""
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=".howdah-import-", dir=target.parent))
    try:
        # Never over another: to some disks a.sql and A.SQL are one file.
        with (unfinished / WORKFLOW_FILE).open("xb") as declaration:
            declaration.write(imported.source.encode())
        for name in imported.carried:
            (unfinished / name).parent.mkdir(parents=True, exist_ok=True)
            with _opened(folder / name) as source, (unfinished / name).open("xb") as copy:
                shutil.copyfileobj(source, copy)
        if found := differences(imported, generate(unfinished)):
            message = f"what would be generated differs from the app: {', '.join(found[:3])}"
            raise GenerationError("H333", message, hint="nothing was written; please report this with the app")
        shutil.rmtree(unfinished / "__pycache__", ignore_errors=True)
        unfinished.chmod(0o755)
        if target.is_dir():
            shutil.copytree(unfinished, target, dirs_exist_ok=True)
        else:
            unfinished.rename(target)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _opened(path: Path) -> BinaryIO:
    """Raises: CommandError H711 for what cannot be read: a pipe would keep us waiting, too."""
    try:
        if not path.is_file():
            raise CommandError("H711", "it is no ordinary file", hint="move it away", path=str(path))
        if (size := path.stat().st_size) > _MOST_BYTES:
            message = f"the file has {size:,} bytes, more than goes along with a declaration"
            hint = "move it out of the app: what is so large is put into HDFS by itself"
            raise CommandError("H711", message, hint=hint, path=one_line(str(path)))
        return path.open("rb")
    except OSError as error:
        hint = "see whether it exists and may be read"
        raise CommandError("H711", f"it cannot be read: {error.strerror}", hint=hint, path=str(path)) from None


def _report(imported: Imported, folder: Path, target: Path, form: str) -> None:
    written = [WORKFLOW_FILE, *imported.carried]
    if form == "json":
        apps = [
            {"file": file, "kind": type(app).__name__.lower(), "name": app.name} for file, app in imported.apps.items()
        ]
        findings = [{**finding_json(finding, finding.path), "path": finding.path} for finding in imported.findings]
        click.echo(as_json({"folder": str(target), "written": written, "apps": apps, "findings": findings}))
        return
    for name in written:
        click.echo(one_line(str(target / name)))
    if imported.properties is None:
        _say(f"There was no {JOB_PROPERTIES}: give its values as properties={{...}} in {WORKFLOW_FILE}.")
    files = DiskFolder(folder)
    if along := [name for name in imported.carried if is_app(files, name)]:
        more = f" and {len(along) - 1} more" if len(along) > 1 else ""
        _say(f"{target / along[0]}{more} went along as XML; howdah import takes each of them too.")
    if imported.findings:
        click.echo("It is kept as it is, but Oozie would not take all of it:", err=True)
        print_diagnostics(imported.findings[:_MOST_FINDINGS])
        if len(imported.findings) > _MOST_FINDINGS:
            click.echo(f"and {len(imported.findings) - _MOST_FINDINGS} more: howdah validate says all", err=True)
    app = Path("build") / target.name
    if app.resolve() == target.resolve():
        app = app.with_name(f"{target.name}-app")
    click.echo(f"\nNext: howdah generate {target} -o {app}\n      howdah validate {app}")


def _say(text: str) -> None:
    click.echo("\n".join(folded(text)))
