from __future__ import annotations

from typing import Any

import pytest

from generator.cluster_actions import distcp, git, java, map_reduce, pig, ssh
from generator.errors import DeclarationError
from oozie.language.model import Element


def _shape(element: Element) -> list[tuple[str, str]]:
    return [(child.tag, child.text) for child in element.children]


def test_jars_go_into_lib() -> None:
    step = java("j", main_class="A", jars=("build/a.jar",), java_opts=("-Xmx1g",), args=("x",), capture_output=True)

    assert step.needs == (("lib/a.jar", "build/a.jar"),)
    assert [tag for tag, _ in _shape(step.body)] == ["main-class", "java-opt", "arg", "capture-output"]


def test_map_reduce_streams() -> None:
    step = map_reduce("m", streaming={"reducer": "wc", "mapper": "cat"}, configuration={"a": "b"})

    assert _shape(step.body.children[0]) == [("mapper", "cat"), ("reducer", "wc")]
    assert step.body.configuration() == {"a": "b"}


def test_pig_and_distcp() -> None:
    assert _shape(pig("p", script="a.pig", params={"x": "1"}).body) == [("script", "a.pig"), ("param", "x=1")]
    assert _shape(distcp("d", args=("/a", "/b"), java_opts="-Xmx1g").body) == [
        ("java-opts", "-Xmx1g"),
        ("arg", "/a"),
        ("arg", "/b"),
    ]


def test_ssh_and_git() -> None:
    assert _shape(ssh("s", host="u@h", command="ls", args=("-l",)).body) == [
        ("host", "u@h"),
        ("command", "ls"),
        ("arg", "-l"),
    ]
    assert _shape(git("g", uri="https://x/y.git", destination="/repo", branch="main").body) == [
        ("name-node", "${nameNode}"),
        ("git-uri", "https://x/y.git"),
        ("branch", "main"),
        ("destination-uri", "/repo"),
    ]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: java("j", main_class="A", jars=("/x/a.jar",)), "which is on the cluster"),
        (lambda: map_reduce("m", streaming={"mapper": "a"}, pipes={"map": "b"}), "streaming or pipes"),
        (lambda: map_reduce("m", streaming={"combiner": "a"}), "streaming has no 'combiner'"),
    ],
)
def test_mistakes_are_named(make: Any, words: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        make()

    assert words in caught.value.diagnostics[0].message
    assert caught.value.diagnostics[0].path == __file__
