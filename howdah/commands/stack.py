"""``howdah stack``: the real Hadoop, Hive, Sqoop, Oozie and MariaDB on this machine."""

from __future__ import annotations

import json
import shlex
import time
from collections import deque
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from howdah.errors import EXIT_FAILURE, EXIT_OK
from howdah.logs import printable
from howdah.stack import fetching, ports
from howdah.stack.addresses import Addresses
from howdah.stack.board import LiveBoard
from howdah.stack.layout import Choice, HiveKind, Layout, default_folder
from howdah.stack.prerequisites import Machine
from howdah.stack.services import BY_NAME
from howdah.stack.stack import ServiceStatus, Stack, assemble, deploy
from howdah.surroundings import bypass_proxies, interrupt_on_term

_STYLES = {"up": "green", "not answering": "yellow", "died": "red", "down": "dim"}
_FOLLOW_S = 0.3
_WATCH_S = 2.0

_folder = click.option(
    "--folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
    help="The stack's folder. Default: $HOWDAH_STACK, else ~/.local/share/howdah/stack.",
)  # fmt: skip


@click.group()
def command() -> None:
    """The real Hadoop, Hive, Sqoop, Oozie and MariaDB on this machine, on its loopback.

    No container engine and no root. What is fetched once stays in ~/.cache/howdah ($HOWDAH_CACHE); state survives down.
    """


def _stack(folder: Path | None) -> Stack:
    return Stack(Layout((folder or default_folder()).expanduser().resolve()))


@command.command()
@_folder
@click.option("--port-base", type=int, metavar="N", help="Take the ports from N upwards, for a second stack.")
@click.option("--port", "overrides", multiple=True, metavar="NAME=N", help="One port, such as oozie=11001.")
@click.option("--hive", type=click.Choice(["spark", "hive"]),
              help="At the Hive port: the Spark Thrift Server (the default), or the Hive project's own.")  # fmt: skip
@click.option("--wait", is_flag=True, help="Stay until Ctrl-C or TERM, then stop the stack.")
def up(
    folder: Path | None, port_base: int | None, overrides: tuple[str, ...], hive: HiveKind | None, wait: bool
) -> None:
    """Start what of the stack does not run; fetch what it needs first."""
    interrupt_on_term()
    bypass_proxies()
    stack = _stack(folder)
    board = LiveBoard()
    with stack.lock():
        choice = _choose(stack, port_base, overrides, hive)
        was = stack.alive()
        if len(was) == len(BY_NAME):
            click.echo(f"The stack in {stack.layout.folder} is running already; seeing whether all of it answers.")
        with board.shown():
            deployment = deploy(stack.layout, choice, board.tell)
            addresses = stack.up(deployment, board)
    click.echo(f"Up after {board.seconds:.0f} s.\n")
    _print_addresses(addresses, stack.layout)
    if wait:
        _stay(stack)


def _choose(stack: Stack, port_base: int | None, overrides: tuple[str, ...], hive: HiveKind | None) -> Choice:
    """What is asked for, on top of what was chosen before. Raises: CommandError H723."""
    before = Choice.read(stack.layout)
    if before is None:
        return Choice(ports.choose(port_base, overrides), hive or "spark")
    chosen = ports.choose(port_base, overrides, before.ports)
    ports.check_unchanged(chosen, before.ports, str(stack.layout.folder))
    return Choice(chosen, hive or before.hive)


def _print_addresses(addresses: Addresses, layout: Layout) -> None:
    rows = {
        "Oozie": addresses.oozie,
        "HDFS": f"{addresses.name_node}  (WebHDFS {addresses.webhdfs})",
        "YARN": f"{addresses.resource_manager}  ({addresses.resource_manager_web})",
        "Job history": addresses.history_web,
        "Hive": addresses.hive_jdbc,
        "MariaDB": addresses.database,
        "Mail": f"127.0.0.1:{addresses.smtp_port}, for whoever listens there",
    }
    for name, text in rows.items():
        click.echo(f"  {name:<12} {text}")
    click.echo('\nFor this shell, or: eval "$(howdah stack env)"\n')
    for line in _exports(addresses, layout):
        click.echo(f"  {line}")


def _exports(addresses: Addresses, layout: Layout) -> list[str]:
    values = {
        "HOWDAH_STACK": str(layout.folder),
        "OOZIE_URL": addresses.oozie,
        "HOWDAH_WEBHDFS": addresses.webhdfs,
        "HADOOP_CONF_DIR": str(layout.hadoop_conf),
    }
    return [f"export {name}={shlex.quote(value)}" for name, value in values.items()]


def _stay(stack: Stack) -> None:
    click.echo("\nCtrl-C stops it.")
    try:
        while stack.alive():
            time.sleep(_WATCH_S)
        click.echo("Nothing of it runs any more.")
    except KeyboardInterrupt:
        pass
    finally:
        with stack.lock():
            stack.down()
        click.echo("Down.")


