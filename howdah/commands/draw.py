"""``howdah draw``: an app as a picture, its control flow and its data flow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import click

from howdah.assignments import read_assignments
from howdah.errors import EXIT_FAILURE, EXIT_OK, CommandError, print_diagnostics
from howdah.finding_json import finding_json
from howdah.folding import beside, folded
from howdah.job_json import as_json, plain
from howdah.reading_apps import App, apps_at
from storage.errors import Diagnostic, one_line

_FOLDER = "drawings"
_ENDINGS = {"svg": ".svg", "mermaid": ".mmd"}
_OTHER_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".pdf", ".html"})
_VIEWS = ("control", "data")
_MOST_ARROWS = 12_000  # of 4,000 actions; to lay more out takes minutes, and gigabytes where they are long


@dataclass(frozen=True)
class _Drawn:
    """The files of one view of an app, or why there are none."""

    app: App
    view: str
    files: tuple[str, ...] = ()
    refusals: tuple[Diagnostic, ...] = ()

    @property
    def lines(self) -> list[str]:
        """What was written, for a terminal."""
        more = "".join(f" and {Path(name).suffix}" for name in self.files[1:])
        what = "control flow" if self.view == "control" else "data flow"
        refused = "" if self.app.is_ok else ", which Oozie would refuse"
        return beside(f"{self.files[0]}{more}", f"{what} of {self.app.kind} '{self.app.name}'{refused}")


@click.command("draw", short_help="Draw an app as SVG and Mermaid: its control flow and its data flow.")
@click.argument("path", metavar="PATH", type=click.Path(exists=True, path_type=Path))
@click.option("-o", "--output", metavar="FILE|DIR", type=click.Path(path_type=Path),
              help="Where to: a folder (else drawings/PATH), a file for one picture, - for a pipe.")  # fmt: skip
@click.option("--format", "form", type=click.Choice(["text", "json", *_ENDINGS]), default="text",
              help="svg, mermaid: only such pictures; json: nodes, arrows and files for programs.")  # fmt: skip
@click.option("--view", type=click.Choice(_VIEWS), help="Only the control flow, or only the data flow.")
@click.option("--set", "overrides", multiple=True, callback=read_assignments, metavar="NAME=VALUE",
              help="A property, over job.properties.")  # fmt: skip
@click.pass_context
def command(
    context: click.Context, path: Path, output: Path | None, form: str, view: str | None, overrides: dict[str, str]
) -> None:
    """Draw the Oozie app at PATH, a file or a folder with all the apps below it.

    The control flow of a workflow are its nodes and where each leads; of a coordinator or a bundle, what begins when
    and for which data it waits. The data flow are the directories and tables that each action reads and writes.

    Pictures lie in drawings/ by the path of their app, so that no two apps share one. With -o - --format json nothing
    is written, and nodes and arrows are printed. An app that Oozie would refuse is drawn as far as it goes, and says
    so. No cluster is asked. Ends with 0, or with 1 where an app cannot be read or has more than a picture can hold.
    """
    if output is not None and output.suffix.lower() in _OTHER_PICTURES and not output.is_dir():
        raise click.UsageError(f"a picture is an SVG or Mermaid: call it {output.with_suffix('.svg').name}, say")
    apps = apps_at(path, overrides)
    readable = [app for app in apps if app.told is not None]
    if str(output) == "-":
        drawn = [] if form == "json" else _to_pipe(readable, form, view or "control")
    elif output is not None and _is_file(output):
        drawn = _to_file(readable, output, form, view or "control")
    else:
        drawn = list(_to_folder(readable, output or _default_folder(path), form, [view] if view else _VIEWS))
    if form == "json":
        click.echo(as_json([_record(app, apps, drawn, [view] if view else _VIEWS) for app in apps]))
    else:
        _say(apps, drawn)
    is_whole = len(readable) == len(apps) and not any(one.refusals for one in drawn)
    context.exit(EXIT_OK if is_whole else EXIT_FAILURE)


def _default_folder(path: Path) -> Path:
    folder = (path if path.is_dir() else path.parent).resolve()
    here = Path.cwd()
    return Path(_FOLDER) / folder.relative_to(here if folder.is_relative_to(here) else folder.anchor)


def _is_file(output: Path) -> bool:
    return not output.is_dir() and output.suffix in (*_ENDINGS.values(), ".mermaid", ".md")


def _to_pipe(apps: Sequence[App], form: str, view: str) -> list[_Drawn]:
    """The picture of the app that starts the others, where there are several."""
    for app in apps[:1]:
        click.echo(_picture(app, apps, view, "mermaid" if form == "mermaid" else "svg"), nl=False)
    _say_others(apps)
    return []


def _to_file(apps: Sequence[App], output: Path, form: str, view: str) -> list[_Drawn]:
    """As :func:`_to_pipe`, into a file, which says by its name what it is where ``form`` does not."""
    if not apps:
        return []
    if form not in _ENDINGS:
        form = "svg" if output.suffix == ".svg" else "mermaid"
    _write(output, _picture(apps[0], apps, view, form))
    _say_others(apps)
    return [_Drawn(apps[0], view, (str(output),))]


def _to_folder(apps: Sequence[App], folder: Path, form: str, views: Sequence[str]) -> Iterator[_Drawn]:
    """Every picture of every app; one of which there is too much keeps the others from nothing."""
    for app in apps:
        stem = str(PurePosixPath(app.path).with_suffix(""))
        for view in views:
            names: list[str] = []
            refusals: tuple[Diagnostic, ...] = ()
            for one in [form] if form in _ENDINGS else _ENDINGS:
                name = folder / f"{stem}.{view}{_ENDINGS[one]}"
                try:
                    text = _picture(app, apps, view, one)
                except CommandError as error:
                    refusals = error.diagnostics
                    continue
                _write(name, text)
                names.append(str(name))
            yield _Drawn(app, view, tuple(names), refusals)


def _say_others(apps: Sequence[App]) -> None:
    if len(apps) > 1:
        others = ", ".join(one_line(app.shown) for app in apps[1:4])
        text = f"that is one app of {len(apps)}; others are {others}: name a folder to have all of them"
        click.echo("\n".join(folded(text)), err=True)


def _say(apps: Sequence[App], drawn: Sequence[_Drawn]) -> None:
    for one in drawn:
        if one.files:
            click.echo("\n".join(one.lines))
        print_diagnostics(one.refusals)
    for app in apps:
        if app.told is None:
            print_diagnostics(app.findings)


def _record(app: App, apps: Sequence[App], drawn: Sequence[_Drawn], views: Sequence[str]) -> dict[str, Any]:
    """What is in the pictures of an app, and where they are; null in place of what cannot be told."""
    own = [one for one in drawn if one.app is app]
    findings = (*app.findings, *(refusal for one in own for refusal in one.refusals))
    return {
        "path": app.shown,
        "kind": app.kind,
        "name": app.name,
        "ok": app.is_ok,
        "findings": [finding_json(finding, app.shown) for finding in findings],
        "files": [name for one in own for name in one.files],
        **{view: _flow(app, apps, view) if app.told is not None else None for view in views},
    }


def _flow(app: App, apps: Sequence[App], view: str) -> dict[str, Any]:
    from howdah.pictures import picture_of

    diagram, notes = picture_of(app, apps, view)
    return {"nodes": plain(diagram.boxes), "arrows": plain(diagram.arrows), "notes": notes}


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CommandError(
            "H714",
            f"the picture cannot be written: {error.strerror}",
            hint="name another place with -o",
            path=str(path),
        ) from None


def _picture(app: App, apps: Sequence[App], view: str, form: str) -> str:
    """Raises: CommandError H714 where there is too much for a picture."""
    from howdah.pictures import picture_of
    from oozie.language.drawing import CrowdedError, place
    from oozie.language.drawing.mermaid import mermaid
    from oozie.language.drawing.packing import place_parts
    from oozie.language.drawing.page import page

    diagram, notes = picture_of(app, apps, view)
    if form == "mermaid":
        return mermaid(diagram)
    if len(diagram.arrows) > _MOST_ARROWS:
        raise _too_much(app, f"{len(diagram.arrows):,} arrows are more than a picture can hold")
    try:
        # Data may fall into parts that have nothing to do with one another; a control flow does not.
        layout = place(diagram) if view == "control" else place_parts(diagram)
    except CrowdedError:
        message = f"{len(diagram.arrows):,} arrows run beside each other for longer than a picture can hold"
        raise _too_much(app, message) from None
    errors = [finding for finding in app.findings if finding.severity == "error"]
    warnings = []
    if errors:
        more = f", and {len(errors) - 1} more" if len(errors) > 1 else ""
        warnings = [f"Oozie would refuse this app: {errors[0].code} {errors[0].message}{more}"]
    return page(layout, notes, warnings)


def _too_much(app: App, message: str) -> CommandError:
    hint = "--format mermaid writes them as text; howdah explain says them in words"
    return CommandError("H714", message, hint=hint, path=app.shown)
