"""What the documents say is so: commands, options, make targets, doctests, links."""

from __future__ import annotations

import ast
import doctest
import importlib
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from howdah.__main__ import COMMANDS, howdah
from oozie.language.lints.subject import LINTS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
USER_PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "benchmarks").glob("*.md"))]
PACKAGES = ("generator", "howdah", "jobs", "models", "oozie", "serving", "storage", "workflows")

# A line of a code block, or code in a sentence.
COMMAND_LINE = re.compile(r"^(?:\$ )?(?:\.venv/bin/)?howdah (.+)$|`(?:\.venv/bin/)?howdah ([^`]+)`", re.MULTILINE)
MAKE = re.compile(r"^make ([^#\n]+)|`make ([^`]+)`", re.MULTILINE)
LINK = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)")


def command_lines() -> Iterator[tuple[str, str]]:
    """Page and what follows ``howdah``, continued lines joined."""
    for page in USER_PAGES:
        text = page.read_text("utf-8").replace("\\\n", " ")
        for found in COMMAND_LINE.finditer(text):
            yield page.name, found[1] or found[2]


def made_with(text: str) -> list[list[str]]:
    """The words after each ``make``."""
    return [shlex.split(found[1] or found[2]) for found in MAKE.finditer(text)]


@pytest.mark.parametrize(("page", "line"), list(command_lines()))
def test_a_command_line_can_be_called(page: str, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for made in ("build/funnel", "build/hdp"):  # by the lines before
        Path(made).mkdir(parents=True)
    name, *arguments = shlex.split(line, comments=True)
    assert name in COMMANDS, f"{page}: howdah {line}"
    group = click.Context(howdah)
    command = howdah.get_command(group, name)
    assert command is not None

    if arguments:  # a command that a sentence names has none
        command.make_context(name, arguments, parent=group)  # raises what click says of a wrong call


def test_the_command_lines_are_found() -> None:
    assert len(list(command_lines())) >= 10


# What needs nothing but an app, and how it ends where it is not with 0.
RUN = {"generate": 0, "validate": 0, "el": 0, "draw": 0, "explain": 0, "import": 0, "plan": 1, "nominal-times": 0}
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


def lines_to_run(page: Path) -> list[list[str]]:
    """The words of the calls in the blocks of ``page`` that need nothing but an app."""
    blocks = "\n".join(BLOCK.findall(page.read_text("utf-8"))).replace("\\\n", " ")
    lines = [shlex.split(found[1], comments=True) for found in COMMAND_LINE.finditer(blocks) if found[1]]
    return [words for words in lines if words[0] in RUN and "--oozie" not in words]


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the lines are about: the declaration, and what was generated of it."""
    folder = tmp_path_factory.mktemp("example")
    for profile, name in (("local", "funnel"), ("hdp", "hdp")):
        words = ["generate", str(ROOT / "workflows" / "funnel"), "--profile", profile, "-o", str(folder / name)]
        assert CliRunner().invoke(howdah, words).exit_code == 0
    return folder


@pytest.mark.parametrize("page", [page for page in USER_PAGES if lines_to_run(page)], ids=lambda page: page.name)
def test_the_command_lines_do_what_they_say(
    page: Path, example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("workflows").symlink_to(ROOT / "workflows")
    shutil.copytree(example, "build")

    for words in lines_to_run(page):
        if words[0] == "generate" and words[1].startswith("workflows"):
            continue  # the example is what it gives
        result = CliRunner().invoke(howdah, words, catch_exceptions=False)
        assert (words, result.exit_code) == (words, RUN[words[0]]), result.output
        assert result.output.strip()


def test_every_command_that_needs_nothing_is_shown() -> None:
    assert {words[0] for page in USER_PAGES for words in lines_to_run(page)} == RUN.keys()


@pytest.mark.parametrize("name", COMMANDS)
def test_the_readme_shows_every_command(name: str) -> None:
    assert re.search(rf"\bhowdah {name}\b", README)


def test_the_makefile_has_what_the_readme_makes() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    variables = set(re.findall(r"\$\((?:if \$\()?([A-Z]+)\)", makefile))
    words = [word for line in made_with(README) for word in line]

    assert {"demo", "test", "setup", "check"} <= {word for word in words if "=" not in word} <= targets
    assert {word.partition("=")[0] for word in words if "=" in word} <= variables


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page: Path) -> None:
    missing = [link for link in LINK.findall(page.read_text("utf-8")) if not (page.parent / link).exists()]

    assert missing == []


def test_doctests() -> None:
    sources = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    examples = [path for path in sources if re.search(r"^\s*>>> ", path.read_text("utf-8"), re.MULTILINE)]
    for path in examples:
        module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        assert doctest.testmod(module).failed == 0, path


def test_the_page_of_lints_has_every_lint_in_order() -> None:
    page = (ROOT / "docs" / "lints.md").read_text("utf-8")
    sections = re.findall(r"^## (H\d{3}): .+?\n\n(.+?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)

    assert [code for code, _ in sections] == sorted(LINTS)
    assert [
        code for code, text in sections if not (text.startswith("**What") and "ow to fix" in " ".join(text.split()))
    ] == []
    # what is said in the code is said here: no lint of another code, none that is only on the page
    spoken = {
        node.value
        for path in (ROOT / "oozie" / "language").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"H0\d\d", node.value)
    }
    assert LINTS - spoken == set()
