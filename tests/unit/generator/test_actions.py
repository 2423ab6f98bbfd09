from __future__ import annotations

from typing import Any

import pytest

from generator.declare import hive, hive2, spark
from generator.errors import DeclarationError
from generator.values import ActionStep
from oozie.language.model import Element


def _shape(element: Element) -> list[tuple[str, str]]:
    return [(child.tag, child.text) for child in element.children]


def test_hive_takes_a_script_of_the_folder_with_parameters() -> None:
    step = hive("h", script="sql/report.hql", params={"day": "${day}"}, prepare_delete=("/out",), job_xml=("hive.xml",))

    assert _shape(step.body) == [
        ("prepare", ""),
        ("job-xml", "hive.xml"),
        ("script", "report.hql"),
        ("param", "day=${day}"),
    ]
    assert step.body.children[0].children == (Element("delete", attributes=(("path", "/out"),)),)
    assert dict(step.needs) == {"report.hql": "sql/report.hql", "hive.xml": "hive.xml"}


def test_a_file_of_the_cluster_is_not_copied() -> None:
    assert hive("h", script="${nameNode}/a.hql").needs == ()
    assert hive("h", script="hdfs://n/a.hql").needs == ()


def test_hive2_goes_where_it_is_told() -> None:
    step = hive2("h", jdbc_url="jdbc:hive2://n:10000/x", query="SELECT 1", arguments=("--silent",))

    assert _shape(step.body) == [
        ("jdbc-url", "jdbc:hive2://n:10000/x"),
        ("query", "SELECT 1"),
        ("argument", "--silent"),
    ]


def test_a_job_of_this_distribution_brings_its_archive() -> None:
    step = spark("train", application="jobs/train.py", args=("--x", "1"))

    assert _shape(step.body) == [
        ("master", "${master}"),
        ("name", "train"),
        ("jar", "${appPath}/train.py"),
        ("spark-opts", "--conf spark.yarn.queue=${queueName} --py-files ${appPath}/howdah-jobs.zip"),
        ("arg", "--x"),
        ("arg", "1"),
    ]
    assert dict(step.needs) == {"train.py": "jobs/train.py", "howdah-jobs.zip": "howdah-jobs.zip"}


def test_spark_settings_and_files() -> None:
    step = spark(
        "s",
        application="lib/a.jar",
        main_class="org.A",
        conf={"spark.driver.extraJavaOptions": "-Da=1 -Db=2"},
        options=("--num-executors", "2"),
        py_files=("more.zip", "/shared/x.zip"),
        queue="q",
        master="yarn",
        mode="client",
        files=("words.txt#w.txt",),
    )

    assert step.body.text_of("spark-opts") == (
        '--conf spark.yarn.queue=q --conf "spark.driver.extraJavaOptions=-Da=1 -Db=2" --num-executors 2 '
        "--py-files ${appPath}/more.zip,/shared/x.zip"
    )
    assert step.body.text_of("mode") == "client"
    assert step.body.text_of("class") == "org.A"
    assert step.body.text_of("file") == "words.txt#w.txt"
    assert dict(step.needs) == {"a.jar": "lib/a.jar", "more.zip": "more.zip", "words.txt": "words.txt"}


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: hive("h"), "one of script= and query="),
        (lambda: hive("h", script="a", query="b"), "one of script= and query="),
        (lambda: hive("h", script="a", params="x=1"), "params is 'x=1'"),
        (lambda: hive("h", script="a", params={"x": 1}), "params['x'] is 1"),
        (lambda: hive("h", script="a", retry=3), "retry is 3"),
        (lambda: hive("h", script="a", on_error="ignore"), "on_error is 'ignore'"),
        (lambda: hive("a b", script="a"), "'a b' cannot be the name of an action"),
        (lambda: hive("h" * 129, script="a"), "has 129 characters"),
        (lambda: spark("s", application="a.jar"), "a jar needs main_class"),
        (lambda: spark("s", application="a.py", conf={"k": 1}), "conf['k'] is 1"),
        (lambda: spark("s", application="a.py", args="--x"), "args is '--x'"),
    ],
)
def test_mistakes_are_named(make: Any, words: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        make()

    assert words in caught.value.diagnostics[0].message
    assert caught.value.diagnostics[0].path == __file__


def test_every_builder_gives_a_step() -> None:
    assert isinstance(hive("h", query="SELECT 1"), ActionStep)
