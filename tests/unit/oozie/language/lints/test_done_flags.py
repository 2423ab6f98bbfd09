from __future__ import annotations

import pytest

from oozie.language.check import check_folder

COORDINATOR = """<coordinator-app name="c" frequency="${{coord:days(1)}}" start="2026-01-01T00:00Z"
 end="2026-02-01T00:00Z" timezone="UTC" xmlns="uri:oozie:coordinator:0.4"><datasets>
<dataset name="days" frequency="${{coord:days(1)}}" initial-instance="2025-01-01T00:00Z" timezone="UTC">
<uri-template>{uri}</uri-template>{flag}</dataset></datasets>
{events}<action><workflow><app-path>workflow.xml</app-path><configuration>
<property><name>dir</name><value>${{coord:data{way}('x')}}</value></property></configuration></workflow></action>
</coordinator-app>"""
EVENT = '<data-{0} name="x" dataset="days"><instance>${{coord:current(0)}}</instance></data-{0}>'
OUT = f"<output-events>{EVENT.format('out')}</output-events>"
IN = f"<input-events>{EVENT.format('in')}</input-events>"
WORKFLOW = """<workflow-app name="w" xmlns="uri:oozie:workflow:0.5"><start to="a"/>{action}
<kill name="k"><message>m</message></kill><end name="end"/></workflow-app>"""
HIVE = '<hive xmlns="uri:oozie:hive-action:0.5"><script>q.hql</script><param>D=${dir}</param></hive>'
MKDIR = '<fs><mkdir path="${dir}"/></fs>'


def coordinator(events: str = OUT, flag: str = "", uri: str = "/d/${YEAR}") -> str:
    return COORDINATOR.format(events=events, flag=flag, uri=uri, way="Out" if events == OUT else "In")


def action(*bodies: str) -> str:
    steps = [*(chr(ord("a") + number) for number in range(len(bodies))), "end"]
    return "".join(
        f'<action name="{steps[number]}">{body}<ok to="{steps[number + 1]}"/><error to="k"/></action>'
        for number, body in enumerate(bodies)
    )


def found(
    body: str, app: str = "", query: str | None = "insert overwrite directory '${D}' select 1", **more: str
) -> list[str]:
    files = {"coordinator.xml": (app or coordinator()).encode(), "workflow.xml": WORKFLOW.format(action=body).encode()}
    files |= {"q.hql": query.encode()} if query is not None else {}
    files |= {name.replace("__", "/") + ".xml": text.encode() for name, text in more.items()}
    return [
        f"{result.path}:{finding.line} {finding.message}"
        for result in check_folder(files)
        for finding in result.findings
        if finding.code == "H014"
    ]


def test_who_waits_for_what_hive_makes_waits_for_ever() -> None:
    assert found(action(HIVE)) == [
        "coordinator.xml:3 whoever waits for dataset 'days' waits for its done-flag _SUCCESS, "
        "but 'a' (hive) writes none"
    ]
    assert len(found(action(MKDIR))) == 1


@pytest.mark.parametrize(
    "body",
    [
        action(HIVE, '<fs><touchz path="${dir}/_SUCCESS"/></fs>'),
        action(
            "<pig><job-tracker>j</job-tracker><name-node>n</name-node><script>s</script><param>D=${dir}</param></pig>"
        ),
        action('<shell xmlns="uri:oozie:shell-action:0.3"><exec>x</exec><argument>${dir}</argument></shell>'),
        action('<sqoop xmlns="uri:oozie:sqoop-action:0.4"><arg>${dir}</arg></sqoop>'),
        action(HIVE, '<shell xmlns="uri:oozie:shell-action:0.3"><exec>x</exec></shell>'),
        action(HIVE.replace("${dir}", "other")),
        action('<fs><delete path="${dir}"/></fs>'),
        action('<email xmlns="uri:oozie:email-action:0.1"><to>a@b</to><subject>${dir}</subject><body>b</body></email>'),
    ],
)
def test_where_something_may_write_it(body: str) -> None:
    assert found(body) == []


def test_a_script_that_writes_it_or_cannot_be_seen() -> None:
    assert found(action(HIVE), query="dfs -touchz ${D}/_SUCCESS;") == []
    assert found(action(HIVE), query=None) == []


def test_hadoop_writes_its_own_flag_only_and_only_if_it_is_told_to() -> None:
    sqoop = '<sqoop xmlns="uri:oozie:sqoop-action:0.4">{}<arg>${{dir}}</arg></sqoop>'
    off = "<property><name>mapreduce.fileoutputcommitter.marksuccessfuljobs</name><value>false</value></property>"

    assert len(found(action(sqoop.format(f"<configuration>{off}</configuration>")))) == 1
    assert len(found(action(sqoop.format("")), coordinator(flag="<done-flag>_READY</done-flag>"))) == 1


def test_a_directory_may_be_enough() -> None:
    assert found(action(HIVE), coordinator(flag="<done-flag></done-flag>")) == []


def test_one_waits_for_a_flag_and_the_other_does_not_write_it() -> None:
    waiting = coordinator(IN)

    assert found(action(HIVE), coordinator(flag="<done-flag/>"), reader__coordinator=waiting) == [
        "reader/coordinator.xml:3 'x' waits for the done-flag _SUCCESS, but 'a' (hive), which coordinator.xml starts, "
        "writes none"
    ]
    assert found(action(HIVE), coordinator(flag="<done-flag/>"), reader__coordinator=coordinator(IN, uri="/e")) == []


def test_a_switch_in_the_file_of_who_waits_counts() -> None:
    waiting = coordinator(IN).replace("<dataset ", "<!-- howdah: ignore H014 -->\n<dataset ")

    assert found(action(HIVE), coordinator(flag="<done-flag/>"), reader__coordinator=waiting) == []
