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
        "message": _message(finding, app),
        "hint": finding.hint,
    }


def _message(finding: Diagnostic, app: str) -> str:
    """The message; with the file, and so the line is one of it, where that is not the app's own."""
    if finding.path in ("", app) or finding.message.startswith(PurePath(finding.path).name):
        return finding.message
    return f"{one_line(finding.path)}: {finding.message}"
