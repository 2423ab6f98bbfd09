from __future__ import annotations

import importlib
import re

import pytest

from oozie.language import errors
from storage.errors import Diagnostic, HowdahError

DRAWN = re.findall(r"^[ │├└─]*(\w+Error) +([a-z_.]+)", errors.__doc__ or "", re.MULTILINE)


def test_the_tree_is_drawn() -> None:
    assert ("HowdahError", "storage.errors") in DRAWN
    assert ("AppError", "oozie.language.errors") in DRAWN


@pytest.mark.parametrize(("name", "module"), DRAWN)
def test_every_drawn_error_stands_where_the_tree_says(name: str, module: str) -> None:
    assert issubclass(getattr(importlib.import_module(module), name), HowdahError)


def test_an_app_error_carries_all_findings_the_first_one_leading() -> None:
    error = errors.AppError.of([Diagnostic("E0708", "one", path="w.xml", line=3), Diagnostic("E0724", "two")])

    assert error.code == "E0708"
    assert str(error) == "E0708 w.xml:3 one\nE0724 two"
