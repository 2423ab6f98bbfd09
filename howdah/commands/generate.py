"""``howdah generate``: a workflow's declaration becomes Oozie's files in a folder."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from generator.app import JOB_PROPERTIES, generate
from generator.errors import GenerationError
from generator.loader import load_declaration, load_profile
from generator.profiles import LOCAL, Profile
from generator.values import Workflow
from generator.verbatim.values import VerbatimApp
from generator.writing import write_app
from howdah.assignments import read_assignments
from oozie.language.properties import read_properties
from storage.nearest import did_you_mean


@click.command("generate")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--profile", "profile_name", default="local", show_default=True, help="Where it will run: local, hdp ...")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Where to write.  [default: build/NAME]")
@click.option("--set", "settings", multiple=True, callback=read_assignments, metavar="NAME=VALUE",
              help="A property other than the profile's.")  # fmt: skip
@click.option("--force", is_flag=True, help="Replace files that were changed by hand.")
def command(folder: Path, profile_name: str, output: Path | None, settings: dict[str, str], force: bool) -> None:
    """Write the Oozie app that FOLDER/workflow.py declares.

    Generating again replaces what was generated before, and nothing else.
    """
    if empty := [name for name, value in settings.items() if not value]:
        raise click.BadParameter(f"'{empty[0]}=' has no value", param_hint="--set")
    profile = load_profile(profile_name, folder).but(**settings)
    declaration = load_declaration(folder)
    files = generate(declaration, profile, folder=folder)
    _refuse_unused(settings, files.get(JOB_PROPERTIES, b""))
    target = output or Path("build") / folder.resolve().name
    for path in write_app(files, target, force=force):
        click.echo(path)
    click.echo(_next_steps(target, declaration, profile))


def _next_steps(target: Path, declaration: Workflow | VerbatimApp, profile: Profile) -> str:
    if profile.name == LOCAL.name:
        return f"\nNext: howdah validate {target}\n      howdah run {target}"
    steps = f"\nNext: howdah validate {target}\n      howdah submit {target} --oozie http://HOST:11000/oozie --dry-run"
    if isinstance(declaration, VerbatimApp):  # where it lies is its own affair
        return steps
    place = f"{profile.properties.get('nameNode') or ''}{profile.folder}/{declaration.name}"
    return (
        f"{steps}\n"
        "or, with Hadoop's and Oozie's own commands:\n"
        f"      hdfs dfs -mkdir -p {place} && hdfs dfs -put -f {target}/* {place}/\n"
        f"      oozie job -oozie http://HOST:11000/oozie -config {target / 'job.properties'} -run"
    )


def _refuse_unused(settings: Iterable[str], job_properties: bytes) -> None:
    known = read_properties(job_properties.decode())
    for name in settings:
        if name not in known:
            hint = did_you_mean(name, known, f"it has: {', '.join(known) or 'none'}")
            raise GenerationError("H317", f"--set {name}: the app has no property of that name", hint=hint)
