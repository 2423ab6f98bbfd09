from __future__ import annotations

import sys
from pathlib import Path

import pytest

from generator.errors import DeclarationError, GenerationError
from generator.loader import load_profile, load_workflow
from generator.profiles import HDP

GOOD = 'from generator.declare import *\nW = workflow("w", shell("s", command="true"))\n'


def _write(folder: Path, text: str, name: str = "workflow.py") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text)
    return folder


def test_the_one_workflow_of_the_file(tmp_path: Path) -> None:
    assert load_workflow(_write(tmp_path, GOOD + "ALSO = W\n")).name == "w"


def test_a_file_edited_at_once_is_read_anew(tmp_path: Path) -> None:
    load_workflow(_write(tmp_path, GOOD))

    assert load_workflow(_write(tmp_path, GOOD.replace('"w"', '"v"'))).name == "v"
    assert not list(tmp_path.glob("__pycache__"))


@pytest.mark.parametrize(
    ("text", "code", "line", "words"),
    [
        ("from generator.declare import hivee\n", "H312", 1, "cannot import name 'hivee'"),
        ("import nowhere_to_be_found\n", "H312", 1, "No module named 'nowhere_to_be_found'"),
        ("x = 1\nx.y\n", "H312", 2, "AttributeError"),
        ("x = (\n", "H312", 1, "never closed"),
        ("from generator.declare import *\n\nhive('h', scrip='x')\n", "H312", 3, "scrip"),
        ("x = 1\nraise ValueError('one\\ntwo')\n", "H312", 2, "ValueError: one two"),
        ("raise SystemExit(0)\n", "H312", 1, "SystemExit: 0"),
        ("raise GeneratorExit\n", "H312", 1, "GeneratorExit"),
        ("class E(Exception):\n    __str__ = None\nraise E\n", "H312", 3, "cannot be shown"),
        (f"x = {'(' * 5000}\n", "H312", 1, "too many nested parentheses"),
        ("x = 1\n", "H313", 0, "declares no workflow"),
        (GOOD + 'V = workflow("v", shell("s", command="true"))\n', "H313", 0, "declares 2 workflows (W, V)"),
    ],
)
def test_what_is_wrong_with_a_file_is_one_line(tmp_path: Path, text: str, code: str, line: int, words: str) -> None:
    with pytest.raises(GenerationError) as caught:
        load_workflow(_write(tmp_path, text))

    diagnostic = caught.value.diagnostics[0]
    assert (diagnostic.code, diagnostic.line) == (code, line)
    assert diagnostic.path == str(tmp_path / "workflow.py")
    assert words in diagnostic.message
    assert "\n" not in str(caught.value)
    assert len(diagnostic.message) < 400
    assert diagnostic.hint


def test_a_name_of_another_door_is_found_by_the_hint(tmp_path: Path) -> None:
    with pytest.raises(GenerationError, match=r"cannot import name 'pig'") as caught:
        load_workflow(_write(tmp_path, "from generator.declare import pig\n"))

    assert "generator.cluster_actions (java, pig" in caught.value.diagnostics[0].hint


@pytest.mark.parametrize("name", ["nowhere_to_be_found", "generators"])
def test_a_package_that_is_not_there_is_told_where_it_was_looked_for(tmp_path: Path, name: str) -> None:
    with pytest.raises(GenerationError) as caught:
        load_workflow(_write(tmp_path, f"import {name}\n"))

    assert sys.prefix in caught.value.diagnostics[0].hint


def test_an_error_of_the_declaration_keeps_its_line(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError) as caught:
        load_workflow(_write(tmp_path, 'from generator.declare import *\nW = workflow("w")\n'))

    assert (caught.value.diagnostics[0].path, caught.value.diagnostics[0].line) == (str(tmp_path / "workflow.py"), 2)


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    _write(tmp_path / "funnel", GOOD)

    with pytest.raises(GenerationError) as caught:
        load_workflow(tmp_path / "funel")
    assert caught.value.code == "H311"
    assert caught.value.diagnostics[0].hint == f"did you mean '{tmp_path / 'funnel'}'?"
    with pytest.raises(GenerationError, match=r"has no workflow\.py"):
        load_workflow(tmp_path)


def test_profiles_of_the_folder_come_beside_ours(tmp_path: Path) -> None:
    _write(tmp_path, 'from generator.profiles import HDP\nS = HDP.but("staging", queueName="q")\n', "profiles.py")

    assert load_profile("staging", tmp_path).properties["queueName"] == "q"
    assert load_profile("hdp", tmp_path) == HDP
    with pytest.raises(GenerationError) as caught:
        load_profile("stagin", tmp_path)
    assert caught.value.code == "H315"
    assert caught.value.diagnostics[0].hint == "did you mean 'staging'?"
