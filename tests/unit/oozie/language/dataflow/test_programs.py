"""Programs of one's own: what they are told, and which paths that mentions."""

from __future__ import annotations

import pytest

from oozie.language import document
from oozie.language.dataflow import programs
from oozie.language.dataflow.uses import Doing, Surroundings

AROUND = Surroundings({"root": "/data"}, {})


def done(function, text: str) -> Doing:
    return function(document.parse(text.encode()), AROUND)


@pytest.mark.parametrize(
    ("arguments", "mentions"),
    [
        (
            ("--input", "${root}/in", "--output", "hdfs://nn/out"),
            [("/data/in", "--input"), ("hdfs://nn/out", "--output")],
        ),
        (("out=/x", "--conf", "a=b"), [("/x", "out")]),
        (("/a,/b",), [("/a", ""), ("/b", "")]),
        (
            ("/a/${coord:formatTime(coord:nominalTime(), 'yyyyMMdd')}/x,${wf:conf('a,b')}/c",),
            [("/a/${coord:formatTime(coord:nominalTime(), 'yyyyMMdd')}/x", ""), ("${wf:conf('a,b')}/c", "")],
        ),
        (("${inputDir}", "${count}"), [("${inputDir}", "inputDir")]),
        (("http://host/x", "jdbc:mysql://db/x", "/lib/a.jar", "/", "hdfs://nn", "2026/01"), []),
    ],
)
def test_arguments_that_look_like_paths(arguments: tuple[str, ...], mentions: list[tuple[str, str]]) -> None:
    text = "".join(f"<arg>{argument}</arg>" for argument in arguments)

    doing = done(programs.java, f"<java><main-class>org.x.Main</main-class>{text}</java>")

    assert doing.does == "runs the Java program org.x.Main"
    assert [(use.name, use.said) for use in doing.uses] == mentions
    assert {use.how for use in doing.uses} <= {"mentions"}


def test_spark_says_what_runs_where() -> None:
    doing = done(programs.spark, "<spark><master>yarn</master><mode>cluster</mode><name>train</name><class>M</class>"
                 "<jar>a.jar</jar><arg>/in</arg></spark>")  # fmt: skip

    assert doing.does == "runs the Spark application 'train' (M of a.jar) on yarn, cluster"
    assert [use.name for use in doing.uses] == ["/in"]


def test_a_command_without_its_password() -> None:
    doing = done(programs.shell, "<shell><exec>load.sh</exec><argument>--password</argument>"
                 "<argument>hunter2</argument><env-var>OUT=/out</env-var></shell>")  # fmt: skip

    assert doing.does == "runs the command load.sh --password (hidden)"
    assert [(use.name, use.said) for use in doing.uses] == [("/out", "OUT")]


def test_paths_on_another_machine_are_its_own() -> None:
    doing = done(programs.ssh, "<ssh><host>me@h</host><command>cp -r</command><args>/a</args></ssh>")

    assert doing.does == "runs on me@h over SSH: cp -r /a"
    assert [(use.what, use.name) for use in doing.uses] == [("local path", "me@h:/a")]
