"""Changes as a terminal shows them, and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from howdah.folding import folded
from oozie.language.changes import Change
from storage.errors import one_line

_SIGNS = {"added": "+", "removed": "-", "changed": "~"}
_LONGEST = 200
_OWN_FILES = "file"
_START = ":start:"  # what Oozie calls the node that has no name


def change_lines(changes: Mapping[str, Sequence[Change]]) -> list[str]:
    """File by file: a line for each change; files that are only there or not come last, together."""
    lines: list[str] = []
    whole: list[str] = []
    for name, found in changes.items():
        own = [each for each in found if each.kind != _OWN_FILES]
        whole += [_line(each) for each in found if each.kind == _OWN_FILES]
        if own:
            lines += [one_line(name), *map(_line, own)]
    return [part for line in (*lines, *(["files", *whole] if whole else [])) for part in folded(line, "      ")]


def change_records(changes: Mapping[str, Sequence[Change]]) -> list[dict[str, str]]:
    """One object a change."""
    return [
        {"file": name, "how": each.how, "kind": each.kind, "name": each.name, "part": each.part, "old": each.old,
         "new": each.new}
        for name, found in changes.items() for each in found
    ]  # fmt: skip


def _line(change: Change) -> str:
    sign = _SIGNS[change.how]
    what = change.name if change.kind == _OWN_FILES else f"{change.kind} {change.name}"
    if change.kind == "property":
        what = change.name
    elif change.name == _START:
        what = change.kind
    if change.part:
        what = f"{what}: {change.part}"
    values = {
        "added": _shown(change.new),
        "removed": _shown(change.old),
        "changed": f"{_shown(change.old) or '(empty)'} -> {_shown(change.new) or '(empty)'}",
    }[change.how]
    return one_line(f"  {sign} {what}{f'  {values}' if values else ''}")


def _shown(text: str) -> str:
    joined = " ".join(text.split())
    return joined if len(joined) <= _LONGEST else f"{joined[: _LONGEST - 3]}..."
