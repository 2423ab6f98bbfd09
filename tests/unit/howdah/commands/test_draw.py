"""``howdah draw``: which pictures it writes, and where they are."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from lxml import etree

from howdah.commands.draw import command

WORKFLOW = """<workflow-app name="load" xmlns="uri:oozie:workflow:0.5"><start to="a"/><action name="a"><fs>
<move source="${root}/in" target="/raw"/></fs><ok to="b"/><error to="fail"/></action><action name="b">
<java><job-tracker>j</job-tracker><name-node>n</name-node><main-class>M</main-class><arg>/raw</arg><arg>--out</arg><arg>/made</arg></java>
<ok to="c"/><error to="fail"/></action>
<action name="c"><email xmlns="uri:oozie:email-action:0.2"><to>a</to><subject>s</subject><body>b</body></email>
<ok to="end"/><error to="end"/></action><kill name="fail"><message>m</message></kill><end name="end"/></workflow-app>"""
COORDINATOR = """<coordinator-app name="daily" frequency="60" start="2026-01-01T00:00Z" end="2027-01-01T00:00Z"
timezone="UTC" xmlns="uri:oozie:coordinator:0.4"><action><workflow><app-path>/x/w</app-path></workflow></action>
</coordinator-app>"""
BUNDLE = """<bundle-app name="all" xmlns="uri:oozie:bundle:0.2"><coordinator name="daily"><app-path>/x/c</app-path>
</coordinator></bundle-app>"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def app(workflow: str = WORKFLOW) -> Path:
    Path("workflow.xml").write_text(workflow)
    return Path("workflow.xml")


def titles(path: Path, kind: str) -> list[str]:
    """What stands in the boxes of that kind."""
    groups = etree.parse(path).getroot().iter("{*}g")
    return [group.find("{*}text").text for group in groups if group.get("class") == f"node {kind}"]


def test_four_pictures_and_where_they_are() -> None:
    result = run(app())

    assert result.exit_code == 0
    assert result.output == (
        "drawings/workflow.control.svg and .mmd  control flow of workflow 'load'\n"
        "drawings/workflow.data.svg and .mmd  data flow of workflow 'load'\n"
    )
    assert titles(Path("drawings/workflow.control.svg"), "action") == ["a", "b", "c"]
    assert titles(Path("drawings/workflow.data.svg"), "directory") == ["${root}/in", "/raw", "/made"]
    assert Path("drawings/workflow.control.mmd").read_text().startswith("flowchart TD\n")
    text = Path("drawings/workflow.data.svg").read_text()
    assert "No data is known of: c." in text
    assert "Not known here: root." in text


def test_all_apps_of_a_folder_lie_as_they_lie_there() -> None:
    for place, text in (("b/bundle", BUNDLE), ("c/coordinator", COORDINATOR), ("w/workflow", WORKFLOW)):
        Path("apps", place).parent.mkdir(parents=True)
        Path("apps", f"{place}.xml").write_text(text)

    result = run("apps", "-o", "out", "--format", "svg")

    assert [line.split()[0] for line in result.output.splitlines()] == [
        f"out/{place}.{view}.svg"
        for place in ("b/bundle", "c/coordinator", "w/workflow")
        for view in ("control", "data")
    ]
    assert titles(Path("out/b/bundle.control.svg"), "workflow") == ["load"]
    assert titles(Path("out/b/bundle.data.svg"), "directory") == ["${root}/in", "/raw", "/made"]
    assert titles(Path("out/c/coordinator.control.svg"), "schedule") == ["every hour"]


@pytest.mark.parametrize(
    ("arguments", "begins"),
    [
        (("-o", "-"), "<svg"),
        (("-o", "-", "--format", "mermaid"), "flowchart TD\n  accTitle: Workflow load"),
        (("-o", "-", "--format", "mermaid", "--view", "data"), "flowchart TD\n  accTitle: Data flow of workflow load"),
    ],
)
def test_one_picture_for_a_pipe(arguments: tuple[str, ...], begins: str) -> None:
    result = run(app(), *arguments)

    assert result.output.startswith(begins)
    assert not Path("drawings").exists()


def test_a_file_knows_its_form_by_its_name() -> None:
    assert run(app(), "-o", "x.mmd").output == "x.mmd  control flow of workflow 'load'\n"
    assert run(app(), "-o", "x.svg", "--view", "data").output == "x.svg  data flow of workflow 'load'\n"
    assert Path("x.mmd").read_text().startswith("flowchart")
    assert Path("x.svg").read_text().startswith("<svg")


def test_other_kinds_of_pictures_are_not_made() -> None:
    result = run(app(), "-o", "flow.PNG")

    assert result.exit_code == 2
    assert "call it flow.svg" in result.output
    assert not Path("flow.PNG").exists()


def test_one_file_for_several_apps_holds_the_first_and_says_so() -> None:
    app()
    Path("coordinator.xml").write_text(COORDINATOR.replace("/x/w", "${w}"))

    result = run(".", "-o", "x.svg")

    assert "x.svg  control flow of coordinator 'daily'" in result.output
    assert "that is one app of 2; others are workflow.xml" in result.output


def test_an_app_that_oozie_would_refuse_is_drawn_and_says_so() -> None:
    result = run(app(WORKFLOW.replace('<ok to="b"/>', '<ok to="gone"/>')), "--format", "svg", "--view", "control")

    assert result.exit_code == 0
    assert result.output == (
        "drawings/workflow.control.svg\n    control flow of workflow 'load', which Oozie would refuse\n"
    )
    assert titles(Path("drawings/workflow.control.svg"), "missing") == ["gone"]
    assert "Oozie would refuse this app: E0708" in Path("drawings/workflow.control.svg").read_text()


