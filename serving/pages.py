"""The page: a form built from what a model takes, and the answer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from flask import Flask, Response, g, make_response, render_template

from models.manifest import Field
from serving.choice import check_known, describe_nothing
from serving.refusals import shown_as_page
from serving.registry import ModelState, Registry
from serving.reports import describe_notices
from serving.settings import Settings

_MOST_OPTIONS = 60  # beyond, a list to type into is quicker than one to scroll

_MOST_EXACT = 2**53
_SMALLEST_SPOKEN = 1e-6
_SPOKEN_DIGITS = 6

Kind = Literal["number", "text", "choice"]


@dataclass(frozen=True)
class Option:
    """One entry of a choice; an empty ``value`` stands for null."""

    value: str
    label: str


@dataclass(frozen=True)
class Control:
    """How one input stands on the page.

    ``value`` is what it starts with, ``options`` a choice's entries or what a text may be completed to.
    """

    id: str
    field: Field
    kind: Kind
    value: str
    hint: str
    options: tuple[Option, ...] = ()


def build_controls(inputs: Sequence[Field], *, accept_unknown_categories: bool) -> list[Control]:
    """One control for each input, in the model's order."""
    return [_control(index, item, accept_unknown_categories) for index, item in enumerate(inputs)]


def _control(index: int, item: Field, accept_unknown: bool) -> Control:
    identity = f"field-{index}"
    if item.type in ("double", "long"):
        return Control(identity, item, "number", _number(item.example), _range(item))
    none = (Option("", "unknown"),) if item.nullable else ()
    if item.type == "boolean":
        value = "" if item.example is None else str(item.example).lower()
        return Control(identity, item, "choice", value, "", (*none, Option("true", "yes"), Option("false", "no")))
    options = tuple(Option(category, category or "(empty text)") for category in item.categories)
    value = "" if item.example is None else str(item.example)
    # A choice's empty value means null, so that an empty text as a category needs the other control.
    if 0 < len(options) <= _MOST_OPTIONS and not accept_unknown and "" not in item.categories:
        return Control(identity, item, "choice", value, "", none + options)
    hint = f"one of {len(options):,} known values: type a part of it" if options else ""
    return Control(identity, item, "text", value, hint, options)


def _number(value: object) -> str:
    """A number as one would type it: 120, not 120.0."""
    if isinstance(value, float) and value.is_integer() and abs(value) < _MOST_EXACT:
        return str(int(value))
    return "" if value is None else str(value)


def _range(item: Field) -> str:
    whole = "whole number" if item.type == "long" else "number"
    if item.minimum is None or item.maximum is None:
        return whole
    if item.minimum == item.maximum:
        return f"{whole}, always {_spoken(item.minimum)} in training"
    return f"{whole}, trained on {_spoken(item.minimum)} to {_spoken(item.maximum)}"


def _spoken(number: float) -> str:
    """A number as people say it: 1,000,000 and 0.00025, and powers of ten only where it is out of all proportion."""
    size = abs(number)
    if float(number).is_integer() and size < _MOST_EXACT:
        return f"{number:,.0f}"
    if _SMALLEST_SPOKEN <= size < _MOST_EXACT:
        digits = max(_SPOKEN_DIGITS - 1 - math.floor(math.log10(size)), 0)
        text = f"{number:,.{digits}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return f"{number:.{_SPOKEN_DIGITS}g}"


def _is_owner(settings: Settings) -> bool:
    """Whether the owner's page is open to who asks: a link that leads to a refusal is none."""
    return g.caller.may("admin") if g.caller else settings.is_loopback


def add_pages(app: Flask, registry: Registry, settings: Settings) -> None:
    """The page at ``/`` for the first model that answers, and one address for each."""

    def show(state: ModelState) -> Response:
        inputs = state.loaded.manifest.inputs if state.loaded else ()
        controls = build_controls(inputs, accept_unknown_categories=settings.accept_unknown_categories)
        notices = describe_notices(state, registry)
        names = list(registry.states)
        return make_response(
            render_template(
                "model.html",
                state=state,
                controls=controls,
                notices=notices,
                names=names,
                limits=settings,
                is_owner=_is_owner(settings),
            )
        )

    @app.get("/")
    @shown_as_page
    def home() -> Response:
        states = list(registry.states.values())
        if not states:
            return make_response(render_template("empty.html", nothing=describe_nothing(registry)))
        return show(next((state for state in states if state.loaded), states[0]))

    @app.get("/models/<name>/form")
    @shown_as_page
    def form(name: str) -> Response:
        return show(registry.states[check_known(registry, name)])
