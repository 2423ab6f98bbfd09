"""What the pages know of Oozie: asked once for all who look, kept for a moment, and never waited for too long.

Every question has a key. Who asks for a key that is being asked already waits for the same answer; who has waited
long enough is told so, and finds the answer there when he asks again. So a slow Oozie holds up no page that does not
need it.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass
from typing import Any, TypeVar

from howdah.console.errors import ConsoleError
from oozie.client import OozieClient

T = TypeVar("T")
Question = Callable[[OozieClient], T]

FOR_GOOD = float("inf")

_READERS = 8
_EXAMINERS = 3
_WRITERS = 4
_MOST_ANSWERS = 4000
_WRITE_PATIENCE_S = 90.0


@dataclass
class _Answer:
    future: Future[Any]
    fresh_s: float
    ended: float = 0.0


class Source:
    """Answers of an Oozie, each at most as old as its question allows."""

    def __init__(self, open_client: Callable[[], OozieClient], *, patience_s: float) -> None:
        """``open_client`` is called once in each thread that asks: a session is not for several at a time."""
        self._open_client = open_client
        self._patience_s = patience_s
        self._own = threading.local()
        self._clients: list[OozieClient] = []
        self._lock = threading.Lock()
        self._answers: OrderedDict[Hashable, _Answer] = OrderedDict()
        self._readers = ThreadPoolExecutor(_READERS, "oozie-reader")
        self._examiners = ThreadPoolExecutor(_EXAMINERS, "oozie-examiner")
        self._writers = ThreadPoolExecutor(_WRITERS, "oozie-writer")

    def ask(self, key: Hashable, question: Question[T], *, fresh_s: float, within_s: float | None = None) -> T:
        """The answer, at most ``fresh_s`` old; waited for ``within_s``, or as long as a page may wait.

        Raises: ConsoleError H751 when Oozie takes too long, and whatever the client raises.
        """
        future = self._pending(key, question, fresh_s, self._readers)
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
        for pool in (self._readers, self._examiners, self._writers):
            pool.shutdown(wait=True, cancel_futures=True)
        for client in self._clients:
            client.close()

    def _pending(self, key: Hashable, question: Question[T], fresh_s: float, pool: ThreadPoolExecutor) -> Future[T]:
        with self._lock:
            answer = self._answers.get(key)
            if answer is None or (answer.ended and not self._is_fresh(answer)):
                answer = _Answer(Future(), fresh_s)
                answer.future = pool.submit(self._run, question)
                self._answers[key] = answer
                answer.future.add_done_callback(lambda _: self._note_end(answer))
            self._answers.move_to_end(key)
            self._drop_oldest()
            return answer.future

    def _is_fresh(self, answer: _Answer) -> bool:
        # A failure is kept no longer than a moment, so that a page recovers by itself.
        kept_s = answer.fresh_s if answer.future.exception() is None else min(answer.fresh_s, 1.0)
        return time.monotonic() - answer.ended < kept_s

    def _note_end(self, answer: _Answer) -> None:
        answer.ended = time.monotonic()

    def _drop_oldest(self) -> None:
        while len(self._answers) > _MOST_ANSWERS:
            self._answers.popitem(last=False)

    def _run(self, question: Question[T]) -> T:
        client = getattr(self._own, "client", None)
        if client is None:
            client = self._own.client = self._open_client()
            self._clients.append(client)
        return question(client)
