"""Which driver a Sqoop action needs, who has it, and what it trips over."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from oozie.client.sharelib.drivers import DRIVERS, check_drivers, fetch_driver, find_driver, imports_of
from oozie.client.sharelib.errors import LibraryError
from oozie.client.sharelib.jars import jar_called
from oozie.language.model import Workflow
from oozie.language.reader import examine

APP = """<workflow-app xmlns="uri:oozie:workflow:0.5" name="a"><start to="load"/>
<action name="load"><sqoop xmlns="uri:oozie:sqoop-action:0.4"><job-tracker>j</job-tracker><name-node>n</name-node>
{arguments}</sqoop><ok to="end"/><error to="end"/></action><end name="end"/></workflow-app>"""
MYSQL = DRIVERS["jdbc:mysql:"]


def workflow(arguments: str) -> Workflow:
    app = examine(APP.format(arguments=arguments).encode())[0]
    assert isinstance(app, Workflow)
    return app


@pytest.mark.parametrize(
    "arguments",
    [
        "<arg>import</arg><arg>--connect</arg><arg>${url}</arg>",
        "<arg>import</arg><arg>--connect=jdbc:mysql://h/d</arg>",
        "<command>import --connect jdbc:mysql://h/d --table t</command>",
    ],
)
def test_the_database_is_told_by_the_url(arguments: str) -> None:
    (found,) = imports_of(workflow(arguments), {"url": "jdbc:mysql://h/d"})
    assert (found.action, found.url_kind) == ("load", "jdbc:mysql:")


def test_other_databases_are_the_users_affair() -> None:
    assert list(imports_of(workflow("<command>import --connect jdbc:oracle:thin:@h --table t</command>"), {})) == []


@pytest.mark.parametrize(
    ("url", "more", "jars", "missing", "trap"),
    [
        ("jdbc:mysql://h/d", "", [], ["MySQL"], ""),
        ("jdbc:mysql://h/d", "", ["mysql-connector-java-5.1.49.jar"], [], ""),
        ("jdbc:mysql://h/d", "", ["mariadb-java-client-3.1.0.jar"], [], "refuses jdbc:mysql URLs"),
        ("jdbc:mysql://h/d", "", ["mariadb-java-client-2.7.12.jar"], [], "Sqoop wants com.mysql.jdbc.Driver"),
        ("jdbc:mysql://h/d", "--driver org.mariadb.jdbc.Driver", ["mariadb-java-client-2.7.12.jar"], [], ""),
        ("jdbc:mariadb://h/d", "", ["mariadb-java-client-2.7.12.jar"], [], "knows no jdbc:mariadb URLs"),
        ("jdbc:postgresql://h/d", "", ["postgresql-42.7.4.jar"], [], ""),
    ],
)
def test_what_is_missing_and_what_keeps_sqoop_from_it(
    url: str, more: str, jars: list[str], missing: list[str], trap: str
) -> None:
    imports = imports_of(workflow(f"<command>import --connect {url} {more}</command>"), {})
    drivers, found = check_drivers(imports, map(jar_called, jars))

    assert [driver.database for driver in drivers] == missing
    assert [trap in each.message and each.code == "H826" for each in found] == [True] * bool(trap)


def test_only_a_whole_driver_is_one(tmp_path: Path) -> None:
    cache, repository = tmp_path / "cache", tmp_path / "m2"
    cache.mkdir()
    driver = replace(MYSQL, sha256=sha256(b"jar").hexdigest())
    (cache / driver.file_name).write_bytes(b"half")
    assert find_driver(driver, cache, repository) is None

    in_maven = repository / "com" / "mysql" / driver.artifact / driver.version / driver.file_name
    in_maven.parent.mkdir(parents=True)
    in_maven.write_bytes(b"jar")
    assert find_driver(driver, cache, repository) == in_maven


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [(b"jar", 0, ""), (b"other", 0, "checksum"), (None, 1, "[ERROR] no such artifact")],
)
def test_what_maven_brings_is_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None, code: int, said: str
) -> None:
    maven = tmp_path / "bin" / "mvn"
    maven.parent.mkdir()
    maven.write_text("")
    maven.chmod(0o755)
    monkeypatch.setenv("PATH", str(maven.parent))
    driver = replace(MYSQL, sha256=sha256(b"jar").hexdigest())

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        if content is not None:
            (tmp_path / driver.file_name).write_bytes(content)
        return subprocess.CompletedProcess(command, code, "", "[ERROR] no such artifact\n" if code else "")

    if not said:
        assert fetch_driver(driver, tmp_path, run).read_bytes() == b"jar"
        return
    with pytest.raises(LibraryError, match=said.replace("[", r"\[")) as caught:
        fetch_driver(driver, tmp_path, run)
    assert caught.value.code == "H825"
    assert "--lib" in caught.value.diagnostics[0].hint
    assert not (tmp_path / driver.file_name).exists()


def test_without_maven_the_way_by_hand_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LibraryError, match="no Maven") as caught:
        fetch_driver(MYSQL, tmp_path)
    assert caught.value.code == "H825"
