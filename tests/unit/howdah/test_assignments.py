from __future__ import annotations

import click
import pytest
from click.testing import CliRunner, Result

from howdah.assignments import read_assignments


def read(*texts: str) -> Result:
    @click.command()
    @click.option("--set", "values", multiple=True, callback=read_assignments, metavar="NAME=VALUE")
    def command(values: dict[str, str]) -> None:
        click.echo(values)

    return CliRunner().invoke(command, [word for text in texts for word in ("--set", text)])


def test_values_by_name():
    said = read("a=1", "url=jdbc:x?y=z", " b = two words", "empty=", "a=2").output

    assert said == "{'a': '2', 'url': 'jdbc:x?y=z', 'b': ' two words', 'empty': ''}\n"


@pytest.mark.parametrize("text", ["", "a", "=", "=x", " =x"])
def test_a_value_without_a_name_is_a_wrong_call(text: str):
    result = read(text)

    assert result.exit_code == 2
    assert f"'{text}' is not NAME=VALUE" in result.output
