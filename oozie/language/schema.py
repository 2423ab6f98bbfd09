"""Whether an app's XML is what Oozie's schemas allow: every violation at once, with its line and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from oozie.language.content_model import START, ContentModel, content_model
from oozie.language.model import Element
from oozie.language.schema_tables import KINDS, TABLES, TEXT, Type, is_global
from storage.errors import Diagnostic
from storage.nearest import did_you_mean

_BLANKS = " \t\r\n"
_SCHEMA_INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"
_IGNORED_ATTRIBUTES = frozenset({f"{_SCHEMA_INSTANCE}schemaLocation", f"{_SCHEMA_INSTANCE}noNamespaceSchemaLocation"})
# Elements whose children make the shape of the app; what is wrong deeper down leaves the shape readable.
_STRUCTURE = frozenset(
    {"workflow-app", "decision", "switch", "fork", "action", "coordinator-app", "datasets", "dataset", "input-events"}
    | {"output-events", "data-in", "data-out", "workflow", "bundle-app", "coordinator"}
)
# These have no children that count, and are no less part of the shape.
_STRUCTURE_LEAVES = frozenset({"start", "end", "kill", "join", "path", "case", "default", "ok", "error"})
_NODE_TAGS = frozenset({"action", "decision", "fork", "join", "kill", "end"})
_ACTION_NAMESPACES = [namespace for namespace in TABLES if "-action:" in namespace]
_EXTENSION_ACTIONS = sorted({tag for ns in _ACTION_NAMESPACES for tag in TABLES[ns] if is_global("workflow", ns, tag)})
_INTEGER = re.compile(r"[+-]?0*([0-9]{1,10})")
_INTEGER_RANGES = {"short": range(-(2**15), 2**15), "unsigned-int": range(2**32)}
_IDENTIFIERS = {
    "workflow": (re.compile(r"[A-Za-z_][A-Za-z0-9_-]*"), "a letter or _, then letters, digits, _ and -"),
    "coordinator": (re.compile(r"[A-Za-z][A-Za-z0-9_-]*"), "a letter, then letters, digits, _ and -"),
}


@dataclass(frozen=True)
class Finding:
    """A violation; ``inner`` where it leaves no doubt about the structure of the app."""

    diagnostic: Diagnostic
    inner: bool


def is_app(root: Element) -> bool:
    """Whether Oozie has a schema for a document with this root."""
    kind = KINDS.get(root.tag)
    return kind is not None and root.namespace in TABLES and is_global(kind, root.namespace, root.tag)


def check(root: Element, path: str = "") -> list[Finding]:
    """Every violation of Oozie's schemas (all E0701), in document order."""
    kind = KINDS.get(root.tag)
    if kind is None:
        hint = did_you_mean(root.tag, KINDS, f"the root is one of {', '.join(KINDS)}")
        return [_finding(path, root, "", f"'{root.tag}' is no Oozie app", hint, inner=False)]
    if not is_app(root):
        known = [ns for ns in TABLES if ns.startswith(f"uri:oozie:{kind}:")]
        hint = did_you_mean(root.namespace, known, f'write xmlns="{known[-1]}"')
        message = (
            f"there is no {kind} schema '{root.namespace}'" if root.namespace else f"'{root.tag}' has no namespace"
        )
        return [_finding(path, root, "", message, hint, inner=False)]
    return list(_Checker(kind, path).element(root, root.tag, ""))


def _finding(path: str, element: Element, node: str, message: str, hint: str, *, inner: bool) -> Finding:
    return Finding(Diagnostic("E0701", message, hint, path, element.line, node), inner)


def _listed(tags: Iterable[str]) -> str:
    """``'a', 'b'``, wildcards in words."""
    words = {"#other": "an action of another schema", "#sla": "sla:info", "#sla-0.1": "sla:info of schema 0.1"}
    return ", ".join(words.get(tag) or f"'{tag}'" for tag in tags)


def _one_of(alternatives: list[str], missing: list[str]) -> str:
    """What lacks: each child of ``missing``, or where one lacks and several would do, one of them."""
    return f"one of {_listed(alternatives)}" if len(missing) == 1 and len(alternatives) > 1 else _listed(missing)


