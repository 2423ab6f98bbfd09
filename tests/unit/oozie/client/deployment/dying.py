"""Submits that are killed: a program that forks one for each line it reads, and says how that one ended.

A process of its own, since it must have one thread when it forks. Arguments: the folder that stands for HDFS, Oozie's
URL. A line in: JSON with ``folder``, ``nth`` and the fields of an order; a line out: ``killed`` or ``lived``.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from oozie.client import OozieClient
from oozie.client.deployment.source import read_source
from oozie.client.deployment.submission import Order, Submission
from storage.errors import UnreachableError
from storage.local import LocalDisk


class DeadlyDisk:
    """A disk that kills its process just before the ``nth`` change that it is asked for."""

    def __init__(self, disk: LocalDisk, nth: int) -> None:
        self._disk = disk
        self._left = nth
        self._lock = threading.Lock()

    def __getattr__(self, name: str):
        return getattr(self._disk, name)

    def _change(self) -> None:
        with self._lock:
            self._left -= 1
            if not self._left:
                self._end()

    def _end(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def create(self, path, *, overwrite=False):
        self._change()
        stream = self._disk.create(path, overwrite=overwrite)
        publish, disk = stream.close, self

        def close():
            disk._change()
            publish()

        stream.close = close
        return stream

    def make_directory(self, path):
        self._change()
        self._disk.make_directory(path)

    def rename(self, source, target, *, overwrite=False):
        self._change()
        self._disk.rename(source, target, overwrite=overwrite)

    def delete(self, path, *, recursive=False):
        self._change()
        return self._disk.delete(path, recursive=recursive)


class VanishingDisk(DeadlyDisk):
    """A disk that answers nothing any more from its ``nth`` change on: what lies there is as after a kill."""

    is_gone = False

    def __getattr__(self, name: str):
        self._check()
        return super().__getattr__(name)

    def _change(self) -> None:
        self._check()
        super()._change()

    def _end(self) -> None:
        self.is_gone = True
        self._check()

    def _check(self) -> None:
        if self.is_gone:
            raise UnreachableError("H104", "HDFS does not answer", hint="start it")


def is_killed(work: Callable[[], object]) -> bool:
    """Whether ``work``, in a process of its own, was killed; an error in it is one here."""
    child = os.fork()
    if not child:
        code = 1
        import faulthandler

        faulthandler.dump_traceback_later(12, exit=True)
        try:
            work()
            code = 0
        finally:
            sys.stderr.flush()
            os._exit(code)
    status = os.waitpid(child, 0)[1]
    if not os.WIFSIGNALED(status) and os.WEXITSTATUS(status):
        raise RuntimeError("it ended with an error of its own")
    return os.WIFSIGNALED(status)


def submit(url: str, disk: DeadlyDisk, folder: Path, **order: object) -> None:
    with OozieClient(url, user="test") as client:
        source = read_source(folder, {}, user="test")
        Submission(
            client, disk, Order(source, source.files(), **order), observe=lambda *file: None, say=lambda text: None
        ).run()


def answer(hdfs: LocalDisk, url: str, line: str) -> str:
    asked = json.loads(line)
    deadly, folder = DeadlyDisk(hdfs, asked.pop("nth")), Path(asked.pop("folder"))
    return "killed" if is_killed(lambda: submit(url, deadly, folder, **asked)) else "lived"


if __name__ == "__main__":
    for each in sys.stdin:
        sys.stdout.write(answer(LocalDisk(Path(sys.argv[1]), durable=False), sys.argv[2], each) + "\n")
        sys.stdout.flush()
