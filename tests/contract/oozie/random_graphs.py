"""Workflows of forks, joins, decisions and error paths at random: most of them are wrong in some way."""

from __future__ import annotations

from random import Random

from tests.conformance.verdicts.graphs import Graph

_ERROR_TO_A_NODE, _DECISION, _LEAVES, _ANYWHERE = 0.3, 0.25, 0.15, 0.01
_NEAR = 4


def random_graph(seed: int) -> Graph:
    """The graph of ``seed``; nearly all transitions lead forward, else every graph would have a loop."""
    random = Random(seed)
    forks = random.choice([0, 1, 1, 2, 2, 3])
    joins = forks if random.random() < 0.8 else random.randint(0, 3)
    names = [f"n{number}" for number in range(random.randint(3, 8))]
    names += [*(f"f{number}" for number in range(forks)), *(f"j{number}" for number in range(joins))]
    nudge = {"f": -0.5, "j": 0.5, "n": 0.0}
    names.sort(key=lambda name: random.random() + nudge[name[0]])
    nodes = [_node(random, names, number) for number in range(len(names))]
    return Graph(f"random {seed}", "", (f"start {names[0]}", *nodes, "kill k", "end end"))


def _node(random: Random, names: list[str], number: int) -> str:
    name = names[number]

    def to() -> str:
        if random.random() < _ANYWHERE:
            return random.choice([*names, "nowhere"])
        later = names[number + 1 :]
        if not later or random.random() < _LEAVES:
            return random.choice(["end", "end", "k"])
        return random.choice(later[:_NEAR])

    if name.startswith("f"):
        return f"fork {name} " + " ".join(to() for _ in range(random.choice([2, 2, 2, 3])))
    if name.startswith("j"):
        return f"join {name} {to()}"
    if random.random() < _DECISION:
        return f"decision {name} " + " ".join(to() for _ in range(random.choice([2, 2, 3])))
    return f"action {name} {to()} {to() if random.random() < _ERROR_TO_A_NODE else 'k'}"
