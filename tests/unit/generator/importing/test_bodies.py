from __future__ import annotations

import pytest

from generator.importing.bodies import said_action, surroundings
from generator.importing.python_text import render
from oozie.language.model import Workflow
from oozie.language.reader import read_workflow

WORKFLOW = """<workflow-app xmlns="uri:oozie:workflow:{schema}" name="w"><start to="a"/>
<action name="a"{attributes}>{body}<ok to="end"/><error to="end"/>{after}</action><end name="end"/></workflow-app>"""
PLACES = "<job-tracker>j</job-tracker><name-node>n</name-node>"


def said(body: str, schema: str = "0.5", attributes: str = "", after: str = "", carried: tuple[str, ...] = ()) -> str:
    """The call that an action becomes, in one line."""
    text = WORKFLOW.format(schema=schema, body=body, attributes=attributes, after=after)
    app: Workflow = read_workflow(text.encode())
    return render(said_action(app.actions[0], surroundings(app, carried)), 0, -10_000)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('<hive xmlns="uri:oozie:hive-action:0.6"><script>/a.hql</script><param>D=1</param><param>x</param></hive>',
         'hive("a", script="/a.hql", params=["D=1", "x"])'),
        ('<hive xmlns="uri:oozie:hive-action:0.6"><prepare><delete path="/x"/></prepare><query>q</query></hive>',
         'hive("a", prepare_delete=["/x"], query="q")'),
        ('<hive xmlns="uri:oozie:hive-action:0.6"><script>mine.hql</script></hive>', 'hive("a", script="mine.hql")'),
        ('<hive xmlns="uri:oozie:hive-action:0.6"><script>not.hql</script></hive>',
         'hive("a", script=as_is("not.hql"))'),
        ('<hive2 xmlns="uri:oozie:hive2-action:0.2"><jdbc-url>u</jdbc-url><script>/x</script></hive2>',
         'hive2("a", jdbc_url="u", script="/x")'),
        ('<pig><script>/x</script><argument>-v</argument></pig>', 'pig("a", script="/x", arguments=["-v"])'),
        ('<spark xmlns="uri:oozie:spark-action:0.2"><master>${master}</master><name>a</name><jar>x.py</jar></spark>',
         'spark("a", application=as_is("x.py"), queue=None)'),
        ('<spark xmlns="uri:oozie:spark-action:0.2"><master>yarn</master><name>X</name><class>C</class>'
         "<jar>/x.jar</jar><spark-opts>--a b</spark-opts><arg>1</arg></spark>",
         'spark("a", master="yarn", app_name="X", main_class="C", application="/x.jar", options="--a b", '
         'args=["1"], queue=None)'),
        ("<java><main-class>C</main-class><java-opts>-Xmx1g</java-opts><arg>1</arg><capture-output/></java>",
         'java("a", main_class="C", java_opts="-Xmx1g", args=["1"], capture_output=True)'),
        ("<java><main-class>C</main-class><java-opt>-Xmx1g</java-opt></java>",
         'java("a", main_class="C", java_opts=["-Xmx1g"])'),
        ("<map-reduce><streaming><mapper>m</mapper></streaming><config-class>C</config-class></map-reduce>",
         'map_reduce("a", streaming={"mapper": "m"}, config_class="C")'),
        ('<sqoop xmlns="uri:oozie:sqoop-action:0.4"><command>import</command></sqoop>', 'sqoop("a", command="import")'),
        ('<sqoop xmlns="uri:oozie:sqoop-action:0.4"><arg>--password</arg><arg>x</arg></sqoop>',
         'sqoop("a", args=[as_is("--password"), "x"])'),
        ('<shell xmlns="uri:oozie:shell-action:0.3"><exec>e</exec><env-var>A=b=c</env-var><file>/x#y</file></shell>',
         'shell("a", command="e", environment={"A": "b=c"}, files=["/x#y"])'),
        ('<distcp xmlns="uri:oozie:distcp-action:0.2"><arg>/a</arg><arg>/b</arg></distcp>',
         'distcp("a", args=["/a", "/b"])'),
        ('<ssh xmlns="uri:oozie:ssh-action:0.1"><host>h</host><command>c</command><args>1</args></ssh>',
         'ssh("a", host="h", command="c", args=["1"])'),
        ('<email xmlns="uri:oozie:email-action:0.2"><to>t</to><subject>s</subject><body>b</body></email>',
         'email("a", to="t", subject="s", body="b")'),
        ('<fs><delete path="/x" skip-trash="true"/><chmod path="/y" permissions="755"><recursive/></chmod></fs>',
         'fs("a", op("delete", path="/x", skip_trash="true"), '
         'op("chmod", path="/y", permissions="755", recursive=True))'),
        ("<sub-workflow><app-path>/x</app-path><propagate-configuration/></sub-workflow>",
         'sub_workflow("a", app_path="/x")'),
        ("<sub-workflow><app-path>/x</app-path></sub-workflow>",
         'sub_workflow("a", app_path="/x", propagate_configuration=False)'),
        ('<shell xmlns="uri:oozie:shell-action:0.3"><configuration><property><name>a</name><value/></property>'
         "</configuration><exec><![CDATA[a < b]]></exec></shell>",
         'shell("a", configuration={"a": as_is("")}, command=cdata("a < b"))'),
    ],
)  # fmt: skip
def test_an_action_is_said_with_the_function_of_its_type(body: str, expected: str) -> None:
    assert said(body, carried=("mine.hql",)) == expected


