"""What is read from /proc, asked about processes of our own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from subprocess import PIPE

from howdah.stack import procfs

_NO_PROCESS = 2**22 + 1  # above the highest number that Linux gives


def test_a_process_is_known_by_when_it_began():
    ticks = procfs.start_ticks(os.getpid())

    assert ticks is not None
    assert procfs.start_ticks(os.getpid()) == ticks
    assert abs(time.time() - procfs.started_at(ticks)) < 3600 * 24


def test_a_moment_in_ticks_is_a_time():
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        ticks = procfs.start_ticks(child.pid)
        assert ticks is not None
        assert abs(procfs.started_at(ticks) - time.time()) < 5
        child.communicate()


def test_a_process_that_has_gone_has_no_beginning():
    assert procfs.start_ticks(_NO_PROCESS) is None
    assert procfs.memory_mb(_NO_PROCESS) == 0


def test_a_zombie_has_gone():
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)

        assert procfs.start_ticks(child.pid) is None


def test_a_name_with_parentheses_and_blanks_is_read(tmp_path):
    program = tmp_path / "a) R 1 (b"
    program.symlink_to("/bin/sleep")
    with subprocess.Popen([str(program), "60"]) as child:
        try:
            assert procfs.start_ticks(child.pid)
        finally:
            child.kill()


def test_memory():
    assert procfs.memory_mb(os.getpid()) > 1
    assert procfs.machine_memory_mb() > procfs.memory_mb(os.getpid())


def test_processes_are_found_by_where_they_work(tmp_path):
    inside, beside = tmp_path / "local" / "container_1", tmp_path / "local-other"
    inside.mkdir(parents=True)
    beside.mkdir()
    children = [subprocess.Popen(["/bin/sleep", "60"], cwd=folder) for folder in (inside, beside)]
    try:
        assert procfs.working_below(tmp_path / "local") == [children[0].pid]
        inside.rmdir()
        assert procfs.working_below(tmp_path / "local") == [children[0].pid]
    finally:
        for child in children:
            child.kill()
            child.wait()


def test_the_environment_of_a_process():
    own = {"CONTAINER_ID": "container_1", "A": "b c"}
    with subprocess.Popen(["/bin/sh", "-c", "echo up; read line"], env=own, stdin=PIPE, stdout=PIPE) as child:
        try:
            # Newer Pythons come back from Popen before the program has taken the place of their copy.
            assert child.stdout.readline() == b"up\n"
            assert {"CONTAINER_ID=container_1", "A=b c"} <= set(procfs.environment(child.pid))
        finally:
            child.kill()

    assert procfs.environment(_NO_PROCESS) == []


def test_a_process_and_its_ancestors():
    with subprocess.Popen(["/bin/sleep", "60"]) as child:
        try:
            assert {child.pid, os.getpid(), os.getppid()} <= procfs.with_ancestors(child.pid)
            assert child.pid not in procfs.with_ancestors(os.getpid())
        finally:
            child.kill()


def test_who_listens_at_a_port():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        number = server.getsockname()[1]
        assert procfs.owner_of(number) is None
        server.listen()

        owner = procfs.owner_of(number)

    assert owner is not None
    assert owner.pid == os.getpid()
    assert str(owner).startswith(f"process {os.getpid()} (")
    assert len(owner.command) <= 60


def test_who_listens_at_a_port_of_both_protocols():
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as server:
        owner = procfs.owner_of(server.getsockname()[1])

    assert owner is not None
    assert owner.pid == os.getpid()


def test_an_owner_that_nobody_may_see():
    assert str(procfs.Owner(0, "")) == "a process that this user may not see"


def test_the_boot_has_a_name():
    assert procfs.boot() == Path("/proc/sys/kernel/random/boot_id").read_text().strip()
