"""The jars of one app: the user's, those of lib/, the drivers."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from oozie.client.sharelib.assembly import Assembly, Wishes, assemble
from oozie.client.sharelib.errors import LibraryError

APP = b"""<workflow-app xmlns="uri:oozie:workflow:0.5" name="a"><start to="load"/>
<action name="load"><sqoop xmlns="uri:oozie:sqoop-action:0.4"><job-tracker>j</job-tracker><name-node>n</name-node>
<command>import --connect jdbc:mysql://h/d --table t</command></sqoop><ok to="end"/><error to="end"/></action>
<end name="end"/></workflow-app>"""
SYSTEM = {"oozie.use.system.libpath": "true"}


def jar(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x", "")
    return path


def assembled(
    paths: dict[str, Path], *named: Path, share_lib: tuple[str, ...] = (), folder: Path | None = None, **more: list[str]
) -> Assembly:
    wishes = Wishes(named, cache=folder or Path("/none"), repository=folder or Path("/none"))
    return assemble(
        {"workflow.xml": APP, "not.xml": b"<x"}, paths, SYSTEM, wishes,
        share_lib=lambda part: [f"/share/{part}/{name}" for name in share_lib if part == "sqoop"], elsewhere=more,
    )  # fmt: skip


def test_jars_of_the_user_make_the_library_and_those_of_lib_stay_in_the_app(tmp_path: Path) -> None:
    own = jar(tmp_path / "lib" / "mysql-connector-j-8.4.0.jar")
    found = assembled({"lib/mysql-connector-j-8.4.0.jar": own}, jar(tmp_path / "mine-1.jar"))

    assert [each.name for each in found.library] == ["mine-1.jar"]
    assert (found.without, found.left_out, found.added) == (frozenset(), (), ())


def test_what_the_share_lib_has_is_left_out_of_the_app_too(tmp_path: Path) -> None:
    own = jar(tmp_path / "lib" / "mysql-connector-j-8.4.0.jar")
    found = assembled({"lib/mysql-connector-j-8.4.0.jar": own}, share_lib=("mysql-connector-j-8.4.0.jar", "x.txt"))

    assert found.without == {"lib/mysql-connector-j-8.4.0.jar"}
    assert "share lib 'sqoop' has it already" in found.left_out[0].reason


def test_a_driver_in_another_folder_of_the_libpath_is_one(tmp_path: Path) -> None:
    assert assembled({}, oozielib=["mysql-connector-java-5.1.49.jar"]).added == ()


def test_a_driver_that_nobody_has_is_said_with_the_ways_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="nobody has a driver for MySQL") as caught:
        assembled({}, folder=tmp_path)
    assert caught.value.code == "H824"
    assert "--fetch-driver" in caught.value.diagnostics[0].hint
