"""Constants and functions that need no job.

Source: org.apache.oozie.util.ELConstantsFunctions, HadoopELFunctions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any
from urllib.parse import quote_plus

from oozie.language.el import java_text
from oozie.language.el.coercion import describe, to_text
from oozie.language.el.containers import Value, properties_order
from oozie.language.el.errors import EvaluationFault
from oozie.language.el.evaluator import Function


@dataclass(frozen=True)
class Clock:
    """What every function's context has: the time at hand."""

    now: Callable[[], datetime]


CONSTANTS: Mapping[str, Value] = {
    "KB": 1024,
    "MB": 1024**2,
    "GB": 1024**3,
    "TB": 1024**4,
    "PB": 1024**5,
    "RECORDS": "org.apache.hadoop.mapred.Task$Counter",
    "MAP_IN": "MAP_INPUT_RECORDS",
    "MAP_OUT": "MAP_OUTPUT_RECORDS",
    "REDUCE_IN": "REDUCE_INPUT_RECORDS",
    "REDUCE_OUT": "REDUCE_OUTPUT_RECORDS",
    "GROUPS": "REDUCE_INPUT_GROUPS",
}


def _append_all(_: Clock, source: str, append: str, delimiter: str) -> Value:
    pieces = java_text.split(source, delimiter)
    result = delimiter.join(piece + append for piece in pieces)
    if source.startswith(delimiter) and pieces and pieces[0]:
        return append + result
    return result


def _texts(entries: Mapping[Any, Value] | None) -> dict[str, str]:
    """``entries`` of texts alone. Raises: EvaluationFault for null, and a map literal that holds something else."""
    if entries is None:
        raise EvaluationFault("null is no map", "wf:actionData('action') gives one")
    for value in (*entries.keys(), *entries.values()):
        if not isinstance(value, str):
            raise EvaluationFault(
                f"{describe(value)} stands in a map that has to hold texts alone", "write it in quotes"
            )
    return {str(key): to_text(value) for key, value in entries.items()}


def _to_configuration(_: Clock, entries: Mapping[Any, Value] | None) -> Value:
    """Hadoop's configuration as JDOM prints it, escaped once more because it goes into XML."""
    properties = properties_order(_texts(entries))
    if not properties:
        return java_text.escape_xml("<configuration />")
    lines = ["<configuration>"]
    for key, value in properties.items():
        name, text = (
            part.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for part in (key, value.strip())
        )
        lines += ["  <property>", f"    <name>{name}</name>", f"    <value>{text}</value>", "  </property>"]
    return java_text.escape_xml("\r\n".join([*lines, "</configuration>"]))


def _url_encode(_: Clock, text: str) -> Value:
    return quote_plus(text, safe="*", errors="replace").replace("~", "%7E")


FUNCTIONS: Mapping[str, Function] = {
    "firstNotNull": Function(lambda _, first, second: second if first is None else first, ("Object", "Object")),
    "concat": Function(lambda _, first, second: first + second, ("String", "String")),
    "replaceAll": Function(
        lambda _, source, regex, replacement: java_text.replace_all(source, regex, replacement),
        ("String", "String", "String"),
    ),
    "appendAll": Function(_append_all, ("String", "String", "String")),
    "trim": Function(lambda _, text: java_text.trim(text), ("String",)),
    "timestamp": Function(lambda clock: clock.now().astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%MZ")),
    "urlEncode": Function(_url_encode, ("String",)),
    "toJsonStr": Function(lambda _, entries: java_text.escape_xml(java_text.to_json(entries)), ("Map",)),
    "toPropertiesStr": Function(
        lambda clock, entries: java_text.escape_xml(java_text.to_properties(_texts(entries), clock.now())), ("Map",)
    ),
    "toConfigurationStr": Function(_to_configuration, ("Map",)),
}
