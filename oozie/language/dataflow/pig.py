"""Which directories and tables a script in Pig Latin reads and writes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from oozie.language.dataflow.uses import How, Use, What, merged
from oozie.language.filling import entries, replaced

_COMMENT = re.compile(r"--[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_DEFAULT = re.compile(r"^[ \t]*%(?:default|declare)[ \t]+(\w+)[ \t]+(\S[^\n]*)", re.IGNORECASE | re.MULTILINE)
_PARAMETER = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_LOAD = re.compile(r"\bload\s+'([^']*)'\s*(?:using\s+([\w.]+))?", re.IGNORECASE)
_STORE = re.compile(r"\bstore\s+\w+\s+into\s+'([^']*)'\s*(?:using\s+([\w.]+))?", re.IGNORECASE)
_SHELL = re.compile(
    r"^[ \t]*(?:fs[ \t]+-?)?(rmf|rmr|rm|mkdir)[ \t]+((?:-\w+[ \t]+)*)([^\s;]+)", re.IGNORECASE | re.MULTILINE
)
_SHELL_HOW: Mapping[str, How] = {"mkdir": "writes", "rm": "deletes", "rmf": "deletes", "rmr": "deletes"}
_DEEPEST = 10
_LONGEST = 1024 * 1024
_LONGEST_NAMES = 4096


def pig_uses(text: str, parameters: Mapping[str, str]) -> tuple[Use, ...]:
    """The uses in a script; ``parameters`` stand for ``$name``, before what the script says itself."""
    text = _COMMENT.sub("", text[:_LONGEST])
    values = {
        name: value.rstrip().removesuffix(";").rstrip().strip("'\"") for name, value in _DEFAULT.findall(text)
    } | dict(parameters)
    return merged(_uses(text, values))


def _uses(text: str, values: Mapping[str, str]) -> Iterator[Use]:
    found: list[tuple[int, How, str, str]] = [
        *((match.start(), "reads", match[1], match[2]) for match in _LOAD.finditer(text)),
        *((match.start(), "writes", match[1], match[2]) for match in _STORE.finditer(text)),
        *((match.start(), _SHELL_HOW[match[1].lower()], match[3], "") for match in _SHELL.finditer(text)),
    ]
    for _, how, names, storage in sorted(found, key=lambda one: one[0]):
        what: What = "table" if "hcat" in (storage or "").lower() else "path"
        for name in entries(_filled(names, values)):
            yield Use(how, what, name)


def _filled(text: str, values: Mapping[str, str]) -> str:
    filled = text
    for _ in range(_DEEPEST):
        after = replaced(_PARAMETER, lambda match: values.get(match[1] or match[2], match[0]), filled, _LONGEST_NAMES)
        if after is None:
            return text
        if after == filled:
            break
        filled = after
    return filled
