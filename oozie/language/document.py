"""XML documents as trees of :class:`Element`, and back.

Reading is closed to everything that makes XML dangerous: no DOCTYPE, so no entities; no network; bounded size and
depth. Oozie reads a definition as UTF-8 whatever its declaration says, so the declared encoding is ignored here too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import cast

from lxml import etree

from oozie.language.errors import AppError
from oozie.language.model import Element
from storage.errors import Diagnostic

# Oozie itself takes 100,000 bytes; included datasets and other people's settings may be larger, no app is that large.
MAX_BYTES = 8 * 1024 * 1024

_MOST_ATTRIBUTES = 1000

# Oozie's code for one.
DOCTYPE = "E0700"

SLA_NAMESPACE = "uri:oozie:sla:"

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace"
_BLANKS = " \t\r\n"
_DECLARED_ENCODING = re.compile(r"\A(<\?xml[^>]*?\bencoding\s*=\s*)(?:\"[^\"]*\"|'[^']*')")
_PROLOG = re.compile(r"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", re.DOTALL)
_WELL_FORMED_DOCTYPE = re.compile(r"<!DOCTYPE\s+[^\s\[>\"']+\s*[\[>]")
_QUOTED = r"(?:\"[^\"]*\"|'[^']*')"
_DOCTYPE_OF_A_FILE = re.compile(rf"<!DOCTYPE\s+[^\s\[>\"']+\s+(?:SYSTEM|PUBLIC\s+{_QUOTED})\s+{_QUOTED}")
# Of entities: those whose text is in another file, in what follows that, and whatever is declared.
_PARAMETER_OF_A_FILE = re.compile(r"<!ENTITY\s+%\s+([^\s%;]+)\s+(?:SYSTEM|PUBLIC)\s")
_ENTITY_OF_A_FILE = re.compile(r"<!ENTITY\s+([^\s%;]+)\s+(?:SYSTEM|PUBLIC)\s")
_ENTITY = re.compile(r"<!ENTITY\s+([^\s%;]+)\s")
_REFERENCES = {sign: re.compile(rf"{sign}([^\s&%;<>]+);") for sign in "&%"}
_ROOT_TAG = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)")
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CDATA = b"<![CDATA["
_SYNTAX_HINT = "close every element in the reverse order, and write & as &amp; and < as &lt; in text"
_SYNTAX_HINTS = {
    "Double hyphen within comment": "a comment ends with -->, and may not hold -- before that",
    "is not a valid URI": 'write a namespace such as xmlns="uri:oozie:workflow:0.5"',
    "Namespace prefix": 'declare the prefix, as in xmlns:sla="uri:oozie:sla:0.2"',
    "AttValue": 'write attributes as name="value"',
    "redefined": "write it once",
    "invalid Char": "remove this character: XML has no way to write it",
    "CData section not finished": "end it with ]]>",
}
_NAME = re.compile(r"[^\W\d][\w.-]*\Z")
_IN_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_IN_ATTRIBUTE = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
)


def parse(data: bytes, path: str = "") -> Element:
    """The root of an XML document.

    An element without children keeps its text exactly; of one with children the blanks around its text are dropped.

    Bytes that are not UTF-8 become U+FFFD, as when Oozie reads them.

    Raises: AppError E0701 for what is not well-formed XML, E0700 for a DOCTYPE, E0702 for one that names a file, H001
    for what is too large.
    """
    if len(data) > MAX_BYTES:
        message = f"the file has {len(data):,} bytes; an app has at most {MAX_BYTES:,}"
        raise AppError("H001", message, hint="Oozie's own limit is 100,000 bytes", path=path)
    text = data.decode("utf-8", "replace")
    _refuse_traps(text, path)
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        strip_cdata=False,
    )
    text = _DECLARED_ENCODING.sub(r'\1"UTF-8"', text)
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        raise _syntax_error(error, path) from None
    _refuse_crowds(root, path)
    return _from_lxml(root, has_cdata=_CDATA in data)


def root_tag(data: bytes) -> str:
    """The local name of a document's root, found without parsing it; "" where there is none near the start."""
    text = data[:65536].decode("utf-8", "replace").removeprefix("\ufeff")
    prolog = _PROLOG.match(text)
    start = prolog.end() if prolog else 0
    if doctype := _DOCTYPE.match(text, start):
        prolog = _PROLOG.match(text, doctype.end())
        start = prolog.end() if prolog else doctype.end()
    tag = _ROOT_TAG.match(text, start)
    return tag[1] if tag else ""


