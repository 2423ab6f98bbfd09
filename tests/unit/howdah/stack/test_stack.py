"""What of a stack is found and ended; its services are programs that a test wrote."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from howdah.errors import CommandError
from howdah.stack import fetching
from howdah.stack.layout import Choice, Layout
from howdah.stack.ports import choose
from howdah.stack.processes import Command
from howdah.stack.stack import Stack, assemble, deploy

ROOT = Path(__file__).parents[4]
_CODE = "import time; time.sleep(60)"


@pytest.fixture
def stack(tmp_path):
    made = Stack(Layout(tmp_path / "stack"))
    made.layout.make()
    return made


def sleeper(folder: Path, *words: str, **variables: str) -> subprocess.Popen[bytes]:
    folder.mkdir(parents=True, exist_ok=True)
    return subprocess.Popen([sys.executable, "-c", _CODE, *words], cwd=folder, env={**os.environ, **variables})


def test_what_a_killed_launcher_had_just_begun_is_ended_and_nothing_else(stack):
    layout = stack.layout
    log, options = layout.logs / "namenode.log", f"@{layout.run}/namenode.options"
    recorded = stack.processes.start("namenode", Command((sys.executable, "-c", _CODE), {}, layout.tmp), log)
    begun = [sleeper(layout.tmp, options), sleeper(layout.data / "mariadb", f"--datadir={layout.data}/mariadb")]
    others = [sleeper(layout.tmp, "less"), sleeper(layout.logs, options), sleeper(layout.folder.parent, options)]
    try:
        stack.end_unrecorded()

        assert [child.wait(10) != 0 for child in begun] == [True, True]
        assert [child.poll() for child in others] == [None] * 3
        assert recorded.is_alive
        assert stack.down() == ["namenode"]
        assert not recorded.is_alive
    finally:
        stack.processes.stop("namenode", term_s=5)
        for child in (*begun, *others):
            child.kill()
            child.wait()


def test_containers_that_are_left_are_ended_and_nobody_else_who_works_there(stack):
    place = stack.layout.containers / "usercache" / "ada"
    left = [sleeper(place, f"{stack.layout.containers}/launch.sh"), sleeper(place, CONTAINER_ID="container_1")]
    others = [sleeper(place, "less"), sleeper(stack.layout.logs, CONTAINER_ID="container_2")]
    try:
        stack.end_containers()

        assert [child.wait(10) != 0 for child in left] == [True, True]
        assert [child.poll() for child in others] == [None] * 2
    finally:
        for child in (*left, *others):
            child.kill()
            child.wait()


@pytest.mark.parametrize("place", ["data/nodemanager/local", "tmp", "data/mariadb"])
def test_down_does_not_end_itself_nor_its_shell_where_they_work(stack, place):
    folder = stack.layout.folder / place
    folder.mkdir(parents=True, exist_ok=True)
    Choice(choose(21000, []), "spark").write(stack.layout)
    down = f"'{sys.executable}' -m howdah stack down --folder {stack.layout.folder}/; echo $?"

    # The container's own variable too: a shell that a person opened from within one.
    done = subprocess.run(
        ["/bin/sh", "-c", down], cwd=folder, env={**os.environ, "CONTAINER_ID": "container_1", "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (done.stdout, done.returncode) == ("Nothing was running.\n0\n", 0), done.stderr


def test_one_command_at_a_time(stack):
    with (
        stack.lock(),
        pytest.raises(CommandError, match=rf"H728 another command \(pid {os.getpid()}\) is at work on"),
        Stack(stack.layout).lock(),
    ):
        pass


def test_reset_leaves_nothing_of_ours_and_what_is_not_ours(stack):
    (stack.layout.data / "x").write_text("x")
    (stack.layout.folder / "mine").write_text("x")

    stack.reset()

    assert {path.name for path in stack.layout.folder.iterdir()} == {"mine", stack.layout.marker.name}


def test_a_disk_that_is_full_is_told_before_anything_is_fetched(tmp_path, monkeypatch):
    told: list[str] = []
    cache, choice = tmp_path / "cache", Choice(choose(21000, []), "spark")
    monkeypatch.setenv("HOWDAH_CACHE", str(cache))

    with pytest.raises(CommandError, match=r"H701 /proc has room for 0 MB; a stack needs 1024"):
        deploy(Layout(Path("/proc")), choice, told.append)
    with pytest.raises(CommandError, match=r"H701 /proc/cache has room for 0 MB; fetching the software needs"):
        assemble(Path("/proc/cache"), fetching.ALWAYS, tmp_path, told.append)

    assert (told, cache.exists()) == ([], False)
