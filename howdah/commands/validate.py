"""``howdah validate``: what Oozie would refuse in app files, and why."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path, PurePath

import click

from howdah.disk_folder import DiskFolder
from howdah.errors import EXIT_FAILURE, EXIT_OK
from howdah.finding_lines import finding_lines
from howdah.lint_settings import LintSettings
from oozie.language.check import Checked, check_file, check_folder
from oozie.language.lints.switches import split_codes, wrong_codes
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
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print it.")
@click.pass_context
def command(context: click.Context, paths: tuple[Path, ...], ignored: tuple[str, ...], form: str) -> None:
    """Check Oozie apps: files, or folders with all the apps below them.

    Whether a file is a workflow, a coordinator or a bundle is known by its content; job.properties is read beside it.
    Ends with 0 when there is nothing to find, 1 with findings, 2 for a wrong call. Codes with E are Oozie's own; H003
    to H029 are lints: Oozie takes the app, but it will hurt. docs/lints.md explains each of them.

    A lint is switched off by a comment on its line or on the line before, <!-- howdah: ignore H012 -->, or for a whole
    file by <!-- howdah: ignore-file H012 -->; in job.properties by # howdah: ignore H010. For a project, write
    ignore = H012, H013 below [howdah] in a setup.cfg beside the app or above it.
    """
    settings = LintSettings(ignored)
    checked = [result for path in paths for result in _check(path, settings)]
    click.echo(_as_json(checked) if form == "json" else "\n".join(finding_lines(checked)))
    context.exit(EXIT_FAILURE if any(result.findings for result in checked) else EXIT_OK)


def _check(path: Path, settings: LintSettings) -> list[Checked]:
    """The app at ``path``, or the apps below it, with paths as the user would write them."""
    root = path if path.is_dir() else path.parent
    files = DiskFolder(root)
    results = check_folder(files) if path.is_dir() else [check_file(files, path.name)]
    shown = [settings.applied(_shown(result, root), (root / result.path).parent) for result in results]
    if path.is_dir():
        shown += [Checked(one_line(refusal.path), "unknown", [refusal]) for refusal in files.refusals]
        if not shown:
            raise click.UsageError(f"there is no Oozie app in {path}")
    return shown


def _shown(result: Checked, folder: Path) -> Checked:
    findings = [replace(f, path=one_line(str(folder / (f.path or result.path)))) for f in result.findings]
    # A name need not be text: bytes that are none would stop the whole report from being printed.
    return Checked(one_line(str(folder / result.path)), result.kind, findings)


def _as_json(checked: list[Checked]) -> str:
    return json.dumps(
        [
            {
                "path": result.path,
                "kind": result.kind,
                "ok": result.ok,
                "findings": [
                    {
                        "code": finding.code,
                        "severity": finding.severity,
                        "line": finding.line,
                        "node": finding.node,
                        "message": _said_for_programs(finding, result.path),
                        "hint": finding.hint,
                    }
                    for finding in result.findings
                ],
            }
            for result in checked
        ],
        indent=2,
    )


def _said_for_programs(finding: Diagnostic, app: str) -> str:
    """The message; with the file, and so the line is one of it, where that is not the app's own."""
    if finding.path in ("", app) or finding.message.startswith(PurePath(finding.path).name):
        return finding.message
    return f"{one_line(finding.path)}: {finding.message}"
