"""Whether a submit lives is asked of the kernel."""

import os
import signal

import pytest

from oozie.client.deployment.life import LifeSign, forget, is_alive


def test_a_submit_lives_until_its_end():
    with LifeSign() as life:
        assert is_alive(life.name) is True
    assert is_alive(life.name) is None


def test_one_that_could_not_tidy_up_is_dead_at_its_end():
    with LifeSign() as life:
        life.leave()
        assert is_alive(life.name) is True
    assert is_alive(life.name) is False
    forget(life.name)


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_one_that_was_killed_is_dead():
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        life = LifeSign()
        os.write(writing, life.name.encode())
        signal.pause()
    name = os.read(reading, 100).decode()
    assert is_alive(name) is True
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)

    assert is_alive(name) is False
    forget(name)
    assert is_alive(name) is None
    os.close(reading)
    os.close(writing)


def test_of_another_machine_nothing_is_known():
    assert is_alive("0" * 32) is None
    assert is_alive("../../etc/passwd") is None
