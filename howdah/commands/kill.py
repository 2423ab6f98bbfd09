"""``howdah kill``."""

from __future__ import annotations

import click

from howdah.oozie_option import OozieServer, oozie_options


@click.command("kill")
@click.argument("job_ids", metavar="JOB...", nargs=-1, required=True)
@oozie_options
@click.option("--actions", metavar="1-3,7", default="", help="Only these instances, of one coordinator.")
def command(job_ids: tuple[str, ...], oozie: OozieServer, actions: str) -> None:
    """Kill jobs and what they run. Ends with 1 if one of them refuses, as one that has ended does."""
    from howdah.changing import KILL, change_all
    from howdah.job_tables import moment
    from storage.errors import one_line

    if actions and len(job_ids) > 1:
        raise click.UsageError("--actions is of one coordinator")
    with oozie.client() as client:
        if not actions:
            raise SystemExit(change_all(client, job_ids, KILL))
        killed = client.kill(job_ids[0], scope=actions)
    for each in killed:
        click.echo(one_line(f"{each.id} {each.status} (of {moment(each.nominal)})"))
    if not killed:
        click.echo(f"none of {actions} was there to kill")
