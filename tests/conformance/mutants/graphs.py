"""Changes that know what a workflow is: where nodes lead, forks and joins, names that other nodes use."""

from __future__ import annotations

import copy
from collections.abc import Callable

from lxml import etree

from tests.conformance.mutants.trees import Operator, Site, Tree, set_to, tag_of, the_root

_NODES = frozenset({"action", "decision", "fork", "join", "kill", "end"})
_TARGETS = {"start": "to", "join": "to", "ok": "to", "error": "to", "case": "to", "default": "to", "path": "start"}
_LONGEST = 128


def nodes(root: Tree) -> dict[str, Tree]:
    """The nodes of a workflow by name, start left out."""
    return {str(e.get("name", "")): e for e in root if isinstance(e.tag, str) and tag_of(e) in _NODES}


def transitions(root: Tree) -> list[tuple[Tree, str]]:
    """Every attribute that names a node to go to."""
    if tag_of(root) != "workflow-app":
        return []
    found = [(e, _TARGETS[tag_of(e)]) for e in root.iter() if isinstance(e.tag, str) and tag_of(e) in _TARGETS]
    namespace = etree.QName(root).namespace
    return [(e, a) for e, a in found if a in e.attrib and etree.QName(e).namespace == namespace]


def _transitions_of(*tags: str) -> Callable[[Tree], list[tuple[Tree, str]]]:
    return lambda root: [(e, a) for e, a in transitions(root) if tag_of(e) in tags]


def _node_of(element: Tree) -> Tree:
    while element.getparent() is not None and element.getparent().getparent() is not None:
        element = element.getparent()
    return element


def nodes_called(*tags: str) -> Callable[[Tree], list[tuple[Tree, str]]]:
    """The nodes of a workflow of these kinds."""

    def places(root: Tree) -> list[tuple[Tree, str]]:
        own = root if tag_of(root) == "workflow-app" else ()
        return [(e, "") for e in own if isinstance(e.tag, str) and tag_of(e) in tags]

    return places


def _root(site: Site) -> Tree:
    return site.element.getroottree().getroot()


def _lead(site: Site, to: str) -> None:
    site.element.set(site.attribute, to)


def _to_any(site: Site) -> None:
    _lead(site, site.dice.choice(list(nodes(_root(site))) or ["nowhere"]))


def _to_kind(*tags: str) -> Callable[[Site], None]:
    def change(site: Site) -> None:
        known = [name for name, node in nodes(_root(site)).items() if tag_of(node) in tags]
        if known:
            _lead(site, site.dice.choice(known))

    return change


def _to_itself(site: Site) -> None:
    _lead(site, _node_of(site.element).get("name", "nowhere"))


def _to_predecessor(site: Site) -> None:
    """A loop, perhaps: to a node from which some way leads here."""
    root = _root(site)
    here = _node_of(site.element).get("name")
    before = {here}
    for _ in range(len(root)):
        before |= {_node_of(e).get("name") for e, a in transitions(root) if e.get(a) in before}
    known = sorted(name for name in before if name and name != here)
    _lead(site, site.dice.choice(known) if known else "nowhere")


def _beyond(site: Site) -> None:
    """To where the node leads that stands there now: past it."""
    root = _root(site)
    there = nodes(root).get(site.element.get(site.attribute, ""))
    onward = [e.get(a) for e, a in transitions(root) if there is not None and _node_of(e) is there]
    if onward:
        _lead(site, str(site.dice.choice(onward)))


def _capitals(site: Site) -> None:
    _lead(site, site.element.get(site.attribute, "").upper())


def _exchange(site: Site) -> None:
    """Two transitions of the workflow change places."""
    other, attribute = site.dice.choice(transitions(_root(site)))
    mine, yours = site.element.get(site.attribute, ""), other.get(attribute, "")
    other.set(attribute, mine)
    _lead(site, yours)


def _several(count: int) -> Callable[[Site], None]:
    def change(site: Site) -> None:
        for element, attribute in site.dice.sample(transitions(site.element), count):
            _to_any(Site(element, attribute, site.dice))

    return change


