"""Apps that start each other, found by their paths or by what their paths end with."""

from __future__ import annotations

import pytest

from oozie.language.family import Family, Link

BUNDLE = """<bundle-app name="b" xmlns="uri:oozie:bundle:0.2"><coordinator name="daily"><app-path>{0}</app-path>
<configuration><property><name>root</name><value>/data/${{place}}</value></property></configuration>
</coordinator></bundle-app>"""
COORDINATOR = """<coordinator-app name="c" frequency="60" start="2026-01-01T00:00Z" end="2027-01-01T00:00Z"
timezone="UTC" xmlns="uri:oozie:coordinator:0.4"><action><workflow><app-path>{0}</app-path><configuration>
<property><name>out</name><value>${{root}}/out</value></property></configuration></workflow></action></coordinator-app>"""
WORKFLOW = """<workflow-app name="w" xmlns="uri:oozie:workflow:0.5"><parameters><property><name>day</name>
<value>1</value></property></parameters><start to="a"/><action name="a"><fs><mkdir path="${{out}}/${{day}}"/></fs>
<ok to="s"/>
<error to="end"/></action><action name="s"><sub-workflow><app-path>{0}</app-path><configuration><property><name>x</name>
<value>${{day}}</value></property></configuration></sub-workflow><ok to="end"/><error to="end"/></action>
<end name="end"/></workflow-app>"""
LAST = '<workflow-app name="l" xmlns="uri:oozie:workflow:0.5"><start to="end"/><end name="end"/></workflow-app>'
HIVE = """<workflow-app name="h" xmlns="uri:oozie:workflow:0.5"><start to="a"/><action name="a">
<hive xmlns="uri:oozie:hive-action:0.5"><script>{0}</script></hive><ok to="end"/><error to="end"/></action>
<end name="end"/></workflow-app>"""


def family(name: str = "", **texts: str) -> Family:
    files = {path.replace("__", "/").replace("_", "."): text.encode() for path, text in texts.items()}
    return Family(files, name)


def links(of: Family, path: str) -> list[Link]:
    return list(of.links(of.members[path]).values())


def test_a_bundle_hands_down_to_a_workflow_in_a_workflow() -> None:
    apps = family(
        b__bundle_xml=BUNDLE.format("${nameNode}/apps/c"),
        b__job_properties="place=x\n",
        c__coordinator_xml=COORDINATOR.format("${nameNode}/apps/w/workflow.xml"),
        w__workflow_xml=WORKFLOW.format("${nameNode}/apps/l"),
        l__workflow_xml=LAST,
    )

    assert [one.path for one in apps.in_order()] == [
        "b/bundle.xml", "c/coordinator.xml", "w/workflow.xml", "l/workflow.xml",
    ]  # fmt: skip
    assert apps.doings(apps.members["w/workflow.xml"])["a"].does == "makes /data/x/out/1"
    assert apps.members["l/workflow.xml"].properties == {"x": "1"}
    assert apps.members["l/workflow.xml"].started_by == ["w/workflow.xml"]


@pytest.mark.parametrize(
    ("app_path", "link"),
    [
        ("hdfs://nn/apps/shop", Link("hdfs://nn/apps/shop", "workflow.xml")),
        ("${wf}", Link("${wf}", "workflow.xml", "only")),
        ("/other/inner", Link("/other/inner", "inner/workflow.xml", "name")),
        ("/other/unknown", Link("/other/unknown", "workflow.xml", "only")),
    ],
)
def test_how_a_workflow_is_found(app_path: str, link: Link) -> None:
    properties = "oozie.coord.application.path=hdfs://nn/apps/shop/coordinator.xml\n"

    apps = family(
        coordinator_xml=COORDINATOR.format(app_path),
        job_properties=properties,
        workflow_xml=LAST,
        inner__workflow_xml=LAST,
    )

    assert links(apps, "coordinator.xml") == [link]


def test_the_folder_itself_has_a_name() -> None:
    files = {"coordinator.xml": COORDINATOR.format("/apps/shop").encode(), "workflow.xml": LAST.encode()}

    assert links(Family(files, root="shop"), "coordinator.xml") == [Link("/apps/shop", "workflow.xml", "name")]


def test_what_lies_elsewhere_is_not_here() -> None:
    apps = family(c__coordinator_xml=COORDINATOR.format("/x/unknown"), w__workflow_xml=LAST)

    assert links(apps, "c/coordinator.xml") == [Link("/x/unknown")]


def test_a_file_brings_what_it_starts_and_no_more() -> None:
    apps = family(
        "coordinator.xml", coordinator_xml=COORDINATOR.format("${wf}"), workflow_xml=LAST, other__workflow_xml=LAST
    )

    assert [one.path for one in apps.in_order()] == ["coordinator.xml", "workflow.xml"]


def test_workflows_that_start_each_other_end() -> None:
    apps = family(a__workflow_xml=WORKFLOW.format("/x/b"), b__workflow_xml=WORKFLOW.format("/x/a"))

    assert sorted(one.path for one in apps.in_order()) == ["a/workflow.xml", "b/workflow.xml"]


def test_what_cannot_be_read_has_its_findings() -> None:
    (member,) = family(workflow_xml="<workflow-app").in_order()

    assert member.app is None
    assert [finding.code for finding in member.checked.findings] == ["E0701"]


def test_scripts_are_found_beside_the_app_and_in_lib() -> None:
    text = "INSERT INTO t SELECT * FROM s"
    for script, place in (("a.hql", "w__a_hql"), ("b.hql", "w__lib__b_hql")):
        apps = family(w__workflow_xml=HIVE.format(script), **{place: text})
        assert [use.name for use in apps.doings(apps.members["w/workflow.xml"])["a"].uses] == ["t", "s"], place


def test_datasets_are_read_from_the_files_that_are_included() -> None:
    text = COORDINATOR.format("/w").replace(
        "<action>",
        """<datasets><include>sets.xml</include><include>none.xml</include></datasets><input-events>
        <data-in name="i" dataset="d"><instance>${coord:current(0)}</instance></data-in></input-events><action>""",
    )
    datasets = """<datasets><include>sets.xml</include><dataset name="d" frequency="5"
    initial-instance="2026-01-01T00:00Z" timezone="UTC"><uri-template>/d/${YEAR}</uri-template></dataset></datasets>"""
    apps = family(coordinator_xml=text, sets_xml=datasets)

    assert [one.uri_template for one in apps.included(apps.members["coordinator.xml"])] == ["/d/${YEAR}"]


def test_what_is_given_counts_more_than_what_lies_beside() -> None:
    apps = Family({"workflow.xml": HIVE.format("${x}").encode(), "job.properties": b"x=a"}, "", {"x": "b"})

    assert apps.doings(apps.members["workflow.xml"])["a"].does == "runs the script b in Hive"
