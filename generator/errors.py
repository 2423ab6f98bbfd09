"""What goes wrong between a declaration and its app (H300 to H399), and where in the user's file.

======  ==========================================================
H301    an argument has the wrong type or form
H302    arguments that do not go together, or one that is missing
H303    a password written out
H304    a name that Oozie refuses, or that stands twice
H305    steps in an order that cannot be run
H306    a schedule or a dataset that cannot be
H311    no such folder, or no workflow.py in it
H312    workflow.py cannot be read as Python
H313    workflow.py declares no workflow, or several
H314    a file that the declaration names is not there
H315    no such profile
H316    two files of an app with one name
H317    a property that the app does not know
H321    a file in the way that we did not write
H322    a name that cannot be a workflow's
H323    a folder that is there already
H324    a disk that refuses
H331    what an app says and a declaration cannot
H332    a folder without an app to import
H333    an imported app that would not be generated equal
======  ==========================================================
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from storage.errors import HowdahError

_HERE = str(Path(__file__).parent) + os.sep
_MADE_BY_DATACLASSES = "<string>"


class DeclarationError(HowdahError):
    """A declaration that says something wrong, with the line of the user's file that says it."""


class GenerationError(HowdahError):
    """An app that cannot be made from a declaration, a profile and the files beside them."""


def place_of_caller() -> tuple[str, int]:
    """File and line of the innermost frame outside this package: where the user wrote the step."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith((_HERE, _MADE_BY_DATACLASSES)):
        frame = frame.f_back
    return frame.f_code.co_filename, frame.f_lineno


def refuse(
    code: str, message: str, hint: str = "", node: str = "", *, place: tuple[str, int] | None = None
) -> DeclarationError:
    """The error to raise about what was said at ``place``, or about what the user's code is just calling."""
    path, line = place or place_of_caller()
    return DeclarationError(code, message, hint=hint, path=path, line=line, node=node)
