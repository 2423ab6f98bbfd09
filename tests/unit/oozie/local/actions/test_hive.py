from __future__ import annotations

import itertools

import pytest

from oozie.local.states import JobStatus

HIVE = '<hive xmlns="uri:oozie:hive-action:0.6">{more}<script>s.hql</script>{params}</hive>'
HIVE2 = '<hive2 xmlns="uri:oozie:hive2-action:0.2"><jdbc-url>jdbc:hive2://hw1:10000/{database}</jdbc-url>{what}</hive2>'
SETTINGS = (
    "<configuration><property><name>hive.x</name><value>1</value></property>"
    "<property><name>spark.y</name><value>2</value></property>"
    "<property><name>mapred.job.queue.name</name><value>daily</value></property></configuration>"
)


def after(argv, flag):
    """The values that follow ``flag``."""
    return [value for word, value in itertools.pairwise(argv) if word == flag]


def script_of(host, job):
    return (host.engine.launch_folder(job.id, "a", 1) / "script.hql").read_text()


@pytest.mark.usefixtures("silent_java")
def test_parameters_settings_and_the_script_without_hosts(host, command_of):
    params = "<param>in=${nameNode}/data</param>"
    job = host.run(
        host.action("a", HIVE.format(more=SETTINGS, params=params)),
        files=(("s.hql", "LOAD DATA INPATH 'hdfs://hw1:8020/x' INTO TABLE t;"),),
    )
    argv = command_of(job)["argv"]
    assert job.status is JobStatus.SUCCEEDED, job.error_message
    assert after(argv, "--hivevar") == ["in=/data"]
    assert after(argv, "--hiveconf") == ["hive.x=1"]
    assert "spark.y=2" in after(argv, "--conf")
    assert after(argv, "-f") == [f"file:{host.engine.launch_folder(job.id, 'a', 1)}/script.hql"]
    assert script_of(host, job) == "LOAD DATA INPATH '/x' INTO TABLE t;"


@pytest.mark.usefixtures("silent_java")
def test_hive2_takes_its_database_and_a_query(host, command_of):
    query = "<query>SELECT 1;</query><argument>--hivevar</argument><argument>a=b</argument>"
    job = host.run(host.action("a", HIVE2.format(database="shop", what=query)))
    argv = command_of(job)["argv"]
    assert (after(argv, "--database"), after(argv, "--hivevar")) == (["shop"], ["a=b"])
    assert script_of(host, job) == "SELECT 1;"


@pytest.mark.usefixtures("silent_java")
@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("<script>nope.hql</script>", "JA008"),
        ("<query>SELECT 1</query><param>x</param>", "JA018"),
        ("<query>SELECT 1</query><argument>--outputformat</argument>", "JA018"),
    ],
    ids=["no-script", "no-assignment", "an-argument-of-beeline"],
)
def test_what_cannot_run(host, what, code):
    job = host.run(host.action("a", HIVE2.format(database="default", what=what)))
    assert (job.status, job.actions["a"].error_code) == (JobStatus.KILLED, code)


@pytest.mark.spark
@pytest.mark.slow
def test_a_script_longer_than_an_argument_may_be(host):
    rows = ", ".join(f"'{number:06d}'" for number in range(20_000))
    script = (
        "-- long; enough\n"
        f"CREATE TABLE t AS SELECT 1 AS one WHERE '000007' IN ({rows});\n"
        "INSERT OVERWRITE DIRECTORY '/out' SELECT count(*) FROM t"  # no semicolon at the end
    )
    assert len(script) > 128 * 1024
    job = host.run(host.action("a", HIVE.format(more="", params="")), files=(("s.hql", script),))
    assert job.status is JobStatus.SUCCEEDED, job.error_message
    assert [part.read_text() for part in (host.engine.root / "out").glob("part-*")] == ["1\n"]


@pytest.mark.spark
@pytest.mark.slow
def test_two_scripts_at_once_share_the_metastore(host):
    fork = '<fork name="f"><path start="a"/><path start="b"/></fork><join name="j" to="end"/>'
    hive = HIVE.format(more="", params="").replace("s.hql", "{}.hql").format
    job = host.run(
        fork, host.action("a", hive("a"), ok="j"), host.action("b", hive("b"), ok="j"),
        start="f", files=(("a.hql", "CREATE TABLE a (x INT);"), ("b.hql", "CREATE TABLE b (x INT);")),
    )  # fmt: skip
    assert job.status is JobStatus.SUCCEEDED, job.error_message
