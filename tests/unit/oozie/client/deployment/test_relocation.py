"""Which properties are led to the version, and which stay where they are."""

import pytest

from oozie.client.deployment.relocation import Relocation
from oozie.client.deployment.source import read_source

TARGET = "/apps/daily/.versions/0123456789abcdef"
MOVED = f"hdfs://nn:8020{TARGET}"
KEPT = "hdfs://nn:8020/apps/daily"


def relocation(app, properties="", workflow=None, **more):
    folder = app(**more)
    if workflow is not None:
        text = (folder / "workflow.xml").read_text()
        (folder / "workflow.xml").write_text(text.replace("<exec>go.sh</exec>", f"<exec>{workflow}</exec>"))
    with (folder / "job.properties").open("a") as stream:
        stream.write(properties)
    return Relocation(read_source(folder, {}, user="ann"), TARGET)


def test_the_app_path_and_what_is_made_of_it_move(app):
    moved = relocation(app, "script=${appPath}/go.sh\nopts=--files ${appPath}/go.sh#x,/tmp/y -v\n").properties()

    assert moved["appPath"] == MOVED
    assert moved["oozie.coord.application.path"] == MOVED
    assert moved["script"] == f"{MOVED}/go.sh"
    assert moved["opts"] == f"--files {MOVED}/go.sh#x,/tmp/y -v"
    assert moved["nameNode"] == "hdfs://nn:8020"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("/apps/daily/sub", f"{TARGET}/sub"),
        ("/apps/daily/sub/x.hql", f"{TARGET}/sub/x.hql"),
        ("/apps/daily/sub/*.hql", f"{TARGET}/sub/*.hql"),
        ("/apps/daily/models", "/apps/daily/models"),
        ("/apps/daily2/go.sh", "/apps/daily2/go.sh"),
        ("/other/apps/daily/go.sh", "/other/apps/daily/go.sh"),
        ("a=/apps/daily/go.sh;b=/apps/daily/models", f"a={TARGET}/go.sh;b=/apps/daily/models"),
    ],
)
def test_files_of_the_app_move_and_data_stay(app, value, expected):
    moved = relocation(app, f"some={value}\n", **{"sub/x.hql": ""}).properties()

    assert moved["some"] == expected


def test_a_property_that_the_app_uses_for_data_stays(app):
    found = relocation(app, "zone=${nameNode}/apps/daily\n", workflow="${zone}/models")

    assert found.properties()["zone"] == KEPT
    assert found.properties()["appPath"] == MOVED
    assert list(found.problems()) == []


def test_one_property_for_both_is_refused(app):
    problem = next(iter(relocation(app, workflow="${appPath}/models/${wf:id()}").problems()))

    assert problem.code == "H814"
    assert "${appPath}/models/${wf:id()}" in problem.message
    assert (problem.path, problem.line) == ("workflow.xml", 5)


def test_a_function_that_gives_the_app_path_counts_too(app):
    assert not list(relocation(app, workflow="${wf:appPath()}/go.sh").problems())
    assert len(list(relocation(app, workflow="${wf:appPath()}/out").problems())) == 1
    assert len(list(relocation(app, workflow="${wf:conf('appPath')}/out").problems())) == 1


def test_the_full_path_in_the_xml_is_refused_for_files_of_the_app_only(app):
    problem = next(iter(relocation(app, workflow="${nameNode}/apps/daily/go.sh").problems()))

    assert "by its full path" in problem.message
    assert "${appPath}/go.sh" in problem.hint
    assert not list(relocation(app, workflow="hdfs://nn:8020/apps/daily/models").problems())
