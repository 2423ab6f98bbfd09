"""An app that is said to the letter as its files: paths to bytes, nothing written anywhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

from generator.errors import DeclarationError, GenerationError, refuse
from generator.loader import PROFILES_FILE, WORKFLOW_FILE
from generator.profiles import LOCAL, Profile
from generator.steps import read_shipped
from generator.verbatim.values import Definition, VerbatimApp
from oozie.language.check import JOB_PROPERTIES, check_file
from oozie.language.properties import write_properties
from oozie.language.writer import write
from storage.errors import Diagnostic, one_line
from storage.nearest import did_you_mean

# What Oozie reads beside a definition, and may not depend on who submits it.
DEFAULTS = ("config-default.xml", "coord-config-default.xml", "bundle-config-default.xml")

_OURS = frozenset({WORKFLOW_FILE, PROFILES_FILE})


def generate_verbatim(app: VerbatimApp, profile: Profile, folder: Path) -> dict[str, bytes]:
    """The files of ``app``; where ``profile`` has another value for one of its properties than this machine, that one.

    Raises: DeclarationError for a file that is not there, GenerationError for what Oozie would refuse.
    """
    files = {}
    if app.properties is not None:
        head = f"# {one_line(app.name)}. Written by `howdah generate`: change the declaration, not this file.\n"
        files[JOB_PROPERTIES] = (head + write_properties(_values(app.properties, profile))).encode()
    for definition in app.definitions:
        files[definition.file] = write(definition.app)
    for path, origin in _named(app, folder):
        if path in files:
            raise refuse(
                "H316", f"two files would be called '{path}' in the app", "rename one of them", place=app.place
            )
        files[path] = read_shipped(origin, app.place)
    if not app.unchecked:
        _check(app, files)
    return files


def _values(properties: tuple[tuple[str, str], ...], profile: Profile) -> dict[str, str]:
    other = {
        name: value
        for name, value in profile.properties.items()
        if value is not None and LOCAL.properties.get(name) != value
    }
    return {name: other.get(name, value) for name, value in dict(properties).items()}


def _check(app: VerbatimApp, files: Mapping[str, bytes]) -> None:
    """Raises: GenerationError."""
    found = []
    for definition in app.definitions:
        places = dict(definition.places)
        for finding in refused(definition.file, files):
            path, line = places.get(finding.node, definition.place)
            found.append(replace(finding, path=path, line=line))
    if found:
        raise GenerationError.of(found)


def refused(file: str, files: Mapping[str, bytes]) -> list[Diagnostic]:
    """What Oozie would refuse in a definition, with the defaults beside it and whatever it is submitted with."""
    beside = [str(PurePosixPath(file).with_name(name)) for name in DEFAULTS]
    alone = {name: files[name] for name in (file, *beside) if name in files}
    return [finding for finding in check_file(alone, file).findings if finding.severity == "error"]


def _named(app: VerbatimApp, folder: Path) -> Iterator[tuple[str, Path]]:
    """Every file that goes along: its path in the app, and where it is."""
    found: dict[str, Path] = {}
    for name in app.files:
        path = folder / name
        if name.endswith("/") and path.is_dir():
            found |= {file.relative_to(folder).as_posix(): file for file in below(path)}
        elif path.is_file():
            found[name] = path
        else:
            raise _missing(name, "files", folder, app)
    for definition in app.definitions:
        for name, origin in definition.needs:
            path = folder / origin
            if not path.is_file():
                raise _missing(origin, _owner(definition, origin), folder, app)
            if found.setdefault(name, path) != path:
                message = f"two files would be called '{name}' in the app"
                raise refuse(
                    "H316",
                    message,
                    "say as_is(...) of a path that stays as it is, and name its file in files",
                    place=app.place,
                )
    yield from sorted(found.items())


def below(folder: Path) -> Iterator[Path]:
    """The files below a folder, hidden ones apart, sorted."""
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name == "__pycache__":
            continue
        if path.is_dir():
            yield from below(path)
        elif path.is_file():
            yield path


def _owner(definition: Definition, origin: str) -> str:
    return f"{definition.file} ('{origin}')"


def _missing(name: str, owner: str, folder: Path, app: VerbatimApp) -> DeclarationError:
    beside = [path.name for path in folder.iterdir() if path.name not in _OURS] if folder.is_dir() else []
    otherwise = f"it should stand in {folder}/; of a path on the cluster say as_is('{name}')"
    hint = did_you_mean(name, beside, otherwise)
    return refuse("H314", f"{owner} names '{name}', which is not there", hint, place=app.place)
