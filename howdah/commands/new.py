"""``howdah new``: a folder with a workflow to start from."""

from __future__ import annotations

from pathlib import Path

import click

from generator.errors import GenerationError
from generator.template import new_workflow

_WORKFLOWS = Path("workflows")


@click.command("new")
@click.argument("name")
def command(name: str) -> None:
    """Start a workflow called NAME, in workflows/NAME (or ./NAME where there is no folder workflows)."""
    folder = _WORKFLOWS / name if _WORKFLOWS.is_dir() else Path(name)
    files = new_workflow(name, folder.as_posix())
    try:
        folder.mkdir()
        for file, text in files.items():
            (folder / file).write_text(text, encoding="utf-8")
            click.echo(folder / file)
    except FileExistsError:
        raise GenerationError("H323", f"'{folder}' is there already", hint="choose another name") from None
    except OSError as error:
        raise GenerationError("H324", f"cannot write '{folder}': {error.strerror or error}") from error
    click.echo(f"\nNext: open {folder / 'workflow.py'}, then: howdah generate {folder}")
