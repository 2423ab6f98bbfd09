"""Hive and Pig actions: their script or query, with what the action hands to it."""

from __future__ import annotations

from oozie.language.dataflow.queries import hive, hive2, pig
from oozie.language.dataflow.uses import Doing, Surroundings
from oozie.language.model import Element


def body(tag: str, **texts: str | tuple[str, ...]) -> Element:
    pairs = (
        (name.replace("_", "-"), one)
        for name, text in texts.items()
        for one in ((text,) if isinstance(text, str) else text)
    )
    return Element(tag, children=tuple(Element(name, text=text) for name, text in pairs))


def told(doing: Doing) -> list[str]:
    return [f"{use.how} {use.name}" for use in doing.uses]


AROUND = Surroundings({"day": "0801"}, {"a.hql": "INSERT INTO t_${d} SELECT * FROM ${s}", "a.pig": "x = LOAD '$IN';"})


def test_a_script_with_its_parameters() -> None:
    doing = hive(body("hive", script="a.hql", param=("d=${day}", "s=orders")), AROUND)

    assert doing.does == "runs the script a.hql in Hive"
    assert told(doing) == ["writes t_0801", "reads orders"]


def test_variables_may_stand_among_the_arguments() -> None:
    action = body("hive2", jdbc_url="jdbc:hive2://h:10000/d;x=y", script="a.hql",
                  argument=("--hivevar", "d=1", "--hivevar s=o"))  # fmt: skip

    doing = hive2(action, AROUND)

    assert doing.does == "runs the script a.hql through HiveServer2 (jdbc:hive2://h:10000/d)"
    assert told(doing) == ["writes t_1", "reads o"]


def test_a_query_stands_in_the_action() -> None:
    assert told(hive2(body("hive2", query="INSERT INTO x SELECT * FROM y"), AROUND)) == ["writes x", "reads y"]


def test_pig_takes_parameters_too() -> None:
    assert told(pig(body("pig", script="a.pig", argument=("-param", "IN=/in")), AROUND)) == ["reads /in"]


def test_a_script_that_is_not_here_is_no_secret() -> None:
    for function in (hive, hive2, pig):
        assert function(body("x", script="b"), AROUND).notes == (
            "b is not here, so what it reads and writes is not known",
        )
