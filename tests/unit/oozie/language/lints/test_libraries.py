from __future__ import annotations

import pytest

from oozie.language.lints.libraries import meeting_libraries, missing_share_lib
from oozie.language.lints.subject import Subject
from oozie.language.model import Action, Element, End, Start, Workflow

JOB = {"oozie.wf.application.path": "/a"}
SWITCHED_ON = {**JOB, "oozie.use.system.libpath": "true"}


def configuration(name: str, value: str) -> Element:
    entry = Element("property", children=(Element("name", text=name), Element("value", text=value)))
    return Element("configuration", children=(entry,))


def subject(
    tag: str, properties: dict[str, str] | None, *children: Element, jars: str = "", everywhere: Element | None = None
) -> Subject[Workflow]:
    action = Action("a", Element(tag, children=children), "end", "end", line=3)
    app = Workflow("w", (Start("a"), action, End("end")), global_section=everywhere)
    return Subject(app, "x/workflow.xml", {f"x/lib/{jar}": b"" for jar in jars.split()}, properties)


@pytest.mark.parametrize("tag", ["sqoop", "hive", "hive2", "pig", "spark", "distcp"])
def test_an_action_without_its_share_lib(tag: str) -> None:
    [lint] = missing_share_lib(subject(tag, JOB))

    assert (lint.code, lint.line, lint.node) == ("H022", 3, "a")
    assert lint.message == f"oozie.use.system.libpath is not true: 'a' ({tag}) will not find its classes"


def test_streaming_lives_on_it_too() -> None:
    assert len(list(missing_share_lib(subject("map-reduce", JOB, Element("streaming"))))) == 1
    assert list(missing_share_lib(subject("map-reduce", JOB))) == []


@pytest.mark.parametrize(
    "app",
    [
        subject("pig", SWITCHED_ON),
        subject("pig", None),
        subject("pig", {"queue": "default"}),
        subject("shell", JOB),
        subject("pig", {**JOB, "jobTracker": "local"}, Element("job-tracker", text="${jobTracker}")),
        subject("pig", {**JOB, "oozie.libpath": "/libs"}),
        subject("pig", {**JOB, "oozie.use.system.libpath": "${useLibs}"}),
        subject("pig", JOB, jars="pig.jar"),
        subject("pig", JOB, Element("file", text="/libs/pig.jar#pig.jar")),
        subject("pig", JOB, configuration("oozie.use.system.libpath", "true")),
        subject(
            "pig", JOB, everywhere=Element("global", children=(configuration("oozie.use.system.libpath", "true"),))
        ),
    ],
)
def test_an_action_that_has_what_it_needs(app: Subject[Workflow]) -> None:
    assert list(missing_share_lib(app)) == []


@pytest.mark.parametrize(
    ("app", "says"),
    [
        (subject("java", None, jars="guava-11.0.2.jar guava-28.1-jre.jar"), "lib/ has guava in 2 versions"),
        (
            subject("spark", {"oozie.action.sharelib.for.spark": "spark, spark2"}),
            "oozie.action.sharelib.for.spark names spark and spark2",
        ),
        (
            subject("spark", None, configuration("oozie.action.sharelib.for.spark", "spark2.4,spark3")),
            "oozie.action.sharelib.for.spark names spark2.4 and spark3",
        ),
        (
            subject("pig", {**SWITCHED_ON, "oozie.libpath": "/a,hdfs://n/user/oozie/share/lib/lib_2020/pig"}),
            "oozie.libpath leads into the share lib",
        ),
        (subject("pig", SWITCHED_ON, jars="hadoop-common-2.6.0.jar"), "lib/ brings hadoop-common-2.6.0.jar"),
        (subject("spark", SWITCHED_ON, jars="spark-core_2.11-2.4.jar spark-sql_2.11-2.4.jar"), "(so 2 jars)"),
    ],
)
def test_libraries_that_meet(app: Subject[Workflow], says: str) -> None:
    [lint] = meeting_libraries(app)

    assert lint.code == "H023"
    assert says in lint.message
    assert lint.hint


@pytest.mark.parametrize(
    "app",
    [
        subject("java", None, jars="guava-11.0.2.jar commons-io-2.4.jar sub/guava-12.jar notes.jar"),
        subject("pig", {"oozie.action.sharelib.for.pig": "pig,hcatalog"}),
        subject("java", {"oozie.action.sharelib.for.java": "hive,hive2"}),
        subject("spark", {"oozie.action.sharelib.for.spark.exclude": "spark,spark2"}),
        subject("pig", {**SWITCHED_ON, "oozie.libpath": "/user/oozie/share/lib"}),
        subject("pig", {**JOB, "oozie.libpath": "/user/oozie/share/lib/pig"}),
        subject("java", JOB, jars="hadoop-common-2.6.0.jar"),
        subject("pig", SWITCHED_ON, jars="spark-core_2.11-2.4.jar mysql-connector-java-5.1.jar"),
    ],
)
def test_libraries_that_do_not_meet(app: Subject[Workflow]) -> None:
    assert list(meeting_libraries(app)) == []
