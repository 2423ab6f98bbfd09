"""What in an app is a secret: by the name of a property, an option or an element; and texts without them.

Source: hadoop.security.sensitive-config-keys of Hadoop's core-default.xml, and the options of Sqoop and Beeline.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

HIDDEN = "(hidden)"

_ENDS = (
    r"(?:password|passwd|passphrase|pwd|secret|token|credentials?"
    r"|(?:secret|api|access|account|private|encryption|signing)[._-]?key)"
)
_NAME = re.compile(rf"(?:{_ENDS}|(?:^|[._-])pass)$|account\.key\.", re.IGNORECASE)
_QUOTED = r"'[^']*'|\"[^\"]*\""
# name=value, as in a URL, a -D, a --conf; and --option value. Each looks at a name from its beginning only.
_ASSIGNED = re.compile(rf"(?<![\w.-])(?P<name>[\w.-]+)(?P<between>=)(?P<value>{_QUOTED}|[^\s&;<>]+)")
_OPTION = re.compile(
    rf"(?<![\w.-])(?P<name>--?[\w.-]*{_ENDS})(?P<between>\s+)(?P<value>{_QUOTED}|[^\s<>]+)", re.IGNORECASE
)
_USER_INFO = re.compile(r"(?P<name>//[^/\s:@]+)(?P<between>:)(?P<value>[^/\s@]+)(?=@)")
_REFERENCE = re.compile(r"\$\{[^{}]*\}")
_XML_NAME = re.compile(r"<name>([^<]*)</name>")


def is_secret_name(name: str) -> bool:
    """Whether what goes by that name is nobody else's business."""
    return bool(_NAME.search(name.strip()))


def masked_value(name: str, value: str) -> str:
    """The value of ``name`` as it may be shown; a mere reference to another property is no secret."""
    if is_secret_name(name):
        return HIDDEN if value.strip() and not _REFERENCE.fullmatch(value.strip()) else value
    return masked_text(value)


def masked_text(text: str) -> str:
    """A text without the values of secret options and assignments in it, and without the passwords of URLs."""
    return _USER_INFO.sub(_hide, _OPTION.sub(_hide, _ASSIGNED.sub(_hide_secret, text)))


def masked_difference(text: str) -> str:
    """A unified difference of XML, in which the values of properties of secret names are hidden."""
    return "\n".join(_masked_lines(text.splitlines()))


def _masked_lines(lines: list[str]) -> Iterator[str]:
    name, is_inside = "", False
    for line in lines:
        if line.startswith("@@"):
            name, is_inside = "", False
        found = _XML_NAME.findall(line)
        name = found[-1] if found else name
        before, begin, rest = ("", "", line) if is_inside else line.partition("<value>")
        if not is_inside and not (begin and is_secret_name(name)):
            yield masked_text(line)
            continue
        value, end, after = rest.partition("</value>")
        sign = value[:1] if is_inside and value[:1] in ("+", "-", " ") else ""
        yield f"{before}{begin}{sign}{masked_value(name, value[len(sign) :])}{end}{after}"
        is_inside = not end


def _hide(match: re.Match[str]) -> str:
    value = match["value"]
    return f"{match['name']}{match['between']}{value if _REFERENCE.fullmatch(value) else HIDDEN}"


def _hide_secret(match: re.Match[str]) -> str:
    return _hide(match) if is_secret_name(match["name"]) else match[0]