def _rename(name: str) -> Callable[[Site], None]:
    """The node alone: whoever leads to it leads nowhere then."""
    return lambda site: site.element.set("name", name)


def _rename_all(name: str) -> Callable[[Site], None]:
    """The node and whatever leads to it."""

    def change(site: Site) -> None:
        before = site.element.get("name")
        for element, attribute in transitions(_root(site)):
            if element.get(attribute) == before:
                element.set(attribute, name)
        site.element.set("name", name)

    return change


def _same_name(site: Site) -> None:
    others = [name for name in nodes(_root(site)) if name != site.element.get("name")]
    if others:
        site.element.set("name", site.dice.choice(others))


def _new(site: Site, text: str) -> Tree:
    """An element of the workflow's own namespace."""
    namespace = etree.QName(_root(site)).namespace
    return etree.fromstring(f'<x xmlns="{namespace}">{text}</x>')[0]


def _insert(text: str) -> Callable[[Site], None]:
    """A node ``new`` between this transition and its target, which stands as TO in ``text``; others go before it."""

    def change(site: Site) -> None:
        target = site.element.get(site.attribute, "")
        namespace = etree.QName(_root(site)).namespace
        known = nodes(_root(site))
        kill = next((name for name, node in known.items() if tag_of(node) == "kill"), target)
        filled = text.replace("TO", target).replace("KILL", kill)
        for node in etree.fromstring(f'<x xmlns="{namespace}">{filled}</x>'):
            _node_of(site.element).addnext(node)
        _lead(site, "new")

    return change


def _add_path(site: Site) -> None:
    to = site.dice.choice(list(nodes(_root(site))))
    site.element.append(_new(site, f'<path start="{to}"/>'))


def _one_path(site: Site) -> None:
    for path in list(site.element)[1:]:
        site.element.remove(path)


def _same_path_twice(site: Site) -> None:
    site.element.append(copy.deepcopy(site.element[0]))


def _drop_and_bridge(site: Site) -> None:
    """The node goes; whatever led to it leads to where it led first."""
    root, name = _root(site), site.element.get("name")
    onward = [e.get(a) for e, a in transitions(root) if _node_of(e) is site.element]
    for element, attribute in transitions(root):
        if element.get(attribute) == name and onward:
            element.set(attribute, str(onward[0]))
    root.remove(site.element)


def _copy_under_name(site: Site) -> None:
    """A twin, which nothing leads to."""
    twin = copy.deepcopy(site.element)
    twin.set("name", f"{site.element.get('name')}-twin")
    site.element.addnext(twin)


def _copy_and_lead(site: Site) -> None:
    """A twin, and one of the workflow's transitions leads to it."""
    _copy_under_name(site)
    element, attribute = site.dice.choice(transitions(_root(site)))
    element.set(attribute, f"{site.element.get('name')}-twin")


def _both_ways_same(site: Site) -> None:
    ways = [e for e in site.element if isinstance(e.tag, str) and tag_of(e) in ("ok", "error")]
    if len(ways) == 2:
        ways[1].set("to", ways[0].get("to", ""))


def _behind_end(site: Site) -> None:
    _root(site).append(site.element)


def _before_start(site: Site) -> None:
    _root(site).insert(0, site.element)


def _shuffle_nodes(site: Site) -> None:
    """The nodes between start and end in another order, which changes nothing for Oozie."""
    own = [e for e in site.element if isinstance(e.tag, str) and tag_of(e) in _NODES - {"end"}]
    places = [site.element.index(node) for node in own]
    for place, node in zip(places, site.dice.sample(own, len(own)), strict=True):
        site.element.insert(place, node)


