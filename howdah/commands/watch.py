"""``howdah watch``: is a model still what it was in training, and what follows where it is not."""

from __future__ import annotations

import os
import re
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import click

from howdah.errors import EXIT_FAILURE, EXIT_OK, EXIT_USAGE, print_diagnostics
from howdah.job_json import as_json
from howdah.repository_option import open_repository, repository_options, who_asks

if TYPE_CHECKING:
    from models.repository import Repository
    from models.watching.observation import Observation
    from models.watching.policy import Policy
    from models.watching.response import Result

_TOKEN_VARIABLE = "HOWDAH_TOKEN"  # noqa: S105  the name of a variable
_PERIOD = re.compile(r"([1-9][0-9]{0,3})([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def _ago(_context: click.Context, _parameter: click.Parameter, value: str) -> timedelta:
    found = _PERIOD.fullmatch(value)
    if found is None:
        raise click.BadParameter(f"{value!r} is no stretch of time: 30m, 12h, 7d, 2w")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


@click.command()
@click.argument("reference", metavar="NAME[@VERSION|ALIAS]")
@repository_options
@click.option("--since", callback=_ago, metavar="TIME", default="7d", show_default=True,
              help="How far back predictions count: 30m, 12h, 7d, 2w.")  # fmt: skip
@click.option("--policy", "policy_file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="Thresholds and responses, as JSON (docs/watch.md). Without: the defaults.")  # fmt: skip
@click.option("--service", metavar="URL", default="",
              help=f"A running howdah serve, to judge errors by (its token in ${_TOKEN_VARIABLE}).")  # fmt: skip
@click.option("--tracked", metavar="ROOT", default="",
              help="Where predictions are tracked. Default: the model repository.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Measure only: open no incident, alert nobody, change nothing.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
              help="How to print it.")  # fmt: skip
@click.pass_context
def command(
    context: click.Context, reference: str, root: str, user: str, since: timedelta, policy_file: Path | None,
    service: str, tracked: str, dry_run: bool, form: str,
) -> None:  # fmt: skip
    """Compare what a model does now with its training, and act once where it has moved too far.

    Recent inputs and answers against training's profile, labels against the manifest's metric, a service's errors.
    What is past a threshold opens an incident: an alert, a rollback, as the policy says, each once for each incident,
    however often and from wherever this is called. Exit code 0 when all is quiet, 1 when something is past a threshold.
    """
    from models.errors import WatchError

    if service and not service.startswith(("http://", "https://")):
        raise click.UsageError(f"--service {service!r} is not a URL that begins with http:// or https://")
    try:
        policy = _read_policy(policy_file)
    except WatchError as error:
        print_diagnostics(error.diagnostics)
        context.exit(EXIT_USAGE)
    repository = open_repository(root, user)
    observation = _observe(repository, reference, policy, since, service, (tracked, user), settle=not dry_run)
    result = None if dry_run else _respond(repository, observation, policy, who_asks(user))
    if form == "json":
        click.echo(as_json({"observation": observation, "result": result}))
    else:
        _print(observation, result)
    is_failed = result is not None and any(made.outcome == "failed" for made in result.made)
    context.exit(EXIT_FAILURE if observation.findings or is_failed else EXIT_OK)


def _read_policy(file: Path | None) -> Policy:
    """Raises: WatchError H263; click's usage error for a file that cannot be read."""
    from models.watching.policy import Policy

    if file is None:
        return Policy()
    try:
        return Policy.from_json(file.read_bytes(), str(file))
    except OSError as error:
        raise click.UsageError(f"--policy {file}: {error.strerror}") from error


def _observe(
    repository: Repository,
    reference: str,
    policy: Policy,
    since: timedelta,
    service: str,
    tracked: tuple[str, str],
    *,
    settle: bool,
) -> Observation:
    from howdah.service_requests import count_requests
    from models.lifecycle import Lifecycle
    from models.names import split_reference
    from models.watching.observation import Tracked, observe

    name, _ = split_reference(reference)
    if settle:
        # A rollback that was killed half-way is finished first: else the wrong version would be looked at.
        Lifecycle(repository, who_asks(tracked[1])).settle(name)
    requests = count_requests(service, name, os.environ.get(_TOKEN_VARIABLE, "")) if service else {}
    place = open_repository(*tracked) if tracked[0] else repository
    now = datetime.now(timezone.utc)
    return observe(repository, reference, Tracked(place.filesystem, place.root, now - since, now), policy, requests)


def _respond(repository: Repository, observation: Observation, policy: Policy, who: str) -> Result:
    from howdah.alerts import channels
    from models.lifecycle import Lifecycle
    from models.watching.incidents import Incidents
    from models.watching.response import Responder
    from models.watching.retraining import Retraining

    def now() -> datetime:
        return datetime.now(timezone.utc)

    place = repository.filesystem, repository.root, observation.model
    incidents, retraining = Incidents(*place, who, now), Retraining(*place, now)
    return Responder(policy, incidents, Lifecycle(repository, who), retraining, channels(policy)).respond(observation)


def _print(observation: Observation, result: Result | None) -> None:
    from howdah.watch_lines import print_observation, result_lines

    print_observation(observation)
    for line in result_lines(result) if result else ():
        click.echo(line)
