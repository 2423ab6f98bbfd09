"""The action types that start no Hadoop job of their own: shell, email, fs and sub-workflow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from generator import elements as xml
from generator.errors import place_of_caller, refuse
from generator.steps import action_step, check_name, error_route, shipped
from generator.values import ERROR_MESSAGE, ActionStep, ErrorRoute, Goto, Kill, OnError, Retry
from oozie.language.model import Element

ALERT_SUBJECT = "${wf:name()} failed at ${wf:lastErrorNode()}"
ALERT_BODY = "Job ${wf:id()}, action ${wf:lastErrorNode()}: " + ERROR_MESSAGE

# Operation -> (attributes that it must have, further ones, whether it can be recursive); the order of the schema.
_OPERATIONS = {
    "delete": (("path",), ("skip-trash",), False),
    "mkdir": (("path",), (), False),
    "move": (("source", "target"), (), False),
    "chmod": (("path", "permissions"), ("dir-files",), True),
    "touchz": (("path",), (), False),
    "chgrp": (("path", "group"), ("dir-files",), True),
    "setrep": (("path", "replication-factor"), (), False),
}


def shell(
    name: str,
    *,
    command: str,
    arguments: Sequence[str] = (),
    environment: Mapping[str, str] = xml.NOTHING,
    capture_output: bool = False,
    configuration: Mapping[str, str] = xml.NOTHING,
    prepare_delete: Sequence[str] = (),
    prepare_mkdir: Sequence[str] = (),
    job_xml: Sequence[str] = (),
    files: Sequence[str] = (),
    archives: Sequence[str] = (),
    credentials: str = "",
    on_error: OnError = "kill",
    retry: Retry | None = None,
) -> ActionStep:
    """A program on some node of the cluster; a script of one's own is named in ``files`` too.

    With ``capture_output`` its lines ``key=value`` are read by later steps: ``${wf:actionData('name')['key']}``.
    """
    needs: dict[str, str] = {}
    element = xml.body(
        "shell",
        xml.prepare(prepare_delete, prepare_mkdir),
        shipped("job-xml", job_xml, "job_xml", needs),
        xml.configuration(configuration),
        xml.leaf("exec", command, "command"),
        xml.leaves("argument", arguments, "arguments"),
        xml.assignments("env-var", environment, "environment"),
        shipped("file", files, "files", needs),
        shipped("archive", archives, "archives", needs),
        xml.flag("capture-output", capture_output),
    )
    return action_step(name, element, on_error, retry, credentials, needs)


def email(
    name: str,
    *,
    to: str,
    subject: str,
    body: str,
    cc: str | None = None,
    bcc: str | None = None,
    content_type: str | None = None,
    attachment: str | None = None,
    on_error: OnError = "kill",
    retry: Retry | None = None,
) -> ActionStep:
    """A mail; ``to``, ``cc``, ``bcc`` and ``attachment`` may hold several, with commas between."""
    return action_step(name, _mail(to, subject, body, cc, bcc, content_type, attachment), on_error, retry)


def alert(
    to: str,
    *,
    subject: str = ALERT_SUBJECT,
    body: str = ALERT_BODY,
    cc: str | None = None,
    name: str = "",
    then: Literal["kill", "continue"] = "kill",
) -> ErrorRoute:
    """For ``on_error``: a mail that names the failed action and its error, then a kill with that message.

    ``then="continue"`` goes on instead. A mail that cannot be sent changes nothing about that. It is called ``name``,
    or after the action that it belongs to.
    """
    _check_then(then)
    if name:
        check_name(name)
    mail = ActionStep(
        name=name,
        body=_mail(to, subject, body, cc),
        on_error=ErrorRoute(then=then),
        place=place_of_caller(),
    )
    return ErrorRoute(steps=(mail,), then=then)


def handle(*steps: ActionStep, then: Literal["kill", "continue"] | Kill | Goto = "kill") -> ErrorRoute:
    """For ``on_error``: actions that run when this one fails, then a kill, or on to what follows."""
    if not isinstance(then, (Kill, Goto)):
        _check_then(then)
    for step in steps:
        if not isinstance(step, ActionStep):
            raise refuse("H301", f"handle() got {step!r}, which is no action", "actions only, in their order")
    return replace(error_route(then), steps=steps)


def fs(
    name: str,
    *operations: Element,
    configuration: Mapping[str, str] = xml.NOTHING,
    on_error: OnError = "kill",
    retry: Retry | None = None,
) -> ActionStep:
    """Operations on the file system, in order: ``fs("tidy", op("delete", path="/x"), op("mkdir", path="/y"))``."""
    for operation in operations:
        if not isinstance(operation, Element) or operation.tag not in _OPERATIONS:
            raise refuse("H301", f"{name}: {operation!r} is no operation", 'write op("delete", path="...")', name)
    if not operations:
        raise refuse("H302", f"{name}: an fs action without operations does nothing", "", name)
    return action_step(name, xml.body("fs", xml.configuration(configuration), operations), on_error, retry)


def op(
    kind: Literal["delete", "mkdir", "move", "chmod", "touchz", "chgrp", "setrep"],
    *,
    recursive: bool = False,
    **attributes: str,
) -> Element:
    """One operation of :func:`fs`; ``_`` in an attribute's name stands for ``-`` (``dir_files="false"``).

    Attributes are written in the order given.
    """
    if kind not in _OPERATIONS:
        raise refuse("H301", f"fs has no operation {kind!r}", f"known: {', '.join(_OPERATIONS)}")
    required, optional, can_recurse = _OPERATIONS[kind]
    given = {key.replace("_", "-"): str(xml.text(key, value)) for key, value in attributes.items()}
    for key in required:
        if key not in given:
            raise refuse("H302", f"{kind} needs {key.replace('-', '_')}=", f"it takes {', '.join(required + optional)}")
    if unknown := [key for key in given if key not in required + optional]:
        raise refuse("H301", f"{kind} has no attribute '{unknown[0]}'", f"it takes {', '.join(required + optional)}")
    if recursive and not can_recurse:
        raise refuse("H301", f"{kind} cannot be recursive", "chmod and chgrp can")
    return xml.body(kind, xml.flag("recursive", recursive), attributes=tuple(given.items()))


def sub_workflow(
    name: str,
    *,
    app_path: str,
    propagate_configuration: bool = True,
    configuration: Mapping[str, str] = xml.NOTHING,
    on_error: OnError = "kill",
    retry: Retry | None = None,
) -> ActionStep:
    """Another workflow app, by its path on the cluster; it sees this one's properties unless told otherwise."""
    element = xml.body(
        "sub-workflow",
        xml.leaf("app-path", app_path),
        xml.flag("propagate-configuration", propagate_configuration),
        xml.configuration(configuration),
    )
    return action_step(name, element, on_error, retry)


def _mail(
    to: str,
    subject: str,
    body: str,
    cc: str | None = None,
    bcc: str | None = None,
    content_type: str | None = None,
    attachment: str | None = None,
) -> Element:
    return xml.body(
        "email",
        xml.leaf("to", to),
        xml.leaf("cc", cc),
        xml.leaf("bcc", bcc),
        xml.leaf("subject", subject),
        xml.leaf("body", body),
        xml.leaf("content_type", content_type),
        xml.leaf("attachment", attachment),
    )


def _check_then(then: object) -> None:
    if then not in ("kill", "continue"):
        raise refuse("H301", f"then is {then!r}", 'one of "kill" and "continue"')
