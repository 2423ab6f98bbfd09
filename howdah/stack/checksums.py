"""The files that Maven Central brings, each with its size and SHA-256, as the repository keeps them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from howdah.errors import CommandError

_CHUNK_BYTES = 1 << 20
_HEAD = "# SHA-256, bytes, and the file of each distribution; written by: howdah stack fetch --write-checksums\n"


@dataclass(frozen=True)
class Pinned:
    """What one file must be."""

    sha256: str
    length: int


Checksums = Mapping[str, Mapping[str, Pinned]]  # distribution -> name of the file -> what it must be


def read(file: Path) -> dict[str, dict[str, Pinned]]:
    """The checksums in ``file``. Raises: CommandError H725."""
    found: dict[str, dict[str, Pinned]] = {}
    try:
        lines = file.read_text("utf-8").splitlines()
    except OSError as error:
        hint = "the launcher needs the folder docker/ of Howdah's repository beside its packages"
        raise CommandError("H725", f"the checksums {file} cannot be read: {error.strerror}", hint=hint) from error
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        fields = line.split()
        distribution, _, name = fields[-1].partition("/")
        if len(fields) != 3 or not fields[1].isdecimal() or not name:
            raise CommandError("H725", f"'{line}' is no checksum", path=str(file), line=number)
        found.setdefault(distribution, {})[name] = Pinned(fields[0], int(fields[1]))
    return found


def write(file: Path, checksums: Checksums) -> None:
    """Keep ``checksums`` in ``file``, sorted."""
    lines = [
        f"{pinned.sha256} {pinned.length:>9} {distribution}/{name}\n"
        for distribution, files in sorted(checksums.items())
        for name, pinned in sorted(files.items())
    ]
    file.write_text(_HEAD + "".join(lines), "utf-8")


def compute(*folders: Path) -> dict[str, Pinned]:
    """What the files in ``folders`` are; one that is not there has none."""
    files = sorted(path for folder in folders if folder.is_dir() for path in folder.iterdir() if path.is_file())
    with ThreadPoolExecutor() as pool:
        return {file.name: pinned for file, pinned in zip(files, pool.map(of_file, files), strict=True)}


def of_file(file: Path) -> Pinned:
    """What ``file`` is."""
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            digest.update(chunk)
    return Pinned(digest.hexdigest(), file.stat().st_size)


def differences(where: str, found: Mapping[str, Pinned], pinned: Mapping[str, Pinned]) -> Iterator[str]:
    """What of the files ``found``, such as "in /cache", is not as pinned: a sentence for each file."""
    for name in sorted(found.keys() | pinned.keys()):
        if name not in found:
            yield f"'{name}' is missing {where}"
        elif name not in pinned:
            yield f"'{name}' {where} is not one of the pinned files"
        elif found[name] != pinned[name]:
            is_cut = found[name].length != pinned[name].length
            got = f"{found[name].length} bytes" if is_cut else f"SHA-256 {found[name].sha256}"
            want = f"{pinned[name].length}" if is_cut else f"{pinned[name].sha256}"
            yield f"'{name}' {where} is not the pinned file: {got}, pinned is {want}"


def digest(pinned: Mapping[str, Pinned]) -> str:
    """A short name of a set of files."""
    text = "".join(f"{name} {each.sha256}\n" for name, each in sorted(pinned.items()))
    return hashlib.sha256(text.encode()).hexdigest()[:12]
