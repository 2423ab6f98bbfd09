"""What is written beside a model: who made it, from what, what it takes and gives, and the hash of every file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

FieldType = Literal["double", "long", "string", "boolean"]


@dataclass(frozen=True)
class Field:
    """One input column of a model.

    ``minimum`` and ``maximum`` are what training saw of a number, ``categories`` what it saw of a text (sorted);
    ``example`` is a typical value, with which a form starts.
    """

    name: str
    type: FieldType
    nullable: bool = True
    minimum: float | None = None
    maximum: float | None = None
    categories: tuple[str, ...] = ()
    description: str = ""
    example: str | float | int | bool | None = None


@dataclass(frozen=True)
class Manifest:
    """One version of a model. Times are ISO 8601 in UTC; ``files`` maps a path below the version to its SHA-256 (hex).

    ``classes`` are the output classes in the order of the probabilities, empty for a regression. ``metrics`` is a flat
    mapping (``accuracy``, ``f1.purchase`` ...); ``run`` says which job trained it, ``data`` which data it came from.
    """

    name: str
    version: int
    created: str
    inputs: tuple[Field, ...]
    classes: tuple[str, ...]
    metrics: Mapping[str, float]
    description: str = ""
    target: str = ""
    valid_from: str = ""
    valid_to: str = ""
    run: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
