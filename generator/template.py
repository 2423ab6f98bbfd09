"""A workflow to start from: the files of a new folder, with comments that teach."""

from __future__ import annotations

import re
from pathlib import Path

import jinja2

from generator.errors import GenerationError

_TEMPLATES = Path(__file__).parent / "templates"
_FILES = ("workflow.py", "report.hql", "README.md")
_NAME = re.compile(r"[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*")
_LONGEST = 100  # leaves room for what is put behind it in a node's name


def new_workflow(name: str, folder: str) -> dict[str, str]:
    """File name to text for a workflow called ``name``, which will stand in ``folder`` (as the user would write it).

    Raises: GenerationError H322 for a name that is no workflow's.
    """
    if not _NAME.fullmatch(name) or len(name) > _LONGEST:
        suggestion = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-0123456789")[:_LONGEST]
        hint = f"how about '{suggestion}'?" if suggestion else "as in daily-orders"
        raise GenerationError(
            "H322", f"{name!r:.120} cannot be a workflow's name: small letters, digits, - and _", hint=hint
        )
    environment = jinja2.Environment(  # noqa: S701 - Python, HiveQL and Markdown, no HTML
        loader=jinja2.FileSystemLoader(_TEMPLATES), undefined=jinja2.StrictUndefined, keep_trailing_newline=True
    )
    values = {"name": name, "folder": folder, "constant": name.replace("-", "_").upper()}
    return {file: environment.get_template(f"new.{file}.j2").render(values) for file in _FILES}
