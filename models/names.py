"""What models, versions, aliases and their files may be called: nothing that could lead out of the repository."""

from __future__ import annotations

import re

from models.errors import ModelNameError

LAST_VERSION = 10**15 - 1  # stays exact in a browser's numbers

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
_VERSION = re.compile(r"[1-9][0-9]{0,14}")
_FILE_PART = re.compile(r"[^\x00-\x1f\x7f/\\]{1,255}")


def check_name(name: str) -> str:
    """``name`` itself. Raises: ModelNameError."""
    if not _NAME.fullmatch(name):
        raise ModelNameError(
            "H201",
            f"{name!r:.80} is not a model's name",
            hint="a letter, then letters, digits, '-' and '_', 64 at most",
        )
    return name


def check_alias(alias: str) -> str:
    """``alias`` itself. Raises: ModelNameError."""
    if not _NAME.fullmatch(alias):
        raise ModelNameError(
            "H201", f"{alias!r:.80} is not an alias", hint="a letter, then letters, digits, '-' and '_': champion"
        )
    return alias


def check_version(version: int) -> int:
    """``version`` itself. Raises: ModelNameError."""
    if type(version) is not int or not 1 <= version <= LAST_VERSION:
        raise ModelNameError("H201", "that is not a version", hint="versions are 1, 2, 3 ...")
    return version


def is_name(text: str) -> bool:
    """Whether a model or an alias may be called that."""
    return _NAME.fullmatch(text) is not None


def is_version(text: str) -> bool:
    """Whether ``text`` is a version as a folder of the repository spells it."""
    return _VERSION.fullmatch(text) is not None


def is_file_path(path: str) -> bool:
    """Whether ``path`` names a file below a model's folder and nothing else."""
    parts = path.split("/")
    return all(_FILE_PART.fullmatch(part) and part not in (".", "..") for part in parts)


def split_reference(reference: str) -> tuple[str, str]:
    """The name, and the alias or version behind ``@`` (empty where there is none), both checked.

    Raises: ModelNameError.
    """
    name, at, selector = reference.partition("@")
    check_name(name)
    if at and not is_version(selector):
        check_alias(selector)
    return name, selector
