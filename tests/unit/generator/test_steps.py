from __future__ import annotations

import pytest

from generator.declare import alert, handle, kill, shell
from generator.errors import DeclarationError
from generator.steps import branch, check_name, error_route, packaged, shipped
from generator.values import ERROR_MESSAGE, ErrorRoute
from oozie.language.model import Element


def test_every_way_to_route_an_error() -> None:
    tidy = shell("tidy", command="true")

    assert error_route("kill") == ErrorRoute()
    assert error_route("continue") == ErrorRoute(then="continue")
    assert error_route(kill("no data")) == ErrorRoute(message="no data")
    assert error_route(tidy) == ErrorRoute(steps=(tidy,))
    assert error_route(handle(tidy, then="continue")) == ErrorRoute((tidy,), "continue")
    assert error_route(alert("a@b")).message == ERROR_MESSAGE


def test_a_branch_is_a_step_or_a_list() -> None:
    step = shell("a", command="true")

    assert branch("b", step) == branch("b", [step]) == (step,)
    assert branch("b", ()) == ()


@pytest.mark.parametrize("name", ["a", "_a", "A-1_b", "x" * 128])
def test_names_that_oozie_takes(name: str) -> None:
    assert check_name(name) == name


@pytest.mark.parametrize("name", ["", "1a", "a.b", "ä", "a\n", "x" * 129, None])
def test_names_that_it_does_not(name: object) -> None:
    with pytest.raises(DeclarationError):
        check_name(name)


@pytest.mark.parametrize("path", ["/a/b.sql", "${x}/b.sql", "hdfs://n/b.sql", "s3a://n/b.sql"])
def test_paths_of_the_cluster_stay(path: str) -> None:
    assert packaged("script", path) == (path, {})


def test_files_of_the_folder_go_into_the_app() -> None:
    needs: dict[str, str] = {}

    assert shipped("file", ("sql/b.sql#c.sql", "/x"), "files", needs) == (
        Element("file", text="b.sql#c.sql"),
        Element("file", text="/x"),
    )
    assert needs == {"b.sql": "sql/b.sql"}
