"""Hadoop's path patterns on a local folder: ``*``, ``?``, ``[...]``, ``{a,b}``; a star also matches a leading dot.

Source: org.apache.hadoop.fs.GlobPattern, FileSystem.globStatus.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from storage.errors import StorageError

_MAGIC = re.compile(r"[*?\[{]")


def match_paths(pattern: Path) -> list[Path]:
    """The existing paths that ``pattern`` (an absolute path) matches, sorted; without a pattern in it, that path.

    Raises: StorageError H108 for what is no pattern.
    """
    if not _MAGIC.search(str(pattern)):
        return [pattern] if is_there(pattern) or os.path.lexists(pattern) else []
    found = [Path(pattern.anchor)]
    for segment in pattern.parts[1:]:
        if _MAGIC.search(segment):
            found = _matching(segment, [child for folder in found if folder.is_dir() for child in folder.iterdir()])
        else:
            found = [folder / segment for folder in found if is_there(folder / segment)]
    return sorted(found)


def is_there(path: Path) -> bool:
    """Whether something stands at ``path``, which may be an impossible name, such as one that is too long."""
    return os.path.exists(path)  # noqa: PTH110 - Path.exists raises for such a name


def _matching(segment: str, paths: list[Path]) -> list[Path]:
    hint = "write * and ? for letters, [a-z] for one of a set, {a,b} for one of several"
    try:
        wanted = re.compile(_translate(segment))
    except re.error as error:
        raise StorageError("H108", f"'{segment}' is no pattern of names: {error}", hint=hint) from None
    return [path for path in paths if wanted.fullmatch(path.name)]


def _translate(segment: str) -> str:
    """A regular expression for one path segment of a Hadoop pattern."""
    out, in_braces, position = [], 0, 0
    while position < len(segment):
        char = segment[position]
        position += 1
        if char == "[" and "]" in segment[position:]:
            end = segment.index("]", position)
            inside = segment[position:end].replace("\\", "\\\\")
            out.append(f"[{'^' + inside[1:] if inside[:1] in '!^' and inside else inside}]")
            position = end + 1
        elif char == "{" and "}" in segment[position:]:
            in_braces += 1
            out.append("(?:")
        elif char == "}" and in_braces:
            in_braces -= 1
            out.append(")")
        elif char == "," and in_braces:
            out.append("|")
        else:
            out.append({"*": ".*", "?": "."}.get(char, re.escape(char)))
    return "".join(out)
