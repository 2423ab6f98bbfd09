"""The mutants: each operator over some of the bases, and several operators one upon the other; the same ones each time.

What is open (which base, which element, which target) is drawn with dice that are seeded by names, so that a new
operator changes no other mutant, and a new base only those that it is drawn for.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random
from typing import NamedTuple

from lxml import etree

from oozie.language.el.submission import COORDINATOR_CONSTANTS, WORKFLOW_CONSTANTS
from oozie.language.schema_tables import KINDS
from tests.conformance.mutants.bodies import BODY_OPERATORS
from tests.conformance.mutants.graphs import GRAPH_OPERATORS
from tests.conformance.mutants.mutant import PROPERTIES, Mutant
from tests.conformance.mutants.texts import TEXT_CHANGES
from tests.conformance.mutants.trees import TREE_OPERATORS, Operator, Site, Tree, tag_of
from tests.conformance.mutants.values import PROPERTY_CHANGES, VALUE_OPERATORS

BASES = Path(__file__).parent / "bases"
_SINGLE = (*TREE_OPERATORS, *GRAPH_OPERATORS, *BODY_OPERATORS, *VALUE_OPERATORS)
_WITH_FORKS = ("between-04", "decisions-04", "every-10", "global-04", "nested-05", "old-01")
_STRUCTURAL = (*TREE_OPERATORS, *GRAPH_OPERATORS, *BODY_OPERATORS)
_PROPERTY = re.compile(rb"\$\{(\w+)\}|<name>([\w.]+)</name>")
_CONSTANTS = COORDINATOR_CONSTANTS | WORKFLOW_CONSTANTS
_VALUES = {"start": "2040-01-01T00:00Z", "nominal": "2040-01-01T00:00Z", "end": "2041-01-01T00:00Z", "freq": "60"}
_EACH_KIND = ("workflow", "coordinator", "bundle")
_TWO_SLIPS, _TWO_VALUES, _GRAPHS, _JOBS = 120, 80, 220, 60


class Base(NamedTuple):
    """A valid app that mutants are made of."""

    name: str
    kind: str
    data: bytes
    root: Tree


@cache
def bases() -> tuple[Base, ...]:
    """Our own, by name."""
    return tuple(_bases_below(BASES))


def _bases_below(folder: Path) -> Iterator[Base]:
    for path in sorted(folder.rglob("*.xml")):
        data = path.read_bytes()
        root = etree.fromstring(data)
        if tag_of(root) in KINDS:
            name = str(path.relative_to(folder).with_suffix("")).replace("/", "-")
            yield Base(name, KINDS[tag_of(root)], data, root)


def mutants(salt: str = "") -> list[Mutant]:
    """All that there are, no two alike; another ``salt`` is another throw of the dice."""
    made: dict[str, Mutant] = {}
    for mutant in (*_as_they_are(), *_of_texts(salt), *_of_properties(), *_of_trees(salt), *_of_several(salt)):
        made.setdefault(mutant.digest, mutant)
    return list(made.values())


def mutants_of(folders: Sequence[Path], count: int, salt: str = "") -> list[Mutant]:
    """Mutants of the valid apps below the folders; what their expressions need is given, whatever it means."""
    apps = [base for folder in folders for base in _bases_below(folder)]
    made: dict[str, Mutant] = {}
    for number in range(count):
        dice = Random(f"{salt}apps {number}")
        operators = [dice.choice(_STRUCTURAL) for _ in range(dice.choice((1, 1, 1, 2, 3)))]
        for mutant in _drawn(f"slip-{number}", operators, apps, salt):
            made.setdefault(mutant.digest, replace(mutant, properties=_needed(mutant.data)))
    return list(made.values())


def _needed(data: bytes) -> dict[str, str | None]:
    """A value for each property that an expression or a parameter names: a time where the name speaks of one."""
    names = {name.decode() for pair in _PROPERTY.findall(data) for name in pair if name}
    return {name: _value(name.lower()) for name in sorted(names - _CONSTANTS)}


def _value(name: str) -> str:
    return next((value for part, value in _VALUES.items() if part in name), "x")


def _as_they_are() -> Iterator[Mutant]:
    for base in bases():
        yield Mutant(f"{base.name}/as-it-is", base.kind, base.data)


def _of_texts(salt: str) -> Iterator[Mutant]:
    for change, text_of in TEXT_CHANGES.items():
        for kind in _EACH_KIND:
            base = Random(f"{salt}{change} {kind}").choice([base for base in bases() if base.kind == kind])
            yield Mutant(f"{base.name}/{change}", base.kind, text_of(base.data))


def _of_properties() -> Iterator[Mutant]:
    for change, properties in PROPERTY_CHANGES.items():
        for base in bases():
            if _concerns(properties, base):
                yield Mutant(f"{base.name}/{change}", base.kind, base.data, properties)


def _concerns(properties: Mapping[str, str | None], base: Base) -> bool:
    """Whether a property means something to every app, or stands in this one, in an expression or as a parameter."""
    texts = (part.encode() for name in properties for part in (f"${{{name}", f">{name}<"))
    return any(name not in PROPERTIES for name in properties) or any(text in base.data for text in texts)


def _of_trees(salt: str) -> Iterator[Mutant]:
    for operator in _SINGLE:
        for number in range(operator.most):
            yield from _drawn(f"{operator.name}-{number}", [operator], bases(), salt)


def _of_several(salt: str) -> Iterator[Mutant]:
    """Which of two slips does Oozie meet first? Which of several changes of a graph make it wrong?"""
    with_forks = [base for base in bases() if base.name in _WITH_FORKS]
    workflows = [base for base in bases() if base.kind == "workflow"]
    others = [base for base in bases() if base.kind != "workflow"]
    for number in range(_TWO_SLIPS):
        dice = Random(f"{salt}slips {number}")
        first, second = (
            dice.choice((TREE_OPERATORS, GRAPH_OPERATORS, BODY_OPERATORS, VALUE_OPERATORS)) for _ in range(2)
        )
        yield from _drawn(f"two-slips-{number}", [dice.choice(first), dice.choice(second)], workflows, salt)
    for number in range(_TWO_VALUES):
        dice = Random(f"{salt}values {number}")
        yield from _drawn(f"two-values-{number}", [dice.choice(VALUE_OPERATORS) for _ in range(2)], others, salt)
    for number in range(_JOBS):
        dice = Random(f"{salt}jobs {number}")
        properties = PROPERTY_CHANGES[dice.choice(sorted(PROPERTY_CHANGES))]
        used = [base for base in bases() if _concerns(properties, base)]
        for mutant in _drawn(f"job-and-slip-{number}", [dice.choice(_SINGLE)], used, salt):
            yield replace(mutant, properties=properties)
    for number in range(_GRAPHS):
        dice = Random(f"{salt}graphs {number}")
        operators = [dice.choice(GRAPH_OPERATORS) for _ in range(dice.choice((2, 2, 3)))]
        yield from _drawn(f"graph-{number}", operators, with_forks, salt)


def _drawn(name: str, operators: Sequence[Operator], among: Sequence[Base], salt: str) -> Iterator[Mutant]:
    """The mutant that the dice give, if there is a base with a place for all the operators."""
    for base in sorted(among, key=lambda base: Random(f"{salt}{name} {base.name}").random()):
        data = _changed(base, operators, Random(f"{salt}{name} in {base.name}"))
        if data is not None:
            yield Mutant(f"{base.name}/{name}", base.kind, data)
            return


def _changed(base: Base, operators: Sequence[Operator], dice: Random) -> bytes | None:
    """The app after the operators, each at a place that the dice choose; None where one finds no place."""
    tree = copy.deepcopy(base.root).getroottree()
    for operator in operators:
        places = operator.places(tree.getroot())
        if not places:
            return None
        operator.change(Site(*dice.choice(places), dice))
    return etree.tostring(tree, encoding="UTF-8", xml_declaration=True)
