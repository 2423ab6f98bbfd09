from __future__ import annotations

from typing import Literal

import pytest

from oozie.language.missing_files import missing_files, stops_a_run
from oozie.language.model import Action, App, Bundle, BundleMember, Coordinator, Element, Workflow
from storage.errors import Diagnostic

HIVE = "uri:oozie:hive2-action:0.2"
PROPERTIES = {"oozie.wf.application.path": "hdfs://h:8020/user/x/app", "root": "hdfs://h/user/x"}


def found(app: App, *files: str, name: str = "workflow.xml", properties: dict[str, str] | None = None) -> list[str]:
    findings = missing_files(app, name, files, PROPERTIES if properties is None else properties)
    return [f"{d.code}: {d.message}; {d.hint}" for d in findings]


def workflow(*elements: tuple[str, str]) -> Workflow:
    children = tuple(Element(tag, HIVE, (), text) for tag, text in elements)
    return Workflow("w", (Action("a", Element("hive2", HIVE, (), "", children), "end", "kill"),))


def test_a_script_that_is_not_there() -> None:
    assert found(workflow(("script", "report.hql")), "reprot.hql") == [
        "H020: action 'a' names 'report.hql', which is not in the app's folder; did you mean 'reprot.hql'?"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "report.hql",
        " sql/../report.hql ",
        "hdfs://h:8020/user/x/app/report.hql",
        "/user/x/app/report.hql",
        "${root}/app/report.hql",
    ],
)
def test_each_way_to_name_a_file_of_the_app(text: str) -> None:
    assert found(workflow(("script", text)), "report.hql") == []
    assert len(found(workflow(("script", text)), "other.txt")) == 1


@pytest.mark.parametrize(
    "text", ["/elsewhere/report.hql", "${unknown}/report.hql", "hdfs://h/user/x/application/r.hql", "", "../r.hql"]
)
def test_what_cannot_be_seen_from_here_is_not_missing(text: str) -> None:
    assert found(workflow(("script", text))) == []


def test_files_of_a_folder_below_are_looked_for_there() -> None:
    app = workflow(("script", "report.hql"))

    assert found(app, "sub/report.hql", name="sub/workflow.xml") == []
    assert found(app, "report.hql", name="sub/workflow.xml") != []


def test_file_elements_hold_several_paths_and_links() -> None:
    app = workflow(("file", "a.jar,b.jar#link"), ("file", "c.txt"))

    assert [line.split("'")[3] for line in found(app, "a.jar")] == ["b.jar", "c.txt"]


def test_a_script_may_be_the_name_of_a_file_element_or_lie_in_lib() -> None:
    assert found(workflow(("script", "s.hql"), ("file", "/elsewhere/x.hql#s.hql"))) == []
    assert found(workflow(("jar", "train.jar")), "lib/train.jar") == []


def test_a_coordinator_s_workflow_below_its_own_folder() -> None:
    app = Coordinator("c", "60", "s", "e", "UTC", "${root}/app/flow")
    properties = {"oozie.coord.application.path": "hdfs://h/user/x/app", "root": "hdfs://h/user/x"}

    assert found(app, "flow/workflow.xml", name="coordinator.xml", properties=properties) == []
    assert found(app, "flow/job.xml", name="coordinator.xml", properties=properties)[0].startswith(
        "H020: coordinator 'c' names 'flow/workflow.xml'"
    )


def test_a_bundle_s_coordinators_below_its_own_folder() -> None:
    app = Bundle("b", (BundleMember("m", "/b/m"), BundleMember("n", "/b/n.xml"), BundleMember("o", "/elsewhere")))
    properties = {"oozie.bundle.application.path": "hdfs://h/b/bundle.xml"}

    assert len(found(app, "n.xml", name="bundle.xml", properties=properties)) == 1


def test_a_url_that_is_none_is_not_looked_for() -> None:
    properties = {"oozie.wf.application.path": "hdfs://[x/app"}

    assert found(workflow(("file", "hdfs://[x/app/a.jar")), properties=properties) == []


@pytest.mark.parametrize(
    ("code", "severity", "stops"),
    [("E0708", "error", True), ("H020", "lint", True), ("H030", "lint", True), ("H012", "lint", False)],
)
def test_what_keeps_an_app_from_ending_well(code: str, severity: Literal["error", "lint"], stops: bool) -> None:
    assert stops_a_run(Diagnostic(code, "", severity=severity)) is stops