_NODE_TAGS = ("action", "decision", "fork", "join", "kill")
_ANY_NODE = nodes_called(*_NODE_TAGS, "end")
_FS = '<fs><mkdir path="/n"/></fs>'
_ACTION = f'<action name="{{0}}">{_FS}<ok to="{{1}}"/><error to="KILL"/></action>'
_FORK = '<fork name="{0}"><path start="{1}"/><path start="{2}"/></fork>'
_PAIR = (
    _FORK.format("new", "new-a", "new-b") + _ACTION.format("new-a", "new-j") + _ACTION.format("new-b", "new-j")
    + '<join name="new-j" to="TO"/>'
)  # fmt: skip
_UNUSED_PAIR = _PAIR.replace('"new"', '"newer"') + _ACTION.format("new", "TO")
_SECOND_JOIN = '<join name="new-i" to="TO"/>'
_BROKEN_PAIRS = {
    "pair-with-way-out": _PAIR.replace('<ok to="new-j"', '<ok to="TO"', 1),
    "pair-with-error-out": _PAIR.replace('<error to="KILL"', '<error to="TO"', 1),
    "pair-with-error-across": _PAIR.replace('<error to="KILL"', '<error to="new-b"', 1),
    "pair-with-kill-in-it": _PAIR.replace('<ok to="new-j"', '<ok to="KILL"', 1),
    "pair-of-kills": _PAIR.replace('<ok to="new-j"', '<ok to="KILL"'),
    "pair-with-two-ok": _PAIR.replace('<ok to="new-j"', '<ok to="new-b"', 1),
    "pair-straight": _FORK.format("new", "new-j", "new-j") + '<join name="new-j" to="TO"/>',
    "pair-half-straight": _PAIR.replace('<path start="new-b"/>', '<path start="new-j"/>', 1),
    "pair-same-path": _PAIR.replace('<path start="new-b"/>', '<path start="new-a"/>', 1),
    "pair-backwards": '<join name="new" to="new-f"/>' + _FORK.format("new-f", "TO", "KILL"),
    # As many forks as joins, and yet not in pairs.
    "fork-without-join": _PAIR.replace('<ok to="new-j"', '<ok to="new-f"', 1).replace('to="TO"', 'to="new-i"')
    + _FORK.format("new-f", "new-k", "KILL") + _ACTION.format("new-k", "KILL") + _SECOND_JOIN,
    "fork-with-two-joins": _PAIR.replace('<ok to="new-j"', '<ok to="new-i"', 1).replace('to="TO"', 'to="new-f"')
    + _FORK.format("new-f", "new-k", "KILL") + _ACTION.format("new-k", "KILL") + _SECOND_JOIN,
    "join-of-two-forks": _PAIR.replace('<ok to="new-j"', '<ok to="new-f"', 1).replace('to="TO"', 'to="new-i"')
    + _FORK.format("new-f", "new-k", "new-j") + _ACTION.format("new-k", "new-j") + _SECOND_JOIN,
    "pair-without-way-to-join": _FORK.format("new", "TO", "KILL") + '<join name="new-j" to="KILL"/>',
}  # fmt: skip


def _retargets() -> tuple[Operator, ...]:
    return (
        Operator("to-nowhere", transitions, set_to("nowhere"), 4),
        Operator("to-start", transitions, set_to(":start:"), 1),
        Operator("to-start-by-name", transitions, set_to("start"), 1),
        Operator("to-itself", transitions, _to_itself, 4),
        Operator("to-predecessor", transitions, _to_predecessor, 6),
        Operator("to-any", transitions, _to_any, 14),
        Operator("to-beyond", transitions, _beyond, 8),
        Operator("to-end", transitions, _to_kind("end"), 6),
        Operator("to-kill", transitions, _to_kind("kill"), 4),
        Operator("to-join", transitions, _to_kind("join"), 8),
        Operator("to-fork", transitions, _to_kind("fork"), 6),
        Operator("to-decision", transitions, _to_kind("decision"), 4),
        Operator("error-to-action", _transitions_of("error"), _to_kind("action"), 6),
        Operator("error-to-join", _transitions_of("error"), _to_kind("join"), 4),
        Operator("error-to-end", _transitions_of("error"), _to_kind("end"), 2),
        Operator("ok-to-kill", _transitions_of("ok"), _to_kind("kill"), 3),
        Operator("ok-to-end", _transitions_of("ok"), _to_kind("end"), 4),
        Operator("case-to-any", _transitions_of("case", "default"), _to_any, 6),
        Operator("path-to-any", _transitions_of("path"), _to_any, 6),
        Operator("join-to-any", _transitions_of("join"), _to_any, 4),
        Operator("to-capitals", transitions, _capitals, 1),
        Operator("exchange", transitions, _exchange, 10),
        Operator("two-anywhere", lambda root: the_root(root) * 6 if len(transitions(root)) > 4 else [], _several(2), 6),
        Operator(
            "four-anywhere", lambda root: the_root(root) * 4 if len(transitions(root)) > 4 else [], _several(4), 4
        ),
    )


