"""``howdah resume``."""

from __future__ import annotations

import click

from howdah.oozie_option import OozieServer, oozie_options


@click.command("resume")
@click.argument("job_ids", metavar="JOB...", nargs=-1, required=True)
@oozie_options
def command(job_ids: tuple[str, ...], oozie: OozieServer) -> None:
    """Let suspended jobs go on, and workflows begin that wait to be started. Ends with 1 if one of them refuses."""
    from howdah.changing import RESUME, change_all

    with oozie.client() as client:
        raise SystemExit(change_all(client, job_ids, RESUME))
