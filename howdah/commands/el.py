"""``howdah el``: what an expression comes to in a workflow, or where it is wrong."""

from __future__ import annotations

import json
import sys
import unicodedata
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from howdah.assignments import read_assignments
from howdah.commands.run import STATE_VARIABLE
from howdah.errors import EXIT_FAILURE, EXIT_OK, print_diagnostics
from howdah.surroundings import interrupt_on_term
from oozie.language.el.errors import ElError
from storage.errors import HowdahError, one_line

_FROM_INPUT = "-"
_MOST_BYTES = 16 * 1024 * 1024
_BEFORE, _AFTER = 50, 20  # characters that are shown around the place of an error


def _utf8(_context: click.Context, parameter: click.Parameter, text: str) -> str:
    """A text whose characters are known."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise click.BadParameter(f"{parameter.human_readable_name} is not UTF-8") from None
    return text


@click.command("el", short_help="Say what an expression comes to in a workflow, or where it is wrong.")
@click.argument("text", metavar="TEXT", callback=_utf8)
@click.option("--set", "properties", multiple=True, callback=read_assignments, metavar="NAME=VALUE",
              help="A property of the job; all of them are texts.")  # fmt: skip
@click.option("--state", type=click.Path(path_type=Path), envvar=STATE_VARIABLE, default=Path(".howdah"),
              help="Where the local HDFS is, for fs: functions (default .howdah).")  # fmt: skip
@click.option("--format", "form", type=click.Choice(["json", "text"]), default="json", help="How to print the value.")
@click.pass_context
def command(context: click.Context, text: str, properties: dict[str, str], state: Path, form: str) -> None:
    """Evaluate TEXT, with every ${...} in it, as Oozie does in a workflow; - reads it from standard input.

    Prints {"value": ...}, or {"error": {"code", "message", "position", "hint"}}, the position being that of the
    character where it goes wrong, from 1, and ends with 1. The job has just begun: no node has run, and its id is made
    up. fs: functions look where `howdah run` keeps its files. A dollar sign is the shell's too: write '${x}'.
    """
    from oozie.language.el import evaluate
    from oozie.local.trial import trial_scope

    if text == _FROM_INPUT:
        text = _utf8(context, context.command.params[0], _read_input())
    interrupt_on_term()  # a folder for this call alone would be left behind
    try:
        with ExitStack() as stack:
            value = evaluate(text, trial_scope(properties, _hdfs_root(state, stack)))
    except HowdahError as error:
        if form == "json":
            click.echo(json.dumps({"error": _as_json(error)}))
        print_diagnostics(error.diagnostics)
        if isinstance(error, ElError):
            click.echo("\n".join(_marked(error.text, error.offset)), err=True)
        context.exit(EXIT_FAILURE)
    click.echo(json.dumps({"value": value}) if form == "json" else value)
    context.exit(EXIT_OK)


def _hdfs_root(state: Path, stack: ExitStack) -> Path:
    """What `howdah run` has in its HDFS, or would begin with, gone again with ``stack``."""
    root = (state / "hdfs").resolve()
    if not root.is_dir():
        root = Path(stack.enter_context(TemporaryDirectory()))
        for folder in ("user", "tmp"):
            (root / folder).mkdir()
    return root


def _read_input() -> str:
    """Standard input without the line end that an editor or echo leaves at its end."""
    data = sys.stdin.buffer.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise click.UsageError(f"standard input has more than {_MOST_BYTES:,} bytes: no expression is so long")
    return data.decode("utf-8", "surrogateescape").removesuffix("\n")


def _as_json(error: HowdahError) -> dict[str, str | int | None]:
    """The first diagnostic; the position is null where no character is to blame."""
    first = error.diagnostics[0]
    place = (error.reason, error.offset + 1) if isinstance(error, ElError) else None
    return {
        "code": first.code,
        "message": place[0] if place else first.message,
        "position": place[1] if place else None,
        "hint": first.hint,
    }


def _marked(text: str, offset: int) -> tuple[str, str]:
    """The text around ``offset`` on one line, and a line with a mark below that character."""
    start = max(0, offset - _BEFORE)
    cut, rest = "..." if start else "", "..." if len(text) > offset + _AFTER else ""
    before = cut + one_line(text[start:offset])
    columns = sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in before)
    return f"      {before}{one_line(text[offset : offset + _AFTER])}{rest}", f"      {' ' * columns}^"
