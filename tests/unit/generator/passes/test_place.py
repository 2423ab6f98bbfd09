from __future__ import annotations

from dataclasses import replace
from typing import Any

from generator.declare import handle, hive, hive2, shell, spark, sqoop_import, workflow
from generator.passes.draft import Draft
from generator.passes.place import configure_spark, drop_absent, reach_hive
from generator.profiles import HDP, LOCAL
from generator.values import ActionStep

IMPORT = sqoop_import(
    "i", connect="c", table="t", target_dir="/t", username="${dbUser}", password_file="${passwordFile}"
)


def _first(draft: Draft) -> ActionStep:
    step = draft.steps[0]
    assert isinstance(step, ActionStep)
    return step


def _draft(step: Any, profile: Any) -> Draft:
    return Draft(workflow("w", step), profile, (step,))


def test_an_option_goes_with_its_value() -> None:
    words = _first(drop_absent(_draft(IMPORT, LOCAL))).body.texts("arg")

    assert words[:5] == ("import", "--connect", "c", "--table", "t")
    assert "--username" in _first(drop_absent(_draft(IMPORT, HDP))).body.texts("arg")


def test_a_word_alone_goes_alone() -> None:
    step = shell("s", command="x", arguments=("a", "${dbUser}", "b"))

    assert _first(drop_absent(_draft(step, LOCAL))).body.texts("argument") == ("a", "b")


def test_hive_goes_through_the_server_that_is_there() -> None:
    step = shell("s", command="x", on_error=handle(hive("h", script="/a.hql", params={"x": "1"})))

    assert _first(reach_hive(_draft(step, LOCAL))).on_error.steps[0].body.tag == "hive"
    body = _first(reach_hive(_draft(step, HDP))).on_error.steps[0].body
    assert [child.tag for child in body.children] == ["jdbc-url", "script", "param"]
    assert body.tag == "hive2"


def test_hive2_stays_what_it_is() -> None:
    step = hive2("h", jdbc_url="jdbc:hive2://x", query="SELECT 1")

    assert reach_hive(_draft(step, HDP)).steps == (step,)


def test_the_mode_is_the_profile_s_where_the_master_is() -> None:
    cluster = replace(HDP, spark_mode="cluster")

    own = spark("s", application="/a.py", master="local[1]")
    assert _first(configure_spark(_draft(own, cluster))).body.first("mode") is None
    body = _first(configure_spark(_draft(spark("s", application="/a.py"), cluster))).body
    assert [child.tag for child in body.children][:3] == ["master", "mode", "name"]
    assert _first(configure_spark(_draft(spark("s", application="/a.py"), HDP))).body.first("mode") is None


def test_settings_are_the_profile_s_where_the_action_makes_none() -> None:
    there = replace(HDP, spark_conf=(("spark.executor.memory", "1g"), ("spark.a", "two words")))

    step = spark("s", application="/a.py", conf={"spark.executor.memory": "4g"})
    options = _first(configure_spark(_draft(step, there))).body.text_of("spark-opts")
    assert options.split(" --") == [
        '--conf "spark.a=two words"', "conf spark.yarn.queue=${queueName}", "conf spark.executor.memory=4g",
    ]  # fmt: skip
    own = spark("s", application="/a.py", master="local[1]")
    assert _first(configure_spark(_draft(own, there))) == own
