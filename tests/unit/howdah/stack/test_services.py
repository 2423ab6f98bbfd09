"""What starts each service, and the steps around it."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest

from howdah.errors import CommandError
from howdah.stack.layout import Choice
from howdah.stack.ports import DEFAULTS, service_of
from howdah.stack.processes import Command
from howdah.stack.services import BY_NAME, SERVICES, environment, java_command, last_line, run_step, tail

_JAVA = [service.name for service in SERVICES if service.name != "mariadb"]


def options_of(deployment, name):
    command = BY_NAME[name].command(deployment)
    assert command.arguments == (
        f"{deployment.software.java_home}/bin/java",
        f"@{deployment.layout.run}/{name}.options",
    )
    return (deployment.layout.run / f"{name}.options").read_text().splitlines()


@pytest.mark.parametrize("name", _JAVA)
def test_a_java_service_starts_quickly_and_listens_on_the_loopback_alone(deployment, name):
    options = options_of(deployment, name)

    assert {"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", f"-javaagent:{deployment.software.loopback}"} <= set(options)
    assert [each for each in options if " " in each] == []  # an argument file would split it
    assert options[options.index("-cp") + 2].startswith("org.apache.")


def test_the_hive_endpoint_is_the_one_that_was_chosen(deployment):
    spark = options_of(deployment, "hive")
    hive = options_of(replace(deployment, choice=Choice(deployment.ports, "hive")), "hive")

    assert "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2" in spark
    assert "org.apache.hive.service.server.HiveServer2" in hive


def test_the_hive_projects_own_server_must_have_been_fetched(deployment):
    without = replace(deployment.software, hive=None)

    with pytest.raises(CommandError, match="H729"):
        BY_NAME["hive"].command(replace(deployment, software=without, choice=Choice(deployment.ports, "hive")))


def test_services_see_nothing_of_the_callers_environment_by_chance(deployment, monkeypatch):
    for name in ("JDK_JAVA_OPTIONS", "HADOOP_USER_NAME", "CLASSPATH", "SPARK_HOME", "http_proxy"):
        monkeypatch.setenv(name, "/of/the/caller")
    monkeypatch.setenv("TZ", "Asia/Bangkok")

    found = environment(deployment)

    assert "/of/the/caller" not in found.values()
    assert (found["TZ"], found["JAVA_HOME"]) == ("Asia/Bangkok", str(deployment.software.java_home))


def test_every_need_is_a_step():
    assert {need for service in SERVICES for need in service.needs} <= {*BY_NAME, "hdfs folders"}
    assert {service_of(name) for name in DEFAULTS} - {"smtp"} == set(BY_NAME)


def test_an_options_file_has_one_option_a_line(deployment):
    java_command(
        deployment, "x", "org.Main", ["/a", "/b/*"], heap_mb=64, options=["-Da=b"], arguments=["-format", "-force"]
    )  # fmt: skip

    lines = (deployment.layout.run / "x.options").read_text().splitlines()
    assert lines[0] == "-Xmx64m"
    assert lines[-6:] == ["-Da=b", "-cp", "/a:/b/*", "org.Main", "-format", "-force"]


def python(deployment, code):
    return Command((sys.executable, "-c", code), environment(deployment), deployment.layout.tmp)


def test_a_step_reads_what_it_is_given_and_logs_what_it_says(deployment):
    run_step(deployment, "x", python(deployment, "import sys; print(sys.stdin.read().upper())"), text="sql")

    assert (deployment.layout.logs / "x.log").read_text() == "SQL\n"


def test_a_step_that_fails_says_its_error(deployment):
    code = "print('ERROR 1045: denied'); print('bye'); raise SystemExit(3)"

    with pytest.raises(CommandError) as caught:
        run_step(deployment, "x", python(deployment, code))

    assert str(caught.value) == "H729 x failed (3): ERROR 1045: denied"
    assert caught.value.diagnostics[0].hint == f"see {deployment.layout.logs / 'x.log'}"


def test_the_last_line_of_a_log_that_says_something(tmp_path):
    log = tmp_path / "log"
    assert last_line(log) == "it said nothing"

    log.write_bytes(b"one\ntwo \xff\n\n")
    assert last_line(log) == "two \ufffd"

    log.write_text("java.io.IOException: gone\n  at a\n  at b\n")
    assert last_line(log) == "java.io.IOException: gone"


def test_the_end_of_a_long_log(tmp_path):
    log = tmp_path / "log"
    log.write_text("".join(f"{number}\n" for number in range(100_000)))

    assert tail(log, 2) == ["99998", "99999"]
    assert tail(tmp_path / "none", 2) == []


def test_a_first_step_is_done_once_and_to_its_end(deployment, tmp_path):
    """MariaDB's own installer, as a program that a test wrote, which fails the first time."""
    folder = deployment.layout.data / "mariadb"
    installer = tmp_path / "bin" / "mariadb-install-db"
    installer.parent.mkdir()
    installer.write_text(f"#!/bin/sh\nls {folder}\ntouch {folder}/half\nexit $(cat {tmp_path}/status)\n")
    installer.chmod(0o755)
    prepare = BY_NAME["mariadb"].prepare
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{installer.parent}:/usr/bin:/bin")
        (tmp_path / "status").write_text("1")
        with pytest.raises(CommandError, match="H729 mariadb-install failed"):
            prepare(deployment)

        (tmp_path / "status").write_text("0")
        prepare(deployment)
        assert (deployment.layout.logs / "mariadb-install.log").read_text() == ""  # the half of before had gone

        installer.unlink()
        prepare(deployment)