def serialise(root: Element) -> bytes:
    """The document of ``root``: UTF-8, two blanks of indentation, the same bytes for the same tree.

    Raises: AppError H004 for what XML cannot hold.
    """
    out = [_DECLARATION]
    _write(root, {"": "", "xml": _XML_NAMESPACE}, "", out)
    return "".join(out).encode("utf-8")


def encoding_lints(data: bytes, path: str = "") -> list[Diagnostic]:
    """H003 where bytes are not UTF-8, which Oozie replaces silently."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"byte 0x{data[error.start]:02x} is not UTF-8"
        hint = "save the file as UTF-8; Oozie reads it so and replaces these bytes silently"
        return [Diagnostic("H003", message, hint, path, line, severity="lint")]
    return []


def without_doctype(data: bytes) -> bytes | None:
    """The document with its DOCTYPE blanked out; None where it uses entities that are declared there."""
    text = data.decode("utf-8", "replace")
    start = text.find("<!DOCTYPE")
    doctype = _DOCTYPE.match(text, start) if start >= 0 else None
    if doctype is None or _is_used(_ENTITY, doctype[0], "&", text):
        return None
    blanks = re.sub(r"[^\n]", " ", doctype[0])
    return f"{text[: doctype.start()]}{blanks}{text[doctype.end() :]}".encode()


def _refuse_traps(text: str, path: str) -> None:
    if not text.strip(_BLANKS):
        raise AppError("E0701", "the file is empty", hint="write the app into it", path=path, line=1)
    if text.startswith("\ufeff"):
        hint = "save the file as UTF-8 without BOM; Oozie's parser stops at it"
        raise AppError("E0701", "the file starts with a byte order mark", hint=hint, path=path, line=1)
    prolog = _PROLOG.match(text)
    start = prolog.end() if prolog else 0
    if text.startswith("<!DOCTYPE", start):
        line = text.count("\n", 0, start) + 1
        code, message = DOCTYPE, "the file has a DOCTYPE"
        if _DOCTYPE_OF_A_FILE.match(text, start) or _has_text_of_a_file(text, start):
            code, message = "E0702", "the file has a DOCTYPE that names another file"
        elif not _WELL_FORMED_DOCTYPE.match(text, start):
            code, message = "E0701", "not well-formed XML: a DOCTYPE that says nothing"
        raise AppError(code, message, hint="remove it", path=path, line=line)
    if not text.lstrip(_BLANKS).startswith("<"):
        hint = "see whether it is the right file; nothing may stand before the first <"
        raise AppError("E0701", "this is no XML: it does not begin with '<'", hint=hint, path=path, line=1)


def _has_text_of_a_file(text: str, start: int) -> bool:
    """Whether an entity is used, by the DOCTYPE at ``start`` or behind it, whose text lies in another file."""
    doctype = _DOCTYPE.match(text, start)
    if doctype is None:
        return False
    return _is_used(_PARAMETER_OF_A_FILE, doctype[0], "%", doctype[0]) or _is_used(
        _ENTITY_OF_A_FILE, doctype[0], "&", text
    )


def _is_used(declaration: re.Pattern[str], doctype: str, sign: str, text: str) -> bool:
    """Whether ``text`` refers to an entity of such a declaration; each text is gone through once."""
    names = set(declaration.findall(doctype))
    return bool(names) and any(match[1] in names for match in _REFERENCES[sign].finditer(text))


def _refuse_crowds(root: etree._Element, path: str) -> None:
    """lxml looks for each attribute among all of its element: with very many that takes for ever."""
    for node in root.iter(etree.Element):
        if len(node.attrib) > _MOST_ATTRIBUTES:
            message = f"element '{_split(str(node.tag))[1]}' has {len(node.attrib):,} attributes"
            line = cast("int", node.sourceline)
            raise AppError("E0701", message, hint="no element of an app has more than ten", path=path, line=line)


def _syntax_error(error: etree.XMLSyntaxError, path: str) -> AppError:
    line = error.lineno or 1
    reason = re.sub(r", line \d+, column \d+.*$", "", error.msg or "no XML").strip()
    reason = reason.partition("\n")[0].strip()  # of a comment, all that follows is quoted
    if "Excessive depth" in reason:
        return AppError("E0701", "elements are nested deeper than any app needs", path=path, line=line)
    hint = next((hint for said, hint in _SYNTAX_HINTS.items() if said in reason), _SYNTAX_HINT)
    return AppError("E0701", f"not well-formed XML: {reason}", hint=hint, path=path, line=line)


def _split(name: str) -> tuple[str, str]:
    """Namespace and local name of lxml's ``{namespace}name``."""
    if name.startswith("{"):
        namespace, _, local = name[1:].partition("}")
        return namespace, local
    return "", name


