"""Programs of one's own: Spark, Java, shell and SSH. What they do with a path only they know: it is mentioned."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from oozie.language.dataflow.uses import Doing, Surroundings, Use, merged
from oozie.language.filling import entries, fill, words
from oozie.language.model import Element
from oozie.language.secret_names import masked_text

_EXPRESSION = r"\$\{[^{}]*\}"  # what stands in one is its own, commas and blanks too
_PATH = re.compile(rf"(?:[a-z][a-z0-9+.-]*://|/|{_EXPRESSION}/)(?:{_EXPRESSION}|[^\s,;$]|\$(?!\{{))*", re.IGNORECASE)
_NO_DATA = re.compile(
    r"(?:https?|thrift|jdbc|mysql|zk|tcp|smtp|ssh)[:/]|.*\.(?:jar|py|sh|zip|egg|pl|class|properties|conf)\Z", re.I
)
_ONLY_NAME_NODE = re.compile(r"[a-z]+://[^/]*/?\Z|/\Z", re.IGNORECASE)
_ASSIGNED = re.compile(r"(?P<name>-{0,2}[\w.-]+)=(?P<value>.+)", re.DOTALL)
_DATA_NAME = re.compile(r"[a-z0-9]+(?:[-_.]?(?:dir|path|file|input|output|uri|location))", re.IGNORECASE)


def spark(body: Element, around: Surroundings) -> Doing:
    """A Spark application."""
    jar, main = (fill(body.text_of(tag), around.properties) for tag in ("jar", "class"))
    name = fill(body.text_of("name"), around.properties)
    master, mode = (fill(body.text_of(tag), around.properties) for tag in ("master", "mode"))
    program = f"{main} of {jar}" if main else jar
    called = f" '{name}'" if name and "${" not in name else ""
    on = f" on {master}{f', {mode}' if mode else ''}" if master else ""
    return Doing(f"runs the Spark application{called} ({program}){on}", _mentions(_arguments(body, around, "arg")))


def java(body: Element, around: Surroundings) -> Doing:
    """A Java program."""
    main = fill(body.text_of("main-class"), around.properties)
    return Doing(f"runs the Java program {main}", _mentions(_arguments(body, around, "arg")))


def shell(body: Element, around: Surroundings) -> Doing:
    """A command on some machine of the cluster."""
    command = fill(body.text_of("exec"), around.properties)
    variables = [fill(text, around.properties) for text in body.texts("env-var")]
    arguments = _arguments(body, around, "argument")
    shown = " ".join(masked_text(" ".join([command, *arguments])).split())
    return Doing(f"runs the command {_shortened(shown)}", _mentions([*arguments, *variables]))


def ssh(body: Element, around: Surroundings) -> Doing:
    """A command on another machine."""
    host = fill(body.text_of("host"), around.properties)
    command = words(fill(body.text_of("command"), around.properties))
    arguments = [*command[1:], *_arguments(body, around, "args"), *_arguments(body, around, "arg")]
    shown = masked_text(" ".join([*command[:1], *arguments]))
    local = (Use("mentions", "local path", f"{host}:{use.name}", use.said) for use in _mentions(arguments))
    return Doing(f"runs on {host} over SSH: {_shortened(shown)}", tuple(local))


def _shortened(text: str, most: int = 100) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _arguments(body: Element, around: Surroundings, tag: str) -> list[str]:
    return [fill(text, around.properties) for text in body.texts(tag)]


def _mentions(arguments: Sequence[str]) -> tuple[Use, ...]:
    return merged(_paths(arguments))


def _paths(arguments: Iterable[str]) -> Iterator[Use]:
    option = ""
    for argument in arguments:
        for word in words(argument):
            if match := _ASSIGNED.fullmatch(word):
                yield from _uses(match["value"], match["name"])
                option = ""
            elif word.startswith("-"):
                option = word
            else:
                yield from _uses(word, option)
                option = ""


def _uses(text: str, said: str) -> Iterator[Use]:
    for piece in entries(text.strip("'\"")):
        is_path = _PATH.fullmatch(piece) and not _NO_DATA.match(piece) and not _ONLY_NAME_NODE.match(piece)
        variable = re.fullmatch(r"\$\{([\w.-]+)\}", piece)
        if is_path or (variable and _DATA_NAME.fullmatch(variable[1])):
            yield Use("mentions", "path", piece, said or (variable[1] if variable else ""))
