"""``howdah models``: the versions of a repository, what happened to them, and what is to happen."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from howdah.errors import EXIT_FAILURE, EXIT_OK, CommandError
from howdah.folding import folded
from howdah.job_json import as_json
from howdah.key_files import read_key_file, read_trusted_key
from howdah.model_tables import ModelTables
from howdah.repository_option import open_repository, repository_options, who_asks
from models.description import (
    describe_collection,
    describe_comparison,
    describe_log,
    describe_models,
    describe_soundness,
    describe_transition,
    describe_version,
    describe_versions,
    split_selector,
)
from models.errors import ManifestError, ModelNameError
from models.lifecycle import Lifecycle
from models.names import check_name
from models.repository import Repository
from models.retention import Policy
from models.signing import find_unsigned, key_id, read_private_key, read_public_key
from models.signing import sign as sign_manifest
from models.source import CHAMPION
from models.stages import ALIASES, find_alias
from models.transitions import Transition
from models.verification import check_sound
from storage.errors import Diagnostic, one_line

_form = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
                     help="How to print it.")  # fmt: skip
_reason = click.option("--reason", metavar="TEXT", required=True, help="Why, for those who read the log.")
_alias = click.option("--as", "alias", metavar="ALIAS", help="Which alias.  [default: champion]")
_stage = click.option("--stage", type=click.Choice(list(ALIASES)), help="Instead of --as: prod is the champion.")


@click.group()
def command() -> None:
    """The versions of a model repository: look, compare, promote, roll back, verify, clean up.

    A model is named funnel, one version of it funnel@3 or funnel@champion.
    """


@command.command("list")
@repository_options
@_form
def list_(root: str, user: str, form: str) -> None:
    """List the models, with the versions that their aliases mean."""
    repository = open_repository(root, user)
    found = describe_models(repository)
    if form == "json":
        click.echo(as_json(found))
    elif found:
        ModelTables().models(found)
    else:
        click.echo(f"No model was published in {one_line(root)} yet.")


@command.command()
@repository_options
@click.argument("reference", metavar="NAME[@VERSION|ALIAS]")
@_form
def show(root: str, user: str, reference: str, form: str) -> None:
    """Show a model's versions, or one of them."""
    repository = open_repository(root, user)
    name, selector = split_selector(reference)
    if selector:
        found = describe_version(repository, reference)
        click.echo(as_json(found)) if form == "json" else ModelTables().version(found)
    else:
        found = describe_versions(repository, name)
        click.echo(as_json(found)) if form == "json" else ModelTables().versions(found)


@command.command()
@repository_options
@click.argument("name", metavar="NAME")
@click.argument("selectors", metavar="[VERSION|ALIAS]...", nargs=-1)
@click.option("--metric", "metrics", multiple=True, metavar="METRIC", help="This one only (may be given again).")
@_form
def compare(root: str, user: str, name: str, selectors: tuple[str, ...], metrics: tuple[str, ...], form: str) -> None:
    """Compare the metrics of versions.

    Without versions: the champion and the latest, or the latest and the one before. The best value has a star; whether
    that is the highest or the lowest is the manifest's own word, else what a metric of that name means everywhere.
    """
    repository = open_repository(root, user)
    compared = describe_comparison(repository, name, selectors)
    rows = compared["metrics"]
    unknown = sorted(set(metrics) - {row.metric for row in rows})
    if unknown:
        known = ", ".join(row.metric for row in rows) or "none"
        raise CommandError("H780", f"no version has a metric '{unknown[0]}'", hint=f"they have: {known}")
    rows = [row for row in rows if not metrics or row.metric in metrics]
    if form == "json":
        click.echo(as_json({**compared, "metrics": rows}))
    else:
        ModelTables().comparison(name, compared["versions"], rows)


def _metrics(_context: click.Context, _option: click.Parameter, told: tuple[str, ...]) -> dict[str, float]:
    found = {}
    for each in told:
        metric, _, number = each.rpartition("=")
        try:
            found[metric] = float(number)
        except ValueError:
            metric = ""
        if not metric or not math.isfinite(found[metric]):
            raise click.BadParameter(f"{each!r:.60}: write NAME=NUMBER, such as f1=0.81")
    return found


def _example(_context: click.Context, _option: click.Parameter, text: str) -> dict[str, object]:
    try:
        found = json.loads(text or "{}")
    except ValueError as error:
        raise click.BadParameter(f"that is not JSON: {error}") from error
    if not isinstance(found, dict):
        raise click.BadParameter('write one record: {"plan": "pro", "age": 41}')
    return found


@command.command()
@repository_options
@click.argument("name", metavar="NAME")
@click.argument("place", metavar="PATH")
@click.option("--as", "alias", metavar="ALIAS", default=CHAMPION, show_default=True, help="Moved to it; '' for none.")
@click.option("--class", "classes", metavar="LABEL", multiple=True,
              help="What the predictions 0, 1, ... are called, in this order.")  # fmt: skip
