from __future__ import annotations

import pytest

from generator.profiles import HDP, LOCAL, PROFILES, STACK


def test_the_article_s_cluster() -> None:
    host = "hw1.c.all-ih.internal"

    assert {
        "nameNode": f"hdfs://{host}:8020",
        "jobTracker": f"{host}:8050",
        "queueName": "daily",
        "master": "yarn-cluster",
        "oozie.use.system.libpath": "true",
        "oozie.libpath": "/user/oozielib",
    }.items() <= HDP.properties.items()
    assert HDP.folder == "/user/refinedzone"


def test_another_place_keeps_what_is_not_said() -> None:
    there = HDP.but("there", nameNode="hdfs://there", more="x", dbUser=None)

    assert there.name == "there"
    assert there.properties["nameNode"] == "hdfs://there"
    assert there.properties["queueName"] == "daily"
    assert there.properties["dbUser"] is None
    assert list(there.properties)[-1] == "more"
    assert HDP.properties["nameNode"] != "hdfs://there"
    assert LOCAL.but() == LOCAL


def test_schemas_are_those_of_the_oozie_there() -> None:
    assert HDP.schema("workflow") == "0.5"
    assert LOCAL.schema("git") == "1.0"
    with pytest.raises(KeyError):
        HDP.schema("git")  # came with Oozie 5.1


def test_no_profile_holds_a_password() -> None:
    assert not [name for profile in PROFILES for name in profile.properties if name.lower().endswith("password")]


def test_spark_3_is_told_its_mode_apart() -> None:
    assert STACK.properties["master"] == "yarn"
    assert STACK.spark_mode == "cluster"
    assert dict(STACK.spark_conf)["spark.pyspark.python"] == "${sparkPython}"
