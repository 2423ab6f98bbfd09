"""The fallback: a Spark of its own in another process, for models that nothing else scores as Spark does.

The worker (``python -m jobs.scoring_worker``) says a line of JSON when it is ready, and one for each line that it gets;
it ends with its input. It is started by whoever serves, who knows where Java is: nothing here imports Spark.
"""

from __future__ import annotations

import json
import queue
import subprocess
import tempfile
import threading
import weakref
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from models.errors import ScorerError, ScoringError
from models.scorer.interface import Answer, Answers

if TYPE_CHECKING:
    import pyarrow as pa

_HINT = "it needs Java and pyspark: pip install 'howdah[spark]'"
_LAST_WORDS = 2_000  # bytes of its log


class SparkScorer:
    """A worker that has loaded one model; its requests wait for each other, and one that died is started again."""

    engine = "spark"

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        start_s: float = 180.0,
        answer_s: float = 120.0,
    ) -> None:
        """Starts the worker and waits until it is ready. Raises: ScorerError H234."""
        self._command, self._environment = list(command), dict(environment)
        self._start_s, self._answer_s = start_s, answer_s
        self._lock = threading.Lock()
        self._worker = _Worker(self._command, self._environment, start_s)

    def close(self) -> None:
        """End the worker."""
        with self._lock:
            self._worker.end()

    def score(self, rows: Sequence[Mapping[str, object]]) -> list[Answer]:
        """One answer a row, in order. Raises: ScoringError H232, ScorerError H234 when the worker does not answer."""
        return self._answers(rows).rows() if rows else []

    def score_table(self, table: pa.Table) -> Answers:
        """The answers to the rows of a table. Raises: ScoringError H232, ScorerError H234."""
        return self._answers(table.to_pylist())

    def _answers(self, rows: Sequence[Mapping[str, object]]) -> Answers:
        with self._lock:
            if not self._worker.is_alive:
                self._worker = _Worker(self._command, self._environment, self._start_s)
            found = self._worker.ask({"rows": rows}, self._answer_s)
        if "refused" in found:
            raise ScoringError("H232", str(found["refused"]), hint="Spark itself refuses it")
        chances = found["probabilities"]
        return Answers(
            np.asarray(found["predictions"], dtype=np.float64),
            None if chances is None else np.asarray(chances, dtype=np.float64),
        )


class _Worker:
    """One process and its pipes."""

    def __init__(self, command: list[str], environment: dict[str, str], start_s: float) -> None:
        self._log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the process
        try:
            self._process = subprocess.Popen(
                command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log
            )
        except OSError as error:
            self._log.close()
            raise ScorerError("H234", f"the Spark worker cannot be started: {error.strerror}", hint=_HINT) from error
        self._lines: queue.Queue[bytes] = queue.Queue()
        assert self._process.stdout is not None
        # The thread knows nothing of this object: a worker that nobody uses any more is ended with it.
        arguments = (self._process.stdout, self._lines)
        self._reader = threading.Thread(target=_read, args=arguments, name="spark-worker-reader", daemon=True)
        self._reader.start()
        self._finalizer = weakref.finalize(self, _end, self._process, self._reader, self._log)
        self._next(start_s)

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, question: dict[str, Any], seconds: float) -> dict[str, Any]:
        """The answer to one line. Raises: ScorerError H234."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(question, default=str).encode() + b"\n")
            self._process.stdin.flush()
        except OSError as error:
            raise self._ended() from error
        return self._next(seconds)

    def end(self) -> None:
        """Kill it: it keeps nothing that could be lost."""
        self._finalizer()

    def _next(self, seconds: float) -> dict[str, Any]:
        try:
            line = self._lines.get(timeout=seconds)
        except queue.Empty:
            self.end()
            raise ScorerError("H234", f"the Spark worker said nothing for {seconds:g} s", hint=_HINT) from None
        if not line:
            raise self._ended()
        found: dict[str, Any] = json.loads(line)
        return found

    def _ended(self) -> ScorerError:
        self._process.kill()
        self._process.wait()
        self._log.seek(0, 2)
        self._log.seek(max(0, self._log.tell() - _LAST_WORDS))
        said = [line.strip() for line in self._log.read().decode("utf-8", "replace").splitlines() if line.strip()]
        self.end()
        return ScorerError(
            "H234", f"the Spark worker ended: {said[-1][:200] if said else 'it said nothing'}", hint=_HINT
        )


def _read(stream: IO[bytes], lines: queue.Queue[bytes]) -> None:
    for line in stream:
        lines.put(line)
    lines.put(b"")


def _end(process: subprocess.Popen[bytes], reader: threading.Thread, log: IO[bytes]) -> None:
    process.kill()
    process.wait()
    reader.join()
    for stream in (process.stdin, process.stdout, log):
        if stream is not None:
            with suppress(OSError):  # what it no longer reads cannot be flushed
                stream.close()
