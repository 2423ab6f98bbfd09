"""``howdah run``: an app on this machine, from its XML, with live progress."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import click

from howdah.assignments import read_assignments
from howdah.errors import EXIT_FAILURE, EXIT_INTERRUPTED, EXIT_OK

STATE_VARIABLE = "HOWDAH_STATE"


def _moment(_ctx: click.Context, _param: click.Parameter, text: str | None) -> datetime | None:
    """A nominal time, in UTC when it says nothing else."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text[:-1] + "+00:00" if text.endswith("Z") else text)
    except ValueError:
        raise click.BadParameter(f"'{text}' is no time such as 2026-01-01T00:00Z") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


@click.command("run")
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--nominal-time", callback=_moment, metavar="TIME", help="Run the coordinator's instance of this time.")
@click.option("--instances", type=click.IntRange(min=1), default=1, help="Run this many instances, one after another.")
@click.option("--set", "overrides", multiple=True, callback=read_assignments, metavar="NAME=VALUE",
              help="A property, over job.properties.")  # fmt: skip
@click.option("--rerun", type=click.Choice(["failed"]), help="Run the last job again, skipping what was OK.")
@click.option("--update", is_flag=True, help="Let the coordinator's last job become what the app is now, and go on.")
@click.option("--state", type=click.Path(path_type=Path), envvar=STATE_VARIABLE, default=Path(".howdah"),
              help="Where jobs, logs and the local HDFS are kept (default .howdah).")  # fmt: skip
def command(
    directory: Path,
    nominal_time: datetime | None,
    instances: int,
    overrides: dict[str, str],
    rerun: str | None,
    update: bool,
    state: Path,
) -> None:
    """Run the Oozie app in DIR on this machine, from its XML.

    A run that was interrupted or killed goes on where it was; one that ended starts anew. Instances of a coordinator
    wait for their data, as long as its timeout says; after Ctrl-C the same command goes on waiting.
    """
    from howdah.progress import Progress
    from oozie.local.deploy import read_app_folder, unused_properties
    from oozie.local.runs import JobResult, open_engine, plan
    from storage.nearest import did_you_mean

    progress = Progress()
    app = read_app_folder(directory, overrides)
    for name in unused_properties(app, overrides):
        others = [known for known in app.properties if known not in overrides]
        progress.note(f"nothing in {directory} speaks of the property '{name}'", did_you_mean(name, others))
    failed = False
    try:
        with open_engine(state, progress.observe) as engine:
            planned_jobs = plan(
                engine, app, nominal_time=nominal_time, instances=instances, rerun_failed=rerun is not None,
                update=update, tell=progress.tell,
            )  # fmt: skip
            for planned in planned_jobs:
                with progress.job(engine.job(planned.job_id), planned):
                    job = engine.run(planned.job_id)
                result = JobResult(job, engine.state)
                progress.summarise(result)
                failed = failed or not result.succeeded
            failed = failed or progress.timed_out > 0
    except KeyboardInterrupt:
        progress.interrupted()
        raise SystemExit(EXIT_INTERRUPTED) from None
    raise SystemExit(EXIT_FAILURE if failed else EXIT_OK)
