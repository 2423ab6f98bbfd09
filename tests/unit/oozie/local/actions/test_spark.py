from __future__ import annotations

import io
import zipfile

import pytest

from oozie.local.states import JobStatus

SPARK = (
    '<spark xmlns="uri:oozie:spark-action:1.0">'
    "<master>{master}</master><name>n</name><jar>{jar}</jar><spark-opts>{options}</spark-opts><arg>one</arg></spark>"
)
HIVE = (
    '<hive2 xmlns="uri:oozie:hive2-action:1.0">'
    "<jdbc-url>jdbc:hive2://hw1:10000/default</jdbc-url><script>report.hql</script><param>input=${nameNode}/data/in</param>"
    "<param>report=/data/report</param></hive2>"
)
SCRIPT = """-- a comment; with a semicolon
CREATE EXTERNAL TABLE visits (medium STRING, revenue INT)
  ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION '${hivevar:input}';
CREATE TABLE by_medium AS SELECT medium, sum(revenue) AS revenue FROM visits GROUP BY medium;
INSERT OVERWRITE DIRECTORY '${report}' ROW FORMAT DELIMITED FIELDS TERMINATED BY ','
  SELECT medium, revenue FROM by_medium ORDER BY medium;
"""
PROGRAM = """
import sys
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
print("master", spark.sparkContext.master, sys.argv[1:])
spark.read.csv("hdfs://hw1:8020/data/report").write.parquet("/data/copy")
spark.stop()
"""


def test_a_program_that_is_not_there(host):
    job = host.run(host.action("a", SPARK.format(master="local", jar="${nameNode}/no.py", options="")))
    assert job.actions["a"].error_code == "JA008"


@pytest.mark.usefixtures("silent_java")
def test_the_command_line(host, command_of):
    options = "--queue daily --conf spark.driver.memory=2g --py-files ${nameNode}/apps/app/p.zip --conf spark.x=y"
    job = host.run(
        host.action("a", SPARK.format(master="yarn-cluster", jar="t.py", options=options)),
        files=(("t.py", ""), ("p.zip", "")),
    )
    argv, log = command_of(job)["argv"], host.log(job, "a")
    assert "-Xmx2g" in argv
    assert argv[argv.index("--master") + 1] == "local[*]"
    assert argv[argv.index("--py-files") + 1] == str(host.engine.root / "apps/app/p.zip")
    assert argv[-2:] == [str(host.engine.root / "apps/app/t.py"), "one"]
    assert {"spark.x=y", "spark.ui.enabled=false", "spark.app.name=n"} <= set(argv)
    assert "yarn-cluster" in log
    assert "--queue daily: not used" in log


def archive_of(text):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("inner.py", text)
    return content.getvalue()


WITH_HIVE = "SparkSession.builder.enableHiveSupport()"


@pytest.mark.usefixtures("silent_java")
@pytest.mark.parametrize(
    ("program", "inner", "options", "takes_turns"),
    [
        ("t.py", "pass", "", False),
        ("t.py", WITH_HIVE, "", True),
        ("t.py", "pass", "--conf spark.sql.catalogImplementation=hive", True),
        ("t.jar", "pass", "", True),
    ],
    ids=["no-hive", "in-an-archive", "by-option", "a-jar-may"],
)
def test_programs_that_may_use_the_metastore_take_turns(host, command_of, program, inner, options, takes_turns):
    options += " --py-files p.zip"
    job = host.run(
        host.action("a", SPARK.format(master="local", jar=program, options=options)),
        files=((program, ""), ("p.zip", archive_of(inner))),
    )
    assert job.status is JobStatus.SUCCEEDED, job.error_message
    assert command_of(job)["exclusive"] == (str(host.engine.state / "metastore.lock") if takes_turns else "")


@pytest.mark.usefixtures("silent_java")
def test_libraries_stand_on_the_class_path(host, command_of):
    for name in ("shared.jar", "both.jar"):
        (host.engine.root / "user" / "oozielib").mkdir(exist_ok=True)
        (host.engine.root / "user" / "oozielib" / name).write_text("shared")
    job = host.run(
        host.action("a", SPARK.format(master="local", jar="t.py", options="")),
        files=(("t.py", ""), ("lib/own.jar", "own"), ("lib/both.jar", "own")),
        properties={"oozie.libpath": "${nameNode}/user/oozielib,/user/nothing"},
    )
    work = host.engine.launch_folder(job.id, "a", 1) / "work"
    argv = command_of(job)["argv"]
    assert argv[argv.index("-cp") + 1].endswith(f":{work}/*")
    found = {file.name: file.read_text() for file in work.glob("*.jar")}
    assert found == {"shared.jar": "shared", "own.jar": "own", "both.jar": "own"}
    assert (host.engine.root / "user" / "oozielib" / "both.jar").read_text() == "shared"


@pytest.mark.slow
@pytest.mark.spark
def test_a_hive_report_and_a_spark_program_on_it(host):
    (host.engine.root / "data" / "in").mkdir(parents=True)
    (host.engine.root / "data" / "in" / "part-0").write_text("organic,3\ncpc,4\norganic,5\n")
    job = host.run(
        host.action("a", HIVE, ok="b"),
        host.action("b", SPARK.format(master="yarn-cluster", jar="${nameNode}/apps/app/duplicate.py", options="")),
        files=(("report.hql", SCRIPT), ("duplicate.py", PROGRAM)),
    )
    assert job.status is JobStatus.SUCCEEDED, job.error_message
    parts = sorted((host.engine.root / "data" / "report").glob("part-*"))
    assert "".join(part.read_text() for part in parts) == "cpc,4\norganic,8\n"
    assert (host.engine.root / "data" / "copy" / "_SUCCESS").exists()
    assert "master local[*] ['one']" in host.log(job, "b")
