"""Texts that say how they are to be taken: marks of a declaration that follows an app to the letter."""

from __future__ import annotations


class AsIs(str):
    """A text that is taken as it stands: its EL is not looked at, it may be empty, and no file is copied for it."""

    __slots__ = ()


class Cdata(AsIs):
    """A text that stands in a CDATA section, where Oozie evaluates it without XML's escapes."""

    __slots__ = ()


def as_is(text: str) -> AsIs:
    """``text`` without any check, for what an app has always said so: ``script=as_is("on/the/cluster.hql")``.

    A path so marked names no file of this folder; a secret so marked is one that you know of.
    """
    return AsIs(text)


def cdata(text: str) -> Cdata:
    """``text`` in a CDATA section, otherwise as :func:`as_is`."""
    return Cdata(text)
