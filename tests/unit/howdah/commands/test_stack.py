"""``howdah stack`` where nothing runs: what it says, and how it ends."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from howdah.commands.stack import command
from howdah.errors import CommandError
from howdah.stack.addresses import Addresses
from howdah.stack.layout import Choice, Layout
from howdah.stack.ports import choose
from howdah.stack.processes import Command, Processes
from howdah.stack.services import SERVICES


def free_base() -> int:
    """Ports that nobody has, most likely: below those that the system gives to clients."""
    for base in range(23000, 32000, 50):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", base)):
                return base
    raise RuntimeError


@pytest.fixture
def layout(tmp_path):
    """A stack that was up once."""
    made = Layout(tmp_path / "stack")
    made.make()
    Choice(choose(free_base(), []), "spark").write(made)
    return made


def run(*arguments, **options):
    return CliRunner().invoke(command, list(map(str, arguments)), **options)


def test_the_overview_names_every_command():
    text = run("--help").output

    for name in ("up", "down", "status", "logs", "reset", "env", "fetch"):
        assert f"\n  {name}  " in text


def test_a_folder_where_no_stack_ever_was(tmp_path):
    for name in ("status", "down", "reset", "env"):
        error = run(name, "--folder", tmp_path / "none").exception
        assert isinstance(error, CommandError)
        assert error.code == "H720"
        assert error.diagnostics[0].hint == "`howdah stack up` makes one"
        assert error.diagnostics[0].message.endswith("is not the folder of a stack")
    assert not (tmp_path / "none").exists()


def test_the_status_of_what_is_down(layout):
    found = run("status", "--folder", layout.folder)

    assert found.exit_code == 1
    lines = found.output.splitlines()
    assert [line.split()[0] for line in lines[1:]] == [service.name for service in SERVICES]
    assert all(" down " in line for line in lines[1:])
    assert max(map(len, lines)) <= 80


def test_the_status_as_json(layout):
    found = json.loads(run("status", "--folder", layout.folder, "--format", "json").output)

    assert (found["folder"], found["state"]) == (str(layout.folder), "down")
    oozie = next(each for each in found["services"] if each["name"] == "oozie")
    assert oozie["state"] == "down"
    assert oozie["ports"].keys() == {"oozie"}
    assert oozie["log"] == str(layout.logs / "oozie" / "oozie.log")


def test_what_died_says_why(layout):
    processes = Processes(layout.run)
    dying = Command((sys.executable, "-c", "print('ERROR: no\\x1b[2J room'); print('x')"), dict(os.environ), layout.tmp)
    processes.start("oozie", dying, layout.logs / "oozie.log")
    while processes.exit_status("oozie") is None:
        time.sleep(0.02)

    found = run("status", "--folder", layout.folder)

    assert "oozie: ERROR: no\\x1b[2J room" in found.output
    assert "howdah stack up repairs what has died" in found.output


def test_down_where_nothing_runs(layout):
    assert run("down", "--folder", layout.folder).output == "Nothing was running.\n"


def test_the_end_of_a_log(layout):
    (layout.logs / "hive.log").write_text("".join(f"{number}\n" for number in range(100)))

    assert run("logs", "hive", "-n", "2", "--folder", layout.folder).stdout == "98\n99\n"


def test_a_log_moves_no_cursor_and_keeps_its_tabs_and_ends(layout):
    (layout.logs / "hive.log").write_bytes(b"a\tb\x1b]0;title\x07\r\n\x9b2J \xc2\x9b2J one\rtwo\nunfinished\x1b[2J")

    assert run("logs", "hive", "--folder", layout.folder).stdout == (
        "a\tb\\x1b]0;title\\x07\n\ufffd2J \\x9b2J one\\rtwo\nunfinished\\x1b[2J"
    )


def test_the_log_of_oozie_is_its_own_one_else_what_it_printed(layout):
    (layout.logs / "oozie.log").write_text("printed\n")
    assert run("logs", "oozie", "--folder", layout.folder).stdout == "printed\n"

    (layout.logs / "oozie").mkdir()
    (layout.logs / "oozie" / "oozie.log").write_text("logged\n")
    assert run("logs", "oozie", "--folder", layout.folder).stdout == "logged\n"


def test_a_log_that_is_not_there(layout):
    assert "has never been started" in run("logs", "hive", "--folder", layout.folder).output
    error = run("logs", "hvie", "--folder", layout.folder).exception
    assert str(error) == "H723 there is no service 'hvie'"
    assert "namenode, datanode" in error.diagnostics[0].hint


def test_a_log_is_followed(layout):
    log = layout.logs / "hive.log"
    log.write_text("one\n")
    with subprocess.Popen(
        [sys.executable, "-m", "howdah", "stack", "logs", "hive", "-f", "--folder", layout.folder],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ) as child:  # fmt: skip
        assert child.stdout.readline() == "one\n"
        with log.open("a") as stream:
            stream.write("two\n")
        assert child.stdout.readline() == "two\n"
        child.send_signal(2)
        assert child.wait(10) == 130


def test_reset_asks_first(layout):
    (layout.data / "x").touch()

    assert run("reset", "--folder", layout.folder, input="n\n").exit_code == 1
    assert (layout.data / "x").exists()

    assert run("reset", "--folder", layout.folder, input="y\n").exit_code == 0
    assert not layout.data.exists()


def test_reset_deletes_what_is_ours_alone(layout):
    (layout.folder / "notes.txt").write_text("mine")

    assert run("reset", "--yes", "--folder", layout.folder).exit_code == 0

    assert {path.name for path in layout.folder.iterdir()} == {"notes.txt", layout.marker.name}


def test_up_in_a_project_leaves_it_alone_and_so_does_reset(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "precious.csv").touch()

    assert "H723" in str(run("up", "--folder", tmp_path).exception)
    assert "H720" in str(run("reset", "--yes", "--folder", tmp_path).exception)

    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")] == ["data", "data/precious.csv"]


def test_the_exports(layout):
    with pytest.raises(CommandError, match="H720"):
        Addresses.read(layout.folder)
    addresses = Addresses(
        *("hdfs://h:1", "http://h:2", "h:3", "http://h:4", "http://h:5", "http://h:6/oozie", "j", "d", "b", "u", "p"), 1
    )
    addresses.write(layout.folder)

    assert run("env", "--folder", layout.folder).output.splitlines() == [
        f"export HOWDAH_STACK={layout.folder}",
        "export OOZIE_URL=http://h:6/oozie",
        "export HOWDAH_WEBHDFS=http://h:2",
        f"export HADOOP_CONF_DIR={layout.conf}/hadoop",
    ]


def test_the_exports_run_nothing(layout, tmp_path):
    webhdfs = f"http://h:2; touch {tmp_path}/ran $(touch {tmp_path}/ran) 'x"
    Addresses("n", webhdfs, "r", "w", "h", "http://h:6/$HOME", "j", "d", "b", "u", "p", 1).write(layout.folder)
    exports = run("env", "--folder", layout.folder).output

    script = 'eval "$1"; printf "%s\\n" "$OOZIE_URL" "$HOWDAH_WEBHDFS"'
    done = subprocess.run(["/bin/sh", "-c", script, "sh", exports], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines() == ["http://h:6/$HOME", webhdfs]
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--port", "ozie=1"], "H723 --port ozie=1: there is no port 'ozie'"),
        (["--port-base", "70000"], "H723 --port-base 70000: "),
        (["--port", "oozie=1234"], "has oozie at "),
    ],
)
def test_ports_that_cannot_be(layout, arguments, message):
    error = run("up", "--folder", layout.folder, *arguments).exception

    assert isinstance(error, CommandError)
    assert message in str(error)


def test_a_folder_that_cannot_be(tmp_path):
    error = run("up", "--folder", tmp_path / "two words").exception

    assert str(error).startswith("H723 the stack's folder cannot be")


def test_two_commands_at_once(layout):
    from howdah.stack.stack import Stack

    with Stack(layout).lock():
        error = run("down", "--folder", layout.folder).exception

    assert str(error) == f"H728 another command (pid {os.getpid()}) is at work on {layout.folder}"
