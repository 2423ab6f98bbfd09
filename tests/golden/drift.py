"""The golden cases: what each declaration becomes, and how that differs from what is kept.

A case is a folder: the emitted XML and job.properties byte for byte, and files.txt, which lists everything else that
the app holds. The declarations of the small cases stand beside them in declaration.py; the product's own workflows
stand where they always do. Nothing but ``make golden`` writes here.
"""

from __future__ import annotations

import difflib
import io
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from generator.app import generate
from generator.archive import PACKAGES
from generator.loader import load_profile, load_workflow
from storage.errors import HowdahError

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent

# Written by colleagues of the generator, so that only their names are kept.
_LIST = "files.txt"
_EMITTED = (".xml", ".properties")

# Case -> (folder of its workflow.py or its own declaration, profile).
_WORKFLOWS = {
    "funnel-local": ("workflows/funnel", "local"),
    "funnel-hdp": ("workflows/funnel", "hdp"),
    "funnel-stack": ("workflows/funnel", "stack"),
    "redemption-local": ("workflows/redemption", "local"),
    "redemption-hdp": ("workflows/redemption", "hdp"),
    "redemption-stack": ("workflows/redemption", "stack"),
}
# Of the small cases, those that run elsewhere than on the article's cluster.
_PROFILES = {"every-action": "newer"}


def cases() -> dict[str, tuple[Path, str]]:
    """Case to the folder of its declaration and the profile, by name."""
    own = {
        path.parent.name: (path.parent, _PROFILES.get(path.parent.name, "hdp")) for path in HERE.glob("*/workflow.py")
    }
    product = {name: (ROOT / folder, profile) for name, (folder, profile) in _WORKFLOWS.items()}
    return dict(sorted({**own, **product}.items()))


def generated(name: str) -> dict[str, bytes]:
    """What a case's folder should hold, by file name."""
    folder, profile = cases()[name]
    app = generate(load_workflow(folder), load_profile(profile, folder), folder=folder)
    kept = {path: content for path, content in app.items() if path.endswith(_EMITTED)}
    return kept | {_LIST: _listing(app, set(kept)).encode()}


def kept(name: str, where: Path = HERE) -> dict[str, bytes]:
    """What a case's folder holds, by file name."""
    names = [path for path in (where / name).glob("*") if path.name == _LIST or path.name.endswith(_EMITTED)]
    return {path.name: path.read_bytes() for path in sorted(names)}


def drift(name: str, where: Path = HERE) -> Iterator[str]:
    """How a case's folder differs from what is generated, as lines to read."""
    try:
        expected, actual = kept(name, where), generated(name)
    except HowdahError as error:
        yield f"{name} cannot be generated: {error}"
        return
    for file in sorted({*expected, *actual}):
        if file not in expected:
            yield f"{name}/{file} is missing"
        elif file not in actual:
            yield f"{name}/{file} is generated no more"
        elif expected[file] != actual[file]:
            before, after = (text[file].decode().splitlines() for text in (expected, actual))
            yield from difflib.unified_diff(before, after, f"{name}/{file} kept", "generated", lineterm="")


def write(name: str) -> None:
    """Make a case's folder hold what is generated."""
    expected = generated(name)
    for file in kept(name).keys() - expected.keys():
        (HERE / name / file).unlink()
    for file, content in expected.items():
        (HERE / name).mkdir(exist_ok=True)
        (HERE / name / file).write_bytes(content)


def _listing(app: Mapping[str, bytes], emitted: set[str]) -> str:
    """The other files; of an archive only the packages, since their modules come and go."""
    lines = []
    for path in sorted(app.keys() - emitted):
        lines.append(path)
        if path.endswith(".zip"):
            with zipfile.ZipFile(io.BytesIO(app[path])) as archive:
                packages = sorted({entry.split("/")[0] for entry in archive.namelist()})
            assert packages == list(PACKAGES)
            lines += [f"{path}: {package}/" for package in packages]
    return "".join(f"{line}\n" for line in lines)
