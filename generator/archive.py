"""The archive for ``--py-files``: the PySpark jobs and what they are written with, in pure Python."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Cluster nodes may have nothing but Spark and numpy: no further package may be needed at import.
PACKAGES = ("jobs", "models", "storage")

_BEGINNING_OF_TIME = (1980, 1, 1, 0, 0, 0)
_MODE = 0o644 << 16
_UNIX = 3


def archive_files(root: Path = ROOT) -> tuple[str, ...]:
    """The archive's entries, sorted."""
    found = (path for package in PACKAGES for path in (root / package).rglob("*.py"))
    return tuple(sorted(path.relative_to(root).as_posix() for path in found))


def jobs_archive(root: Path = ROOT) -> bytes:
    """A zip of the packages; the same sources give the same bytes on every machine and at any time.

    Entries are stored, not deflated: what zlib makes of the same text differs between its versions.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in archive_files(root):
            entry = zipfile.ZipInfo(name, _BEGINNING_OF_TIME)
            entry.external_attr = _MODE
            entry.create_system = _UNIX
            archive.writestr(entry, (root / name).read_bytes())
    return buffer.getvalue()
