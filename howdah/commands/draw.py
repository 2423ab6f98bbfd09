"""``howdah draw``: an app as a picture, its control flow and its data flow."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import click

from howdah.assignments import read_assignments
from howdah.errors import EXIT_FAILURE, EXIT_OK, CommandError, print_diagnostics
from howdah.reading_apps import App, apps_at
from storage.errors import one_line

_FOLDER = "drawings"
_ENDINGS = {"svg": ".svg", "mermaid": ".mmd"}
_OTHER_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".pdf", ".html"})
_VIEWS = ("control", "data")
_MOST_ARROWS = 12_000  # of 4,000 actions; to lay more out takes minutes, and gigabytes where they are long


@click.command("draw", short_help="Draw an app as SVG and Mermaid: its control flow and its data flow.")
@click.argument("path", metavar="PATH", type=click.Path(exists=True, path_type=Path))
@click.option("-o", "--output", metavar="FILE|DIR", type=click.Path(path_type=Path),
              help="Where to: a folder (else drawings/), a file for one picture, - for standard output.")  # fmt: skip
@click.option("--format", "form", type=click.Choice(["svg", "mermaid"]), help="Only SVG, or only Mermaid.")
@click.option("--view", type=click.Choice(_VIEWS), help="Only the control flow, or only the data flow.")
@click.option("--set", "overrides", multiple=True, callback=read_assignments, metavar="NAME=VALUE",
              help="A property, over job.properties.")  # fmt: skip
@click.pass_context
def command(
    context: click.Context,
    path: Path,
    output: Path | None,
    form: str | None,
    view: str | None,
    overrides: dict[str, str],
) -> None:
    """Draw the Oozie app at PATH, a file or a folder with all the apps below it.

    The control flow of a workflow are its nodes and where each leads; of a coordinator or a bundle, what begins when
    and for which data it waits. The data flow are the directories and tables that each action reads and writes.

    An app that Oozie would refuse is drawn as far as it goes, and says so. No cluster is asked. Ends with 0, or with 1
    where an app cannot be read.
    """
    if output is not None and output.suffix.lower() in _OTHER_PICTURES and not output.is_dir():
        raise click.UsageError(f"a picture is an SVG or Mermaid: call it {output.with_suffix('.svg').name}, say")
    apps = apps_at(path, overrides)
    unread = [app for app in apps if app.model is None]
    readable = [app for app in apps if app.model is not None]
    if str(output) == "-" or _is_file(output):
        assert output is not None
        _to_one(readable, output, form, view)
    else:
        _to_folder(
            readable, output or Path(_FOLDER), [form] if form else list(_ENDINGS), [view] if view else list(_VIEWS)
        )
    for app in unread:
        print_diagnostics(app.findings)
    context.exit(EXIT_FAILURE if unread else EXIT_OK)


def _is_file(output: Path | None) -> bool:
    return output is not None and not output.is_dir() and output.suffix in (*_ENDINGS.values(), ".mermaid", ".md")


def _to_one(apps: Sequence[App], output: Path, form: str | None, view: str | None) -> None:
    """One picture: of the app that starts the others, where there are several."""
    if not apps:
        return
    if form is None:
        form = "svg" if output.suffix in (".svg", "") else "mermaid"
    text = _picture(apps[0], apps, view or "control", form)
    if str(output) == "-":
        click.echo(text, nl=False)
    else:
        _write(output, text)
        click.echo(f"{one_line(str(output))}  {_said(apps[0], view or 'control')}")
    if len(apps) > 1:
        others = ", ".join(one_line(app.shown) for app in apps[1:4])
        click.echo(f"that is one app of {len(apps)}; others are {others}: name a folder to have all of them", err=True)


def _to_folder(apps: Sequence[App], folder: Path, forms: Sequence[str], views: Sequence[str]) -> None:
    """Every picture of every app; what was written is said."""
    for app in apps:
        stem = _stem(app, apps)
        for view in views:
            names = []
            for form in forms:
                name = f"{stem}.{view}{_ENDINGS[form]}"
                _write(folder / name, _picture(app, apps, view, form))
                names.append(name)
            rest = f" and {_ENDINGS[forms[1]]}" if len(names) > 1 else ""
            click.echo(f"{one_line(str(folder / names[0]))}{rest}  {_said(app, view)}")


def _stem(app: App, apps: Sequence[App]) -> str:
    """The app's file below the folder, without what all have in common with its name."""
    path = PurePosixPath(app.path).with_suffix("")
    return str(path) if len(path.parts) > 1 or len(apps) > 1 else path.name


def _said(app: App, view: str) -> str:
    what = "control flow" if view == "control" else "data flow"
    return one_line(f"{what} of {app.kind} '{app.name}'{'' if app.is_ok else ', which Oozie would refuse'}")


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
    from howdah.pictures import control_picture, data_picture
    from oozie.language.drawing import place
    from oozie.language.drawing.mermaid import mermaid
    from oozie.language.drawing.packing import place_parts
    from oozie.language.drawing.page import page

    diagram, notes = (control_picture if view == "control" else data_picture)(app, apps)
    if form == "mermaid":
        return mermaid(diagram)
    if len(diagram.arrows) > _MOST_ARROWS:
        message = f"{len(diagram.arrows):,} arrows are more than a picture can hold"
        hint = "--format mermaid writes them as text; howdah explain says them in words"
        raise CommandError("H714", message, hint=hint, path=app.shown)
    errors = [finding for finding in app.findings if finding.severity == "error"]
    warnings = []
    if errors:
        more = f", and {len(errors) - 1} more" if len(errors) > 1 else ""
        warnings = [f"Oozie would refuse this app: {errors[0].code} {errors[0].message}{more}"]
    # Data may fall into parts that have nothing to do with one another; a control flow does not.
    return page(place(diagram) if view == "control" else place_parts(diagram), notes, warnings)