@command.command()
@_folder
def down(folder: Path | None) -> None:
    """Stop the stack; its state stays."""
    stack = _stack(folder)
    stack.choice()
    began = time.monotonic()
    with stack.lock():
        running = stack.down()
    if running:
        click.echo(
            f"Stopped {', '.join(running)} in {time.monotonic() - began:.0f} s.\n"
            f"The state stays in {stack.layout.folder}."
        )
    else:
        click.echo("Nothing was running.")


@command.command()
@_folder
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def status(folder: Path | None, form: str) -> None:
    """What runs, where, and since when. Exit code 0 when all of it is up."""
    stack = _stack(folder)
    found = stack.status()
    all_up = all(each.state == "up" for each in found)
    if form == "json":
        state = "up" if all_up else "down" if all(each.state == "down" for each in found) else "partly up"
        told = {"folder": str(stack.layout.folder), "state": state, "services": [asdict(each) for each in found]}
        click.echo(json.dumps(told, indent=2))
    else:
        _print_status(found)
    raise click.exceptions.Exit(EXIT_OK if all_up else EXIT_FAILURE)


def _print_status(found: list[ServiceStatus]) -> None:
    console = Console(highlight=False)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for name in ("service", "state"):
        table.add_column(name, no_wrap=True)
    for name in ("pid", "minutes", "MB"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("ports", overflow="fold")
    for each in found:
        numbers = (str(each.pid), f"{each.seconds / 60:.0f}", str(each.memory_mb)) if each.pid else ("", "", "")
        listed = " ".join(map(str, each.ports.values()))
        table.add_row(each.name, Text(each.state, _STYLES[each.state]), *numbers, listed)
    console.print(table)
    for each in found:
        if each.problem:
            click.echo(f"{each.name}: {printable(each.problem)}")
    total = sum(each.memory_mb for each in found)
    if total:
        click.echo(f"{total} MB in all")
    if any(each.state in ("died", "not answering") for each in found):
        click.echo("howdah stack up repairs what has died; howdah stack logs SERVICE says why it did")


@command.command()
@click.argument("service")
@_folder
@click.option("-n", "count", type=click.IntRange(0), default=40, show_default=True, help="How many lines.")
@click.option("-f", "follow", is_flag=True, help="Go on as it grows, until Ctrl-C.")
def logs(service: str, folder: Path | None, count: int, follow: bool) -> None:
    """The last lines of a service's log."""
    stack = _stack(folder)
    file = Path(stack.log_of(service))
    stack.choice()
    if not file.exists():
        file = stack.layout.logs / f"{service}.log"
    if not file.exists():
        click.echo(f"{service} has never been started.")
        return
    click.echo(f"{file}:", err=True)
    with file.open("rb") as stream:
        for line in deque(stream, count):
            _echo_logged(line)
        while follow:
            line = stream.readline()
            if line:
                _echo_logged(line)
            else:
                time.sleep(_FOLLOW_S)


def _echo_logged(line: bytes) -> None:
    """A service writes what its users gave it: nothing of it may move the terminal's cursor."""
    text = line.decode("utf-8", "replace")
    click.echo(printable(text.rstrip("\r\n")), nl=text.endswith("\n"))


@command.command()
@_folder
@click.option("--yes", is_flag=True, help="Do not ask.")
def reset(folder: Path | None, yes: bool) -> None:
    """Stop the stack and delete its state; what was fetched stays.

    What goes is HDFS, jobs, tables, databases and logs.
    """
    stack = _stack(folder)
    stack.choice()
    if not yes:
        click.confirm(f"Delete HDFS, jobs, tables and databases in {stack.layout.folder}?", abort=True)
    with stack.lock():
        stack.down()
        stack.reset()
    click.echo(f"Deleted the state in {stack.layout.folder}; howdah stack up begins anew.")


@command.command()
@_folder
def env(folder: Path | None) -> None:
    """The exports that other commands read, for eval."""
    stack = _stack(folder)
    for line in _exports(Addresses.read(stack.layout.folder), stack.layout):
        click.echo(line)


@command.command()
@click.option("--hive", type=click.Choice(["spark", "hive"]), default="spark", show_default=True,
              help="hive: the Hive project's own server too.")  # fmt: skip
@click.option("--write-checksums", is_flag=True, help="Pin what Maven Central gives now, after a change of a version.")
def fetch(hive: HiveKind, write_checksums: bool) -> None:
    """Fetch what up would, into the cache; check what lies there."""
    board = LiveBoard()
    java_home = Machine().check(maven=write_checksums)
    with board.shown():
        if write_checksums:
            count = fetching.write_checksums(java_home, board.tell)
            told = f"{count} files in {fetching.CHECKSUMS}"
        else:
            cache = fetching.cache_folder()
            names = fetching.ALL if hive == "hive" else fetching.ALWAYS
            Machine().check(maven=bool(fetching.missing(cache, names)))
            assemble(cache, names, java_home, board.tell)
            told = f"everything is in {cache}, as pinned"
    click.echo(f"{told} ({board.seconds:.0f} s)")
