"""One at a time, and who was killed keeps nobody out."""

import json
import os
import pwd
import threading
import time
from contextlib import ExitStack, suppress

import pytest

from oozie.client.deployment.errors import DeploymentError
from oozie.client.deployment.life import LifeSign, forget
from oozie.client.deployment.lock import locked
from oozie.client.deployment.versions import STAGING, VersionFolder

LOCK = "/app/.versions/.lock"


def test_it_is_there_inside_the_block_only(disk):
    with LifeSign() as life, locked(disk, "/app", life):
        assert disk.exists(LOCK)
    assert not disk.exists(LOCK)


def test_a_second_waits_and_then_says_who_holds_it(disk):
    waits = []
    with LifeSign() as first, LifeSign() as second, locked(disk, "/app", first):
        patience = locked(disk, "/app", second, wait_s=1.0, sleep=waits.append)
        with pytest.raises(DeploymentError, match="is submitting to the same folder") as caught, patience:
            pytest.fail("two at once")
        assert caught.value.code == "H818"
        assert sum(waits) == 1.0
        assert disk.exists(LOCK)


def test_a_user_without_a_name_may_hold_it(disk, monkeypatch):
    def unknown(uid):
        raise KeyError(uid)

    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    with LifeSign() as life, locked(disk, "/app", life):
        assert json.loads(disk.local_path(LOCK).read_text())["user"] == f"user {os.getuid()}"


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_that_of_a_killed_submit_is_taken_over_at_once(disk, killed):
    def work(deadly):
        with LifeSign() as life, locked(deadly, "/app", life):
            deadly.make_directory("/never")

    assert killed(work, 4)
    assert disk.exists(LOCK)
    with LifeSign() as life, locked(disk, "/app", life, wait_s=0):
        assert life.name in disk.local_path(LOCK).read_text()
    assert not disk.exists(LOCK)


def test_one_of_another_machine_is_passed_over_when_it_is_old(disk):
    with disk.create(LOCK) as stream:
        stream.write(b'{"submit": "feed", "host": "elsewhere", "user": "ann"}')
    with LifeSign() as life:
        with pytest.raises(DeploymentError, match="ann on elsewhere"), locked(disk, "/app", life, wait_s=0):
            pytest.fail("it is young")
        os.utime(disk.local_path(LOCK), (1, 1))
        with locked(disk, "/app", life, wait_s=0):
            pass


def test_of_many_each_is_alone(disk):
    inside, most = [], []

    def work():
        with LifeSign() as life, locked(disk, "/app", life, sleep=lambda seconds: time.sleep(0.001), wait_s=1e6):
            inside.append(1)
            time.sleep(0.01)
            most.append(len(inside))
            inside.pop()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 6


class InterruptedDisk:
    """A disk that does something else just before the ``nth`` change that it is asked for, and looks after each."""

    def __init__(self, disk, nth, do, look):
        self._disk, self._left, self._do, self._look = disk, nth, do, look

    def __getattr__(self, name):
        return getattr(self._disk, name)

    def _changed(self, name, *arguments, **options):
        self._left -= 1
        if not self._left:
            self._do()
        try:
            return getattr(self._disk, name)(*arguments, **options)
        finally:
            self._look()

    def create(self, path, *, overwrite=False):
        return self._changed("create", path, overwrite=overwrite)

    def rename(self, source, target, *, overwrite=False):
        return self._changed("rename", source, target, overwrite=overwrite)

    def delete(self, path, *, recursive=False):
        return self._changed("delete", path, recursive=recursive)


def a_dead_one(disk):
    """The lock of a submit that was killed."""
    with LifeSign() as dead:
        dead.leave()
    with disk.create(LOCK, overwrite=True) as stream:
        stream.write(json.dumps({"submit": dead.name}).encode())
    return dead.name


@pytest.mark.parametrize("nth", range(1, 13))
def test_two_that_take_over_a_dead_lock_at_once_are_not_both_inside(disk, nth):
    dead = a_dead_one(disk)
    with ExitStack() as stack:
        first, second = (stack.enter_context(LifeSign()) for _ in range(2))
        inside = []

        def come_between():
            with suppress(DeploymentError):
                stack.enter_context(locked(disk, "/app", second, wait_s=0))
                inside.append(second.name)

        def look():
            for name in inside:
                assert name in disk.local_path(LOCK).read_text()

        with suppress(DeploymentError), locked(InterruptedDisk(disk, nth, come_between, look), "/app", first, wait_s=0):
            inside.append(first.name)
            look()
            inside.pop()
        assert len(inside) <= 1
    forget(dead)


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_who_dies_while_taking_over_keeps_nobody_out(disk, killed):
    def work(deadly):
        with LifeSign() as life, locked(deadly, "/app", life, wait_s=0):
            pass

    nth, dead = 1, a_dead_one(disk)
    while killed(work, nth):
        with LifeSign() as life, locked(disk, "/app", life, wait_s=0):
            VersionFolder(disk, "/app", life).clean()
        left = [status.name for status in disk.list("/app/.versions") if not status.name.startswith(STAGING)]
        assert left == []
        forget(dead)
        nth, dead = nth + 1, a_dead_one(disk)
    assert nth > 8
    forget(dead)


def test_one_who_takes_over_and_lives_is_waited_for(disk):
    dead, waits = a_dead_one(disk), []
    with LifeSign() as breaking, LifeSign() as life:
        with disk.create(f"{LOCK}.breaking-{dead}") as stream:
            stream.write(json.dumps({"submit": breaking.name}).encode())
        with pytest.raises(DeploymentError, match="H818"), locked(disk, "/app", life, wait_s=1, sleep=waits.append):
            pytest.fail("two at once")
    assert sum(waits) == 1
    forget(dead)
