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

    assert found("${home}/f0.xml", **files, f60="<datasets/>") == []
