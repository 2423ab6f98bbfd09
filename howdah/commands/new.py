"""``howdah new``: a folder with a workflow to start from."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
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
    _write(folder, files)
    for file in files:
        click.echo(folder / file)
    click.echo(f"\nNext: open {folder / 'workflow.py'}, then: howdah generate {folder}")


def _write(folder: Path, files: Mapping[str, str]) -> None:
    """All of the files in a new folder, or no folder. Raises: GenerationError H323, H324."""
    try:
        folder.mkdir()
    except FileExistsError:
        raise GenerationError("H323", f"'{folder}' is there already", hint="choose another name") from None
    except OSError as error:
        raise _unwritable(folder, error) from error
    try:
        for file, text in files.items():
            (folder / file).write_text(text, encoding="utf-8")
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise _unwritable(folder, error) from error


def _unwritable(folder: Path, error: OSError) -> GenerationError:
    hint = "go to a folder that exists and is yours, on a disk with room"
    return GenerationError("H324", f"cannot write '{folder}': {error.strerror or error}", hint=hint)