def test_an_app_that_cannot_be_read_has_its_findings_and_the_others_are_drawn() -> None:
    app()
    Path("broken.xml").write_text("<workflow-app name='w'>")

    result = run(".")

    assert result.exit_code == 1
    assert "E0701 broken.xml" in result.output
    assert Path("drawings/workflow.control.svg").exists()


def test_the_same_app_gives_the_same_bytes() -> None:
    run(app(), "-o", "one")
    run(app(), "-o", "two")

    assert [path.read_bytes() for path in sorted(Path("one").iterdir())] == [
        path.read_bytes() for path in sorted(Path("two").iterdir())
    ]


def test_a_place_that_cannot_be_written() -> None:
    Path("file").write_text("")

    result = run(app(), "-o", "file/x.svg")

    assert getattr(result.exception, "code", "") == "H714"


def test_more_than_a_picture_can_hold_is_said_at_once() -> None:
    names = [f"d{number}" for number in range(160)]
    cases = (
        '<case to="end">${x}</case>' + "".join(f'<case to="{to}">${{x}}</case>' for to in names[n:]) for n in range(160)
    )
    decisions = "".join(
        f'<decision name="{name}"><switch>{case}<default to="end"/></switch></decision>'
        for name, case in zip(names, cases, strict=True)
    )
    path = app(WORKFLOW.replace('<start to="a"/>', f'<start to="d0"/>{decisions}'))

    assert_too_much(path, "arrows are more than a picture can hold")


def test_forks_in_forks_by_the_hundred_are_too_much_at_once() -> None:
    ends = ["end", *(f"j{number}" for number in range(400))]
    nested = "".join(
        f'<fork name="f{n}"><path start="{f"f{n + 1}" if n < 399 else "c"}"/><path start="a{n}"/></fork>'
        f'<action name="a{n}"><fs/><ok to="j{n}"/><error to="fail"/></action><join name="j{n}" to="{ends[n]}"/>'
        for n in range(400)
    )
    path = app(WORKFLOW.replace('<start to="a"/>', f'<start to="f0"/>{nested}'))
    began = time.monotonic()

    assert_too_much(path, "arrows run beside each other for longer than a picture can hold")

    assert time.monotonic() - began < 20


def assert_too_much(path: Path, message: str) -> None:
    """What has too many arrows is said, and Mermaid holds all."""
    result = run(path, "--view", "control")
    assert result.exit_code == 1
    assert "H714 workflow.xml " in result.output
    assert message in result.output
    assert "--format mermaid" in result.output
    assert not Path("drawings/workflow.control.svg").exists()
    assert Path("drawings/workflow.control.mmd").is_file()


def test_pictures_lie_by_the_path_of_their_app() -> None:
    for place in ("one/load", "two/load"):
        Path(place).mkdir(parents=True)
        Path(place, "workflow.xml").write_text(WORKFLOW.replace('"load"', f'"{place[:3]}"'))

    said = [run(path, "--view", "data").output.splitlines()[0] for path in ("one/load", Path("two/load").resolve())]

    assert said == [
        f"drawings/{place}/workflow.data.svg and .mmd  data flow of workflow '{place[:3]}'"
        for place in ("one/load", "two/load")
    ]


def test_programs_are_told_of_nodes_arrows_data_and_files() -> None:
    app()
    Path("broken.xml").write_text("<workflow-app name='w'>")

    result = run(".", "--format", "json")

    assert result.exit_code == 1
    broken, load = json.loads(result.stdout)
    assert [broken["ok"], broken["findings"][0]["code"], broken["files"], broken["data"]] == [False, "E0701", [], None]
    assert (load["path"], load["kind"], load["name"], load["ok"]) == ("workflow.xml", "workflow", "load", True)
    assert load["files"] == [
        f"drawings/workflow.{view}.{ending}" for view in ("control", "data") for ending in ("svg", "mmd")
    ]
    assert {"name": "a", "kind": "action", "title": "a", "detail": "fs"} in load["control"]["nodes"]
    assert {"source": "a", "target": "fail", "way": "error", "label": ""} in load["control"]["arrows"]
    assert {one["title"] for one in load["data"]["nodes"] if one["kind"] == "directory"} == {
        "${root}/in", "/raw", "/made"
    }  # fmt: skip
    assert {one["way"] for one in load["data"]["arrows"]} == {"reads", "writes", "mentions"}


def test_programs_may_be_told_without_a_file() -> None:
    [told] = json.loads(run(app(), "--format", "json", "-o", "-", "--view", "control").stdout)
    assert told["files"] == []
    assert "data" not in told
    assert [path.name for path in Path().iterdir()] == ["workflow.xml"]


def test_a_property_that_oozie_computes_goes_by_its_name() -> None:
    Path("job.properties").write_text("root=/data\nday=${coord:formatTime(coord:nominalTime(), 'yyyyMMdd')}\n")
    result = run(app(WORKFLOW.replace("/raw", "${root}/${day}")), "--view", "data", "--format", "svg")

    assert result.exit_code == 0
    text = Path("drawings/workflow.data.svg").read_text()
    assert titles(Path("drawings/workflow.data.svg"), "directory")[:2] == ["/data/in", "/data/${day}"]
    assert "Not known here" not in text


def test_a_remark_names_what_is_not_here() -> None:
    inner = "<sub-workflow><app-path>/apps/inner</app-path></sub-workflow>"
    result = run(app(re.sub(r"<email.*</email>", inner, WORKFLOW, flags=re.DOTALL)), "--view", "data")

    assert result.exit_code == 0
    words = " ".join(etree.parse("drawings/workflow.data.svg").getroot().itertext())
    assert "/apps/inner is not here" in " ".join(words.split())
