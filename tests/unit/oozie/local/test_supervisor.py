from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from oozie.local.supervisor import Command, Exit, Supervisor, kill_marked, write_command


@pytest.fixture
def supervisor():
    supervisor = Supervisor(grace_s=0.3)
    yield supervisor
    supervisor.close()


@pytest.fixture
def launch(tmp_path, supervisor):
    def prepare(script, name="1", **options):
        folder = tmp_path / name
        supervisor.prepare(folder)
        write_command(folder, Command(("sh", "-c", script), **options))
        return folder

    return prepare


def is_running(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def environment_of(entry):
    try:
        return entry.read_bytes().split(b"\0")
    except OSError:
        return []


def processes_of(folder):
    """The pids of what carries the launch's mark."""
    mark = f"HOWDAH_LAUNCH={folder}".encode()
    found = [e.parent.name for e in Path("/proc").glob("[0-9]*/environ") if mark in environment_of(e)]
    return [pid for pid in found if is_running(pid)]


def wait_for(path):
    for _ in range(500):
        if path.exists() and path.read_text().endswith("\n"):
            return path.read_text().strip()
        time.sleep(0.01)
    raise TimeoutError(path)


def test_reports_the_exit_status_and_keeps_the_log(supervisor, launch):
    folder = launch("echo said; echo wrong >&2; exit 3")
    supervisor.watch(folder)
    assert supervisor.wait(10) == [Exit(folder, 3)]
    assert (folder / "log").read_text() == "said\nwrong\n"


def test_captured_output_stands_apart_and_in_the_log(supervisor, launch):
    folder = launch("echo a=1; echo noise >&2", capture=True)
    supervisor.watch(folder)
    supervisor.wait(10)
    assert (folder / "output").read_text() == "a=1\n"
    assert (folder / "log").read_text() == "noise\na=1\n"


def test_environment_and_current_directory(supervisor, launch):
    folder = launch('echo "$GREETING $PWD"', environment={"GREETING": "hello"})
    supervisor.watch(folder)
    supervisor.wait(10)
    assert (folder / "log").read_text() == f"hello {folder}/work\n"


def test_a_program_that_does_not_exist_ends_with_127(supervisor, tmp_path):
    folder = tmp_path / "1"
    supervisor.prepare(folder)
    write_command(folder, Command(("/no/such/program",)))
    supervisor.watch(folder)
    assert supervisor.wait(10) == [Exit(folder, 127)]


def test_another_supervisor_adopts_what_runs(launch):
    first, second = Supervisor(), Supervisor()
    folder = launch("while [ ! -e go ]; do sleep 0.01; done; exit 4")
    first.watch(folder)
    pid = wait_for(folder / "pid")
    second.watch(folder)
    (folder / "work" / "go").touch()
    assert second.wait(10) == [Exit(folder, 4)]
    assert wait_for(folder / "pid") == pid  # not started again
    first.close()
    second.close()


def test_what_ended_meanwhile_is_reported_and_not_started_again(supervisor, launch):
    folder = launch("echo once >>ran; exit 5")
    supervisor.watch(folder)
    supervisor.wait(10)
    later = Supervisor()
    later.watch(folder)
    assert later.wait(10) == [Exit(folder, 5)]
    assert (folder / "work" / "ran").read_text() == "once\n"
    later.close()


def test_a_launcher_that_is_killed_before_our_eyes_has_failed_and_leaves_nothing(supervisor, launch):
    folder = launch("sleep 300 & echo $! >child; wait")
    supervisor.watch(folder)
    child = int(wait_for(folder / "work" / "child"))
    os.kill(int(wait_for(folder / "pid")), signal.SIGKILL)
    assert supervisor.wait(10) == [Exit(folder, 137)]
    assert not is_running(child)


def test_a_launch_that_was_lost_while_nobody_looked(supervisor, launch):
    folder = launch("sleep 300 & echo $! >child; wait")
    supervisor.watch(folder)
    child = int(wait_for(folder / "work" / "child"))
    kill_marked(folder)
    later = Supervisor()
    later.watch(folder)
    assert later.wait(10) == [Exit(folder, None)]
    assert not is_running(child)
    later.close()


def test_a_recycled_pid_is_not_mistaken_for_the_launch(supervisor, launch):
    stranger = subprocess.Popen(["sleep", "300"])
    folder = launch("true")
    (folder / "pid").write_text(f"{stranger.pid}\n")
    (folder / "lock").touch()
    supervisor.watch(folder)
    assert supervisor.wait(10) == [Exit(folder, None)]
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


@pytest.mark.parametrize(
    "script",
    ["sleep 300", "trap '' TERM; sleep 300 & sleep 300; sleep 300", "setsid sleep 300 & sleep 300"],
    ids=["obedient", "deaf", "hidden in another session"],
)
def test_stop_leaves_nothing(supervisor, launch, script):
    folder = launch(f"{script}")
    supervisor.watch(folder)
    wait_for(folder / "pid")
    time.sleep(0.05)
    supervisor.stop(folder)
    assert processes_of(folder) == []
    assert not supervisor.is_busy


def test_what_a_command_leaves_behind_ends_with_it(supervisor, launch):
    folder = launch("sleep 300 & echo $! >child")
    supervisor.watch(folder)
    assert supervisor.wait(10) == [Exit(folder, 0)]
    assert not is_running(int(wait_for(folder / "work" / "child")))


def test_exclusive_commands_take_turns(supervisor, launch, tmp_path):
    script = f"[ -e {tmp_path}/in ] && exit 1; touch {tmp_path}/in; sleep 0.1; rm {tmp_path}/in"
    folders = [launch(script, name=str(n), exclusive=str(tmp_path / "metastore")) for n in range(3)]
    for folder in folders:
        supervisor.watch(folder)
    ended = []
    while supervisor.is_busy:
        ended += supervisor.wait(10)
    assert ended == [Exit(folder, 0) for folder in folders]


def test_wake_ends_a_wait(supervisor, launch):
    supervisor.watch(launch("sleep 0.3"))
    supervisor.wake()
    assert supervisor.wait(10) == []


def test_an_exclusive_command_waits_for_that_of_an_engine_that_is_gone(supervisor, launch, tmp_path):
    lost = Supervisor()
    first = launch("while [ ! -e go ]; do sleep 0.01; done", exclusive=str(tmp_path / "metastore"))
    second = launch("true", name="2", exclusive=str(tmp_path / "metastore"))
    lost.watch(first)
    lost.close()
    supervisor.watch(second)
    assert supervisor.wait(0.2) == []
    assert not (second / "pid").exists()
    (first / "work" / "go").touch()
    ended = []
    while supervisor.is_busy:
        ended += supervisor.wait(10)
    assert ended == [Exit(second, 0)]
