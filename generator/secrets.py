"""Passwords that were written out, wherever they hide."""

from __future__ import annotations

import re

_OPTION = re.compile(r"(?:^|\s)--?[\w-]*password(?:=|\s+)(?!-)\S", re.IGNORECASE)
_BARE_OPTION = re.compile(r"^--?[\w-]*password$", re.IGNORECASE)
_URL_USER = re.compile(r"\b[a-z][a-z0-9+.:-]*://[^/\s?#@]*:[^/\s?#@]+@", re.IGNORECASE)
_URL_PARAMETER = re.compile(r"[?&;,][\w.]*(?:password|passwd|pwd)\d?=[^&;\s]", re.IGNORECASE)
_ORACLE_USER = re.compile(r"\bjdbc:oracle:\w+:[^/@\s:]+/[^@\s]+@", re.IGNORECASE)
# A name that ends so holds the password itself; passwordFile, password-alias and the like only say where it is.
_NAMED_LIKE_ONE = re.compile(r"(?:password|passwd|passphrase)$", re.IGNORECASE)
_JDBC = re.compile(r"^jdbc:", re.IGNORECASE)

_FORMS = (
    (_OPTION, "gives a password on the command line"),
    (_BARE_OPTION, "gives a password on the command line"),
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
