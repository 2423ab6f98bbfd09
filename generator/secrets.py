"""Passwords that were written out, wherever they hide."""

from __future__ import annotations

import re

# A name that ends so holds the secret itself; passwordFile, password-alias and the like only say where it is.
_NAME_END = (
    r"(?:password|passwd|passphrase|secret|secret[._-]?(?:access[._-]?)?key|private[._-]?key|api[._-]?key"
    r"|(?:access|api|auth|bearer|security|session)[._-]?token|[._-]pwd|(?:admin|db|root|user)[._-]?(?:pass|pwd))"
)
_OPTION = re.compile(rf"(?:^|\s)--?[\w.-]*{_NAME_END}(?:=|\s+)(?!-)\S", re.IGNORECASE)
_BARE_OPTION = re.compile(rf"^--?[\w.-]*{_NAME_END}$", re.IGNORECASE)
_SETTING = re.compile(rf"^[\w.-]*{_NAME_END}=\S+$", re.IGNORECASE)
_SETTING_OPTION = re.compile(
    rf"(?:^|\s)(?:-D|-e|--(?:conf|define|env|hiveconf|hivevar))(?:\s+|=)[\w.-]*{_NAME_END}=\S", re.IGNORECASE
)
_URL_USER = re.compile(r"\b[a-z][a-z0-9+.:-]*://[^/\s?#@]*:[^/\s?#@]+@", re.IGNORECASE)
_URL_PARAMETER = re.compile(r"[?&;,(][\w.]*(?:password|passwd|pwd)\d?=[^&;\s]", re.IGNORECASE)
_ORACLE_USER = re.compile(r"\bjdbc:oracle:\w+:[^/@\s:]+/[^@\s]+@", re.IGNORECASE)
_NAMED_LIKE_ONE = re.compile(rf"(?:{_NAME_END}|\bfs\.azure\.account\.key\..*)$", re.IGNORECASE)
_JDBC = re.compile(r"^jdbc:", re.IGNORECASE)

_FORMS = (
    (_OPTION, "gives a password on the command line"),
    (_BARE_OPTION, "gives a password on the command line"),
    (_SETTING, "gives a password in a setting"),
    (_SETTING_OPTION, "gives a password in a setting"),
    (_URL_USER, "has a password in the URL, before the host"),
    (_ORACLE_USER, "has a password in the URL, before the host"),
)


def find_password(value: str, name: str = "") -> str:
    """What gives a password away in ``value`` (or in a property called ``name``), in words; "" when nothing does."""
    for form, words in _FORMS:
        if form.search(value):
            return words
    if (_JDBC.match(value) or "://" in value) and _URL_PARAMETER.search(value):
        return "has a password in the URL, as a parameter"
    if name and value and _NAMED_LIKE_ONE.search(name):
        return "is a password by its name"
    return ""
