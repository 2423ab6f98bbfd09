from __future__ import annotations

import pytest

from generator.app import generate
from generator.importing.apps import differences
from generator.loader import load_declaration
from tests.golden.imports import imported, old_apps


@pytest.mark.parametrize("name", old_apps())
def test_an_old_app_is_imported_as_the_kept_declaration(name: str) -> None:
    assert imported(name).source == (old_apps()[name] / "workflow.py").read_text("utf-8")


@pytest.mark.parametrize("name", old_apps())
def test_the_kept_declaration_generates_an_equal_app(name: str) -> None:
    folder = old_apps()[name]

    assert differences(imported(name), generate(load_declaration(folder), folder=folder / "app")) == []


def test_there_is_an_old_app() -> None:
    assert "nightly-orders" in old_apps()
