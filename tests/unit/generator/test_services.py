from __future__ import annotations

from typing import Any

import pytest

from generator.declare import alert, email, fs, handle, op, shell, sub_workflow
from generator.errors import DeclarationError
from oozie.language.model import Element


def _shape(element: Element) -> list[tuple[str, str]]:
    return [(child.tag, child.text) for child in element.children]


def test_shell_with_a_script_of_its_own() -> None:
    step = shell(
        "s",
        command="count.sh",
        arguments=("a b",),
        environment={"DAY": "${day}"},
        files=("bin/count.sh",),
        capture_output=True,
    )

    assert _shape(step.body) == [
        ("exec", "count.sh"),
        ("argument", "a b"),
        ("env-var", "DAY=${day}"),
        ("file", "count.sh"),
        ("capture-output", ""),
    ]
    assert step.needs == (("count.sh", "bin/count.sh"),)


def test_a_sub_workflow_sees_the_properties_unless_told_otherwise() -> None:
    child = sub_workflow("c", app_path="/apps/x", configuration={"a": "b"})
    assert [tag for tag, _ in _shape(child.body)] == ["app-path", "propagate-configuration", "configuration"]
    assert sub_workflow("c", app_path="/x", propagate_configuration=False).body.first("propagate-configuration") is None


def test_a_mail_has_the_order_of_its_schema() -> None:
    mail = email("m", to="a@b", subject="s", body="b", cc="c@d", bcc="e@f", content_type="text/html", attachment="/x")

    assert [tag for tag, _ in _shape(mail.body)] == ["to", "cc", "bcc", "subject", "body", "content_type", "attachment"]


def test_an_alert_is_a_mail_and_a_kill_whatever_becomes_of_the_mail() -> None:
    route = alert("${adminEmail}")

    (mail,) = route.steps
    assert route.then == mail.on_error.then == "kill"
    assert "${wf:errorMessage(wf:lastErrorNode())}" in mail.body.text_of("body")
    assert alert("x@y", then="continue").steps[0].on_error.then == "continue"


def test_file_operations_stay_in_order() -> None:
    step = fs(
        "f",
        op("delete", path="/a", skip_trash="true"),
        op("move", target="/c", source="/b"),
        op("chmod", path="/c", permissions="755", dir_files="false", recursive=True),
    )

    assert [child.tag for child in step.body.children] == ["delete", "move", "chmod"]
    assert step.body.children[0].attributes == (("path", "/a"), ("skip-trash", "true"))
    assert step.body.children[1].attributes == (("target", "/c"), ("source", "/b"))
    assert step.body.children[2].children == (Element("recursive"),)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: fs("f"), "does nothing"),
        (lambda: fs("f", "/a"), "'/a' is no operation"),
        (lambda: op("copy", path="/a"), "fs has no operation 'copy'"),
        (lambda: op("move", source="/a"), "move needs target="),
        (lambda: op("mkdir", path="/a", mode="7"), "mkdir has no attribute 'mode'"),
        (lambda: op("mkdir", path="/a", recursive=True), "mkdir cannot be recursive"),
        (lambda: alert("a@b", then="stop"), "then is 'stop'"),
        (lambda: handle("mail"), "handle() got 'mail'"),
        (lambda: email("m", to="", subject="s", body="b"), "to is empty"),
        (lambda: shell("s", command="mysql", arguments=("--password=x",)), "gives a password"),
        (lambda: shell("s", command="mysql", environment={"DB_PASSWORD": "x"}), "is a password by its name"),
    ],
)
def test_mistakes_are_named(make: Any, words: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        make()

    assert words in caught.value.diagnostics[0].message
