"""Which Spark a stack takes."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from howdah.stack import spark


def make_spark(home: Path, version: str) -> Path:
    (home / "jars").mkdir(parents=True)
    (home / "jars" / f"spark-core_2.12-{version}.jar").touch()
    return home


@pytest.mark.parametrize(("jar", "version"), [("3.5.9", (3, 5)), ("4.0.1", (4, 0)), ("10.11.0", (10, 11))])
def test_the_version_of_a_spark(tmp_path, jar, version):
    assert spark.version(make_spark(tmp_path, jar)) == version


def test_a_folder_that_is_no_spark(tmp_path):
    assert spark.version(tmp_path) is None


def test_the_pyspark_that_runs_this_needs_no_second_download(tmp_path):
    home = Path(importlib.util.find_spec("pyspark").submodule_search_locations[0])
    if spark.version(home) != (3, 5):
        pytest.skip("this Python has another PySpark than 3.5")
    told: list[str] = []

    found = spark.find(tmp_path, told.append)

    assert found == spark.Spark(home, Path(sys.executable))
    assert told == []
    assert list(tmp_path.iterdir()) == []


def test_a_fitting_one_is_taken_before_another(tmp_path):
    old, fitting = make_spark(tmp_path / "a", "4.0.1"), make_spark(tmp_path / "b", "3.5.2")

    assert spark.choose([old, fitting]) == spark.Spark(fitting, Path(sys.executable))
    assert spark.choose([old]) is None
    assert spark.choose([]) is None
