"""XML elements from arguments, each checked by name: what the action functions are written with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from generator.errors import refuse
from generator.secrets import find_password
from generator.texts import AsIs, Cdata
from oozie.language.el.errors import ElError
from oozie.language.el.parser import parse
from oozie.language.model import Element

NOTHING: Mapping[str, str] = MappingProxyType({})

# XML 1.0 has no way to write these, not even as character references.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text(argument: str, value: object) -> str:
    """``value`` if XML can carry it, its EL can be read, and it gives no password away. Raises: DeclarationError."""
    if not isinstance(value, str):
        raise refuse("H301", f"{argument} is {value!r}: text is wanted here", f'write {argument}="..."')
    if not isinstance(value, AsIs):
        _check_sense(argument, value)
    if bad := _NOT_XML.search(value):
        raise refuse("H301", f"{argument} holds the character {bad.group()!r}, which XML cannot carry")
    return value


def _check_sense(argument: str, value: str) -> None:
    if not value.strip():
        raise refuse("H301", f"{argument} is empty", "Oozie takes no empty text; leave the argument out instead")
    if why := find_password(value):
        raise refuse("H303", f"{argument} {why}", "use password_file= or password_alias=: no file may hold a password")
    try:
        parse(value)
    except ElError as error:
        raise refuse("H301", f"{argument}: {error.diagnostics[0].message}", error.diagnostics[0].hint) from None


def holding(tag: str, argument: str, value: object) -> Element:
    """An element with one text, in a CDATA section where it says so."""
    found = text(argument, value)
    return Element(tag, text=str(found), is_cdata=isinstance(found, Cdata))


def sequence(argument: str, values: object) -> Sequence[object]:
    """``values`` if it is a list or tuple: one text alone would be taken letter by letter."""
    if isinstance(values, str) or not isinstance(values, Sequence):
        raise refuse("H301", f"{argument} is {values!r}: a list or tuple is wanted", f'write {argument}=("...",)')
    return values


def mapping(argument: str, values: object) -> Mapping[object, object]:
    """``values`` if it maps names to values."""
    if not isinstance(values, Mapping):
        raise refuse("H301", f"{argument} is {values!r}: a mapping is wanted", f'write {argument}={{"name": "value"}}')
    return values


def leaf(tag: str, value: object, argument: str = "") -> tuple[Element, ...]:
    """One element with text, or none for None."""
    return () if value is None else (holding(tag, argument or tag.replace("-", "_"), value),)


def leaves(tag: str, values: object, argument: str) -> tuple[Element, ...]:
    """One element for each of a list's texts."""
    return tuple(holding(tag, argument, value) for value in sequence(argument, values))


def flag(tag: str, wanted: bool) -> tuple[Element, ...]:
    """An empty element, or none."""
    return (Element(tag),) if wanted else ()


def assignments(tag: str, values: object, argument: str) -> tuple[Element, ...]:
    """One ``name=value`` element for each entry; a list has them written out, as ``"name=value"``."""
    if isinstance(values, (list, tuple)):
        return leaves(tag, values, argument)
    return tuple(
        Element(tag, text=f"{text(argument, name)}={named_text(argument, name, value)}")
        for name, value in mapping(argument, values).items()
    )


def named_text(argument: str, name: object, value: object) -> str:
    """The value of one entry of a mapping, which may be no password by its name. Raises: DeclarationError."""
    if not isinstance(value, AsIs) and (why := find_password(str(value), str(name))):
        hint = "name the file or the credential store that holds it: no file of the app may"
        raise refuse("H303", f"{argument}[{name!r}] {why}", hint)
    return text(f"{argument}[{name!r}]", value)


def properties(values: object, argument: str) -> tuple[Element, ...]:
    """``<property><name/><value/></property>`` for each entry."""
    return tuple(
        Element(
            "property",
            children=(*leaf("name", name, argument), _value(argument, name, value)),
        )
        for name, value in mapping(argument, values).items()
    )


def _value(argument: str, name: object, value: object) -> Element:
    named_text(argument, name, value)
    return holding("value", f"{argument}[{name!r}]", value)


def configuration(values: Mapping[str, str]) -> tuple[Element, ...]:
    """The element ``configuration``, or none when there is nothing to say."""
    children = properties(values, "configuration")
    return (Element("configuration", children=children),) if children else ()


def prepare(delete: Sequence[str], mkdir: Sequence[str]) -> tuple[Element, ...]:
    """The element ``prepare``: paths that go before the action starts, then paths that are made."""
    children = tuple(
        Element(tag, attributes=(("path", text(f"prepare_{tag}", path)),))
        for tag, paths in (("delete", delete), ("mkdir", mkdir))
        for path in sequence(f"prepare_{tag}", paths)
    )
    return (Element("prepare", children=children),) if children else ()


def body(tag: str, *parts: Iterable[Element], attributes: tuple[tuple[str, str], ...] = ()) -> Element:
    """An action's element out of its parts, in the order of its schema."""
    return Element(tag, attributes=attributes, children=tuple(child for part in parts for child in part))
