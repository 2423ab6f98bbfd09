"""``howdah rerun``: a job that has ended, again."""

from __future__ import annotations

import click

from howdah.assignments import read_assignments
from howdah.oozie_option import OozieServer, oozie_options


@click.command("rerun")
@click.argument("job_id", metavar="JOB")
@oozie_options
@click.option("--failed", is_flag=True, help="Only what failed (of a workflow the default); not of a bundle.")
@click.option("--skip", metavar="NAMES", help="Of a workflow: all but these actions, which were OK.")
@click.option("--all", "everything", is_flag=True, help="Of a workflow: everything.")
@click.option("--set", "overrides", multiple=True, callback=read_assignments, metavar="NAME=VALUE",
              help="A property of the workflow, over what it had.")  # fmt: skip
@click.option("--actions", metavar="1-3,7", help="Of a coordinator: these instances.")
@click.option("--dates", metavar="T1::T2,T3", help="Of a coordinator or bundle: the instances of these nominal times.")
@click.option("--coordinators", metavar="NAMES", help="Of a bundle: these coordinators.")
@click.option("--refresh", is_flag=True, help="Of a coordinator or bundle: look anew for latest and future data.")
@click.option("--no-cleanup", is_flag=True, help="Of a coordinator or bundle: leave the output that is there.")
def command(
    job_id: str,
    oozie: OozieServer,
    failed: bool,
    skip: str | None,
    everything: bool,
    overrides: dict[str, str],
    actions: str | None,
    dates: str | None,
    coordinators: str | None,
    refresh: bool,
    no_cleanup: bool,
) -> None:
    """Run JOB again: a workflow's actions that failed, a coordinator's instances, a bundle's coordinators."""
    from howdah.rerunning import rerun_bundle, rerun_coordinator, rerun_workflow
    from oozie.client import kind_of
    from storage.errors import one_line

    kind = kind_of(job_id)
    only_for: dict[str, dict[str, object]] = {
        "wf": {"--skip": skip, "--all": everything, "--set": overrides},
        "coord": {"--actions": actions},
        "bundle": {"--coordinators": coordinators},
    }
    _refuse_others(kind, only_for)
    if kind == "wf":
        for name, value in (("--dates", dates), ("--refresh", refresh), ("--no-cleanup", no_cleanup)):
            if value:
                raise click.UsageError(f"{name} is not of a workflow")
        if sum((failed, skip is not None, everything)) > 1:
            raise click.UsageError("--failed, --skip and --all exclude each other")
    if failed and kind == "bundle":
        raise click.UsageError("Oozie has no --failed for a bundle: it would run all again; rerun a coordinator of it")
    with oozie.client() as client:
        if kind == "wf":
            names = [name.strip() for name in (skip or "").split(",") if name.strip()]
            lines = rerun_workflow(client, job_id, skip=names, everything=everything, overrides=overrides)
        elif kind == "coord":
            if bool(actions) == bool(dates):
                raise click.UsageError("of a coordinator, either --actions or --dates says which instances")
            lines = rerun_coordinator(
                client, job_id, actions=actions or "", dates=dates or "", refresh=refresh, cleanup=not no_cleanup,
                failed=failed,
            )  # fmt: skip
        else:
            if not coordinators and not dates:
                raise click.UsageError("of a bundle, --coordinators or --dates says what")
            lines = rerun_bundle(
                client, job_id, coordinators=coordinators or "", dates=dates or "", refresh=refresh,
                cleanup=not no_cleanup,
            )  # fmt: skip
    for line in lines:
        click.echo(one_line(line))


def _refuse_others(kind: str, only_for: dict[str, dict[str, object]]) -> None:
    names = {"wf": "workflow", "coord": "coordinator", "bundle": "bundle"}
    for owner, options in only_for.items():
        for name, value in options.items():
            if value and owner != kind:
                raise click.UsageError(f"{name} is of a {names[owner]}, and the job is a {names[kind]}")
