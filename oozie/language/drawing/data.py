"""Which data goes where: directories and tables between those that read and write them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from oozie.language.dataflow import How, Use
from oozie.language.drawing.diagram import Arrow, Box, Diagram, Kind, Way

Key = tuple[str, str, str]

# No name of a node begins so: XML does not allow it.
_PREFIX = "\1data "
_KINDS: dict[str, Kind] = {"path": "directory", "local path": "directory"}
_WAYS: dict[str, Way] = {"reads": "reads", "writes": "writes", "replaces": "writes", "deletes": "deletes",
                         "mentions": "mentions"}  # fmt: skip
_MOST_NEAR = 3
# Of what one actor alone does in one way, more would hide the rest; what others touch too is always drawn.
_MOST_OF_ONE = 16
_LABELS = {"replaces": "replaces", "deletes": "deletes"}


@dataclass(frozen=True)
class Actor:
    """What reads and writes: an action, or a workflow or coordinator as a whole, as its box says."""

    box: Box
    uses: tuple[Use, ...]


def data_diagram(name: str, actors: Sequence[Actor], subject: str = "Data flow of") -> Diagram:
    """The data of ``actors``; who has none is left out."""
    boxes: dict[str, Box] = {}
    arrows: dict[Arrow, None] = {}
    shared = _shared(actors)
    for actor in actors:
        for use, label, data in _data_of(actor, shared):
            boxes.setdefault(data.name, data)
            boxes.setdefault(actor.box.name, actor.box)
            to_actor = use.how == "reads" or (use.how == "mentions" and not use.is_output_like)
            one, other = (data.name, actor.box.name) if to_actor else (actor.box.name, data.name)
            arrows[Arrow(one, other, _WAYS[use.how], label)] = None
    arrows |= dict.fromkeys(_within(actors, boxes))
    return Diagram(name, tuple(boxes.values()), tuple(arrows), subject)


def without_data(actors: Sequence[Actor]) -> list[str]:
    """The names of those that the picture leaves out."""
    return [actor.box.title for actor in actors if not actor.uses]


def _data_of(actor: Actor, shared: set[Key]) -> Iterator[tuple[Use, str, Box]]:
    """What one actor touches, with its label and its box; of very much one box stands for the rest."""
    counts: Counter[How] = Counter()
    rest: dict[How, list[Use]] = {}
    for use, label in _drawn(actor.uses):
        counts[use.how] += 1
        if counts[use.how] > _MOST_OF_ONE and use.key not in shared:
            rest.setdefault(use.how, []).append(use)
        else:
            yield use, label, _box(use)
    for how, uses in rest.items():
        name = f"{_PREFIX}more {how} {actor.box.name}"
        yield uses[0], "", Box(name, "directory", f"{len(uses)} more", "howdah explain names them")


def _shared(actors: Sequence[Actor]) -> set[Key]:
    """What more than one of them touches."""
    counts = Counter(key for actor in actors for key in {use.key for use in actor.uses})
    return {key for key, count in counts.items() if count > 1}


def _drawn(uses: Sequence[Use]) -> list[tuple[Use, str]]:
    """Each use with its label; what is read and then deleted has been moved away."""
    read = {use.key for use in uses if use.how == "reads"}
    deleted = {use.key for use in uses if use.how == "deletes"}
    found = []
    for use in uses:
        if use.how == "deletes" and use.key in read:
            continue
        label = "takes away" if use.how == "reads" and use.key in deleted else _LABELS.get(use.how, "")
        found.append((use, label))
    return found


def _name(key: Key) -> str:
    return f"{_PREFIX}{key[0]} {key[1]} {key[2]}"


def _box(use: Use) -> Box:
    kind = _KINDS.get(use.what, "table")
    title = use.key[1] if use.what == "path" else use.name
    detail = {"path": "directory", "local path": "on a machine's own disk", "table": "table"}.get(use.what, use.where)
    return Box(_name(use.key), kind, title, detail)


def _within(actors: Sequence[Actor], boxes: dict[str, Box]) -> list[Arrow]:
    """From what is written to what is read and lies in it, or holds it."""
    writers: dict[Key, set[str]] = {}
    readers: dict[Key, set[str]] = {}
    for actor in actors:
        for use in actor.uses:
            if use.what == "path" and use.how != "deletes":
                side = writers if use.how in ("writes", "replaces") else readers
                side.setdefault(use.key, set()).add(actor.box.name)
    found: list[Arrow] = []
    for key, names in readers.items():
        if key in writers:
            continue
        path = key[1].rstrip("/")
        # What one does within its own directory is its own business.
        written = [one for one, others in writers.items() if names - others]
        near = [one for one in written if path.startswith(f"{one[1]}/") or one[1].startswith(f"{path}/")]
        near = [one for one in near if path and one[1] != "/" and _name(one) in boxes and _name(key) in boxes]
        nearest = sorted(near, key=lambda one: (abs(len(one[1]) - len(key[1])), one[1]))[:_MOST_NEAR]
        found += [Arrow(_name(one), _name(key), "path") for one in nearest]
    return found
