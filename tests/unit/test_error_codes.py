"""Every code that an error of ours can carry stands in one table, has one meaning, and is really used."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("generator", "howdah", "jobs", "models", "oozie", "serving", "storage", "workflows")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
TABLES = [path for path in SOURCES if path.name == "errors.py"]

CODE = re.compile(r"H\d{3}")
ROW = re.compile(r"\b(H\d{3})(?::|  +)(?= *\S)")


@cache
def nodes_of(path: Path) -> list[ast.AST]:
    """All nodes of a module: read once, since each test looks at all modules."""
    return list(ast.walk(ast.parse(path.read_text("utf-8"))))


def documented() -> dict[str, set[str]]:
    """Code → the errors modules that explain it."""
    found = defaultdict(set)
    for path in TABLES:
        for node in nodes_of(path):
            if isinstance(node, (ast.Module, ast.ClassDef)):
                for code in ROW.findall(ast.get_docstring(node) or ""):
                    found[code].add(path.relative_to(ROOT).as_posix())
    return dict(found)


def used() -> dict[str, list[str]]:
    """Code → the places where it stands as a value."""
    found = defaultdict(list)
    for path in SOURCES:
        for node in nodes_of(path):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
                found[node.value].append(f"{path.relative_to(ROOT)}:{node.lineno}")
    for number, line in enumerate((ROOT / "Makefile").read_text("utf-8").splitlines(), 1):
        for code in CODE.findall(line):
            found[code].append(f"Makefile:{number}")
    return dict(found)


def raised() -> Iterator[tuple[str, str, str]]:
    """Code, the class (or function) that is called with it first, and the place."""
    for path in SOURCES:
        for node in nodes_of(path):
            if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
                continue
            code = node.args[0].value
            if isinstance(code, str) and CODE.fullmatch(code):
                yield code, ast.unparse(node.func).rpartition(".")[2], f"{path.relative_to(ROOT)}:{node.lineno}"


def classes() -> list[ast.ClassDef]:
    """The error classes of all errors modules."""
    return [
        node
        for path in TABLES
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.ClassDef) and node.name.endswith("Error")
    ]


def test_every_code_is_explained_in_one_errors_module():
    explained = documented()
    unexplained = {code: places[0] for code, places in used().items() if code not in explained}
    twice = {code: sorted(modules) for code, modules in explained.items() if len(modules) > 1}

    assert unexplained == {}
    assert twice == {}


def test_every_code_that_is_explained_is_used():
    assert sorted(documented().keys() - used().keys()) == []


def test_a_code_is_of_one_branch_of_the_tree():
    bases = {node.name: ast.unparse(node.bases[0]) for node in classes()}
    branches = defaultdict(dict)
    for code, kind, place in raised():
        while bases.get(kind, "HowdahError") != "HowdahError" and bases[kind] in bases:
            kind = bases[kind]
        if kind in bases:
            branches[code].setdefault(kind, place)

    assert {code: kinds for code, kinds in branches.items() if len(kinds) > 1} == {}


def test_a_code_lies_in_the_range_of_its_package():
    ranges = {
        "H0": "oozie/language",
        "H1": "storage",
        "H2": "models",
        "H3": "generator",
        "H4": "oozie/local",
        "H5": "serving",
        "H6": "jobs",
        "H7": ("howdah", "workflows"),
        "H8": "oozie/client",
    }
    strangers = {
        code: module
        for code, modules in documented().items()
        for module in modules
        if not module.startswith(ranges[code[:2]])
    }

    assert strangers == {}


def test_every_error_class_stands_in_the_tree():
    tree = " ".join(path.read_text("utf-8") for path in TABLES if path.parent.name in ("language", "models"))
    drawn = set(re.findall(r"── (\w+Error)\b", tree)) | {"HowdahError", "ActionError"}

    assert sorted(drawn ^ {node.name for node in classes()}) == []
