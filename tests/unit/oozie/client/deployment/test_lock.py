"""One at a time, and who was killed keeps nobody out."""

import os
import threading

import pytest

from oozie.client.deployment.errors import DeploymentError
from oozie.client.deployment.life import LifeSign
from oozie.client.deployment.lock import locked

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
        with LifeSign() as life, locked(disk, "/app", life, sleep=lambda seconds: None, wait_s=1e6):
            inside.append(1)
            most.append(len(inside))
            inside.pop()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 6
