"""Ports: how they are chosen, and what is said when one is taken."""

from __future__ import annotations

import os
import socket

import pytest

from howdah.errors import CommandError
from howdah.stack.ports import CLIENT_ONLY, DEFAULTS, check_unchanged, choose, service_of, taken
from howdah.stack.services import BY_NAME


@pytest.fixture
def listener():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_without_options_the_ports_are_the_services_own():
    assert choose(None, []) == DEFAULTS


def test_a_base_gives_every_port_one_of_its_own():
    ports = choose(21000, [])

    assert sorted(ports.values()) == list(range(21000, 21000 + len(DEFAULTS)))
    assert ports["namenode"] == 21000


def test_one_port_is_chosen_on_top_of_the_base():
    ports = choose(21000, ["oozie=11001", "mariadb=3308"])

    assert (ports["oozie"], ports["mariadb"], ports["namenode"]) == (11001, 3308, 21000)


@pytest.mark.parametrize(
    ("base", "overrides", "message", "hint"),
    [
        (None, ["ozie=1"], "H723 --port ozie=1: there is no port 'ozie'", "did you mean 'oozie'?"),
        (None, ["oozie"], "H723 --port oozie: write NAME=N with N from 1 to 65535", ""),
        (None, ["oozie=0"], "H723 --port oozie=0: write NAME=N with N from 1 to 65535", ""),
        (None, ["oozie=65536"], "H723 --port oozie=65536: write NAME=N with N from 1 to 65535", ""),
        (None, ["oozie=²"], "H723 --port oozie=²: write NAME=N with N from 1 to 65535", ""),
        (None, ["oozie=8020"], "H723 port 8020 is given to both namenode and oozie", ""),
        (65530, [], "H723 --port-base 65530: 21 ports from there on do not exist", ""),
        (0, [], "H723 --port-base 0: 21 ports from there on do not exist", ""),
    ],
)
def test_a_port_that_cannot_be(base, overrides, message, hint):
    with pytest.raises(CommandError) as caught:
        choose(base, overrides)

    assert str(caught.value) == message
    assert caught.value.diagnostics[0].hint == hint


def test_every_port_is_of_a_service():
    assert {service_of(name) for name in DEFAULTS if name not in CLIENT_ONLY} == set(BY_NAME)


def test_a_taken_port_names_the_service_and_who_has_it(listener):
    (wrong,) = taken({"namenode-web": listener, "oozie": listener}, ["namenode"])

    assert wrong.code == "H722"
    assert f"port {listener} of namenode-web is taken: process {os.getpid()} (" in wrong.message
    assert "--port namenode-web=N" in wrong.hint


def test_a_port_that_listens_everywhere_is_taken():
    with socket.socket() as server:
        server.bind(("", 0))
        server.listen()
        number = server.getsockname()[1]

        assert [each.code for each in taken({"oozie": number}, ["oozie"])] == ["H722"]


def test_only_what_is_to_start_is_asked_for(listener):
    assert taken({"namenode": listener}, ["oozie"]) == []


def test_whoever_takes_the_mails_is_not_in_the_way(listener):
    assert taken({"smtp": listener}, ["smtp"]) == []


def test_the_ports_of_a_state_stay(listener):
    check_unchanged(DEFAULTS, DEFAULTS, "/x")
    with pytest.raises(CommandError, match="H723 the stack in /x has oozie at 11000, not 11001"):
        check_unchanged({**DEFAULTS, "oozie": 11001}, DEFAULTS, "/x")


def test_the_port_of_mails_may_change():
    check_unchanged({**DEFAULTS, "smtp": 2525}, DEFAULTS, "/x")


def test_what_to_do_is_said_once(listener):
    found = taken({"namenode": listener, "oozie": listener}, ["namenode", "oozie"])

    assert [bool(each.hint) for each in found] == [False, True]
