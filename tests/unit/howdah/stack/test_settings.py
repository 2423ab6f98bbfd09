"""The settings of the services, rendered from their templates."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from lxml import etree

from howdah.errors import CommandError
from howdah.stack import settings
from howdah.stack.layout import Choice
from howdah.stack.ports import CLIENT_ONLY, DEFAULTS, service_of


def read(file):
    found = etree.parse(str(file))
    return {each.findtext("name"): each.findtext("value") for each in found.iterfind("property")}


@pytest.fixture
def conf(deployment):
    settings.write(deployment)
    return deployment.layout.conf


def test_the_default_file_system_is_ours(conf):
    core = read(conf / "hadoop" / "core-site.xml")

    assert core["fs.defaultFS"] == "hdfs://localhost:21000"
    assert core["hadoop.proxyuser.ada.hosts"] == "*"


def test_every_address_is_of_the_loopback(conf):
    for file in conf.rglob("*.xml"):
        for name, value in read(file).items():
            assert "0.0.0.0" not in (value or "")
            if name.endswith((".address", "-address", "bind-host", "bind.host", ".hostname")):
                assert value.partition(":")[0] in ("localhost", "127.0.0.1"), name


def test_every_port_that_hadoop_oozie_and_hive_listen_at_is_set(deployment, conf):
    text = "".join(file.read_text() for file in conf.rglob("*.xml"))
    wanted = [name for name in DEFAULTS if service_of(name) != "mariadb" and name not in CLIENT_ONLY]

    missing = [name for name in wanted if not re.search(rf"\b{deployment.ports[name]}\b", text)]

    assert missing == []


def test_nothing_is_left_of_the_defaults(deployment, conf):
    """A port that no template sets would be Hadoop's default, and two stacks would meet there."""
    text = "".join(file.read_text() for file in conf.rglob("*.xml"))

    assert [number for number in DEFAULTS.values() if re.search(rf":{number}\b", text)] == []


def test_nothing_is_left_to_be_filled_in(conf):
    for file in (each for each in conf.rglob("*") if each.is_file()):
        assert "@{" not in file.read_text(), file


def test_oozies_database_has_a_password_of_one_blank(conf):
    assert read(conf / "oozie" / "oozie-site.xml")["oozie.service.JPAService.jdbc.password"] == " "


def test_mails_go_to_the_port_of_the_addresses(deployment, conf):
    oozie = read(conf / "oozie" / "oozie-site.xml")

    assert (oozie["oozie.email.smtp.host"], oozie["oozie.email.smtp.port"]) == (
        "127.0.0.1",
        str(deployment.ports["smtp"]),
    )


def test_of_oozies_behaviour_only_intervals_are_altered(conf):
    ours = {
        name
        for name in read(conf / "oozie" / "oozie-site.xml")
        if not re.search(r"interval|delay|JPAService|ProxyUser|HadoopAccessor|SparkConfiguration|smtp", name)
    }

    assert ours == {
        "oozie.base.url",
        "oozie.http.hostname",
        "oozie.http.port",
        "oozie.jsp.tmp.dir",
        "oozie.launcher.default.memory.mb",
        "oozie.launcher.default.vcores",
        "oozie.processing.timezone",
        "oozie.service.WorkflowAppService.system.libpath",
    }


def test_two_stacks_do_not_meet_in_tmp(deployment, conf):
    assert read(conf / "oozie" / "oozie-site.xml")["oozie.jsp.tmp.dir"] == str(deployment.layout.tmp)
    root = read(conf / "hadoop" / "yarn-site.xml")["yarn.node-attribute.fs-store.root-dir"]
    assert root == f"file://{deployment.layout.data}/node-attribute"
    settings.write(replace(deployment, choice=Choice(deployment.ports, "hive")))
    assert read(conf / "hive" / "hive-site.xml")["hive.exec.scratchdir"] == f"{deployment.layout.tmp}/hive"


def test_variables_of_log4j_are_left_alone(conf):
    assert "${oozie.log.dir}/oozie.log" in (conf / "oozie" / "oozie-log4j.properties").read_text()


def test_spark_actions_run_the_python_of_the_stack(deployment, conf):
    text = (conf / "oozie" / "spark-conf" / "spark-defaults.conf").read_text()

    assert f"spark.pyspark.python {deployment.software.python}\n" in text


def test_the_hive_projects_own_server_counts_with_one_task_at_a_time(deployment):
    settings.write(replace(deployment, choice=Choice(deployment.ports, "hive")))
    conf = deployment.layout.conf / "hive"

    assert read(conf / "tez-site.xml")["tez.am.inline.task.execution.max-tasks"] == "1"
    assert read(conf / "hive-site.xml")["hive.query.results.cache.enabled"] == "false"
    assert read(conf / "mapred-site.xml")["mapreduce.framework.name"] == "local"


def test_special_characters_are_escaped():
    xml = settings.as_xml("a = <&> @{x}\n# note\n\nb = c=d\n", {"x": '"'}, "t")

    found = etree.fromstring(xml.encode())
    assert [(each.findtext("name"), each.findtext("value")) for each in found] == [("a", '<&> "'), ("b", "c=d")]


@pytest.mark.parametrize("text", ["a = @{nobody}", "a = @nobody", "a b"])
def test_a_template_that_cannot_be_filled_in(text):
    with pytest.raises(CommandError, match="H729"):
        settings.as_xml(text, {}, "core-site.properties")
