"""``howdah demo``: the whole chain on sample data."""

from __future__ import annotations

from pathlib import Path

import click

from howdah.errors import EXIT_INTERRUPTED


@click.command()
@click.argument("name", type=click.Choice(["funnel", "redemption"]), default="funnel")
@click.option(
    "--source",
    metavar="URL",
    help="A source database instead of an SQLite file: mysql://, mariadb:// or postgresql://.",
)
@click.option("--keep", is_flag=True, help="Leave the prediction service and its page up at the end.")
@click.option("--build", type=click.Path(path_type=Path, file_okay=False), default=Path("build"), show_default=True,
              help="The folder for everything that the demo makes.")  # fmt: skip
def command(name: str, source: str | None, keep: bool, build: Path) -> None:
    """Show the whole chain on sample data: import, report, training, serving, and the next instance of it.

    NAME is funnel (a web shop's sessions, made up; the default) or redemption (a grocer's campaigns, real data).
    """
    from howdah.demo.cases import CASES
    from howdah.demo.story import Demo

    try:
        Demo(CASES[name], source, build).tell(keep=keep)
    except KeyboardInterrupt:
        raise SystemExit(EXIT_INTERRUPTED) from None
