"""``howdah show``: a job as it is now, or live until it ends; why what failed did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from howdah.errors import EXIT_FAILURE, EXIT_INTERRUPTED, EXIT_OK
from howdah.oozie_option import OozieServer, YarnAddresses, oozie_options, yarn_options

if TYPE_CHECKING:
    from howdah.explaining import Explainer
    from howdah.job_tables import JobTables
    from oozie.client import CoordinatorAction, Job, OozieClient, WorkflowAction

_DEEPEST = 4


@click.command("show")
@click.argument("job_id", metavar="JOB")
@click.argument("action", metavar="[ACTION]", default="")
@oozie_options
@yarn_options
@click.option("-f", "--follow", is_flag=True, help="Follow the job live until it ends.")
@click.option("--configuration", is_flag=True, help="The configuration after EL too: of the job, or of ACTION.")
@click.option("--why/--no-why", default=True, help="Look into YARN's logs for why an action failed (the default).")
@click.option("-n", "length", type=click.IntRange(1, 10_000), default=20, show_default=True,
              help="How many instances of a coordinator, the newest first.")  # fmt: skip
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(
    job_id: str,
    action: str,
    oozie: OozieServer,
    addresses: YarnAddresses,
    follow: bool,
    configuration: bool,
    why: bool,
    length: int,
    form: str,
) -> None:
    """Show JOB, or one ACTION of it: a workflow's by its name, a coordinator's instance by its number.

    An action that failed is shown with the lines of its logs that say why, also where the job went on and succeeded.

    \b
    Ends with
      0    the job succeeded, or has not ended (only without --follow)
      1    the job or the action failed or was killed, or Oozie does not answer
      2    the call itself is wrong
      130  Ctrl-C: the following ended, the job goes on
    """
    from howdah.explaining import Explainer
    from howdah.job_tables import JobTables

    if follow and action:
        raise click.UsageError("--follow follows a job; leave the action out")
    job_id, _, named = job_id.partition("@")
    tables, explainer = JobTables(), Explainer(oozie, addresses) if why else None
    with oozie.client() as client:
        shown = Shown(client, tables, explainer, configuration, length, form)
        if action or named:
            failed = shown.part(job_id, action or named)
        else:
            if follow:
                _follow(client, job_id, tables, explainer, quiet=form == "json")
            failed = shown.job(job_id, told=follow)
    raise SystemExit(EXIT_FAILURE if failed else EXIT_OK)


def _follow(client: OozieClient, job_id: str, tables: JobTables, explainer: Explainer | None, *, quiet: bool) -> None:
    import io

    from rich.console import Console

    from howdah.action_lines import ActionLines
    from howdah.watching import Watch

    lines = ActionLines(Console(file=io.StringIO())) if quiet else tables.lines
    if not quiet:
        job = client.job(job_id)
        tables.heading(job)
    try:
        Watch(client, lines, explainer).follow(job_id)
    except KeyboardInterrupt:
        click.echo(f"no longer following; {job_id} goes on (howdah kill {job_id} would end it)", err=True)
        raise SystemExit(EXIT_INTERRUPTED) from None


class Shown:
    """What ``show`` prints of a job or of a part of it; each method tells whether that failed."""

    def __init__(
        self,
        client: OozieClient,
        tables: JobTables,
        explainer: Explainer | None,
        configuration: bool,
        length: int,
        form: str,
    ) -> None:
        self._client = client
        self._tables = tables
        self._explainer = explainer
        self._configuration = configuration
        self._length = length
        self._form = form

    def job(self, job_id: str, *, told: bool = False) -> bool:
        """The whole job; with ``told``, what was not seen while it was followed."""
        from oozie.client import Coordinator, Workflow, kind_of

        if kind_of(job_id) == "coord":
            job: Job = self._client.coordinator(job_id, length=self._length, newest_first=True)
        else:
            job = self._client.job(job_id)
        if self._form == "json":
            self._json(job, self._reasons(job) if isinstance(job, Workflow) else {})
            return job.has_failed
        if told:
            self._tables.closing(job)
        else:
            self._tables.heading(job)
        if isinstance(job, Workflow):
            if not told:
                self._tables.actions(job.actions)
            self._failures(job.id, _DEEPEST, told=told)
        elif isinstance(job, Coordinator):
            self._tables.instances(job)
        else:
            self._tables.coordinators(job)
        if self._configuration:
            self._print_configuration(job.configuration)
        return job.has_failed

    def part(self, job_id: str, name: str) -> bool:
        """One action of a workflow, or one instance of a coordinator."""
        from howdah.finding import find_action
        from oozie.client import kind_of

        if kind_of(job_id) == "coord":
            return self._instance(self._client.coordinator_action(f"{job_id}@{name}"))
        return self._action(find_action(self._client, job_id, name))

    def _action(self, action: WorkflowAction) -> bool:
        attempts = self._client.retries(action.id) if action.user_retry_count else ()
        if self._form == "json":
            self._json(action, {"attempts": attempts, "reasons": self._reason(action)})
            return action.has_failed
        self._tables.action(action)
        for attempt in attempts:
            self._tables.hint(
                f"attempt {attempt.number}: {' '.join(attempt.external_child_ids) or attempt.console_url}"
            )
        if action.has_failed and self._explainer is not None:
            click.echo()
            self._tables.explanation(self._explainer.explain(action))
        if self._configuration:
            self._tables.text(action.configuration_xml)
        else:
            self._tables.hint("--configuration shows what it was given after EL, howdah log its logs")
        return action.has_failed

    def _instance(self, action: CoordinatorAction) -> bool:
        from howdah.job_tables import doing, moment
        from storage.errors import one_line

        waiting = (
            () if action.is_ended else self._client.missing_dependencies(action.job_id, actions=str(action.number))
        )
        if self._form == "json":
            runs = self._client.runs_of(action.id)
            self._json(action, {"waits_for": waiting, "runs": runs})
            return action.has_failed
        what = "" if any(each.datasets for each in waiting) else doing(action)
        click.echo(one_line(f"instance {action.number} of {moment(action.nominal)} {action.status}  {what}".rstrip()))
        for each in waiting:
            for dataset, missing in each.datasets.items():
                for dependency in missing:
                    self._tables.lines.reason(f"waits for {dataset}: {dependency}")
        for run in self._client.runs_of(action.id):
            self._tables.hint(f"ran as {run.id} {run.status}")
        if self._configuration:
            self._print_configuration(action.run_configuration)
        if not action.external_id:
            return action.has_failed
        click.echo()
        return self.job(action.external_id) or action.has_failed

    def _failures(self, job_id: str, depth: int, *, told: bool = False) -> None:
        """Every action that failed, those that the job went on after too, down into sub-workflows."""
        from howdah.explaining import explained

        job = self._client.workflow(job_id)
        failed = [*((each, True) for each in job.passed_over), *((each, False) for each in job.failures)]
        for action, passed_over in failed:
            child = action.external_id if action.type == "sub-workflow" and action.external_id.endswith("-W") else ""
            if child and depth:
                self._tables.hint(f"{action.name} is {child}")
                self._failures(child, depth - 1, told=told)
            elif not told:
                self._tables.failure(action, explained(action, self._explainer), passed_over=passed_over)
            if not child:
                self._tables.hint(f"      howdah log {job_id} {action.name}")
        if job.passed_over and not job.has_failed and job.is_ended:
            names = ", ".join(action.name for action in job.passed_over)
            self._tables.note(f"the job succeeded although {names} failed")

    def _reasons(self, job: Any) -> dict[str, Any]:
        return {
            "passed_over": [action.name for action in job.passed_over],
            "failures": [action.name for action in job.failures],
            "reasons": {action.name: self._reason(action) for action in (*job.failures, *job.passed_over)},
        }

    def _reason(self, action: WorkflowAction) -> list[str]:
        if not action.has_failed or self._explainer is None:
            return []
        return list(self._explainer.explain(action).lines)

    def _json(self, value: Any, more: dict[str, Any]) -> None:
        from howdah.job_json import as_json, plain

        click.echo(as_json({**plain(value), **more}))

    def _print_configuration(self, configuration: Any) -> None:
        from storage.errors import one_line

        click.echo()
        for name in sorted(configuration):
            click.echo(one_line(f"{name}={configuration[name]}"))
