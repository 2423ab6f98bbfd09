from __future__ import annotations

from collections.abc import Callable

import pytest

from oozie.language import reader
from oozie.language.errors import AppError
from oozie.language.model import (
    Action,
    App,
    Bundle,
    BundleMember,
    Case,
    Controls,
    Coordinator,
    DataEvent,
    Dataset,
    Decision,
    Element,
    End,
    Fork,
    Join,
    Kill,
    Parameter,
    Start,
    Workflow,
)

WORKFLOW = b"""<w:workflow-app name="w" xmlns:w="uri:oozie:workflow:0.5" xmlns:sla="uri:oozie:sla:0.2">
  <w:parameters><w:property><w:name>p</w:name><w:value/></w:property><w:property><w:name>q</w:name></w:property></w:parameters>
  <w:global><w:name-node>hdfs://h</w:name-node></w:global>
  <w:credentials><w:credential name="c" type="hive2"/></w:credentials>
  <w:start to="d"/>
  <w:decision name="d"><w:switch><w:case to="f"> ${x} </w:case><w:default to="end"/></w:switch></w:decision>
  <w:fork name="f"><w:path start="a"/><w:path start="b"/></w:fork>
  <w:action name="a" cred="c" retry-max="2" retry-interval="1" retry-policy="periodic">
    <hive xmlns="uri:oozie:hive-action:0.5"><script> s.q </script></hive>
    <w:ok to="j"/><w:error to="kill"/>
    <sla:info><sla:nominal-time>t</sla:nominal-time><sla:should-end>e</sla:should-end></sla:info>
  </w:action>
  <w:action name="b"><w:fs/><w:ok to="j"/><w:error to="kill"/></w:action>
  <w:join name="j" to="end"/>
  <w:kill name="kill"><w:message>[${wf:errorMessage(wf:lastErrorNode())}]</w:message></w:kill>
  <w:end name="end"/>
</w:workflow-app>"""

COORDINATOR = b"""<coordinator-app name="c" frequency="${coord:days(1)}" start="2026-01-01T00:00Z"
    end="2027-01-01T00:00Z" timezone="UTC" xmlns="uri:oozie:coordinator:0.4">
  <controls><timeout>10</timeout><execution>LAST_ONLY</execution></controls>
  <datasets>
    <include>hdfs://h/more.xml</include>
    <dataset name="in" frequency="60" initial-instance="2026-01-01T00:00Z" timezone="UTC">
      <uri-template>/in/${YEAR}</uri-template><done-flag/>
    </dataset>
    <async-dataset name="push" sequence-type="numeric" initial-version="1">
      <uri-template>/p</uri-template>
    </async-dataset>
  </datasets>
  <input-events>
    <data-in name="i" dataset="in"><start-instance>a</start-instance><end-instance>b</end-instance></data-in>
  </input-events>
  <output-events><data-out name="o" dataset="in" nocleanup="true"><instance>c</instance></data-out></output-events>
  <action><workflow><app-path>/app</app-path>
    <configuration><property><name>n</name><value> v </value></property></configuration></workflow></action>
</coordinator-app>"""

BUNDLE = b"""<bundle-app name="b" xmlns="uri:oozie:bundle:0.2"><controls><kick-off-time>t</kick-off-time></controls>
  <coordinator name="one" enabled="false" critical="true"><app-path>/one</app-path></coordinator></bundle-app>"""


def test_a_workflow_is_read_whole() -> None:
    ns, sla = "uri:oozie:workflow:0.5", "uri:oozie:sla:0.2"
    hive = Element(
        "hive", "uri:oozie:hive-action:0.5", (), "", (Element("script", "uri:oozie:hive-action:0.5", (), " s.q "),)
    )
    info = Element("info", sla, (), "", (Element("nominal-time", sla, (), "t"), Element("should-end", sla, (), "e")))

    assert reader.read(WORKFLOW) == Workflow(
        name="w",
        namespace=ns,
        parameters=(Parameter("p", ""), Parameter("q")),
        global_section=Element("global", ns, (), "", (Element("name-node", ns, (), "hdfs://h"),)),
        credentials=Element(
            "credentials", ns, (), "", (Element("credential", ns, (("name", "c"), ("type", "hive2"))),)
        ),
        nodes=(
            Start("d"),
            Decision("d", (Case("f", " ${x} "),), "end"),
            Fork("f", ("a", "b")),
            Action("a", hive, "j", "kill", "c", "2", "1", "periodic", info),
            Action("b", Element("fs", ns), "j", "kill"),
            Join("j", "end"),
            Kill("kill", "[${wf:errorMessage(wf:lastErrorNode())}]"),
            End("end"),
        ),
    )


def test_lines_are_kept() -> None:
    app = reader.read_workflow(WORKFLOW)

    assert [node.line for node in app.nodes] == [5, 6, 7, 8, 13, 14, 15, 16]
    assert app.actions[0].body.line == 9


def test_a_coordinator_is_read_whole() -> None:
    assert reader.read(COORDINATOR) == Coordinator(
        name="c",
        frequency="${coord:days(1)}",
        start="2026-01-01T00:00Z",
        end="2027-01-01T00:00Z",
        timezone="UTC",
        app_path="/app",
        configuration=(("n", " v "),),
        controls=Controls(timeout="10", execution="LAST_ONLY"),
        includes=("hdfs://h/more.xml",),
        datasets=(
            Dataset("in", "/in/${YEAR}", "60", "2026-01-01T00:00Z", "UTC", done_flag=""),
            Dataset("push", "/p", kind="async-dataset", sequence_type="numeric", initial_version="1"),
        ),
        inputs=(DataEvent("i", "in", start_instance="a", end_instance="b"),),
        outputs=(DataEvent("o", "in", ("c",), nocleanup="true"),),
    )


