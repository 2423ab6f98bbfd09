"""``howdah demo``: the whole chain on sample data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from howdah.errors import EXIT_INTERRUPTED
from howdah.surroundings import bypass_proxies, interrupt_on_term

if TYPE_CHECKING:
    from howdah.demo.cases import Case


@click.command()
@click.argument("name", type=click.Choice(["funnel", "redemption"]), default="funnel")
@click.option(
    "--source",
    metavar="URL",
    help="A source database instead of an SQLite file: mysql://, mariadb:// or postgresql://.",
)
@click.option("--stack", "on_stack", is_flag=True, help="On the real Hadoop, Hive, Sqoop and Oozie of `howdah stack`.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="The stack's folder. Default: $HOWDAH_STACK, else ~/.local/share/howdah/stack.",
)
@click.option("--keep", is_flag=True, help="Leave the prediction service and its page up at the end, and the stack.")
@click.option("--build", type=click.Path(path_type=Path, file_okay=False), default=Path("build"), show_default=True,
              help="The folder for everything that the demo makes.")  # fmt: skip
def command(name: str, source: str | None, on_stack: bool, folder: Path | None, keep: bool, build: Path) -> None:
    """Show the whole chain on sample data: import, report, training, serving, and the next instance of it.

    The samples are funnel (a web shop's sessions, made up; the default) and redemption (a grocer's campaigns,
    real data).
    """
    from howdah.demo.cases import CASES
    from howdah.demo.story import Demo

    if on_stack and source:
        raise click.UsageError("--source is for the demo without --stack: the stack has a database of its own")
    if folder and not on_stack:
        raise click.UsageError("--folder is the stack's: add --stack")
    try:
        if on_stack:
            _tell_on_stack(CASES[name], folder, build, keep=keep)
        else:
            Demo(CASES[name], source, build).tell(keep=keep)
    except KeyboardInterrupt:
        raise SystemExit(EXIT_INTERRUPTED) from None


def _tell_on_stack(case: Case, folder: Path | None, build: Path, *, keep: bool) -> None:
    from howdah.demo.stack_life import running_stack
    from howdah.demo.stack_story import StackDemo
    from howdah.demo.telling import Teller
    from howdah.stack.layout import default_folder

    interrupt_on_term()
    bypass_proxies()
    teller = Teller(case)
    with running_stack(folder or default_folder(), teller, keep=keep) as (addresses, closing):
        StackDemo(case, addresses, build, teller, closing).tell(keep=keep)
