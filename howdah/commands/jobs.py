"""``howdah jobs``: the jobs of an Oozie, the newest first."""

from __future__ import annotations

import click

from howdah.oozie_option import OozieServer, oozie_options
from oozie.client import Kind
from oozie.client.values import STATUSES
from storage.nearest import did_you_mean

_MOST = 5000


@click.command("jobs")
@oozie_options
@click.option("--kind", type=click.Choice(["wf", "coord", "bundle"]), default="wf", show_default=True,
              help="Workflows, coordinators or bundles.")  # fmt: skip
@click.option("--status", "statuses", multiple=True, metavar="STATUS", help="In this status only (may be given again).")
@click.option("--name", "names", multiple=True, metavar="NAME", help="Of this app only (may be given again).")
@click.option("--owner", "owners", multiple=True, metavar="NAME", help="Of this user only (may be given again).")
@click.option("-n", "length", type=click.IntRange(1, _MOST), default=50, show_default=True, help="How many.")
@click.option("--offset", type=click.IntRange(min=1), default=1, help="Begin with this one; the newest is 1.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(
    oozie: OozieServer,
    kind: Kind,
    statuses: tuple[str, ...],
    names: tuple[str, ...],
    owners: tuple[str, ...],
    length: int,
    offset: int,
    form: str,
) -> None:
    """List the jobs of an Oozie, the newest first; times are in UTC."""
    from howdah.job_json import as_json
    from howdah.job_tables import JobTables

    given = {"status": _checked(statuses, kind), "name": names, "user": owners}
    filters = {name: values for name, values in given.items() if values}
    with oozie.client() as client:
        page = client.jobs(kind, filters=filters, offset=offset, length=length)
    if form == "json":
        click.echo(as_json(page))
    else:
        JobTables().jobs(page, kind)


def _checked(statuses: tuple[str, ...], kind: Kind) -> tuple[str, ...]:
    """In Oozie's spelling; a word may hold several, with commas between them."""
    found = [each.strip().upper() for text in statuses for each in text.split(",") if each.strip()]
    for status in found:
        if status not in STATUSES[kind]:
            known = ", ".join(STATUSES[kind])
            meant = did_you_mean(status, STATUSES[kind], f"it is one of {known}")
            raise click.BadParameter(f"'{status}' is no status of a {kind} job; {meant}", param_hint="--status")
    return tuple(found)
