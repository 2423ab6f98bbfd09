"""``howdah validate``: what Oozie would refuse in app files, and why."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from howdah.disk_folder import DiskFolder
from howdah.errors import EXIT_FAILURE, EXIT_OK
from howdah.finding_json import finding_json
from howdah.finding_lines import finding_lines
from howdah.job_json import as_json
from howdah.lint_settings import LintSettings
from oozie.language.check import Checked, check_file, check_folder
from oozie.language.lints.switches import Ignored, split_codes, wrong_codes
from storage.errors import Diagnostic, one_line


def _codes(context: click.Context, parameter: click.Parameter, texts: tuple[str, ...]) -> tuple[str, ...]:
    """The codes of --ignore, each a lint's."""
    codes = tuple(code for text in texts for code in split_codes(text))
    for message, hint in wrong_codes(codes):
        raise click.BadParameter(f"{message}: {hint}", context, parameter)
    return codes


@click.command("validate", short_help="Say what Oozie would refuse in an app, and why.")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--ignore", "ignored", multiple=True, callback=_codes, metavar="CODE", help="A lint not to be told of.")
@click.option("--no-ignore", is_flag=True, help="Tell also the lints that the app or its project switches off.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print it.")
@click.pass_context
def command(
    context: click.Context, paths: tuple[Path, ...], ignored: tuple[str, ...], no_ignore: bool, form: str
) -> None:
    """Check Oozie apps: files, or folders with all the apps below them.

    Whether a file is a workflow, a coordinator or a bundle is known by its content; job.properties is read beside it.
    Ends with 0 when there is nothing to find, 1 with findings, 2 for a wrong call. Codes with E are Oozie's own; H003
    to H030 are lints: Oozie takes the app, but it will hurt. docs/lints.md explains each of them.

    A lint is switched off by a comment on its line or on the line before, <!-- howdah: ignore H012 -->, or for a whole
    file by <!-- howdah: ignore-file H012 -->; in job.properties by # howdah: ignore H010. For a project, write
    ignore = H012, H013 below [howdah] in a setup.cfg beside the app or above it. What is switched off is named at the
    end of the report; --no-ignore tells it, as for an app that somebody else wrote.
    """
    settings = LintSettings(ignored, heeds_projects=not no_ignore)
    checked = [result for path in paths for result in _check(path, settings, heeds_switches=not no_ignore)]
    click.echo(
        as_json([_record(result) for result in checked]) if form == "json" else "\n".join(finding_lines(checked))
    )
    context.exit(EXIT_FAILURE if any(result.findings for result in checked) else EXIT_OK)


def _check(path: Path, settings: LintSettings, *, heeds_switches: bool) -> list[Checked]:
    """The app at ``path``, or the apps below it, with paths as the user would write them."""
    root = path if path.is_dir() else path.parent
    files = DiskFolder(root)
    if path.is_dir():
        results = check_folder(files, heeds_switches=heeds_switches)
    else:
        results = [check_file(files, path.name, heeds_switches=heeds_switches)]
    shown = [settings.applied(_shown(result, root), (root / result.path).parent) for result in results]
    if path.is_dir():
        shown += [Checked(one_line(refusal.path), "unknown", (refusal,)) for refusal in files.refusals]
        if not shown:
            raise click.UsageError(f"there is no Oozie app in {path}")
    return shown


def _shown(result: Checked, folder: Path) -> Checked:
    """With the paths of its folder; a name need not be text, and would stop the whole report from being printed."""

    def told(finding: Diagnostic) -> Diagnostic:
        return replace(finding, path=one_line(str(folder / (finding.path or result.path))))

    ignored = tuple(
        Ignored(told(finding), switch._replace(path=one_line(str(folder / switch.path))))
        for finding, switch in result.ignored
    )
    return Checked(one_line(str(folder / result.path)), result.kind, tuple(map(told, result.findings)), ignored)


def _record(result: Checked) -> dict[str, object]:
    return {
        "path": result.path,
        "kind": result.kind,
        "ok": result.ok,
        "findings": [finding_json(finding, result.path) for finding in result.findings],
        "ignored": [
            {**finding_json(finding, result.path), "ignored_by": switch.place} for finding, switch in result.ignored
        ],
    }
