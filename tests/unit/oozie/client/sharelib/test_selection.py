"""Which jars go, and why the others stay."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oozie.client.sharelib.jars import jar_called
from oozie.client.sharelib.selection import parts_for, select


@pytest.mark.parametrize(
    ("types", "properties", "parts"),
    [
        (["sqoop", "fs"], {}, []),
        (["sqoop", "fs", "shell"], {"oozie.use.system.libpath": "true"}, ["oozie", "sqoop"]),
        (["map-reduce"], {"oozie.use.system.libpath": "TRUE"}, ["oozie", "mapreduce-streaming"]),
        (
            ["spark"],
            {"oozie.use.system.libpath": "true", "oozie.action.sharelib.for.spark": "spark3, hive"},
            ["oozie", "spark3", "hive"],
        ),
    ],
)
def test_the_parts_of_the_share_lib(types: list[str], properties: dict[str, str], parts: list[str]) -> None:
    assert parts_for(types, properties) == parts


@pytest.mark.parametrize(
    ("names", "present", "kept", "reason"),
    [
        (["a-1.jar"], [], ["a-1.jar"], ""),
        (["a-1.jar"], ["a-1.jar"], [], "has it already, as a-1.jar"),
        (["a-2.jar"], ["a-1.jar"], [], "has version 1 of it"),
        (["a-1.jar", "a-1.10.jar", "a-1.9.jar"], [], ["a-1.10.jar"], "a-1.10.jar is newer"),
        (["mysql-connector-java-8.0.33.jar"], ["mysql-connector-j-8.4.0.jar"], [], "has version 8.4.0 of it"),
    ],
)
def test_two_versions_of_one_artifact_conflict(
    names: list[str], present: list[str], kept: list[str], reason: str
) -> None:
    found = select([jar_called(name) for name in names], {"share lib 'sqoop'": present})

    assert [jar.name for jar in found.kept] == kept
    assert all(reason in each.reason for each in found.left_out)
    assert len(found.kept) + len(found.left_out) == len(names)


def test_hadoops_own_classes_stay_here() -> None:
    (left,) = select([replace(jar_called("x-1.jar"), brings_hadoop=True)], {}).left_out
    assert "Hadoop" in left.reason


def test_what_the_user_keeps_goes() -> None:
    found = select([jar_called("a-2.jar")], {"lib": ["a-1.jar"]}, keep={"a-2.jar"})
    assert not found.left_out