@click.option("--metric", "metrics", metavar="NAME=NUMBER", multiple=True, callback=_metrics,
              help="What it was measured at (may be given again).")  # fmt: skip
@click.option("--description", metavar="TEXT", default="", help="What it predicts.")
@click.option("--example", metavar="JSON", default="", callback=_example,
              help="A record that it is asked with now, and that clients are shown.")  # fmt: skip
@click.option("--rows", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False, exists=True),
              help="Some of training's rows, by which its answers are compared with Spark's.")  # fmt: skip
@_form
def publish(
    root: str, user: str, name: str, place: str, alias: str, classes: tuple[str, ...], metrics: dict[str, float],
    description: str, example: dict[str, object], rows: Path | None, form: str,
) -> None:  # fmt: skip
    """Publish what Spark saved at PATH as NAME's next version.

    For models that a program of your own trained. It is loaded and asked once before anybody else sees it. With --rows
    it goes through training's gate: 10,000 rows made of those in FILE (JSON lines, CSV or Parquet), some of their
    values changed, are asked of a Spark on this machine too; where an answer differs, Spark is to answer for it.
    """
    from howdah.publishing import publish_saved

    if classes and not example:
        raise click.UsageError("--class wants --example too: an answer shows whether the model has so many")
    made, engine = publish_saved(
        open_repository(root, user), name, place, classes=classes, metrics=metrics, description=description,
        example=example, rows=rows, alias=alias, user=user,
    )  # fmt: skip
    if form == "json":
        click.echo(as_json({"name": name, "version": made.version, "engine": engine, "manifest": made.digest}))
    else:
        meant = f", {alias}" if alias else ""
        told = f"{name} version {made.version} is published{meant}; its engine is {engine}"
        if rows and made.scoring:
            told += f": {made.scoring.reason or f'{made.scoring.rows} rows, {made.scoring.difference:.1g} from Spark'}"
        click.echo("\n".join(folded(f"{told}.")))


@command.command()
@repository_options
@click.argument("reference", metavar="NAME@VERSION|ALIAS")
@_alias
@_stage
@click.option("--force", is_flag=True, help="To prod, although it has not been in qa; the log says so.")
@_reason
@_form
def promote(
    root: str, user: str, reference: str, alias: str | None, stage: str | None, force: bool, reason: str, form: str
) -> None:
    """Let an alias mean this version, or move it to a stage.

    The version's files are verified first. What goes to prod was in qa before, where there are stages. A service
    follows the champion by itself, without a restart.
    """
    meant = _meant(alias, stage)
    if force and meant != CHAMPION:
        raise click.UsageError("--force is for prod, the champion")
    repository = open_repository(root, user)
    name, _ = _split_version(reference)
    version = repository.resolve(reference)
    lifecycle = Lifecycle(repository, who_asks(user))
    made = lifecycle.promote(name, version, reason, alias=meant, staged=stage is not None, force=force)
    _tell(made, name, form, f"{name}@{meant} is version {version} already.")


@command.command()
@repository_options
@click.argument("name", metavar="NAME")
@_alias
@_stage
@_reason
@_form
def rollback(root: str, user: str, name: str, alias: str | None, stage: str | None, reason: str, form: str) -> None:
    """Let an alias, or a stage, mean again what it meant before.

    Called again, it goes one further back. Retired versions are passed over; the version's files are verified first.
    """
    meant = _meant(alias, stage)
    repository = open_repository(root, user)
    made = Lifecycle(repository, who_asks(user)).rollback(check_name(name), reason, alias=meant)
    _tell(made, name, form, "")


@command.command()
@repository_options
@click.argument("reference", metavar="NAME@VERSION")
@_reason
@_form
def retire(root: str, user: str, reference: str, reason: str, form: str) -> None:
    """Take a version out of use.

    It gets no alias any more, and no service chooses it; what an alias means cannot be retired. The files stay until
    `howdah models gc`.
    """
    repository = open_repository(root, user)
    name, _ = _split_version(reference)
    version = repository.resolve(reference)
    made = Lifecycle(repository, who_asks(user)).retire(name, version, reason)
    _tell(made, name, form, f"{name}@{version} is retired already.")


@command.command()
@repository_options
@click.argument("reference", metavar="NAME@VERSION|ALIAS")
@click.option("--key", "file", metavar="FILE", required=True, type=click.Path(dir_okay=False, path_type=Path),
              help="Your private key, Ed25519 in PEM.")  # fmt: skip
def sign(root: str, user: str, reference: str, file: Path) -> None:
    """Sign a version, after a look at every file of it.

    Whoever has your public key can then tell that it is the one you meant: howdah models verify --key, and a service
    that demands it.
    """
    repository = open_repository(root, user)
    name, _ = _split_version(reference)
    version = repository.resolve(reference)
    check_sound(repository, name, version)
    manifest = repository.manifest(name, version)
    key = read_private_key(read_key_file(file), str(file))
    signer = key_id(key.public_key())
    repository.add_signature(name, version, signer, sign_manifest(manifest, key))
    click.echo(f"{name}@{version} is signed by {signer}: manifest {manifest.digest[:12]}.")


