"""What the pages know of Oozie: asked once for all who look, kept for a moment, and never waited for too long.

Every question has a key. Who asks for a key that is being asked already waits for the same answer; who has waited
long enough is told so, and finds the answer there when he asks again. So a slow Oozie holds up no page that does not
need it.
"""

from __future__ import annotations

import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass, is_dataclass
from typing import Any, TypeVar

from howdah.console.errors import ConsoleError
from oozie.client import OozieClient

T = TypeVar("T")
Question = Callable[[OozieClient], T]

FOR_GOOD = float("inf")

_READERS = 8
_EXAMINERS = 3
_WRITERS = 4
_LOG_READERS = 8
_MOST_ANSWERS = 4000
_MOST_BYTES = 64 << 20
_SWEEP_EVERY_S = 1.0
_FAILURE_FRESH_S = 1.0
_WRITE_PATIENCE_S = 90.0


@dataclass
class _Answer:
    future: Future[Any]
    fresh_s: float
    until: float = FOR_GOOD  # that is while it is being asked
    weight: int = 0  # bytes, about


class Source:
    """Answers of an Oozie, each at most as old as its question allows."""

    def __init__(
        self,
        open_client: Callable[[], OozieClient],
        *,
        patience_s: float,
        most_bytes: int = _MOST_BYTES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``open_client`` is called once in each thread that asks: a session is not for several at a time.

        Answers that are fresh are kept up to ``most_bytes``, about.
        """
        self._open_client = open_client
        self._patience_s = patience_s
        self._most_bytes = most_bytes
        self._clock = clock
        self._own = threading.local()
        self._clients: list[OozieClient] = []
        self._lock = threading.RLock()  # a question that is answered at once ends while it is being put
        self._answers: OrderedDict[Hashable, _Answer] = OrderedDict()
        self._readers = ThreadPoolExecutor(_READERS, "oozie-reader")
        self._examiners = ThreadPoolExecutor(_EXAMINERS, "oozie-examiner")
        self._writers = ThreadPoolExecutor(_WRITERS, "oozie-writer")
        self._log_readers = ThreadPoolExecutor(_LOG_READERS, "log-reader")
        self._swept = clock()

    def ask(self, key: Hashable, question: Question[T], *, fresh_s: float, within_s: float | None = None) -> T:
        """The answer, at most ``fresh_s`` old; waited for ``within_s``, or as long as a page may wait.

        Raises: ConsoleError H751 when Oozie takes too long, and whatever the client raises.
        """
        return self._ask(key, question, fresh_s, within_s, self._readers)

    def ask_log(self, key: Hashable, question: Question[T], *, fresh_s: float, within_s: float | None = None) -> T:
        """As :meth:`ask`, for what is read from logs: however slow Oozie's or YARN's are, all else is answered."""
        return self._ask(key, question, fresh_s, within_s, self._log_readers)

    def _ask(
        self, key: Hashable, question: Question[T], fresh_s: float, within_s: float | None, pool: ThreadPoolExecutor
    ) -> T:
        future = self._pending(key, question, fresh_s, pool)
        patience_s = self._patience_s if within_s is None else within_s
        try:
            return future.result(patience_s)
        except FutureTimeoutError:
            message = f"Oozie has not answered for {patience_s:g} s"
            raise ConsoleError("H751", message, hint="it is still being asked; this page tries again") from None

    def glance(self, questions: Mapping[Hashable, Question[T]], *, within_s: float) -> dict[Hashable, T]:
        """Answers that never change: those that are there by now, or within a moment; the rest are being asked."""
        futures = {key: self._pending(key, ask, FOR_GOOD, self._examiners) for key, ask in questions.items()}
        wait(futures.values(), within_s)
        return {key: future.result() for key, future in futures.items() if future.done() and not future.exception()}

    def do(self, action: Question[T]) -> T:
        """Let Oozie do something; what is known from before is forgotten."""
        future = self._writers.submit(self._run, action)
        try:
            return future.result(_WRITE_PATIENCE_S)
        except FutureTimeoutError:
            message = f"Oozie has not answered for {_WRITE_PATIENCE_S:g} s: whether it was done is not known"
            raise ConsoleError("H751", message, hint="look at the job again in a while") from None
        finally:
            self.forget()

    def forget(self) -> None:
        """Ask anew for all that may have changed."""
        with self._lock:
            stale = [key for key, answer in self._answers.items() if answer.fresh_s < FOR_GOOD]
            for key in stale:
                del self._answers[key]

    def close(self) -> None:
        """End the threads and their connections."""
        for pool in (self._readers, self._examiners, self._writers, self._log_readers):
            pool.shutdown(wait=True, cancel_futures=True)
        for client in self._clients:
            client.close()

    def _pending(self, key: Hashable, question: Question[T], fresh_s: float, pool: ThreadPoolExecutor) -> Future[T]:
        with self._lock:
            known = self._answers.get(key)
            if known is not None and known.until > self._clock():
                self._answers.move_to_end(key)
                return known.future
            answer = _Answer(pool.submit(self._run, question), fresh_s)
            self._answers[key] = answer
            self._answers.move_to_end(key)
            self._drop()
            answer.future.add_done_callback(lambda _: self._note_end(answer))
            return answer.future

    def _note_end(self, answer: _Answer) -> None:
        if answer.future.cancelled():
            return
        has_failed = answer.future.exception() is not None
        # A failure is kept no longer than a moment, so that a page recovers by itself.
        answer.until = self._clock() + (min(answer.fresh_s, _FAILURE_FRESH_S) if has_failed else answer.fresh_s)
        weight = 0 if has_failed else _weight(answer.future.result())
        with self._lock:
            answer.weight = weight
            self._drop()

    def _drop(self) -> None:
        """What is no longer fresh, and of the rest what was not looked at for longest, where it is too much."""
        now = self._clock()
        if now - self._swept >= _SWEEP_EVERY_S:
            self._swept = now
            for key in [key for key, answer in self._answers.items() if answer.until <= now]:
                del self._answers[key]
        weight = sum(answer.weight for answer in self._answers.values())
        while self._answers and (weight > self._most_bytes or len(self._answers) > _MOST_ANSWERS):
            weight -= self._answers.popitem(last=False)[1].weight

    def _run(self, question: Question[T]) -> T:
        client = getattr(self._own, "client", None)
        if client is None:
            client = self._own.client = self._open_client()
            self._clients.append(client)
        return question(client)


def _weight(value: Any) -> int:
    """About how many bytes ``value`` takes: the texts in it, which are what grows."""
    if isinstance(value, str | bytes):
        return sys.getsizeof(value)
    if isinstance(value, tuple | list):
        return sum(map(_weight, value))
    if is_dataclass(value):
        return sum(_weight(getattr(value, name)) for name in value.__dataclass_fields__)
    if isinstance(value, Mapping):
        return sum(_weight(name) + _weight(each) for name, each in value.items())
    return sys.getsizeof(value)
