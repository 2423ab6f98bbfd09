"""A disk that a process uses until it dies: at a change of its choice, before that is made or just after."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from storage.local import LocalDisk


class Killed(BaseException):
    """No handler of errors sees it, as none sees a signal 9."""


class DyingDisk(LocalDisk):
    """Counts changes; at number ``fatal`` it dies, ``after`` the change or before it. Nothing works from then on."""

    def __init__(self, root: Path, fatal: int, *, after: bool) -> None:
        super().__init__(root, durable=False)
        self.changes = 0
        self.fatal = fatal
        self.after = after

    def _change(self, make: Callable[[], Any]) -> Any:
        if self.changes >= self.fatal:
            raise Killed
        self.changes += 1
        if self.changes == self.fatal and not self.after:
            raise Killed
        made = make()
        if self.changes == self.fatal:
            raise Killed
        return made

    def create(self, path: str, *, overwrite: bool = False) -> BinaryIO:
        return self._change(lambda: super(DyingDisk, self).create(path, overwrite=overwrite))

    def make_directory(self, path: str) -> None:
        self._change(lambda: super(DyingDisk, self).make_directory(path))

    def rename(self, source: str, target: str, *, overwrite: bool = False) -> None:
        self._change(lambda: super(DyingDisk, self).rename(source, target, overwrite=overwrite))

    def delete(self, path: str, *, recursive: bool = False) -> bool:
        if self.changes >= self.fatal:
            return False  # a file in the making is given up: the dead tidy up nothing
        return self._change(lambda: super(DyingDisk, self).delete(path, recursive=recursive))
