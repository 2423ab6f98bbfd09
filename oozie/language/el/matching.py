"""Regular expressions in bounded time, which a signal ends as well.

``(a+)+$`` on a text that nearly matches is tried in every way there is. Java would not end, either; but there a server
waits, and here somebody at a terminal. ``re`` knows no limit and lets no other thread run while it searches, so that
nobody could watch it. But it lets the handlers of signals run, in the main thread, and what they raise ends the search:
a timer of the system is that signal. It counts the time of the processor, so that a busy machine judges as an idle one,
and is not the timer that programs use otherwise. No command searches in another thread; there a search has no limit,
and only a process of its own, 30 ms for every search, would give it one.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from oozie.language.el.errors import EvaluationFault

_MOST_S = 2.0
# Python 3.10 looks for signals within an attempt only, and may make one for each character of the text.
_LONGEST = 1 << 16
_HINT = "a repetition inside of another, such as (a+)+, tries every way to share the text out: write a+"
_under_way = threading.Event()


def is_searching() -> bool:
    """Whether a search is under way, so that only what a signal's handler raises is heard of."""
    return _under_way.is_set()


@contextmanager
def bounded_search(text: str, most_s: float = _MOST_S) -> Iterator[None]:
    """What is searched for in ``text`` inside ends after ``most_s`` seconds. Raises: EvaluationFault."""
    if len(text) > _LONGEST:
        message = f"a text of {len(text):,} characters is too long for a regular expression"
        raise EvaluationFault(message, f"{_LONGEST:,} are the most")
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def expire(_number: int, _frame: FrameType | None) -> None:
        if is_searching():
            raise EvaluationFault(f"the regular expression has not come to an end in {most_s:g} s", _HINT)

    before = signal.signal(signal.SIGVTALRM, expire)
    try:
        _under_way.set()
        signal.setitimer(signal.ITIMER_VIRTUAL, most_s)
        yield
    finally:
        _under_way.clear()
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
