"""Hadoop's path patterns on a local folder: ``*``, ``?``, ``[...]``, ``{a,b}``; a star also matches a leading dot.

Source: org.apache.hadoop.fs.GlobPattern, FileSystem.globStatus.
"""

from __future__ import annotations

import re
from pathlib import Path

_MAGIC = re.compile(r"[*?\[{]")


def match_paths(pattern: Path) -> list[Path]:
    """The existing paths that ``pattern`` (an absolute path) matches, sorted; without a pattern in it, that path."""
    if not _MAGIC.search(str(pattern)):
        return [pattern] if pattern.exists() or pattern.is_symlink() else []
    found = [Path(pattern.anchor)]
    for segment in pattern.parts[1:]:
        if _MAGIC.search(segment):
            wanted = re.compile(_translate(segment))
            found = [
                child
                for folder in found
                if folder.is_dir()
                for child in folder.iterdir()
                if wanted.fullmatch(child.name)
            ]
        else:
            found = [folder / segment for folder in found if (folder / segment).exists()]
    return sorted(found)


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