def _from_lxml(node: etree._Element, *, has_cdata: bool) -> Element:
    namespace, tag = _split(str(node.tag))
    children = tuple(_from_lxml(child, has_cdata=has_cdata) for child in node)
    text = node.text or ""
    if children:
        text = "".join([text, *(child.tail or "" for child in node)])
        text = text.strip(_BLANKS)
    return Element(
        tag=tag,
        namespace=namespace,
        attributes=tuple((str(name), str(value)) for name, value in node.attrib.items()),
        text=text,
        children=children,
        line=cast("int", node.sourceline),
        is_cdata=has_cdata and not children and _is_cdata(node),
    )


def _is_cdata(node: etree._Element) -> bool:
    """Whether a leaf's text stands in one CDATA section, blanks around it apart."""
    written = etree.tostring(node, with_tail=False)
    inside = written[written.find(b">") + 1 : written.rfind(b"<")].strip()
    return inside.startswith(_CDATA) and inside.find(b"]]>") == len(inside) - 3


def _write(element: Element, scope: Mapping[str, str], indent: str, out: list[str]) -> None:
    """One element on lines of its own; ``scope`` says what each prefix means here, "" being the default namespace."""
    _refuse_unwritable(element)
    # The habit of the Oozie world: SLA elements carry a prefix, all others a default namespace.
    declared: dict[str, str] = {}
    prefix = "sla" if element.namespace.startswith(SLA_NAMESPACE) else ""
    if scope.get(prefix) != element.namespace:
        declared[prefix] = element.namespace
    attributes = "".join(_attribute(name, value, scope, declared) for name, value in element.attributes)
    namespaces = "".join(
        f' {f"xmlns:{key}" if key else "xmlns"}="{value.translate(_IN_ATTRIBUTE)}"' for key, value in declared.items()
    )
    name = f"{prefix}:{element.tag}" if prefix else element.tag
    opening = f"{indent}<{name}{namespaces}{attributes}"
    is_cdata = element.is_cdata and "]]>" not in element.text and "\r" not in element.text
    text = f"<![CDATA[{element.text}]]>" if is_cdata else element.text.translate(_IN_TEXT)
    if not element.children:
        out.append(f"{opening}>{text}</{name}>\n" if text else f"{opening}/>\n")
        return
    out.append(f"{opening}>{text}\n")
    inner = {**scope, **declared} if declared else scope
    for child in element.children:
        _write(child, inner, indent + "  ", out)
    out.append(f"{indent}</{name}>\n")


def _attribute(name: str, value: str, scope: Mapping[str, str], declared: dict[str, str]) -> str:
    """Blank, name and quoted value; a namespaced name gets a prefix, declared where the scope has none."""
    namespace, local = _split(name)
    if namespace:
        known = {**scope, **declared}
        prefix = next((key for key, uri in known.items() if key and uri == namespace), "")
        if not prefix:
            prefix = f"n{sum(key.startswith('n') for key in known)}"
            declared[prefix] = namespace
        local = f"{prefix}:{local}"
    return f' {local}="{value.translate(_IN_ATTRIBUTE)}"'


def _refuse_unwritable(element: Element) -> None:
    names = [element.tag, *(_split(name)[1] for name, _ in element.attributes)]
    texts = [element.text, element.namespace, *(value for _, value in element.attributes)]
    bad = next((match[0] for text in texts if (match := _UNWRITABLE.search(text))), None)
    what = (
        f"the character U+{ord(bad):04X}" if bad else next((f"the name '{n}'" for n in names if not _NAME.match(n)), "")
    )
    if what:
        hint = "XML has no way to write it; remove it"
        raise AppError("H004", f"XML cannot hold {what} (element '{element.tag}')", hint=hint, line=element.line)
