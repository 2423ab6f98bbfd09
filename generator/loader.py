"""A workflow's folder, read: the declaration in workflow.py, the profiles in profiles.py."""

from __future__ import annotations

import runpy
import sys
import traceback
from pathlib import Path
from typing import TypeVar

from generator.errors import GenerationError
from generator.profiles import PROFILES, Profile
from generator.values import Workflow
from generator.verbatim.values import VerbatimApp
from storage.errors import HowdahError
from storage.nearest import did_you_mean

_Value = TypeVar("_Value")

WORKFLOW_FILE = "workflow.py"
PROFILES_FILE = "profiles.py"

_LONGEST_MESSAGE = 300  # characters


def load_workflow(folder: Path) -> Workflow:
    """As :func:`load_declaration`, for a workflow only. Raises: GenerationError H313 for another declaration."""
    declaration = load_declaration(folder)
    if not isinstance(declaration, Workflow):
        message = "declares an app to the letter, with app(...)"
        raise GenerationError("H313", message, hint="a workflow(...) is wanted here", path=str(folder / WORKFLOW_FILE))
    return declaration


def load_declaration(folder: Path) -> Workflow | VerbatimApp:
    """The one workflow or app that ``folder``/workflow.py declares at its top level.

    Raises: GenerationError H311 without such a file, H312 when it cannot be read, H313 with none or several.
    """
    path = folder / WORKFLOW_FILE
    if folder.is_file():
        raise GenerationError("H311", f"'{folder}' is a file", hint=f"name its folder: {folder.parent}")
    if not folder.is_dir():
        raise GenerationError("H311", f"there is no folder '{folder}'", hint=_nearest_folder(folder))
    if not path.is_file():
        hint = "the declaration stands in a file of that name; `howdah new NAME` makes one"
        raise GenerationError("H311", f"'{folder}' has no {WORKFLOW_FILE}", hint=hint)
    found: dict[str, Workflow | VerbatimApp] = _values_of(path, (Workflow, VerbatimApp))
    if len(found) != 1:
        said = f"declares {len(found)} workflows ({', '.join(found)})" if found else "declares no workflow"
        raise GenerationError("H313", said, hint="one NAME = workflow(...) at the top level", path=str(path))
    return found.popitem()[1]


def load_profile(name: str, folder: Path | None = None) -> Profile:
    """The profile called ``name``: one of ``folder``/profiles.py, or one of ours.

    Raises: GenerationError H315 when there is none, H312 when profiles.py cannot be read.
    """
    known = {profile.name: profile for profile in PROFILES}
    path = folder / PROFILES_FILE if folder else None
    if path and path.is_file():
        known |= {profile.name: profile for profile in _values_of(path, (Profile,)).values()}
    if name in known:
        return known[name]
    hint = did_you_mean(name, known, f"known: {', '.join(known)}; others stand in {PROFILES_FILE}")
    raise GenerationError("H315", f"no profile is called '{name}'", hint=hint)


def _values_of(path: Path, kinds: tuple[type[_Value], ...]) -> dict[str, _Value]:
    """The file's own top-level values of ``kinds``, by name; two names of one value count once."""
    try:
        # run_path keeps no byte code: a file that is edited twice in a second is read as it stands.
        values = runpy.run_path(str(path), run_name=f"{path.parent.name}.{path.stem}")
    except HowdahError:
        raise
    except SyntaxError as error:
        message = _one_line(f"{error.msg}: {(error.text or '').strip()}")
        hint = f"`python -m py_compile {error.filename or path}` shows the place"
        raise GenerationError(
            "H312", message, hint=hint, path=error.filename or str(path), line=error.lineno or 0
        ) from error
    except KeyboardInterrupt:
        raise
    # SystemExit too: a declaration that ends the program must not pass for one that was generated.
    except BaseException as error:
        message = _one_line(f"{type(error).__name__}: {_said_by(error)}")
        hint = _hint_of(error)
        raise GenerationError("H312", message, hint=hint, path=str(path), line=_line_in(path, error)) from error
    found: dict[str, _Value] = {}
    for name, value in values.items():
        if isinstance(value, kinds) and all(value is not other for other in found.values()):
            found[name] = value
    return found


def _said_by(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return "(its text cannot be shown: its __str__ fails too)"


def _one_line(text: str) -> str:
    shown = " ".join(text.split())
    return shown if len(shown) <= _LONGEST_MESSAGE else shown[:_LONGEST_MESSAGE] + " ..."


def _line_in(path: Path, error: BaseException) -> int:
    """The line of ``path`` from which the error came."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return (lines[-1] if lines else 0) or 0


def _hint_of(error: BaseException) -> str:
    if isinstance(error, ModuleNotFoundError) and (error.name or "").partition(".")[0] != "generator":
        return f"is it written right? What is installed in {sys.prefix} can be imported"
    if isinstance(error, ImportError):
        return (
            "what generator.declare has not stands in generator.cluster_actions (java, pig ...) or generator.verbatim"
        )
    if isinstance(error, TypeError) and "unexpected keyword argument" in str(error):
        return "further Sqoop words go into options=(...), Spark settings into conf={...}"
    return "the file is Python that runs once, when it is read, and must run to its end"


def _nearest_folder(folder: Path) -> str:
    beside = folder.parent if folder.parent.is_dir() else Path()
    names = sorted(path.name for path in beside.iterdir() if (path / WORKFLOW_FILE).is_file())
    return did_you_mean(folder.name, names, "name the folder of a workflow.py", shown=lambda name: str(beside / name))
