from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from oozie.language.el.errors import EvaluationFault
from oozie.language.el.matching import bounded_search, is_searching

ENDLESS = re.compile("(a+)+$")
TEXT = "a" * 40 + "!"


def test_a_search_without_end_is_a_fault():
    with pytest.raises(EvaluationFault, match=r"not come to an end in 0\.05 s") as caught, bounded_search(TEXT, 0.05):
        ENDLESS.sub("", TEXT)
    assert "write a+" in caught.value.hint


def test_nothing_of_the_limit_is_left():
    before = signal.getsignal(signal.SIGVTALRM)
    for text in ("a", TEXT):
        try:
            with bounded_search(text, 0.02):
                assert is_searching()
                ENDLESS.sub("", text)
        except EvaluationFault:
            assert text is TEXT
        assert not is_searching()
        assert signal.getsignal(signal.SIGVTALRM) == before
        assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)


def test_a_signal_ends_a_search():
    class Ended(BaseException):
        """What the handler raises."""

    def handle(*_):
        raise Ended

    before = signal.signal(signal.SIGUSR1, handle)
    began = time.monotonic()
    sender = subprocess.Popen(["sh", "-c", "sleep 0.1; kill -USR1 $PPID"])
    try:
        with pytest.raises(Ended), bounded_search(TEXT, 30):
            ENDLESS.sub("", TEXT)
    finally:
        sender.wait(5)
        signal.signal(signal.SIGUSR1, before)
    assert time.monotonic() - began < 5


def test_a_text_that_only_an_old_python_could_be_stuck_in_is_refused():
    with pytest.raises(EvaluationFault, match="65,537 characters"), bounded_search("a" * 65_537):
        pytest.fail("it was searched")


def test_another_thread_searches_without_a_limit():
    def search():
        with bounded_search("aa"):
            return ENDLESS.sub("b", "aa")

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(search).result() == "b"


@pytest.mark.slow
def test_the_command_says_so_after_a_few_seconds():
    text = '${replaceAll("' + TEXT + '", "(a+)+$", "b")}'
    command = [sys.executable, "-m", "howdah", "el", text]
    result = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert result.returncode == 1
    assert '"message": "the regular expression has not come to an end in 2 s", "position": 3' in result.stdout
