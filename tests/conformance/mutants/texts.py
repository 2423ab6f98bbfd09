"""Changes of the bytes themselves, which no tree shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping

TextChange = Callable[[bytes], bytes]


def _cut(at: float) -> TextChange:
    return lambda data: data[: int(len(data) * at)]


def _before(prefix: bytes) -> TextChange:
    return lambda data: prefix + data


def _after_declaration(text: bytes) -> TextChange:
    def change(data: bytes) -> bytes:
        end = data.find(b"?>") + 2 if data.startswith(b"<?xml") else 0
        return data[:end] + text + data[end:]

    return change


def _replaced(old: bytes, new: bytes) -> TextChange:
    return lambda data: data.replace(old, new, 1)


TEXT_CHANGES: Mapping[str, TextChange] = {
    "empty": lambda data: b"",
    "blank": lambda data: b" \n",
    "cut-early": _cut(0.3),
    "cut-late": _cut(0.9),
    "cut-last": lambda data: data.rstrip()[:-1],
    "no-xml": lambda data: b"workflow: yes\n",
    "two-roots": lambda data: data + b"<again/>",
    "text-behind": lambda data: data + b"loose",
    "comment-behind": lambda data: data + b"<!-- bye -->\n",
    "mark": _before(b"\xef\xbb\xbf"),
    "blank-first": _before(b"\n"),
    "doctype": _after_declaration(b"<!DOCTYPE x>"),
    "doctype-with-entity": _after_declaration(b'<!DOCTYPE x [<!ENTITY e "v">]>'),
    "comment-first": _after_declaration(b"<!-- hello -->\n"),
    "instruction-first": _after_declaration(b"<?page one?>\n"),
    "unknown-entity": _replaced(b"/>", b">&nbsp;</x>"),
    "bare-ampersand": _replaced(b'name="', b'name="a&b'),
    "bare-less": _replaced(b'name="', b'name="a<b'),
    "no-quotes": _replaced(b'"', b""),
    "attribute-twice": _replaced(b' name="', b' name="b" name="'),
    "not-utf-8": _replaced(b'name="', b'name="\xe9'),
    "control-character": _replaced(b'name="', b'name="\x01'),
    "reference-to-control": _replaced(b'name="', b'name="&#1;'),
    "umlaut": _replaced(b'name="', b'name="\xc3\xbc'),
    "latin-declared": lambda data: (
        b'<?xml version="1.0" encoding="ISO-8859-1"?>\n' + data[data.find(b"\n<") + 1 :]
        if data.startswith(b"<?xml")
        else b'<?xml version="1.0" encoding="ISO-8859-1"?>\n' + data
    ),
    "version-1.1": lambda data: (
        b'<?xml version="1.1"?>\n' + (data.partition(b"?>")[2] if data.startswith(b"<?xml") else data)
    ),
    "unclosed-comment": _replaced(b">", b"><!-- "),
    "double-hyphen": _after_declaration(b"<!-- a -- b -->\n"),
    "unknown-prefix": _replaced(b"<", b"<p:a/><"),
    "prefix-of-tag": _replaced(b"<controls", b"<p:controls"),
    "too-large": lambda data: data + b"<!--" + b"-a" * 50_000 + b" -->",
    "large-enough": lambda data: data + b"<!--" + b"a" * (99_990 - len(data)) + b"-->",
    "mac-lines": lambda data: data.replace(b"\n", b"\r"),
    "windows-lines": lambda data: data.replace(b"\n", b"\r\n"),
}