@pytest.mark.parametrize(
    "body",
    [
        "<fs/>",
        "<pig><prepare/><script>/x</script></pig>",
        "<java><configuration><property><name>a</name><value>1</value><description>d</description></property>"
        "</configuration><main-class>C</main-class></java>",
    ],
)
def test_what_has_no_form_of_its_own_is_said_as_xml(body: str) -> None:
    assert said(body).startswith('action(\n    "a",\n    """\n')


def test_what_an_action_says_beside_its_body() -> None:
    sla = '<info xmlns="uri:oozie:sla:0.2"><nominal-time>n</nominal-time><should-end>e</should-end></info>'
    body = '<shell xmlns="uri:oozie:shell-action:0.1">' + PLACES + "<exec>e</exec></shell>"

    assert said(body, attributes=' cred="c" retry-max="3" retry-interval="5"', after=sla) == (
        'shell("a", command="e", credentials="c", retry=retry(times=3, minutes=5))'
        '.but(sla=sla(nominal_time="n", should_end="e"))'
    )
    assert said("<fs><name-node>n</name-node><touchz path='/x'/></fs>", attributes=' retry-max="${n}"') == (
        'fs("a", op("touchz", path="/x"), retry=retry(times="${n}", minutes=None)).but(places=places(name_node="n"))'
    )


def test_what_most_actions_say_is_said_once() -> None:
    shell = (
        '<action name="{}"><shell xmlns="uri:oozie:shell-action:{}"><name-node>{}</name-node>'
        '<exec>e</exec></shell><ok to="end"/><error to="end"/></action>'
    )
    actions = shell.format("a", "0.3", "n") + shell.format("b", "1.0", "n") + shell.format("c", "1.0", "m")
    head = '<workflow-app xmlns="uri:oozie:workflow:0.5" name="w"><start to="a"/>'
    app = read_workflow(f'{head}{actions}<end name="end"/></workflow-app>'.encode())
    around = surroundings(app, ())

    assert (around.schemas, around.each_action.name_node) == ({"shell": "1.0"}, "n")
    assert [render(said_action(action, around), 0, 0) for action in app.actions] == [
        'shell("a", command="e").but(schema="0.3")',
        'shell("b", command="e")',
        'shell("c", command="e").but(places=places(name_node="m"))',
    ]
