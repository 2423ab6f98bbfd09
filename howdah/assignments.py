"""``NAME=VALUE`` on the command line, the same for every command that takes it."""

from __future__ import annotations

import click


def read_assignments(_context: click.Context, parameter: click.Parameter, texts: tuple[str, ...]) -> dict[str, str]:
    """A click callback: the values by name, the last of a name winning. A value may be empty, a name may not.

    Raises: click.BadParameter.
    """
    found = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise click.BadParameter(f"'{text}' is not {parameter.metavar}")
        found[name.strip()] = value
    return found
