"""The files of datasets that a coordinator includes."""

from __future__ import annotations

import pytest

from oozie.language.check import check_file

COORDINATOR = """<coordinator-app name="c" frequency="60" start="2026-01-01T00:00Z" end="2027-01-01T00:00Z"
 timezone="UTC" xmlns="uri:oozie:coordinator:0.4">
<datasets>
<include>{}</include></datasets><input-events><data-in name="i" dataset="d"><instance>${{coord:current(0)}}</instance>
</data-in></input-events><action><workflow><app-path>/w</app-path></workflow></action></coordinator-app>"""
DATASET = (
    '<dataset name="d" frequency="60" initial-instance="2026-01-01T00:00Z" timezone="UTC">'
    "<uri-template>/d/${YEAR}</uri-template></dataset>"
)
PROPERTIES = "home=hdfs://n/apps/c\noozie.coord.application.path=${home}"


def found(include: str, properties: str | None = PROPERTIES, **files: str) -> list[tuple[str, str, int, str]]:
    given = {"c/coordinator.xml": COORDINATOR.format(include)} | {f"c/{name}.xml": files[name] for name in files}
    if properties is not None:
        given["c/job.properties"] = properties
    checked = check_file({name: text.encode() for name, text in given.items()}, "c/coordinator.xml")
    return [(f.code, f.path, f.line, f.message) for f in checked.findings if f.severity == "error"]


def test_a_file_of_datasets_may_include_another_one() -> None:
    more = "<datasets><include>hdfs://n/apps/c/b.xml</include></datasets>"

    assert found("${home}/a.xml", a=more, b=f"<datasets>{DATASET}</datasets>") == []


@pytest.mark.parametrize("include", ["hdfs://elsewhere/a.xml", "/elsewhere/a.xml", "${unknown}/a.xml"])
def test_what_lies_elsewhere_cannot_be_seen(include: str) -> None:
    assert found(include, None) == []


@pytest.mark.parametrize(
    ("include", "code", "message"),
    [
        ("a.xml", "E1002", "there is no file of datasets at 'a.xml'"),
        ("${home}/b.xml", "E1002", "'c/b.xml' is included and is not in the app's folder"),
        ("", "E1001", "an <include> is empty"),
    ],
)
def test_an_include_that_oozie_does_not_find(include: str, code: str, message: str) -> None:
    assert found(include, a="<datasets/>") == [(code, "c/coordinator.xml", 4, message)]


def test_a_file_that_is_none_is_named_with_its_line() -> None:
    [(code, path, line, _)] = found("${home}/a.xml", a="<datasets>\n<x></datasets>")

    assert (code, path, line) == ("E0700", "c/a.xml", 2)


def test_no_file_includes_itself() -> None:
    more = "<datasets>\n<include>/apps/c/{}.xml</include></datasets>"

    assert found("${home}/a.xml", a=more.format("b"), b=more.format("a")) == [
        ("E0803", "c/b.xml", 2, "'c/a.xml' includes itself")
    ]


def test_expressions_count_in_the_coordinator_only() -> None:
    more = "<datasets><include>${home}/b.xml</include></datasets>"

    [(code, path, _, message)] = found("${home}/a.xml", a=more, b="<datasets/>")
    assert (code, path, message) == ("E1002", "c/a.xml", "a file that is included cannot include '${home}/b.xml'")


def test_each_dataset_is_included_once() -> None:
    more = "<datasets><include>/apps/c/{}.xml</include><include>/apps/c/b.xml</include></datasets>"
    datasets = f"<datasets>{DATASET}</datasets>"

    for other in ("b", "x"):
        [(code, path, _, message)] = found("${home}/a.xml", a=more.format(other), b=datasets, x=datasets)
        assert (code, path) == ("E0803", "c/a.xml")
        assert message == f"dataset 'd' of 'c/b.xml' is included from 'c/{other}.xml' already"


def test_files_that_include_each_other_twice_are_read_once() -> None:
    files = {f"f{n}": f"<datasets>{f'<include>/apps/c/f{n + 1}.xml</include>' * 2}</datasets>" for n in range(60)}

    [(code, path, _, _)] = found("${home}/f0.xml", **files, f60="<datasets/>")
    assert (code, path) == ("E0803", "c/coordinator.xml")  # since nothing defines 'd'


def test_an_event_names_a_dataset_of_an_included_file_or_a_nearby_name() -> None:
    one = DATASET.replace('"d"', '"dd"')

    assert found("${home}/a.xml", a=f"<datasets>{one}</datasets>") == [
        ("E0803", "c/coordinator.xml", 4, "'i' names the dataset 'd', which is not defined")
    ]


def test_what_is_not_here_may_define_any_dataset() -> None:
    assert found("/elsewhere/a.xml") == []
    assert found("${home}/a.xml", a="<datasets><include>/elsewhere/b.xml</include></datasets>") == []


def test_values_of_an_included_dataset_are_those_of_its_file() -> None:
    wrong = DATASET.replace('timezone="UTC"', 'timezone="Nowhere"').replace('"60"', '"x"')

    assert [finding[:3] for finding in found("${home}/a.xml", a=f"<datasets>\n{wrong}</datasets>")] == [
        ("E1003", "c/a.xml", 2),
        ("E1003", "c/a.xml", 2),
    ]


def test_values_come_before_what_is_missing_and_that_before_what_is_included() -> None:
    wrong = DATASET.replace('"60"', '"x"').replace("uri-template", "template")
    files = {"a": f"<datasets>{wrong}<include>/apps/c/b.xml</include></datasets>", "b": "<datasets>"}

    assert [finding[0] for finding in found("${home}/a.xml", **files)] == ["E1003", "E0803"]


def test_a_file_that_oozie_does_not_find_is_read_where_it_is_meant() -> None:
    wrong = DATASET.replace('"60"', '"x"')

    assert [finding[:2] for finding in found("a.xml", a=f"<datasets>{wrong}</datasets>")] == [
        ("E1002", "c/coordinator.xml"),
        ("E1003", "c/a.xml"),
    ]
