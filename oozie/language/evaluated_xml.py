"""Texts that Oozie evaluates within their XML: all of a bundle, and each sla:info, is one expression to it.

What stands there is escaped before it is evaluated, what comes of it is not, and ``#{`` and ``${`` may not stand in one
expression. Source: org.apache.oozie.command.bundle.BundleSubmitXCommand, org.apache.oozie.command.wf.SubmitXCommand.
"""

from __future__ import annotations

from oozie.language import document
from oozie.language.errors import AppError


def in_xml(text: str) -> str:
    """``text`` as it stands in a file: of a bundle and of sla:info Oozie evaluates the XML as it is escaped."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def in_attribute(text: str) -> str:
    """As :func:`in_xml`, between the quotes of an attribute."""
    return in_xml(text).replace('"', "&quot;")


def is_xml(text: str, *, is_attribute: bool = False) -> bool:
    """Whether ``text`` can stand in an element, or in an attribute."""
    if not any(mark in text for mark in ('&<"' if is_attribute else "&<")):
        return True
    try:
        document.parse((f'<text of="{text}"/>' if is_attribute else f"<text>{text}</text>").encode("utf-8", "replace"))
    except AppError:
        return False
    return True
