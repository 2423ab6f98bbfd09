"""A finding as JSON for other programs: the same keys from every command."""

from __future__ import annotations

from pathlib import PurePath

from storage.errors import Diagnostic, one_line


def finding_json(finding: Diagnostic, app: str) -> dict[str, str | int]:
    """Its keys and values; ``app`` is the path of the app that it is said of."""
    return {
        "code": finding.code,
        "severity": finding.severity,
        "line": finding.line,
        "node": finding.node,
        "message": told_of(finding, app),
        "hint": finding.hint,
    }


def told_of(finding: Diagnostic, app: str) -> str:
    """Its message for ``app``: with the file, whose line it is, where that is not the app's own."""
    if finding.path in ("", app) or finding.message.startswith(PurePath(finding.path).name):
        return finding.message
    return f"{one_line(finding.path)}: {finding.message}"
