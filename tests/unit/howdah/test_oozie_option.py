"""Which Oozie and which YARN a command talks to."""

from __future__ import annotations

import functools

import click
import pytest
from click.testing import CliRunner, Result

from howdah.oozie_option import OozieServer, YarnAddresses, oozie_options, yarn_options
from oozie.client.errors import OozieClientError


def ask(*words: str, required: bool = True, **environment: str) -> Result:
    @click.command()
    @functools.partial(oozie_options, required=required)
    @yarn_options
    def command(oozie: OozieServer, addresses: YarnAddresses) -> None:
        click.echo(f"{oozie} {addresses}")

    return CliRunner().invoke(command, list(words), env={"OOZIE_URL": "", "OOZIE_USER": "", **environment})


def test_options_come_before_the_environment() -> None:
    environment = {"OOZIE_URL": "http://a/oozie", "OOZIE_USER": "ann", "HOWDAH_YARN": "http://rm"}

    assert ask(**environment).output == (
        "OozieServer(url='http://a/oozie', user='ann', authentication='none', do_as='') "
        "YarnAddresses(resource_manager='http://rm', history='')\n"
    )
    assert "url='http://b/oozie', user='bob'" in ask("--oozie", "http://b/oozie", "--user", "bob", **environment).output


def test_without_a_server_the_option_and_the_variable_are_named() -> None:
    result = ask()

    assert result.exit_code == 2
    assert "--oozie" in result.output
    assert ask(required=False).exit_code == 0


def test_a_variable_is_no_choice_where_a_server_is_not_required() -> None:
    assert "url=''" in ask(required=False, OOZIE_URL="http://a/oozie").output


def test_a_token_stands_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    server = OozieServer("http://localhost:1/oozie", authentication="token")
    monkeypatch.delenv("OOZIE_TOKEN", raising=False)
    with pytest.raises(OozieClientError) as caught:
        server.client()
    assert caught.value.code == "H803"
    monkeypatch.setenv("OOZIE_TOKEN", "abc")
    with server.client() as client:
        assert client.url == "http://localhost:1/oozie"
