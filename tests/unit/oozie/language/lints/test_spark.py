from __future__ import annotations

import pytest

from oozie.language.lints.spark import spark_places
from oozie.language.lints.subject import Subject
from oozie.language.model import Action, Element, End, Start, Workflow


def found(master: str, mode: str | None = None, options: str = "", tag: str = "spark") -> list[str]:
    children = [Element("master", text=master, line=3)]
    children += [Element("mode", text=mode)] if mode is not None else []
    children += [Element("spark-opts", text=options, line=5)] if options else []
    action = Action("a", Element(tag, children=tuple(children)), "end", "end")
    app = Workflow("w", (Start("a"), action, End("end")))
    lints = list(spark_places(Subject(app, "w.xml", {}, {"where": "yarn-client"})))
    assert all(lint.code == "H024" and lint.node == "a" and lint.hint for lint in lints)
    return [f"{lint.line} {lint.message}" for lint in lints]


@pytest.mark.parametrize(
    ("master", "mode", "options", "says"),
    [
        ("yarn-cluster", None, "", "3 action 'a' has the master 'yarn-cluster', which Spark 3 refuses"),
        (" ${where} ", "cluster", "", "3 master 'yarn-client' and mode 'cluster' of action 'a' contradict each other"),
        ("yarn-cluster", "client", "", "3 master 'yarn-cluster' and mode 'client' of action 'a' contradict each other"),
        ("yarn", None, "", "3 action 'a' has the master 'yarn' and no mode"),
        ("local[*]", "cluster", "", "3 action 'a' has the master 'local[*]' in cluster mode, which Spark refuses"),
        ("yarn", "cluster", "--conf a=b --master local", "5 spark-opts of action 'a' has --master"),
        ("yarn", None, "--deploy-mode=cluster", "5 spark-opts of action 'a' has --deploy-mode"),
        ("yarn", "client", "--name x", "5 spark-opts of action 'a' has --name"),
    ],
)
def test_places_that_are_not_understood(master: str, mode: str | None, options: str, says: str) -> None:
    [message] = found(master, mode, options)

    assert message.startswith(says)


@pytest.mark.parametrize(
    ("master", "mode", "options"),
    [
        ("yarn", "cluster", "--conf spark.app.name=x --num-executors 2"),
        ("local[*]", "client", ""),
        ("local[*]", None, ""),
        ("${master}", None, ""),
        ("${where}", None, ""),
        ("yarn", "${mode}", ""),
        ("spark://h:7077", None, ""),
    ],
)
def test_places_as_they_should_be(master: str, mode: str | None, options: str) -> None:
    assert found(master, mode, options) == []


def test_other_actions_have_no_master() -> None:
    assert found("yarn-cluster", tag="shell") == []