def test_input_logic_is_kept_as_it_stands() -> None:
    logic = b'<input-logic><and><data-in dataset="i"/></and></input-logic><output-events>'
    data = COORDINATOR.replace(b"coordinator:0.4", b"coordinator:0.5").replace(b"<output-events>", logic)

    app = reader.read_coordinator(data)

    assert app.input_logic is not None
    assert [child.tag for child in app.input_logic.children] == ["and"]


def test_a_bundle_is_read_whole() -> None:
    member = BundleMember("one", "/one", enabled="false", critical="true")

    assert reader.read(BUNDLE) == Bundle("b", (member,), kick_off_time="t")


@pytest.mark.parametrize(
    ("read", "data", "message"),
    [
        (reader.read_workflow, BUNDLE, "this is a bundle, not a workflow"),
        (reader.read_coordinator, WORKFLOW, "this is a workflow, not a coordinator"),
        (reader.read_bundle, COORDINATOR, "this is a coordinator, not a bundle"),
    ],
)
def test_another_kind_of_app_is_refused(read: Callable[[bytes, str], App], data: bytes, message: str) -> None:
    with pytest.raises(AppError) as caught:
        read(data, "app.xml")

    [diagnostic] = caught.value.diagnostics
    assert (diagnostic.code, diagnostic.path, diagnostic.message) == ("H005", "app.xml", message)


def test_each_kind_is_read_by_its_own_function() -> None:
    assert isinstance(reader.read_workflow(WORKFLOW), Workflow)
    assert isinstance(reader.read_coordinator(COORDINATOR), Coordinator)
    assert isinstance(reader.read_bundle(BUNDLE), Bundle)


def test_every_violation_is_in_the_error() -> None:
    with pytest.raises(AppError) as caught:
        reader.read(WORKFLOW.replace(b"<w:fs/>", b'<w:fs x="1"><w:y/></w:fs>'), "w.xml")

    assert [(d.code, d.place) for d in caught.value.diagnostics] == [("E0701", "w.xml:13"), ("E0701", "w.xml:13")]


def test_an_app_with_a_slip_in_an_action_can_still_be_looked_at() -> None:
    app, findings = reader.examine(WORKFLOW.replace(b"<w:fs/>", b'<e:x xmlns:e="uri:extension"/>'))

    assert isinstance(app, Workflow)
    assert app.actions[1].body == Element("x", "uri:extension")
    assert [finding.code for finding in findings] == ["E0701"]


def test_an_app_whose_structure_is_in_doubt_cannot() -> None:
    app, findings = reader.examine(WORKFLOW.replace(b'<w:path start="b"/>', b""))

    assert app is None
    assert [finding.message for finding in findings] == ["element 'fork' lacks 'path'"]


DATASETS = (
    '<datasets><include>/more.xml</include><dataset name="d" frequency="60" '
    'initial-instance="2026-01-01T00:00Z" timezone="UTC"><uri-template>/in</uri-template></dataset></datasets>'
)


def test_a_file_of_datasets():
    read = reader.read_datasets(DATASETS.encode())
    [dataset] = read.datasets
    assert (read.includes, dataset.name, dataset.uri_template) == ((("/more.xml", 1),), "d", "/in")
    assert read.trouble is None


@pytest.mark.parametrize("text", ["<datasets/>", "<workflow-app/>", "<datasets>text<more/></datasets>"])
def test_what_oozie_does_not_know_in_a_file_of_datasets_it_passes_over(text):
    assert reader.read_datasets(text.encode()).datasets == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [("<datasets>", "not well-formed XML"), ("<!DOCTYPE datasets><datasets/>", "DOCTYPE")],
)
def test_a_file_of_datasets_that_is_no_xml(text, message):
    with pytest.raises(AppError, match=message) as caught:
        reader.read_datasets(text.encode(), "d.xml")
    assert caught.value.code == "E0700"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (DATASETS.replace("<uri-template>", '<uri-template xmlns="uri:x">'), "has the namespace 'uri:x'"),
        (DATASETS.replace(' name="d"', ""), "has no name"),
        (DATASETS.replace("uri-template", "template"), "'d' has no uri-template"),
        (DATASETS.replace("</datasets>", DATASETS[DATASETS.index("<dataset ") :]), "'d' stands twice"),
    ],
)
def test_a_file_of_datasets_that_oozie_refuses(text, message):
    trouble = reader.read_datasets(text.encode(), "d.xml").trouble
    assert (trouble.code, trouble.path, trouble.line) == ("E0803", "d.xml", 1)
    assert message in trouble.message


def test_oozie_passes_over_datasets_in_a_namespace():
    read = reader.read_datasets(DATASETS.replace("<datasets>", '<datasets xmlns="uri:oozie:coordinator:0.4">').encode())
    assert (read.datasets, read.trouble, read.hidden) == ((), None, {"d"})


def test_an_element_walks_over_all_below_it_in_document_order():
    root = Element("a", text="1", attributes=(("x", "2"),), children=(
        Element("b", children=(Element("c", text="3"),)), Element("d"),
    ))  # fmt: skip
    assert [element.tag for element in root.walk()] == ["a", "b", "c", "d"]
    assert [text for element in root.walk() for text in element.written] == ["1", "2", "", "3", ""]


def test_walking_is_no_deeper_than_python():
    root = Element("a")
    for _ in range(5_000):
        root = Element("a", children=(root,))
    assert sum(1 for _ in root.walk()) == 5_001
