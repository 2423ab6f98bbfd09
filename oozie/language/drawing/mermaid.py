"""A diagram as Mermaid's flowchart, which many pages that show Markdown draw by themselves.

Source: Mermaid's documentation of flowcharts; entity codes are written ``#35;``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from oozie.language.drawing.diagram import Arrow, Box, Diagram, Kind, Way
from oozie.language.drawing.sizes import WITH_DETAIL, shorten

_SHAPES: Mapping[Kind, tuple[str, str]] = {
    "start": ("([", "])"), "end": ("([", "])"), "schedule": ("([", "])"), "kill": ("{{", "}}"), "decision": ("{", "}"),
    "fork": ("[/", "\\]"), "join": ("[\\", "/]"), "directory": ("[/", "/]"), "table": ("[(", ")]"),
    "bundle": ("[[", "]]"), "coordinator": ("[[", "]]"), "missing": (">", "]"),
}  # fmt: skip
_BOX = ("[", "]")
_LINES: Mapping[Way, str] = {"error": "-.->", "deletes": "-.->", "mentions": "-.->", "waits": "-.->", "starts": "==>"}
_LABELS: Mapping[Way, str] = {"error": "error", "deletes": "deletes", "mentions": "mentions", "waits": "waits for"}
_RED = frozenset({"error", "deletes"})
_SPECIAL = re.compile(r"[^\w\s.,:/()=+*?!@'|$\[\]{}-]|\$(?=\$)|`", re.ASCII)
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_MOST = 80
_STYLES = (
    "  classDef kill stroke:#a3231c,stroke-width:2px",
    "  classDef missing stroke:#a3231c,stroke-dasharray:3 3",
    "  classDef data stroke:#1b559c",
)
_CLASSES: Mapping[Kind, str] = {"kill": "kill", "missing": "missing", "directory": "data", "table": "data"}


def mermaid(diagram: Diagram) -> str:
    """``diagram`` as text; the same diagram gives the same text."""
    ids = {box.name: f"n{number}" for number, box in enumerate(diagram.boxes)}
    lines = ["flowchart TD", f"  accTitle: {_plain(f'{diagram.subject} {diagram.name}')}"]
    lines += [_box(ids[box.name], box) for box in diagram.boxes]
    lines += [_arrow(arrow, ids) for arrow in diagram.arrows]
    classes: dict[str, list[str]] = {}
    for box in diagram.boxes:
        if box.kind in _CLASSES:
            classes.setdefault(_CLASSES[box.kind], []).append(ids[box.name])
    if classes:
        lines += [style for style in _STYLES if style.split()[1] in classes]
        lines += [f"  class {','.join(names)} {name}" for name, names in classes.items()]
    red = [str(number) for number, arrow in enumerate(diagram.arrows) if arrow.way in _RED]
    if red:
        lines.append(f"  linkStyle {','.join(red)} stroke:#a3231c")
    return "\n".join(lines) + "\n"


def _box(own: str, box: Box) -> str:
    left, right = _SHAPES.get(box.kind, _BOX)
    label = _text(box.title, 2 * _MOST // 3 if box.kind == "directory" else 0)
    if box.detail and (box.kind in WITH_DETAIL or box.kind == "missing"):
        label += f"<br/>{_text(box.detail)}"
    return f'  {own}{left}"{label}"{right}'


def _arrow(arrow: Arrow, ids: Mapping[str, str]) -> str:
    label = " ".join(part for part in (_LABELS.get(arrow.way, ""), arrow.label) if part)
    if arrow.label and arrow.label == _LABELS.get(arrow.way):
        label = arrow.label
    between = f'|"{_text(label)}"|' if label else ""
    return f"  {ids[arrow.source]} {_LINES.get(arrow.way, '-->')}{between} {ids[arrow.target]}"


def _text(text: str, tail: int = 0) -> str:
    """A label: what Mermaid or HTML could take for its own is written as a code."""
    plain = _UNPRINTABLE.sub(" ", shorten(" ".join(text.split()), _MOST, tail))
    return _SPECIAL.sub(lambda match: f"#{ord(match[0])};", plain) or " "


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w .-]", " ", text, flags=re.ASCII).split())
