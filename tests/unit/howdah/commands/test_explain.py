"""``howdah explain``: what an app does, in words."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from click.testing import CliRunner, Result

from howdah.commands.explain import command

WORKFLOW = """<workflow-app name="load" xmlns="uri:oozie:workflow:0.5"><global><job-tracker>j</job-tracker>
<name-node>n</name-node></global><start to="import"/>
<action name="import" retry-max="2" retry-interval="5"><sqoop xmlns="uri:oozie:sqoop-action:0.4">
<arg>import</arg><arg>--connect</arg><arg>${jdbcUrl}</arg><arg>--table</arg><arg>orders</arg><arg>--target-dir</arg>
<arg>${target}</arg><arg>--delete-target-dir</arg></sqoop><ok to="report"/><error to="mail"/></action>
<action name="report"><hive xmlns="uri:oozie:hive-action:0.5"><script>report.hql</script><param>day=${day}</param>
</hive><ok to="end"/><error to="end"/></action>
<action name="mail"><email xmlns="uri:oozie:email-action:0.2"><to>${admin}</to>
<subject>failed</subject><body>b</body></email>
<ok to="fail"/><error to="fail"/></action><kill name="fail"><message>It failed</message></kill><end name="end"/>
</workflow-app>"""
COORDINATOR = """<coordinator-app name="daily" frequency="${coord:days(1)}" start="2026-01-01T00:00Z"
end="2027-01-01T00:00Z" timezone="Asia/Bangkok" xmlns="uri:oozie:coordinator:0.4"><controls>
<timeout>90</timeout></controls><datasets>
<dataset name="in" frequency="${coord:days(1)}" initial-instance="2026-01-01T00:00Z" timezone="UTC">
<uri-template>/in/${YEAR}</uri-template></dataset></datasets><input-events><data-in name="i" dataset="in">
<instance>${coord:current(0)}</instance></data-in></input-events><action><workflow><app-path>${wf}</app-path><configuration>
<property><name>target</name><value>/raw/orders</value></property><property><name>dbPassword</name><value>hunter2</value>
</property></configuration></workflow></action></coordinator-app>"""
PROPERTIES = "wf=/apps/load\njdbcUrl=jdbc:mysql://u:hunter2@db/shop\nday=0801\n"

TOLD = """\
coordinator 'daily'
  {0}/coordinator.xml
     runs         every day
                  from 2026-01-01T00:00Z until 2027-01-01T00:00Z, time zone
                  Asia/Bangkok
     first        2026-01-01T00:00Z   Thu 2026-01-01 07:00 +0700
                  2026-01-02T00:00Z   Fri 2026-01-02 07:00 +0700
                  2026-01-03T00:00Z   Sat 2026-01-03 07:00 +0700
     waits for    this
                  - i: /in/${{YEAR}}
                    the current instance; complete once _SUCCESS is in it
                  gives up (TIMEDOUT) when its data has not come within 90
                  minutes
     at once      one at a time, the oldest first
     starts       the workflow at /apps/load (workflow.xml, the one beside it)
     hands it     target = /raw/orders
                  dbPassword = (hidden)

workflow 'load'
  {0}/workflow.xml

  1. import  (sqoop)
     imports table orders from jdbc:mysql://u:(hidden)@db/shop
     reads        database table orders of jdbc:mysql://u:(hidden)@db/shop
     replaces     /raw/orders
     then         step 2, report
     if it fails  is tried again up to 2 times, 5 minutes apart, where Oozie
                  takes the error for a passing one; after that: step 3, mail,
                  sends a mail to ${{admin}}: “failed”, then the workflow is
                  killed ('fail')

  2. report  (hive)
     runs the script report.hql in Hive
     reads        table orders
     writes       table report_0801
     then         the end: the workflow has SUCCEEDED ('end')
     if it fails  the workflow ends as SUCCEEDED all the same

  Only after a failure:

  3. mail  (email)
     sends a mail to ${{admin}}: “failed”
     then         the workflow is killed ('fail')
     if it fails  the workflow is killed ('fail')

     ends         'fail': KILLED, “It failed”
                  'end': SUCCEEDED

     unknown      admin: write them into job.properties beside the app, or give
                  --set admin=…