class _Checker:
    """One document's check: which kind of app it is decides which schemas are loaded."""

    def __init__(self, kind: str, path: str) -> None:
        self.kind = kind
        self.path = path

    def element(self, element: Element, type_name: str, node: str) -> Iterator[Finding]:
        """The violations of ``element`` and all below it."""
        table = TABLES[element.namespace]
        of_type = table.get(type_name, TEXT)
        if element.tag in _NODE_TAGS:
            node = element.attribute("name") or node
        yield from self._attributes(element, of_type, node)
        yield from self._text(element, of_type, node)
        if of_type.content is not None:
            yield from self._children(element, content_model(of_type.content), node)
        elif element.children:
            child = element.children[0]
            yield self._about(child, node, f"element '{element.tag}' may have no children, '{child.tag}' stands in it")

    def _about(self, element: Element, node: str, message: str, hint: str = "", *, inner: bool = True) -> Finding:
        return _finding(self.path, element, node, message, hint, inner=inner)

    def _attributes(self, element: Element, of_type: Type, node: str) -> Iterator[Finding]:
        given = dict(element.attributes)
        declared = {name: (kind, required) for name, kind, required in _declared(of_type.attributes)}
        for name, value in given.items():
            if name in _IGNORED_ATTRIBUTES:
                continue
            if name not in declared:
                free = [other for other in declared if other not in given]
                otherwise = f"it may have: {', '.join(declared)}" if declared else "remove it"
                hint = did_you_mean(name, free, otherwise)
                yield self._about(element, node, f"element '{element.tag}' has no attribute '{name}'", hint)
            elif problem := self._value_problem(value, declared[name][0]):
                yield self._about(
                    element, node, f"attribute {name}='{value}' of '{element.tag}' {problem[0]}", problem[1]
                )
        for name, (_, required) in declared.items():
            if required and name not in given:
                message = f"element '{element.tag}' lacks attribute '{name}'"
                inner = not self._is_structure(element)
                yield self._about(element, node, message, f'write <{element.tag} {name}="...">', inner=inner)

    def _value_problem(self, value: str, kind: str) -> tuple[str, str] | None:
        """What is wrong with a typed value, and a hint."""
        collapsed = value.strip(_BLANKS)
        if kind == "identifier":
            pattern, words = _IDENTIFIERS["workflow" if self.kind == "workflow" else "coordinator"]
            return None if pattern.fullmatch(value) else ("is no valid name", f"a name is {words}")
        if kind == "boolean":
            return None if collapsed in ("true", "false", "1", "0") else ("is not true or false", "write true or false")
        if kind in _INTEGER_RANGES:
            match = _INTEGER.fullmatch(collapsed)
            # Python refuses to read thousands of digits, even of zeros.
            if match and int(match[1]) * (-1 if collapsed.startswith("-") else 1) in _INTEGER_RANGES[kind]:
                return None
            # EL is no way out: the schema is checked before anything is evaluated.
            return "is no whole number in range", "write the number itself; ${...} is not allowed here"
        return None

    def _text(self, element: Element, of_type: Type, node: str) -> Iterator[Finding]:
        if of_type.text:
            if problem := self._value_problem(element.text, of_type.text):
                yield self._about(
                    element, node, f"'{element.text}' in element '{element.tag}' {problem[0]}", problem[1]
                )
        elif of_type.content is None and element.text:
            hint = f"write <{element.tag}/>, with nothing in it, not even blanks"
            yield self._about(element, node, f"element '{element.tag}' must be empty", hint)
        elif text := element.text.strip(_BLANKS):
            shown = text if len(text) <= 40 else text[:37] + "..."
            hint = "put it into an element of its own, or into a comment"
            yield self._about(element, node, f"text '{shown}' may not stand in element '{element.tag}'", hint)

    def _children(self, element: Element, model: ContentModel, node: str) -> Iterator[Finding]:
        state, previous, complained = START, "", False
        for child in element.children:
            candidates = _candidates(child, element.namespace)
            after = model.next(state, candidates)
            if after is None:
                finding, after = self._misplaced(element, child, model, state, previous, node)
                # What is missing behind a wrong child is what was meant by it.
                if after is None or not complained:
                    yield finding
                complained = True
            state = state if after is None else after
            previous = child.tag
            yield from self._child(child, candidates, element, model, node)
        missing = model.missing_at_end(state)
        if missing and not complained:
            message = f"element '{element.tag}' lacks {_one_of(model.between(state, None), missing)}"
            yield self._about(element, node, message, "add it", inner=not self._is_structure(element))

    def _is_structure(self, element: Element) -> bool:
        """Whether the app's structure hangs on this element."""
        of_app = element.namespace.startswith(f"uri:oozie:{self.kind}:")
        return of_app and (element.tag in _STRUCTURE or element.tag in _STRUCTURE_LEAVES)

    def _misplaced(
        self, parent: Element, child: Element, model: ContentModel, state: int, previous: str, node: str
    ) -> tuple[Finding, int | None]:
        """What is wrong with a child that may not come next, and the state to go on from, if it should move."""
        candidates = _candidates(child, parent.namespace)
        inner = not self._is_structure(parent)
        if model.type_of(candidates) is None:
            # An action's body may be anything, its transitions can still be read.
            inner = inner or parent.tag == "action"
            return self._about(child, node, *self._unknown(parent, child, model), inner=inner), None
        lacking = model.missing_before(state, candidates)
        if lacking is not None:
            missing, after = lacking
            message = (
                f"element '{parent.tag}' lacks {_one_of(model.between(state, after), missing)} before '{child.tag}'"
            )
            return self._about(child, node, message, "add it there", inner=inner), after
        if previous == child.tag:
            message, hint = f"element '{parent.tag}' has '{child.tag}' more than once", "keep one of them"
        else:
            message = f"element '{child.tag}' may not come after '{previous}' in '{parent.tag}'"
            hint = f"the order is: {' '.join(dict.fromkeys(model.tags))}"
        return self._about(child, node, message, hint, inner=inner), None

    def _unknown(self, parent: Element, child: Element, model: ContentModel) -> tuple[str, str]:
        """Message and hint for a child that this parent never has."""
        message = f"element '{child.tag}' may not stand in '{parent.tag}'"
        if child.namespace != parent.namespace:
            message += f" (its namespace is '{child.namespace}')"
            return message, f'write xmlns="{parent.namespace}", or remove the element'
        if "#other" in model.tags:
            # The commonest slip: an action's own namespace was left out.
            known = [ns for ns in TABLES if is_global(self.kind, ns, child.tag) and ns != parent.namespace]
            if known:
                return message + " without a namespace of its own", f'write <{child.tag} xmlns="{known[-1]}">'
            tags = [tag for tag in model.tags if tag not in ("ok", "error") and not tag.startswith("#")]
            tags += _EXTENSION_ACTIONS
            return message, did_you_mean(child.tag, tags, f"known actions: {', '.join(tags)}")
        hint = did_you_mean(child.tag, model.tags, f"it may have: {_listed(dict.fromkeys(model.tags))}")
        return message, hint if model.tags else "remove it"

    def _child(
        self, child: Element, candidates: list[str], parent: Element, model: ContentModel, node: str
    ) -> Iterator[Finding]:
        """What is wrong below a child, as far as its type is known."""
        if child.namespace == parent.namespace:
            type_name = model.type_of(candidates)
            if type_name is not None:
                yield from self.element(child, type_name, node)
        elif model.type_of(candidates) is not None:
            if is_global(self.kind, child.namespace, child.tag):
                yield from self.element(child, child.tag, node)
            else:
                yield self._about(child, node, *self._unknown_schema(child))

    def _unknown_schema(self, child: Element) -> tuple[str, str]:
        message = f"Oozie has no schema for element '{child.tag}' of namespace '{child.namespace}'"
        same_tag = [ns for ns in TABLES if is_global(self.kind, ns, child.tag)]
        # A namespace of somebody else's is no slip for one of Oozie's, unless the element is called as one of its own.
        known = same_tag or (_ACTION_NAMESPACES if child.namespace.startswith("uri:oozie:") else [])
        hint = did_you_mean(child.namespace, known)
        return message, hint or "an extension action runs only where the server was given its schema and its executor"


def _candidates(child: Element, namespace: str) -> list[str]:
    """What a child can be taken for in a content model of ``namespace``."""
    if child.namespace == namespace:
        return [child.tag]
    sla = ["#sla-0.1", "#sla"] if child.namespace == "uri:oozie:sla:0.1" else []
    sla = sla or (["#sla"] if child.namespace == "uri:oozie:sla:0.2" else [])
    return [*sla, "#other"] if child.namespace else []


def _declared(attributes: str) -> Iterator[tuple[str, str, bool]]:
    """Name, kind and whether it is required, of each attribute in a table's notation."""
    for word in attributes.split():
        name, _, kind = word.partition(":")
        yield name.removesuffix("!"), kind or "string", name.endswith("!")
