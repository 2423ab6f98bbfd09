"""The fallback: a Spark of its own in another process, for models that nothing else scores as Spark does.

The worker (``python -m jobs.scoring_worker``) says a line of JSON when it is ready, and one for each line that it gets;
it ends with its input. It is started by whoever serves, who knows where Java is: nothing here imports Spark.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import subprocess
import tempfile
import threading
import weakref
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from functools import partial
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from models.errors import ScorerError, ScoringError
from models.scorer.interface import Answer, Answers
from storage.errors import Diagnostic

if TYPE_CHECKING:
    import pyarrow as pa

_HINT = "it needs Java and pyspark: pip install 'howdah[spark]'"
_LAST_WORDS = 2_000  # bytes of its log
_LONGEST_PAUSE_S = 60.0
_log = logging.getLogger(__name__)


class SparkScorer:
    """A worker that has loaded one model; its requests wait for each other, and when it dies another takes its place.

    Meanwhile each request is refused at once: a service has other things to do than to wait for a Java.
    """

    engine = "spark"

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        start_s: float = 300.0,
        answer_s: float = 120.0,
        turn_s: float = 30.0,
    ) -> None:
        """Starts the worker and waits until it is ready; ``turn_s`` is how long a request may wait for the others.

        Raises: ScorerError H234.
        """
        self._answer_s, self._turn_s = answer_s, turn_s
        self._turn = threading.Lock()
        self._problem: Diagnostic | None = None
        self._closed = threading.Event()
        start = partial(_Worker, list(command), dict(environment), start_s)
        self._worker = start()
        # It must not keep this object alive, so that a worker which nobody uses any more ends.
        arguments = (weakref.ref(self), self._closed, self._worker.process, self._worker.is_given_up, start)
        threading.Thread(target=_replace_dead, args=arguments, name="spark-worker-nurse", daemon=True).start()

    @property
    def problem(self) -> Diagnostic | None:
        """Why there is no worker to answer just now; None while there is one."""
        return self._problem

    def close(self) -> None:
        """End the worker, and what it is asked just now."""
        self._closed.set()
        self._worker.end()

    def score(self, rows: Sequence[Mapping[str, object]]) -> list[Answer]:
        """One answer a row, in order. Raises: ScoringError H232, ScorerError H234 when the worker does not answer."""
        return self._answers(rows).rows() if rows else []

    def score_table(self, table: pa.Table) -> Answers:
        """The answers to the rows of a table. Raises: ScoringError H232, ScorerError H234."""
        return self._answers(table.to_pylist())

    def _answers(self, rows: Sequence[Mapping[str, object]]) -> Answers:
        if not self._turn.acquire(timeout=self._turn_s):
            message = f"the Spark worker is busy: its turn did not come within {self._turn_s:g} s"
            raise ScorerError("H234", message, hint="it answers one request after the other: ask less, or later")
        try:
            problem = self._problem
            if problem is not None:
                raise ScorerError.of([problem])
            found = self._worker.ask({"rows": rows}, self._answer_s)
        finally:
            self._turn.release()
        if "refused" in found:
            raise ScoringError("H232", str(found["refused"]), hint="Spark itself refuses it")
        chances = found["probabilities"]
        return Answers(
            np.asarray(found["predictions"], dtype=np.float64),
            None if chances is None else np.asarray(chances, dtype=np.float64),
        )

    def _miss(self, why: str = "") -> None:
        message = f"the Spark worker ended: {why or self._worker.last_words()}; another one is being started"
        self._problem = Diagnostic("H234", message, "ask again in half a minute")

    def _adopt(self, worker: _Worker) -> None:
        self._worker, self._problem = worker, None


def _plain(value: object) -> object:
    """What JSON has not: a decimal is a number to one column and its digits to another, so the worker decides."""
    return {"decimal": format(value, "f")} if isinstance(value, Decimal) else str(value)


class _Log:
    """What the worker says besides its answers; its last words are kept when it is closed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: str | None = None
        self.file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the process

    def last_words(self) -> str:
        with self._lock:
            return self._read() if self._last is None else self._last

    def close(self) -> None:
        with self._lock:
            if self._last is None:
                self._last = self._read()
                self.file.close()

    def _read(self) -> str:
        # The worker writes at the same place in the file: it must not be moved.
        begin = max(0, os.fstat(self.file.fileno()).st_size - _LAST_WORDS)
        text = os.pread(self.file.fileno(), _LAST_WORDS, begin).decode("utf-8", "replace")
        return next((line.strip()[:200] for line in reversed(text.splitlines()) if line.strip()), "it said nothing")