@command.command()
@repository_options
@click.argument("references", metavar="[NAME[@VERSION|ALIAS]]...", nargs=-1)
@click.option("--key", "files", metavar="FILE", multiple=True, type=click.Path(dir_okay=False, path_type=Path),
              help="A public key; one of them must have signed each version.")  # fmt: skip
@_form
@click.pass_context
def verify(
    context: click.Context, root: str, user: str, references: tuple[str, ...], files: tuple[Path, ...], form: str
) -> None:
    """Say what is not as it was published.

    Reads every file of the versions named, without a name of all: hashes against the manifest, the manifest against
    the log, the class of each stage against the list of Spark's own, the aliases against the log. Exit code 1 when
    anything is wrong.
    """
    repository = open_repository(root, user)
    keys = [read_public_key(read_trusted_key(file)) for file in files]
    checked = describe_soundness(repository, references)
    for each in checked if keys else ():
        if each["version"] is not None:
            each["findings"] += _unsigned(repository, each["name"], each["version"], keys)
    if form == "json":
        click.echo(as_json(checked))
    else:
        click.echo("\n".join(_verified(checked)) or f"No model was published in {one_line(root)} yet.")
    context.exit(EXIT_FAILURE if any(each["findings"] for each in checked) else EXIT_OK)


@command.command()
@repository_options
@click.argument("name", metavar="NAME")
@click.option("-n", "count", type=click.IntRange(min=1), default=20, show_default=True, help="How many, the newest.")
@_form
def log(root: str, user: str, name: str, count: int, form: str) -> None:
    """Print who changed what, when and why.

    Promotions, rollbacks, retirements and deletions; the newest last.
    """
    repository = open_repository(root, user)
    found = describe_log(repository, name, count)
    if form == "json":
        click.echo(as_json([describe_transition(entry) for entry in found]))
    else:
        click.echo(
            "\n".join(line for entry in found for line in _lines(entry)) or f"Nothing has happened to {name} yet."
        )


@command.command()
@repository_options
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option("--keep", type=click.IntRange(min=1), default=5, show_default=True, help="Keep that many, the newest.")
@click.option("--days", type=click.FloatRange(min=0, max=36500), default=30.0, show_default=True,
              help="Keep what is younger, or had an alias since.")  # fmt: skip
@click.option("--delete", is_flag=True, help="Delete; without it, only say what would go.")
@_form
def gc(root: str, user: str, names: tuple[str, ...], keep: int, days: float, delete: bool, form: str) -> None:
    """Say which old versions would go, or delete them.

    Never what an alias means, what a service without a champion takes (the latest), or what a rollback would go to.
    """
    repository = open_repository(root, user)
    lifecycle = Lifecycle(repository, who_asks(user))
    found = describe_collection(repository, lifecycle, names, Policy(keep, days), delete=delete)
    if form == "json":
        click.echo(as_json(found))
    else:
        ModelTables().collection(found, is_done=delete)


def _unsigned(repository: Repository, name: str, version: int, keys: Sequence[Any]) -> list[Diagnostic]:
    try:
        return find_unsigned(repository, repository.manifest(name, version), keys)
    except ManifestError:
        return []  # a manifest that cannot be read is a finding already


def _meant(alias: str | None, stage: str | None) -> str:
    """The alias that is asked for."""
    if stage is None:
        return CHAMPION if alias is None else alias
    if alias is not None:
        raise click.UsageError("--as and --stage are two words for the same: give one")
    return find_alias(stage)


def _split_version(reference: str) -> tuple[str, str]:
    name, selector = split_selector(reference)
    if not selector:
        raise ModelNameError("H201", f"'{reference}' names no version", hint=f"{name}@3, or {name}@challenger")
    return name, selector


def _tell(made: Transition | None, name: str, form: str, nothing: str) -> None:
    if form == "json":
        click.echo(as_json(describe_transition(made) if made else None))
    else:
        click.echo(f"{name}: {_what(made)}" if made else nothing)


def _lines(entry: Transition) -> list[str]:
    head = f"#{entry.number}  {entry.time[:19]}Z  {one_line(entry.who)}  {_what(entry)}"
    return [head, f"    {one_line(entry.why)}"]


def _what(entry: Transition) -> str:
    versions = " ".join(map(str, entry.versions))
    if entry.action == "retire":
        return f"version {versions} retired"
    if entry.action == "collect":
        return f"deleted {versions}"
    before = "" if entry.before is None else f", before {entry.before}"
    return f"{'rolled back: ' if entry.action == 'rollback' else ''}{entry.alias} is version {versions}{before}"


def _verified(checked: Sequence[dict[str, Any]]) -> list[str]:
    lines: list[str] = []
    for each in checked:
        findings: list[Diagnostic] = each["findings"]
        place = f"{each['name']}@{each['version']}" if each["version"] else each["name"]
        lines.append(f"{place}  {'WRONG' if findings else 'OK'}")
        lines += [part for finding in findings for line in finding.lines for part in folded(f"  {line}", " " * 8)]
    return lines
