"""An app's files on disk: each whole or not at all, and nothing of anyone else's touched."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from generator.errors import GenerationError

# What we wrote and its SHA-256, in sha256sum's own format: only a file that is still as we wrote it may be replaced.
RECORD = ".generated"

_UNFINISHED = ".howdah-unfinished"


def write_app(files: Mapping[str, bytes], folder: Path, *, force: bool = False) -> list[Path]:
    """Put an app's files into ``folder``, each in one step, and remove what an earlier generation left there.

    A file that we did not write, or that was changed since, stays as it is and is an error, unless ``force``; one that
    is no longer part of the app and was changed stays in any case. Gives the paths that were written.

    Raises: GenerationError H321 for a file in the way, H324 when the disk refuses.
    """
    new = {path: _digest(content) for path, content in files.items()}
    try:
        old = _read_record(folder)
        if not force:
            _refuse_foreign(folder, new, old)
        folder.mkdir(parents=True, exist_ok=True)
        # Both generations stand in the record until all is written: a run that is cut off leaves nothing foreign.
        _write_record(folder, [*((d, p) for p, digests in old.items() for d in sorted(digests)), *_lines(new)])
        for path, content in files.items():
            _replace(folder / path, content)
        _remove_stale(folder, {path: digests for path, digests in old.items() if path not in new})
        _write_record(folder, _lines(new))
    except OSError as error:
        place = error.filename or folder
        hint = "name a folder of yours with -o, on a disk with room"
        raise GenerationError("H324", f"cannot write '{place}': {error.strerror or error}", hint=hint) from error
    return [folder / path for path in files]


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _lines(digests: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(digest, path) for path, digest in digests.items()]


def _read_record(folder: Path) -> dict[str, set[str]]:
    """Path to the digests that we gave it. A line that is not ours counts for nothing."""
    record = folder / RECORD
    found: dict[str, set[str]] = {}
    if record.is_file():
        for line in record.read_text(encoding="utf-8", errors="replace").splitlines():
            digest, _, path = line.partition("  ")
            inside = bool(path) and not Path(path).is_absolute() and ".." not in Path(path).parts
            if inside:
                found.setdefault(path, set()).add(digest)
    return found


def _write_record(folder: Path, lines: Iterable[tuple[str, str]]) -> None:
    _replace(folder / RECORD, "".join(f"{digest}  {path}\n" for digest, path in lines).encode())


def _refuse_foreign(folder: Path, new: Mapping[str, str], old: Mapping[str, set[str]]) -> None:
    for path, digest in new.items():
        target = folder / path
        if not target.exists() or (target.is_file() and _digest(target.read_bytes()) in {digest, *old.get(path, ())}):
            continue
        message = f"'{target}' was not written by `howdah generate`, or was changed since"
        hint = "change the declaration instead, choose another folder with -o, or replace the file with --force"
        raise GenerationError("H321", message, hint=hint)


def _replace(target: Path, content: bytes) -> None:
    """The whole file or the former one: never a part."""
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(target.name + _UNFINISHED)
    try:
        unfinished.write_bytes(content)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def _remove_stale(folder: Path, stale: Mapping[str, set[str]]) -> None:
    for path, digests in stale.items():
        target = folder / path
        if target.is_file() and _digest(target.read_bytes()) in digests:
            target.unlink()
            for parent in target.relative_to(folder).parents:
                if parent != Path() and not any((folder / parent).iterdir()):
                    (folder / parent).rmdir()
