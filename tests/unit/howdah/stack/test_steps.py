"""Steps at once: each after what it needs; one error ends them all."""

from __future__ import annotations

import threading
import time

import pytest

from howdah.stack.steps import Cancelled, Step, run_steps


class Told:
    """A board that remembers."""

    def __init__(self):
        self.lines = []

    def started(self, step):
        self.lines.append(f"{step}...")

    def finished(self, step, outcome):
        self.lines.append(f"{step}: {outcome}")


@pytest.fixture
def told():
    return Told()


def run(told, *steps):
    run_steps(steps, told, threading.Event())


def test_a_step_waits_for_what_it_needs(told):
    done = []

    def step(name, *needs):
        def work(ready):
            ready()
            time.sleep(0.05)
            done.append(name)
            return "done"

        return Step(name, needs, work)

    run(told, step("c", "a", "b"), step("b", "a"), step("a"))

    assert done == ["a", "b", "c"]
    assert told.lines[-1] == "c: done"


def test_what_needs_nothing_of_the_others_runs_beside_them(told):
    both = threading.Barrier(2, timeout=5)

    def meet(_ready):
        both.wait()
        return "met"

    run(told, Step("a", (), meet), Step("b", (), meet))

    assert sorted(told.lines[2:]) == ["a: met", "b: met"]


def test_the_first_error_is_raised_and_the_others_are_stopped(told):
    def fail(_ready):
        raise ValueError("why")

    def go_on(ready):
        while True:
            ready()
            time.sleep(0.01)

    def never(ready):
        ready()
        raise AssertionError("it needs what failed")

    with pytest.raises(ValueError, match="why"):
        run(told, Step("late", ("bad",), never), Step("long", (), go_on), Step("bad", (), fail))

    assert {"bad: failed", "late: stopped", "long: stopped"} <= set(told.lines)


def test_ctrl_c_stops_the_steps(told):
    cancel = threading.Event()

    def go_on(ready):
        while True:
            ready()
            time.sleep(0.01)

    class Interrupting(Told):
        pass

    def interrupt(_ready):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_steps([Step("long", (), go_on), Step("user", (), interrupt)], told, cancel)

    assert cancel.is_set()
    assert "long: stopped" in told.lines


def test_it_can_be_run_again_after_an_error(told):
    cancel = threading.Event()
    cancel.set()

    def work(ready):
        ready()
        return "done"

    run_steps([Step("a", (), work)], told, cancel)

    assert told.lines == ["a...", "a: done"]


def test_cancelled_is_no_error_of_its_own(told):
    def stop(_ready):
        raise Cancelled

    run(told, Step("a", (), stop))

    assert told.lines == ["a...", "a: stopped"]
