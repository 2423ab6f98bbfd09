"""Where the files of one stack lie, and what it is made of."""

from __future__ import annotations

import json
import os
import pwd
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from howdah.errors import CommandError
from howdah.stack import procfs
from howdah.stack.ports import DEFAULTS, Ports

HiveKind = Literal["spark", "hive"]

# What may stand in class paths, argument files, XML and launch scripts alike without a quote.
_PLAIN = re.compile(r"[A-Za-z0-9._/@+=-]+")
_STATE_FILE = "stack.json"
_PARTS = ("conf", "data", "logs", "run", "tmp")
_MARKER = ".howdah-stack"
_MARKER_TEXT = "A stack's folder: howdah stack reset deletes conf, data, logs, run and tmp in it.\n"
_ROOM_MB = 1024  # an empty stack takes 0.3 GB, a Spark job's share lib as much again
_YARN_LEAST_MB, _YARN_MOST_MB = 4096, 8192


@dataclass(frozen=True)
class Layout:
    """The folder of one stack: settings, state, logs, and the records of its processes."""

    folder: Path

    @property
    def conf(self) -> Path:
        """The settings, written anew by each ``up``."""
        return self.folder / "conf"

    @property
    def hadoop_conf(self) -> Path:
        """HADOOP_CONF_DIR."""
        return self.conf / "hadoop"

    @property
    def data(self) -> Path:
        """What survives ``down``."""
        return self.folder / "data"

    @property
    def logs(self) -> Path:
        """One file a service."""
        return self.folder / "logs"

    @property
    def run(self) -> Path:
        """The records of what runs, and the lock."""
        return self.folder / "run"

    @property
    def tmp(self) -> Path:
        """For the services' own temporary files."""
        return self.folder / "tmp"

    @property
    def containers(self) -> Path:
        """Where YARN's containers work."""
        return self.data / "nodemanager" / "local"

    @property
    def parts(self) -> list[Path]:
        """Everything that a stack makes in its folder, but for the marker."""
        return [*(self.folder / name for name in _PARTS), self.folder / _STATE_FILE, self.folder / "addresses.json"]

    @property
    def marker(self) -> Path:
        """What says that the folder is a stack's: the first thing that is made in it, the last one that goes."""
        return self.folder / _MARKER

    def make(self) -> None:
        """Make the folders, in one that is not there, is empty, or is a stack's. Raises: CommandError H720, H723."""
        check_plain(self.folder, "the stack's folder")
        try:
            self._take()
            for name in _PARTS:
                (self.folder / name).mkdir(parents=True, exist_ok=True)
            # What others could read are settings with the database's password, and whatever jobs leave behind.
            self.folder.chmod(0o700)
        except OSError as error:
            hint = "choose another one: --folder DIR, or HOWDAH_STACK=DIR"
            raise CommandError(
                "H723", f"the stack's folder cannot be {self.folder}: {error.strerror}", hint=hint
            ) from error

    def _take(self) -> None:
        """Mark the folder as a stack's: another one may hold a user's own data/, which ``reset`` would delete."""
        self.folder.mkdir(parents=True, exist_ok=True)
        there = {path.name for path in self.folder.iterdir()}
        if _MARKER in there:
            return
        if there and Choice.read(self) is None:  # stacks of old have no marker, but a choice
            hint = "choose a new or an empty one: --folder DIR, or HOWDAH_STACK=DIR"
            raise CommandError("H723", f"'{self.folder}' holds other files and is not a stack's folder", hint=hint)
        self.marker.write_text(_MARKER_TEXT, "utf-8")

    def delete(self) -> None:
        """Delete what a stack has made. The marker stays beside what is not ours, so that ``up`` may begin anew.

        Raises: CommandError H720 where the folder is not a stack's.
        """
        if not self.marker.is_file():
            hint = "nothing was deleted; which stack is meant? --folder DIR, or HOWDAH_STACK=DIR"
            raise CommandError("H720", f"'{self.folder}' is not the folder of a stack", hint=hint)
        for part in self.parts:
            if part.is_dir():
                shutil.rmtree(part)
            else:
                part.unlink(missing_ok=True)
        if [path.name for path in self.folder.iterdir()] == [_MARKER]:
            self.marker.unlink()

    def check_room(self, fetched_mb: int = 0) -> None:
        """``fetched_mb``: what must be fetched first, onto the same disk.

        Raises: CommandError H701 where a service would end over a full disk sooner or later.
        """
        what = "a stack and its software need" if fetched_mb else "a stack needs"
        check_room(self.folder, _ROOM_MB + fetched_mb, what, "--folder DIR, or HOWDAH_STACK=DIR")


