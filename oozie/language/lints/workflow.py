"""What a workflow or its properties show by themselves: passwords, Sqoop's command, ways that lead nowhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from oozie.language.graph import called, nodes_by_name, reachable
from oozie.language.lints.subject import lint
from oozie.language.model import Action, Element, End, Workflow
from oozie.language.secret_names import is_secret_name
from storage.errors import Diagnostic

_SPLITTER = "oozie.action.sqoop.shellsplitter"
_ARGUMENT_TAGS = frozenset({"arg", "args", "argument"})
_PASSWORD_OPTION = re.compile(r"--?password")
# A password in a URL: ?password=x, &password=x, or //user:password@host. EL is somebody else's text.
_PASSWORD_IN_URL = re.compile(r"[?&;](?:password|pwd)=(?!\$\{)[^&;\s]+|//[^/\s:@]+:(?!\$\{)[^/\s@]+@", re.IGNORECASE)
_FILE_HINT = "keep it in a file that only its owner reads (--password-file) or in a keystore (--password-alias)"


def workflow_lints(app: Workflow) -> Iterator[Diagnostic]:
    """The lints of a workflow, in document order."""
    reached = reachable(app)
    nodes = nodes_by_name(app)
    if app.global_section is not None:
        yield from _passwords(app.global_section, "")
    for node in app.nodes:
        if node.name not in reached:
            message = f"no way leads to {called(node)}"
            yield lint("H012", message, "lead a transition to it, or remove it", node.line, node.name)
        if isinstance(node, Action):
            yield from _passwords(node.body, node.name)
            yield from _split_command(node)
            if isinstance(nodes.get(node.error), End):
                message = f"when action '{node.name}' fails, the workflow ends as SUCCEEDED"
                yield lint(
                    "H013", message, "lead its error to a kill node, or on to the next action", node.line, node.name
                )


def property_lints(properties: Mapping[str, str], lines: Mapping[str, int] | None = None) -> Iterator[Diagnostic]:
    """The lints of job.properties; ``lines`` says where each property stands."""
    for name, value in properties.items():
        if (is_secret_name(name) and value and "${" not in value) or _PASSWORD_IN_URL.search(value):
            message = f"property '{name}' holds a password in plain text"
            hint = f"Oozie shows job properties to everyone; {_FILE_HINT}"
            yield lint("H010", message, hint, (lines or {}).get(name, 0))


def _passwords(body: Element, node: str) -> Iterator[Diagnostic]:
    """Every place in an action's body that shows a password."""
    where = f"action '{node}'" if node else "<global>"
    arguments = [child for child in body.children if child.tag in _ARGUMENT_TAGS]
    for index, child in enumerate(arguments):
        follows = index > 0 and _PASSWORD_OPTION.fullmatch(arguments[index - 1].text.strip())
        inline = re.match(r"--password=\S", child.text.strip())
        if follows or inline or _PASSWORD_IN_URL.search(child.text):
            yield lint("H010", f"{where} has a password among its arguments", _FILE_HINT, child.line, node)
    for child in body.children:
        finder = _SHOWN.get(child.tag)
        if finder is not None and (shown := finder(child)):
            yield lint("H010", f"{where} has a password in {shown}", _FILE_HINT, child.line, node)


def _in_command(command: Element) -> str:
    words = command.text.split()
    has_option = any(_PASSWORD_OPTION.fullmatch(word) or word.startswith("--password=") for word in words)
    return "its command" if has_option or _PASSWORD_IN_URL.search(command.text) else ""


def _in_url(url: Element) -> str:
    return "its JDBC URL" if _PASSWORD_IN_URL.search(url.text) else ""


def _in_element(password: Element) -> str:
    text = password.text.strip()
    return "<password>" if text and not text.startswith("${") else ""


def _in_configuration(configuration: Element) -> str:
    for entry in configuration.named("property"):
        name, value = entry.text_of("name").strip(), entry.text_of("value").strip()
        if value and "${" not in value and is_secret_name(name):
            return f"property '{name}'"
        if _PASSWORD_IN_URL.search(value):
            return f"property '{name}'"
    return ""


_SHOWN: Mapping[str, Callable[[Element], str]] = {
    "command": _in_command,
    "jdbc-url": _in_url,
    "password": _in_element,
    "configuration": _in_configuration,
}


def _split_command(action: Action) -> Iterator[Diagnostic]:
    """A Sqoop command with quotes, which Oozie splits on blanks all the same."""
    command = action.body.first("command") if action.type == "sqoop" else None
    if command is None or not re.search(r"['\"]", command.text):
        return
    if action.body.configuration().get(_SPLITTER, "").strip().lower() != "true":
        message = f"the command of action '{action.name}' is split on every blank, quoted or not"
        hint = f"write one <arg> an argument, or set {_SPLITTER}=true in the action's configuration"
        yield lint("H011", message, hint, command.line, action.name)