class _Worker:
    """One process and its pipes, ready to be asked."""

    def __init__(self, command: list[str], environment: dict[str, str], start_s: float) -> None:
        self._silent = ""
        try:
            self._log = _Log()
        except OSError as error:
            raise _cannot_start(error) from error
        try:
            self.process = subprocess.Popen(
                command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log.file
            )
        except OSError as error:
            self._log.close()
            raise _cannot_start(error) from error
        self._lines: queue.Queue[bytes] = queue.Queue()
        assert self.process.stdout is not None
        # The thread knows nothing of this object: a worker that nobody uses any more is ended with it.
        arguments = (self.process.stdout, self._lines)
        self._reader = threading.Thread(target=_read, args=arguments, name="spark-worker-reader", daemon=True)
        self._reader.start()
        self.is_given_up = threading.Event()
        self._finalizer = weakref.finalize(self, _end, self.is_given_up, self.process, self._reader, self._log)
        self._next(start_s)

    def ask(self, question: dict[str, Any], seconds: float) -> dict[str, Any]:
        """The answer to one line. Raises: ScorerError H234."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps(question, default=_plain).encode() + b"\n")
            self.process.stdin.flush()
        except (OSError, ValueError) as error:  # the latter when it was closed meanwhile
            raise self._ended() from error
        return self._next(seconds)

    def end(self) -> None:
        """Kill it: it keeps nothing that could be lost."""
        self._finalizer()

    def last_words(self) -> str:
        """Why it ended: the signal that killed it, that it said nothing for too long, or what it wrote last."""
        signal = -(self.process.poll() or 0)
        return self._silent or (f"killed by signal {signal}" if signal > 0 else self._log.last_words())

    def _next(self, seconds: float) -> dict[str, Any]:
        try:
            line = self._lines.get(timeout=seconds)
        except queue.Empty:
            self.process.kill()  # its answer would be taken for that to the next question
            self._silent = f"it said nothing for {seconds:g} s"
            raise self._ended() from None
        if not line.endswith(b"\n"):
            raise self._ended()
        found: dict[str, Any] = json.loads(line)
        return found

    def _ended(self) -> ScorerError:
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(1)  # by itself, so that it says how
        self.process.kill()
        return ScorerError("H234", f"the Spark worker ended: {self.last_words()}", hint=_HINT)


def _replace_dead(
    found: weakref.ref[SparkScorer],
    closed: threading.Event,
    process: subprocess.Popen[bytes],
    is_given_up: threading.Event,
    start: Callable[[], _Worker],
) -> None:
    """Give the scorer another worker whenever its own has died, as long as anybody uses it."""
    pause, why = 1.0, ""
    while True:
        process.wait()
        # The end of this program ends its workers too, and that is no reason to start others.
        if closed.is_set() or is_given_up.is_set() or not _tell(found, SparkScorer._miss, why):
            return
        try:
            worker = start()
        except ScorerError as error:
            why = error.diagnostics[0].message
            _log.warning("%s", error)
            if closed.wait(pause):
                return
            pause = min(2 * pause, _LONGEST_PAUSE_S)
            continue
        pause, why, process, is_given_up = 1.0, "", worker.process, worker.is_given_up
        if not _tell(found, SparkScorer._adopt, worker):
            return
        del worker


def _tell(found: weakref.ref[SparkScorer], method: Callable[..., None], *arguments: object) -> bool:
    """Call a method of the scorer; False when there is none any more."""
    scorer = found()
    if scorer is None:
        return False
    method(scorer, *arguments)
    return True


def _read(stream: IO[bytes], lines: queue.Queue[bytes]) -> None:
    for line in stream:
        lines.put(line)
    lines.put(b"")


def _end(is_given_up: threading.Event, process: subprocess.Popen[bytes], reader: threading.Thread, log: _Log) -> None:
    is_given_up.set()
    process.kill()
    process.wait()
    if reader is not threading.current_thread():  # the garbage collector may call from anywhere
        reader.join()
    log.close()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(OSError):  # what it no longer reads cannot be flushed
                stream.close()


def _cannot_start(error: OSError) -> ScorerError:
    return ScorerError("H234", f"the Spark worker cannot be started: {error.strerror}", hint=_HINT)