@dataclass(frozen=True)
class Choice:
    """What the user chose for a stack; it is kept, so that later commands need no options."""

    ports: Ports
    hive: HiveKind

    @classmethod
    def read(cls, layout: Layout) -> Choice | None:
        """What was chosen; None where no stack was ever made."""
        try:
            found = json.loads((layout.folder / _STATE_FILE).read_text("utf-8"))
            hive: HiveKind = "hive" if found["hive"] == "hive" else "spark"
            return cls({name: int(found["ports"][name]) for name in DEFAULTS}, hive)
        except FileNotFoundError:
            return None
        except OSError as error:
            hint = "whose stack is it? Choose your own: --folder DIR, or HOWDAH_STACK=DIR"
            raise CommandError(
                "H720", f"'{layout.folder / _STATE_FILE}' cannot be read: {error.strerror}", hint=hint
            ) from error
        except (ValueError, KeyError, TypeError) as error:
            hint = "if it is a stack's, delete it and call howdah stack up; else choose another folder: --folder DIR"
            raise CommandError(
                "H720", f"'{layout.folder / _STATE_FILE}' cannot be read: {error!r}", hint=hint
            ) from error

    def write(self, layout: Layout) -> None:
        """Keep it."""
        draft = layout.folder / f"{_STATE_FILE}.part"
        draft.write_text(json.dumps({"ports": dict(self.ports), "hive": self.hive}, indent=2) + "\n", "utf-8")
        draft.replace(layout.folder / _STATE_FILE)


@dataclass(frozen=True)
class Software:
    """The programs of a stack, on this machine or in the cache; ``hive`` where it was asked for."""

    java_home: Path
    hadoop: Path
    oozie: Path
    sqoop: Path
    hive: Path | None
    spark: Path
    python: Path
    loopback: Path

    @property
    def java(self) -> str:
        """The program."""
        return str(self.java_home / "bin" / "java")


@dataclass(frozen=True)
class Deployment:
    """One stack with all that its settings and commands are made from."""

    layout: Layout
    choice: Choice
    software: Software
    user: str
    yarn_memory_mb: int

    @property
    def ports(self) -> Ports:
        """Its ports, by name."""
        return self.choice.ports

    @property
    def name_node(self) -> str:
        """The default file system."""
        return f"hdfs://localhost:{self.ports['namenode']}"

    @property
    def webhdfs(self) -> str:
        """Where the NameNode answers HTTP."""
        return f"http://localhost:{self.ports['namenode-web']}"

    def url(self, port_name: str, path: str = "") -> str:
        """The address of a service that speaks HTTP."""
        return f"http://localhost:{self.ports[port_name]}{path}"


def check_plain(path: Path, what: str) -> None:
    """Raises: CommandError H723 for a path that would have to be quoted somewhere."""
    if not _PLAIN.fullmatch(str(path)):
        hint = "Hadoop's class paths and launch scripts quote nothing: letters, digits and ._/@+=- only"
        raise CommandError("H723", f"{what} cannot be '{path}'", hint=hint)


def check_room(folder: Path, needed_mb: int, what: str, instead: str) -> None:
    """``instead`` is how another folder is chosen. Raises: CommandError H701."""
    free = shutil.disk_usage(existing(folder)).free >> 20
    if free < needed_mb:
        hint = f"make room there, or choose another one: {instead}"
        raise CommandError("H701", f"{folder} has room for {free} MB; {what} {needed_mb}", hint=hint)


def existing(folder: Path) -> Path:
    """``folder``, or what there is of the way to it."""
    return next((each for each in (folder, *folder.parents) if each.exists()), Path())


def default_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """$HOWDAH_STACK, else below $XDG_DATA_HOME or ~/.local/share. Raises: CommandError H723."""
    if environment.get("HOWDAH_STACK"):
        return Path(environment["HOWDAH_STACK"])
    data = environment.get("XDG_DATA_HOME") or str(home("HOWDAH_STACK") / ".local" / "share")
    return Path(data) / "howdah" / "stack"


def home(instead: str) -> Path:
    """The user's home; the variable ``instead`` would make it unnecessary. Raises: CommandError H723."""
    try:
        return Path.home()
    except RuntimeError as error:
        raise CommandError("H723", "this user has no home folder", hint=f"choose one: {instead}=DIR") from error


def current_user() -> str:
    """The name of the user who runs this. Raises: CommandError H723."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError as error:
        hint = "Hadoop asks the system for it: add the user to /etc/passwd"
        raise CommandError("H723", f"user {os.geteuid()} of this system has no name", hint=hint) from error


def yarn_memory_mb(machine_mb: int | None = None) -> int:
    """What YARN may give to containers: half of the machine, within what an action needs and what is of use."""
    half = (procfs.machine_memory_mb() if machine_mb is None else machine_mb) // 2
    return max(_YARN_LEAST_MB, min(_YARN_MOST_MB, half // 512 * 512))