def _names() -> tuple[Operator, ...]:
    longest, too_long = "n" * _LONGEST, "n" * (_LONGEST + 1)
    return (
        Operator("rename", _ANY_NODE, _rename("other"), 3),
        Operator("rename-all-long", _ANY_NODE, _rename_all(longest), 2),
        Operator("rename-all-too-long", _ANY_NODE, _rename_all(too_long), 3),
        Operator("rename-all-endless", _ANY_NODE, _rename_all("n" * 3000), 1),
        Operator("rename-unreached-too-long", _ANY_NODE, _rename(too_long), 2),
        *(
            Operator(f"rename-all-{kind}", _ANY_NODE, _rename_all(name), 1)
            for kind, name in {
                "digit": "1a", "dot": "a.b", "blank": "a b", "hyphen": "-a", "letter": "\u00e9tape", "score": "_",
                "expression": "${kind}", "colon": "a:b", "slash": "a/b", "last-blank": "a ",
            }.items()
        ),
        Operator("same-name", _ANY_NODE, _same_name, 4),
    )  # fmt: skip


def _shapes() -> tuple[Operator, ...]:
    return (
        Operator("drop-and-bridge", nodes_called(*_NODE_TAGS), _drop_and_bridge, 6),
        Operator("twin", nodes_called(*_NODE_TAGS), _copy_under_name, 3),
        Operator("twin-in-use", nodes_called(*_NODE_TAGS), _copy_and_lead, 6),
        Operator("behind-end", nodes_called(*_NODE_TAGS), _behind_end, 2),
        Operator("before-start", _ANY_NODE, _before_start, 1),
        Operator("shuffle-nodes", lambda root: the_root(root) if transitions(root) else [], _shuffle_nodes, 1),
        Operator("ok-and-error-same", nodes_called("action"), _both_ways_same, 2),
        Operator("fork-add-path", nodes_called("fork"), _add_path, 5),
        Operator("fork-one-path", nodes_called("fork"), _one_path, 2),
        Operator("fork-same-path-twice", nodes_called("fork"), _same_path_twice, 2),
        Operator("insert-join", transitions, _insert('<join name="new" to="TO"/>'), 4),
        Operator("insert-fork", transitions, _insert(_FORK.format("new", "TO", "KILL")), 4),
        Operator("insert-fork-twice-same", transitions, _insert(_FORK.format("new", "TO", "TO")), 2),
        Operator("insert-pair", transitions, _insert(_PAIR), 3),
        Operator("insert-unused-pair", transitions, _insert(_UNUSED_PAIR)),
        Operator(
            "insert-decision", transitions,
            _insert('<decision name="new"><switch><case to="TO">true</case><default to="KILL"/></switch></decision>'),
        ),
        Operator(
            "insert-decision-to-same", transitions,
            _insert('<decision name="new"><switch><case to="TO">a</case><default to="TO"/></switch></decision>'),
        ),
        *(Operator(f"insert-{name}", transitions, _insert(text), 2) for name, text in _BROKEN_PAIRS.items()),
    )  # fmt: skip


GRAPH_OPERATORS = (*_retargets(), *_names(), *_shapes())
