"""``howdah log``: what Oozie wrote about a job, or what an action's programs wrote."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

import click

from howdah.oozie_option import OozieServer, YarnAddresses, oozie_options, yarn_options


@click.command("log")
@click.argument("job_id", metavar="JOB")
@click.argument("action", metavar="[ACTION]", default="")
@oozie_options
@yarn_options
@click.option("--error", "errors_only", is_flag=True, help="Of Oozie's log, warnings and errors only.")
@click.option("--file", "files", multiple=True, metavar="NAME",
              help="Of an action: stderr, stdout, syslog ... (default: stderr and stdout).")  # fmt: skip
@click.option("--container", metavar="ID", default="", help="Of an action: this container instead of the first.")
@click.option("--list", "listing", is_flag=True, help="Of an action: which containers and files there are.")
@click.option("-n", "length", type=click.IntRange(min=1), help="Only the last lines, this many of each file.")
def command(
    job_id: str,
    action: str,
    oozie: OozieServer,
    addresses: YarnAddresses,
    errors_only: bool,
    files: tuple[str, ...],
    container: str,
    listing: bool,
    length: int | None,
) -> None:
    """Print Oozie's log of JOB, or the logs of what ACTION ran on YARN.

    Of a coordinator, ACTION is the number of an instance. An action that ran nothing on YARN (fs, email, sub-workflow)
    has Oozie's lines about it.
    """
    from howdah.errors import CommandError
    from howdah.logs import ActionLogs, oozie_lines, printable
    from oozie.client import kind_of

    job_id, _, named = job_id.partition("@")
    action = action or named
    of_yarn = bool(files or container or listing)
    if of_yarn and not action:
        raise click.UsageError("--file, --container and --list are of an action; name one")
    if of_yarn and kind_of(job_id) != "wf":
        hint = f"howdah show {job_id}@{action} names the workflow that it ran"
        raise click.UsageError(f"--file, --container and --list are of a workflow's action: {hint}")
    if errors_only and of_yarn:
        raise click.UsageError("--error is of Oozie's own log")
    with oozie.client() as client:
        logs = None if errors_only or not action else ActionLogs.of(client, job_id, action, oozie, addresses)
        if logs is None and of_yarn:
            hint = "without --file, --container and --list there are Oozie's own lines about it"
            raise CommandError("H774", f"'{action:.120}' has run nothing on YARN: it has no containers", hint=hint)
        if logs is None:
            _print(oozie_lines(client, job_id, action, errors_only=errors_only), length)
            return
        with logs:
            if listing:
                _print(logs.listing(), None)
                return
            for title, lines in logs.files(container, files or ("stderr", "stdout")):
                click.echo(click.style(printable(f"==> {title} <=="), bold=True))
                _print(lines, length)


def _print(lines: Iterable[str], length: int | None) -> None:
    from howdah.logs import printable

    for line in lines if length is None else deque(lines, maxlen=length):
        click.echo(printable(line))
