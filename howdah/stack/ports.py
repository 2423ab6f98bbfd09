"""The ports of a stack: their names, how they are chosen, and whether they are free."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Mapping
from dataclasses import replace

from howdah.errors import CommandError
from howdah.stack import procfs
from storage.errors import Diagnostic
from storage.nearest import did_you_mean

Ports = Mapping[str, int]

# Each is named for its service, with what it is for behind it; the numbers are the services' own defaults where they
# can be. 3307 leaves 3306 to a MariaDB of the machine's own.
DEFAULTS: Ports = {
    "namenode": 8020,
    "namenode-web": 9870,
    "datanode": 9866,
    "datanode-web": 9864,
    "datanode-ipc": 9867,
    "resourcemanager": 8032,
    "resourcemanager-web": 8088,
    "resourcemanager-scheduler": 8030,
    "resourcemanager-tracker": 8031,
    "resourcemanager-admin": 8033,
    "nodemanager": 8041,
    "nodemanager-localizer": 8040,
    "nodemanager-web": 8042,
    "nodemanager-shuffle": 13562,
    "historyserver": 10020,
    "historyserver-web": 19888,
    "historyserver-admin": 10033,
    "hive": 10000,
    "oozie": 11000,
    "mariadb": 3307,
    "smtp": 10025,
}
# Nothing of the stack listens there: Oozie sends its mails to whoever does.
CLIENT_ONLY = frozenset({"smtp"})
_HIGHEST = 65535
_LOOPBACK = "127.0.0.1"


def service_of(port_name: str) -> str:
    """The service that listens at the port of that name."""
    return port_name.partition("-")[0]


def choose(base: int | None, overrides: Iterable[str], defaults: Ports = DEFAULTS) -> dict[str, int]:
    """The ports: ``defaults``, or those from ``base`` upwards in the table's order, then each NAME=N of ``overrides``.

    Raises: CommandError H723.
    """
    chosen = dict(defaults)
    if base is not None:
        if not 0 < base <= _HIGHEST - len(DEFAULTS):
            raise CommandError("H723", f"--port-base {base}: {len(DEFAULTS)} ports from there on do not exist")
        chosen = {name: base + place for place, name in enumerate(DEFAULTS)}
    for text in overrides:
        name, _, number = text.partition("=")
        if name not in DEFAULTS:
            hint = did_you_mean(name, DEFAULTS, f"the ports are {', '.join(DEFAULTS)}")
            raise CommandError("H723", f"--port {text}: there is no port '{name}'", hint=hint)
        if not number.isdecimal() or not 0 < int(number) <= _HIGHEST:
            raise CommandError("H723", f"--port {text}: write NAME=N with N from 1 to {_HIGHEST}")
        chosen[name] = int(number)
    _check_distinct(chosen)
    return chosen


def _check_distinct(ports: Ports) -> None:
    first: dict[int, str] = {}
    for name, number in ports.items():
        if number in first:
            raise CommandError("H723", f"port {number} is given to both {first[number]} and {name}")
        first[number] = name


def check_unchanged(chosen: Ports, before: Ports, folder: str) -> None:
    """Raises: CommandError H723 for other ports than those that the state of a stack names (Hive's tables do)."""
    for name, number in chosen.items():
        if number != before[name] and name not in CLIENT_ONLY:
            hint = "leave the ports out, choose another --folder, or howdah stack reset first"
            raise CommandError("H723", f"the stack in {folder} has {name} at {before[name]}, not {number}", hint=hint)


def taken(ports: Ports, services: Iterable[str]) -> list[Diagnostic]:
    """One H722 for each port of ``services`` that cannot be listened at; the last one says what to do."""
    wanted = set(services)
    found = [
        _taken(name, number)
        for name, number in ports.items()
        if service_of(name) in wanted and name not in CLIENT_ONLY and not _is_free(number)
    ]
    return [*(replace(each, hint="") for each in found[:-1]), *found[-1:]]


def _taken(name: str, number: int) -> Diagnostic:
    owner = procfs.owner_of(number)
    who = f"{owner} listens there" if owner else "the system does not give it to this user"
    hint = f"end it, or take another port: --port {name}=N, or --port-base N for all of them"
    return Diagnostic("H722", f"port {number} of {name} is taken: {who}", hint)


def _is_free(number: int) -> bool:
    with socket.socket() as probe:
        # As the services do, so that what a closed connection leaves behind does not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_LOOPBACK, number))
            probe.listen()
        except OSError:
            return False
    return True
