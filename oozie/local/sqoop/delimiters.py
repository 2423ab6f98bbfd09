"""Field and line terminators, enclosing and escaping, as Sqoop takes them on its command line and applies them."""

from __future__ import annotations

from dataclasses import dataclass

from oozie.local.sqoop.errors import ArgumentError

NO_CHARACTER = "\0"

_ESCAPES = {"b": "\b", "n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}


@dataclass(frozen=True)
class Delimiters:
    r"""How a record becomes a line of text; ``\0`` as ``enclose`` or ``escape`` means none."""

    field: str = ","
    line: str = "\n"
    enclose: str = NO_CHARACTER
    escape: str = NO_CHARACTER
    enclose_always: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether a value is written as it stands."""
        return self.enclose == NO_CHARACTER and self.escape == NO_CHARACTER

    def replacements(self) -> tuple[tuple[str, str], ...]:
        """What to replace in a value, in this order. Source: org.apache.sqoop.lib.FieldFormatter."""
        if self.escape == NO_CHARACTER:
            return ()
        special = (self.field, self.line) if self.enclose == NO_CHARACTER else (self.enclose,)
        return tuple((character, self.escape + character) for character in (self.escape, *special))

    def render(self, value: str) -> str:
        """``value`` escaped and enclosed."""
        text = value
        for old, new in self.replacements():
            text = text.replace(old, new)
        if self.enclose == NO_CHARACTER:
            return text
        if self.enclose_always or self.field in value or self.line in value:
            return self.enclose + text + self.enclose
        return text


DEFAULT_DELIMITERS = Delimiters()
MYSQL_DELIMITERS = Delimiters(enclose="'", escape="\\")


def character(option: str, value: str) -> str:
    r"""The one character that ``value`` means: ``,``, ``\t``, ``\0``, octal ``\0054``, hexadecimal ``\0x2c``.

    Raises: ArgumentError H421. Source: org.apache.sqoop.SqoopOptions.toChar.
    """
    try:
        return _character(value)
    except (ValueError, KeyError, IndexError):
        raise ArgumentError(
            "H421",
            f"{option} cannot understand the character '{value}'",
            hint=r"one character, an escape such as \t, octal as \0054 or hexadecimal as \0x2c",
        ) from None


def _character(value: str) -> str:
    if value[:3] in ("\\0x", "\\0X"):
        return chr(int(value[3:], 16))
    if value.startswith("\\0"):
        return chr(int(value[2:], 8)) if value[2:] else NO_CHARACTER
    if len(value) == 2 and value.startswith("\\"):
        return _ESCAPES[value[1]]
    if value.startswith("\\") and len(value) > 2:
        raise ValueError(value)
    # Sqoop takes the first character of a longer text and says so.
    return value[0]


def java_string(option: str, value: str) -> str:
    r"""What ``value`` means inside a Java string literal, where Sqoop's generated code puts it: ``\\N`` is ``\N``.

    Raises: ArgumentError H421 where Sqoop's generated code would not compile.
    """
    out, rest = [], iter(value)
    for char in rest:
        if char == '"':
            raise ArgumentError("H421", f"{option} may not hold a double quote: {value}", hint="Sqoop cannot either")
        if char != "\\":
            out.append(char)
            continue
        follower = next(rest, "")
        if follower not in {**_ESCAPES, "f": "\f", "0": "\0"} or not follower:
            raise ArgumentError(
                "H421", f"{option} has an escape that Java does not know: {value}", hint=r"write '\\N' for \N"
            )
        out.append({**_ESCAPES, "f": "\f", "0": "\0"}[follower])
    return "".join(out)
