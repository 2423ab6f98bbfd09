"""A workflow step by step."""

from __future__ import annotations

from oozie.language.dataflow import Surroundings, doing
from oozie.language.explanation import WorkflowSteps, explain_workflow
from oozie.language.model import Workflow
from oozie.language.reader import examine

PROPERTIES = {"root": "/data", "retries": "3"}


def explained(body: str) -> WorkflowSteps:
    text = f'<workflow-app name="w" xmlns="uri:oozie:workflow:0.5">{body}</workflow-app>'
    app, _ = examine(text.encode())
    assert isinstance(app, Workflow)
    around = Surroundings(PROPERTIES, {})
    return explain_workflow(app, {one.name: doing(one, app, around) for one in app.actions}, PROPERTIES)


def fs(name: str, ok: str, error: str, attributes: str = "", after: str = "") -> str:
    return (f'<action name="{name}" {attributes}><fs><mkdir path="${{root}}/{name}"/></fs><ok to="{ok}"/>'
            f'<error to="{error}"/>{after}</action>')  # fmt: skip


MAIL = """<action name="mail"><email xmlns="uri:oozie:email-action:0.2"><to>me@x</to><subject>s</subject><body>b</body>
</email><ok to="fail"/><error to="fail"/></action>"""
END = '<kill name="fail"><message>It\n failed</message></kill><end name="end"/>'


def test_steps_come_in_the_order_of_the_work_and_those_after_a_failure_last() -> None:
    facts = explained(f'<start to="b"/>{MAIL}{fs("a", "end", "mail")}{fs("b", "a", "fail")}{END}')

    assert [(step.number, step.name, step.is_after_failure) for step in facts.steps] == [
        (1, "b", False), (2, "a", False), (3, "mail", True),
    ]  # fmt: skip
    assert facts.steps[0].then == ("step 2, a",)
    assert facts.steps[0].on_error == "the workflow is killed ('fail')"
    assert facts.steps[1].then == ("the end: the workflow has SUCCEEDED ('end')",)
    assert facts.steps[1].on_error == "step 3, mail, sends a mail to me@x: “s”, then the workflow is killed ('fail')"
    assert facts.ends == ("'fail': KILLED, “It failed”", "'end': SUCCEEDED")


def test_a_failure_may_be_passed_over_or_be_a_success() -> None:
    facts = explained(f'<start to="a"/>{fs("a", "b", "b")}{fs("b", "c", "end")}{fs("c", "end", "a")}{END}')

    assert [step.on_error for step in facts.steps] == [
        "it goes on all the same, with step 2, b",
        "the workflow ends as SUCCEEDED all the same",
        "it goes on with step 1, a",
    ]


def test_forks_joins_and_decisions() -> None:
    facts = explained(
        f"""<start to="d"/><decision name="d"><switch><case to="f">${{fs:exists('/x')}}</case><default to="end"/>
        </switch></decision><fork name="f"><path start="a"/><path start="b"/></fork>{fs("a", "j", "fail")}
        {fs("b", "j", "fail")}<join name="j" to="end"/>{END}"""
    )

    decision, fork, one, other, join = facts.steps
    assert decision.then == (
        "if '/x' exists: step 2, f", "otherwise: the end: the workflow has SUCCEEDED ('end')",
    )  # fmt: skip
    assert (fork.does, fork.then) == ("does these at the same time", ("step 3, a", "step 4, b"))
    assert one.then == other.then == ("step 5, j",)
    assert join.kind == "join"


def test_retries_and_what_has_to_be_met() -> None:
    sla = """<sla:info xmlns:sla="uri:oozie:sla:0.2"><sla:nominal-time>${t}</sla:nominal-time>
    <sla:should-end>${30 * MINUTES}</sla:should-end><sla:alert-contact>me@x</sla:alert-contact></sla:info>"""
    attributes = 'retry-max="${retries}" retry-interval="1" retry-policy="exponential"'

    (step,) = explained(f'<start to="a"/>{fs("a", "end", "fail", attributes, sla)}{END}').steps

    assert step.retries == (
        "is tried again up to 3 times, 1 minutes apart, twice as long each time, "
        "where Oozie takes the error for a passing one"
    )
    assert step.sla == "end within ${30 * MINUTES} of ${t}; alerts go to me@x"


def test_what_oozie_would_refuse_is_told_as_it_stands() -> None:
    facts = explained(f'<start to="a"/>{fs("a", "gone", "a")}{fs("left", "end", "end")}<end name="end"/>')

    assert facts.steps[0].then == ("'gone', which does not exist",)
    assert facts.steps[0].on_error == "it goes on with step 1, a"
    assert facts.unreachable == ("left", "end")
    assert facts.ends == ()


def test_a_thousand_steps_one_behind_the_other() -> None:
    steps = "".join(fs(f"a{number}", f"a{number + 1}", "fail") for number in range(1500))

    assert len(explained(f'<start to="a0"/>{steps}{fs("a1500", "end", "fail")}{END}').steps) == 1501
