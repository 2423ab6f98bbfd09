"""Changes that can go over any element of any app: left out, doubled, moved, renamed, put into another namespace."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from random import Random
from typing import NamedTuple

from lxml import etree

Tree = etree._Element
LONG = "a" * 129


class Site(NamedTuple):
    """Where a change is made: an element, perhaps one of its attributes; and the dice for what is left open."""

    element: Tree
    attribute: str
    dice: Random


class Operator(NamedTuple):
    """One kind of change: where it can be made in an app, how, and how often of one base at most."""

    name: str
    places: Callable[[Tree], list[tuple[Tree, str]]]
    change: Callable[[Site], None]
    most: int = 2


Places = Callable[[Tree], list[tuple[Tree, str]]]


def tag_of(element: Tree) -> str:
    """The local name."""
    return etree.QName(element).localname


def elements_of(root: Tree) -> Iterator[Tree]:
    """Every element, comments left out."""
    return (element for element in root.iter() if isinstance(element.tag, str))


def named(*tags: str) -> Places:
    """Elements of these local names."""
    return lambda root: [(element, "") for element in elements_of(root) if tag_of(element) in tags]


def attributes(*names: str) -> Places:
    """Attributes of these names."""
    return lambda root: [(e, str(name)) for e in elements_of(root) for name in e.attrib if name in names]


def below_root(root: Tree) -> list[tuple[Tree, str]]:
    """Every element but the root."""
    return [(element, "") for element in elements_of(root) if element is not root]


def every_attribute(root: Tree) -> list[tuple[Tree, str]]:
    """Every attribute of every element."""
    return [(element, str(name)) for element in elements_of(root) for name in element.attrib]


def parents(root: Tree) -> list[tuple[Tree, str]]:
    """Elements with children."""
    return [(element, "") for element in elements_of(root) if len(element)]


def leaves(root: Tree) -> list[tuple[Tree, str]]:
    """Elements without children that are not empty."""
    return [(element, "") for element in elements_of(root) if not len(element) and (element.text or "").strip()]


def empties(root: Tree) -> list[tuple[Tree, str]]:
    """Elements with neither children nor text."""
    return [(element, "") for element in elements_of(root) if not len(element) and not element.text]


def the_root(root: Tree) -> list[tuple[Tree, str]]:
    """The root alone."""
    return [(root, "")]


def _neighbours(root: Tree) -> list[tuple[Tree, str]]:
    return [(e, "") for e, _ in below_root(root) if e.getnext() is not None and isinstance(e.getnext().tag, str)]


def _foreign(root: Tree) -> list[tuple[Tree, str]]:
    """Elements that begin another namespace: actions of other schemas, sla:info."""
    return [(e, "") for e, _ in below_root(root) if etree.QName(e).namespace != etree.QName(e.getparent()).namespace]


def renamed(element: Tree, namespace: str | None, tag: str = "") -> None:
    """Put an element and all below it that shares its namespace into another one."""
    before = etree.QName(element).namespace
    for one in list(elements_of(element)):
        if etree.QName(one).namespace == before:
            local = tag if tag and one is element else tag_of(one)
            one.tag = f"{{{namespace}}}{local}" if namespace else local


def _take_out(site: Site) -> None:
    site.element.getparent().remove(site.element)


def _unwrap(site: Site) -> None:
    parent, at = site.element.getparent(), site.element.getparent().index(site.element)
    for child in reversed(list(site.element)):
        parent.insert(at + 1, child)
    parent.remove(site.element)


def _double(site: Site) -> None:
    site.element.addnext(copy.deepcopy(site.element))


def _double_at_end(site: Site) -> None:
    site.element.getparent().append(copy.deepcopy(site.element))


def _double_at_root(site: Site) -> None:
    site.element.getroottree().getroot().insert(0, copy.deepcopy(site.element))


def _swap(site: Site) -> None:
    site.element.getnext().addnext(site.element)


def _to_end(site: Site) -> None:
    site.element.getparent().append(site.element)


def _to_beginning(site: Site) -> None:
    site.element.getparent().insert(0, site.element)


def _up(site: Site) -> None:
    parent = site.element.getparent()
    if parent.getparent() is not None:
        parent.addnext(site.element)


def _into_sibling(site: Site) -> None:
    others = [child for child in site.element.getparent() if child is not site.element and isinstance(child.tag, str)]
    if others:
        site.dice.choice(others).append(site.element)


def _reverse(site: Site) -> None:
    site.element[:] = list(reversed(site.element))


def _shuffle(site: Site) -> None:
    site.element[:] = site.dice.sample(list(site.element), len(site.element))


def _capitals(site: Site) -> None:
    renamed(site.element, etree.QName(site.element).namespace, tag_of(site.element).capitalize())


def _misspelt(site: Site) -> None:
    renamed(site.element, etree.QName(site.element).namespace, tag_of(site.element)[:-1] or "x")


def _stranger(site: Site) -> None:
    namespace = etree.QName(site.element).namespace
    site.element.insert(site.dice.randrange(len(site.element) + 1), etree.Element(f"{{{namespace}}}surprise"))


def _foreign_stranger(site: Site) -> None:
    site.element.append(etree.Element("{uri:other}surprise"))


def _emptied(site: Site) -> None:
    for child in list(site.element):
        site.element.remove(child)
    site.element.text = None


def _with_text(text: str | None) -> Callable[[Site], None]:
    def change(site: Site) -> None:
        site.element.text = text

    return change


def _padded(site: Site) -> None:
    site.element.text = f"\n   {site.element.text}\n  "


def _cdata(site: Site) -> None:
    site.element.text = etree.CDATA(site.element.text)


def _comment(site: Site) -> None:
    site.element.insert(0, etree.Comment(" a word "))


def set_to(value: str) -> Callable[[Site], None]:
    """Give the attribute, or where none is meant the element, another value."""

    def change(site: Site) -> None:
        if site.attribute:
            site.element.set(site.attribute, value)
        else:
            site.element.text = value

    return change


def _drop_attribute(site: Site) -> None:
    del site.element.attrib[site.attribute]


def _capital_attribute(site: Site) -> None:
    site.element.set(site.attribute.capitalize(), site.element.attrib.pop(site.attribute))


def _blank_around(site: Site) -> None:
    site.element.set(site.attribute, f" {site.element.get(site.attribute)} ")


def _another(name: str, value: str) -> Callable[[Site], None]:
    def change(site: Site) -> None:
        site.element.set(name, value)

    return change


def _namespace(namespace: str | None) -> Callable[[Site], None]:
    return lambda site: renamed(site.element, namespace)


def _parents_namespace(site: Site) -> None:
    renamed(site.element, etree.QName(site.element.getparent()).namespace)


def _version(version: str) -> Callable[[Site], None]:
    def change(site: Site) -> None:
        kind = (etree.QName(site.element).namespace or "").rpartition(":")[0]
        renamed(site.element, f"{kind}:{version}")

    return change


def _prefixed(site: Site) -> None:
    """The same app with a prefix in the place of the default namespace."""
    root, namespace = site.element, etree.QName(site.element).namespace
    copied = etree.Element(root.tag, dict(root.attrib), nsmap={"app": namespace})
    copied.extend(copy.deepcopy(list(root)))
    root.getroottree()._setroot(copied)


_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_VERSIONS = ("0.1", "0.2", "0.3", "0.4", "0.5", "1.0", "9.9", "")

TREE_OPERATORS = (
    Operator("drop-element", below_root, _take_out, 9),
    Operator("unwrap-element", lambda root: [(e, "") for e, _ in below_root(root) if len(e)], _unwrap, 2),
    Operator("double-element", below_root, _double, 6),
    Operator("double-element-at-end", below_root, _double_at_end),
    Operator("double-element-at-root", below_root, _double_at_root, 1),
    Operator("swap-siblings", _neighbours, _swap, 6),
    Operator("move-to-end", below_root, _to_end, 4),
    Operator("move-to-beginning", below_root, _to_beginning, 3),
    Operator("move-up", below_root, _up, 2),
    Operator("move-into-sibling", below_root, _into_sibling, 2),
    Operator("reverse-children", parents, _reverse, 2),
    Operator("shuffle-children", parents, _shuffle, 2),
    Operator("capital-tag", below_root, _capitals, 1),
    Operator("misspelt-tag", below_root, _misspelt, 3),
    Operator("unknown-child", below_root, _stranger, 3),
    Operator("unknown-foreign-child", below_root, _foreign_stranger, 2),
    Operator("no-content", below_root, _emptied, 3),
    Operator("no-text", leaves, _with_text(None), 3),
    Operator("blank-text", leaves, _with_text("  "), 3),
    Operator("padded-text", leaves, _padded),
    Operator("cdata-text", leaves, _cdata, 1),
    Operator("wrong-expression", leaves, _with_text("${"), 3),
    Operator("unknown-variable", leaves, _with_text("${nobody}"), 3),
    Operator("unknown-function", leaves, _with_text("${no:body()}"), 3),
    Operator("text-between", parents, _with_text("\n  loose "), 2),
    Operator("text-in-empty", empties, _with_text("loose"), 2),
    Operator("blank-in-empty", empties, _with_text(" "), 2),
    Operator("comment-inside", lambda root: [(e, "") for e in elements_of(root)], _comment),
    Operator("drop-attribute", every_attribute, _drop_attribute, 4),
    Operator("empty-attribute", every_attribute, set_to(""), 3),
    Operator("blank-attribute", every_attribute, set_to(" "), 2),
    Operator("blanks-around-attribute", every_attribute, _blank_around, 3),
    Operator("capital-attribute", every_attribute, _capital_attribute, 2),
    Operator("wrong-expression-in-attribute", every_attribute, set_to("${"), 2),
    Operator("expression-in-attribute", every_attribute, set_to("${kind}"), 2),
    Operator("unknown-variable-in-attribute", every_attribute, set_to("${nobody}"), 2),
    Operator("number-in-attribute", every_attribute, set_to("7"), 2),
    Operator("unknown-attribute", lambda root: [(e, "") for e in elements_of(root)], _another("colour", "red"), 4),
    Operator("id-attribute", lambda root: [(e, "") for e in elements_of(root)], _another("id", "x"), 1),
    Operator("xsi-location", the_root, _another(f"{_XSI}schemaLocation", "uri:oozie a.xsd")),
    Operator("xsi-nil", below_root, _another(f"{_XSI}nil", "true"), 1),
    Operator("xsi-type", below_root, _another(f"{_XSI}type", "string"), 1),
    Operator("xml-lang", below_root, _another("{http://www.w3.org/XML/1998/namespace}lang", "en"), 1),
    Operator("foreign-attribute", below_root, _another("{uri:other}a", "b"), 1),
    Operator("no-namespace", the_root, _namespace(None)),
    Operator("no-namespace-below", below_root, _namespace(None)),
    Operator("other-namespace-below", below_root, _namespace("uri:other"), 1),
    Operator("parents-namespace", _foreign, _parents_namespace, 3),
    Operator("prefixed", the_root, _prefixed),
    *(Operator(f"version-{version or 'none'}", the_root, _version(version)) for version in _VERSIONS),
    *(Operator(f"action-version-{version or 'none'}", _foreign, _version(version)) for version in _VERSIONS),
)
