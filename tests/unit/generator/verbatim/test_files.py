from __future__ import annotations

from pathlib import Path

import pytest

from generator.app import generate
from generator.declare import hive, shell
from generator.errors import DeclarationError, GenerationError
from generator.loader import load_declaration, load_workflow
from generator.profiles import HDP, LOCAL
from generator.verbatim import app, as_is, goto, shared, workflow_app
from generator.verbatim.values import Definition, VerbatimApp
from oozie.language.properties import read_properties

SHARED = shared(job_tracker="j", name_node="n")
WORKFLOW = workflow_app("w", hive("h", script="a.hql"), schema="0.5", shared=SHARED)


def files(folder: Path, *definitions: Definition, **more: object) -> dict[str, bytes]:
    return generate(app(*definitions, **more), folder=folder)  # type: ignore[arg-type]


def test_the_files_that_go_along(tmp_path: Path) -> None:
    for name in ("a.hql", "lib/b.jar", "lib/deep/c.jar", "lib/.hidden", "other.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)

    found = files(tmp_path, WORKFLOW, files=["lib/"])

    assert sorted(found) == ["a.hql", "lib/b.jar", "lib/deep/c.jar", "workflow.xml"]
    assert found["lib/b.jar"] == b"lib/b.jar"


@pytest.mark.parametrize("more", [{}, {"files": ["x/"]}, {"files": ["x.txt"]}])
def test_a_file_that_is_not_there(tmp_path: Path, more: dict[str, list[str]]) -> None:
    with pytest.raises(DeclarationError, match="H314"):
        files(tmp_path, WORKFLOW, **more)


def test_two_files_of_one_name(tmp_path: Path) -> None:
    (tmp_path / "workflow.xml").write_text("")

    with pytest.raises(DeclarationError, match="H316"):
        files(tmp_path, workflow_app("w", shell("s", command="x"), schema="0.5", shared=SHARED), files=["workflow.xml"])


def test_only_what_a_place_says_otherwise_replaces_a_property(tmp_path: Path) -> None:
    made = app(
        workflow_app("w", shell("s", command="x"), schema="0.5", shared=SHARED),
        properties={"nameNode": "hdfs://mine", "own": "${nameNode}/x", "queueName": ""},
    )

    def properties(profile: object) -> dict[str, str]:
        return read_properties(generate(made, profile, folder=tmp_path)["job.properties"].decode())  # type: ignore[arg-type]

    assert properties(LOCAL) == {"nameNode": "hdfs://mine", "own": "${nameNode}/x", "queueName": ""}
    assert properties(HDP)["nameNode"] == HDP.properties["nameNode"]
    assert properties(LOCAL.but(own="o"))["own"] == "o"


def test_what_oozie_would_refuse(tmp_path: Path) -> None:
    circle = workflow_app("w", shell("s", command="x"), goto("s"), schema="0.5", shared=SHARED)

    with pytest.raises(GenerationError, match="E0706") as caught:
        files(tmp_path, circle)

    assert caught.value.diagnostics[0].path == __file__
    assert "workflow.xml" in files(tmp_path, circle, unchecked=True)
    typing_error = workflow_app("w", shell("step", command="x", on_error=goto("stop")), schema="0.5", shared=SHARED)
    with pytest.raises(GenerationError, match="E0708"):
        files(tmp_path, typing_error)


def test_an_app_is_found_where_a_workflow_is(tmp_path: Path) -> None:
    (tmp_path / "workflow.py").write_text(
        "from generator.declare import *\nfrom generator.verbatim import *\n"
        "S = shared(job_tracker='j', name_node='n')\n"
        "A = app(workflow_app('w', shell('s', command=as_is('')), schema='0.5', shared=S), properties={})\n"
    )

    declaration = load_declaration(tmp_path)
    assert isinstance(declaration, VerbatimApp)
    assert declaration.name == "w"
    assert sorted(generate(tmp_path)) == ["job.properties", "workflow.xml"]
    with pytest.raises(GenerationError, match="H313"):
        load_workflow(tmp_path)
    assert as_is("x") == "x"