"""


def run(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def app(folder: Path) -> Path:
    (folder / "workflow.xml").write_text(WORKFLOW)
    (folder / "coordinator.xml").write_text(COORDINATOR)
    (folder / "job.properties").write_text(PROPERTIES)
    (folder / "report.hql").write_text("INSERT INTO report_${day} SELECT * FROM orders")
    return folder


def test_a_coordinator_and_its_workflow_in_plain_words(tmp_path: Path) -> None:
    result = run(app(tmp_path))

    assert result.output == TOLD.format(tmp_path)
    assert result.exit_code == 0
    long = [line for line in result.output.splitlines() if len(line) > 80 and str(tmp_path) not in line]
    assert long == []


def test_a_file_is_told_with_what_it_starts(tmp_path: Path) -> None:
    assert run(app(tmp_path) / "coordinator.xml").output == TOLD.format(tmp_path)
    assert run(tmp_path / "workflow.xml").output.startswith("workflow 'load'")


def test_what_is_given_is_known(tmp_path: Path) -> None:
    result = run(app(tmp_path), "--set", "admin=me@x")

    assert "sends a mail to me@x" in result.output
    assert "unknown" not in result.output


def test_the_same_as_json(tmp_path: Path) -> None:
    output = run(app(tmp_path), "--format", "json").output
    coordinator, workflow = json.loads(output)

    assert output.isascii()  # no terminal takes a part of it for an order
    assert (coordinator["kind"], coordinator["name"], coordinator["ok"]) == ("coordinator", "daily", True)
    assert coordinator["schedule"]["first"][0] == {
        "utc": "2026-01-01T00:00Z", "local": "2026-01-01T07:00+07:00", "note": "",
    }  # fmt: skip
    assert coordinator["hands"] == {"target": "/raw/orders", "dbPassword": "(hidden)"}
    assert workflow["started_by"] == ["coordinator.xml"]
    assert workflow["unknown_properties"] == ["admin"]
    first = workflow["steps"][0]
    assert (first["name"], first["type"]) == ("import", "sqoop")
    assert [(use["how"], use["what"], use["name"]) for use in first["uses"]] == [
        ("reads", "database table", "orders"), ("replaces", "path", "/raw/orders"),
    ]  # fmt: skip
    assert "hunter2" not in json.dumps([coordinator, workflow])


def test_an_app_that_oozie_would_refuse_is_told_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "workflow.xml").write_text(WORKFLOW.replace('<ok to="report"/>', '<ok to="gone"/>'))

    result = run(tmp_path)

    assert result.exit_code == 0
    assert "note         Oozie would refuse this app (howdah validate says more):" in result.output
    assert "E0708" in result.output
    assert "then         'gone', which does not exist" in result.output


def test_an_app_that_cannot_be_read_has_its_findings(tmp_path: Path) -> None:
    (tmp_path / "workflow.xml").write_text("<workflow-app name='w'>\n<start")

    result = run(tmp_path)
    (record,) = json.loads(run(tmp_path, "--format", "json").output)

    assert result.exit_code == 1
    assert "it cannot be read:" in result.output
    assert "E0701, line 2" in result.output
    assert (record["ok"], record["findings"][0]["code"]) == (False, "E0701")


def test_a_folder_that_cannot_be_looked_into_is_said(tmp_path: Path) -> None:
    at = os.open(app(tmp_path), os.O_RDONLY)
    for _ in range(os.pathconf("/", "PC_PATH_MAX") // 250 + 1):  # too deep for its path, which keeps root out, too
        os.mkdir("d" * 250, dir_fd=at)
        above, at = at, os.open("d" * 250, os.O_RDONLY, dir_fd=at)
        os.close(above)
    os.close(at)
    try:
        result = run(tmp_path)
    finally:
        shutil.rmtree(tmp_path / ("d" * 250))

    assert result.exit_code == 1
    assert "workflow 'load'" in result.output
    assert "the folder cannot be read" in " ".join(result.output.split())


def test_a_bundle_names_its_coordinators(tmp_path: Path) -> None:
    (tmp_path / "bundle.xml").write_text(
        """<bundle-app name="all" xmlns="uri:oozie:bundle:0.2"><coordinator name="daily">
        <app-path>/apps/daily</app-path></coordinator></bundle-app>"""
    )

    assert run(tmp_path).output.splitlines()[2:] == [
        "     begins       as soon as it is submitted",
        "     holds        1 coordinator, which start and stop together",
        "",
        "  daily",
        "     starts       the coordinator at /apps/daily, which is not here",
    ]


def test_a_folder_without_apps_is_a_wrong_call(tmp_path: Path) -> None:
    assert run(tmp_path).exit_code == 2


def test_names_give_a_terminal_no_orders(tmp_path: Path) -> None:
    (tmp_path / "workflow.xml").write_text(WORKFLOW.replace("report.hql", "\u202ereport.hql\u0085"))

    assert not {"\u202e", "\u0085"} & set(run(tmp_path).output)


def test_a_finding_names_the_file_in_which_it_is(tmp_path: Path) -> None:
    (tmp_path / "workflow.xml").write_text(
        '<workflow-app name="w" xmlns="uri:oozie:workflow:0.5"><start to="end"/><end name="end"/></workflow-app>'
    )
    (tmp_path / "config-default.xml").write_text("<wrong/>")

    text = " ".join(run(tmp_path).output.split())
    (record,) = json.loads(run(tmp_path, "--format", "json").output)

    assert f"{tmp_path}/config-default.xml: E0702" in text
    [finding] = record["findings"]
    assert list(finding) == ["code", "severity", "line", "node", "message", "hint"]
    assert finding["message"].startswith(f"{tmp_path}/config-default.xml: ")
