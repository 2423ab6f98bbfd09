"""Who may ask: tokens with a role each, known by their hashes alone.

A file of tokens has a line for each::

    # name   role     SHA-256 of the token, hexadecimal
    ann      admin    2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b

``predict`` may ask and look, ``admin`` may also change what serves. The file is read again when it changes, so that a
token can be taken back at once; a file without any takes all of them back. One that cannot be read as tokens changes
nothing.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import logging
import re
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

from models.names import is_name
from serving.errors import ServingError
from serving.settings import Settings

Role = Literal["open", "predict", "admin"]

_GRANTED = ("predict", "admin")
_HASH = re.compile(r"[0-9a-f]{64}")
_LARGEST_BYTES = 1 << 20
_HINT = "a line has a name, predict or admin, and the SHA-256 of the token: printf %s TOKEN | sha256sum"
_ROLE = "howdah_role"
_log = logging.getLogger(__name__)

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Caller:
    """Whose token it was, and what he may do."""

    name: str
    role: Role

    def may(self, needed: Role) -> bool:
        """Whether his role is enough."""
        return needed != "admin" or self.role == "admin"


def needs(role: Role) -> Callable[[View], View]:
    """Say which role an address needs: without a word, one that only reads needs predict, any other admin."""

    def mark(view: View) -> View:
        setattr(view, _ROLE, role)
        return view

    return mark


def role_for(view: Callable[..., Any] | None, method: str) -> Role:
    """The role that a request needs; ``view`` is None where there is no such address."""
    usual = "predict" if view is None or method in ("GET", "HEAD", "OPTIONS") else "admin"
    return cast(Role, getattr(view, _ROLE, usual))


def check_exposure(settings: Settings) -> None:
    """Nothing, when who reaches the address is known or welcome. Raises: ServingError H531."""
    if not (settings.is_loopback or settings.tokens or settings.is_open_to_all):
        message = f"at {settings.host} whoever reaches this service could ask it"
        raise ServingError("H531", message, hint="give --tokens FILE, or say --open-to-all")


class Tokens:
    """The tokens in ``path``, looked at again every ``look_s`` seconds; nobody's until it can be read."""

    def __init__(self, path: Path, *, look_s: float = 1.0) -> None:
        self._look_s = look_s
        self._path = path
        self._stamp: tuple[int, int, int] | None = None
        self._callers: tuple[tuple[str, Caller], ...] = ()
        self._problem = ""
        self._look()

    def find(self, header: str) -> Caller | None:
        """The caller whom an ``Authorization`` header names: by a bearer's token, or a browser's password."""
        token = _token_in(header)
        if token is None:
            return None
        self._follow()
        digest = hashlib.sha256(token).hexdigest()
        found: Caller | None = None
        for known, caller in self._callers:
            # All of them, each in the same time: how long it takes tells nothing of a token.
            if hmac.compare_digest(known, digest):
                found = caller
        return found

    def _follow(self) -> None:
        if time.monotonic() - self._looked >= self._look_s:
            self._look()

    def _look(self) -> None:
        self._looked = time.monotonic()
        before, self._problem = self._problem, ""
        try:
            stamp = _stamp(self._path)
            if stamp == self._stamp:
                return
            self._callers = _read(self._path)
        except ServingError as error:
            self._problem = str(error)
            if self._problem != before:
                _log.warning("%s; %s", error, "the tokens stay as they were" if self._callers else "nobody has a token")
            return
        if not self._callers:
            _log.warning("%s holds no token: nobody has one", self._path)
        elif self._stamp is not None:
            _log.info("%s has changed: %d tokens", self._path, len(self._callers))
        self._stamp = stamp


def check_tokens(path: Path) -> None:
    """Nothing, where ``path`` holds tokens, as it should before a service starts. Raises: ServingError H532."""
    if not _read(path):
        raise ServingError("H532", f"{path} holds no token", hint=_HINT)


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        status = path.stat()
    except OSError as error:
        raise ServingError("H532", f"the tokens in {path} cannot be read: {error.strerror}", hint=_HINT) from error
    return status.st_mtime_ns, status.st_size, status.st_ino


def _read(path: Path) -> tuple[tuple[str, Caller], ...]:
    try:
        if path.stat().st_mode & stat.S_IWOTH:
            raise ServingError("H532", f"anybody may write {path}", hint=f"chmod o-w {path}")
        with path.open("rb") as stream:
            lines = stream.read(_LARGEST_BYTES).decode().splitlines()
    except OSError as error:
        raise ServingError("H532", f"the tokens in {path} cannot be read: {error.strerror}", hint=_HINT) from error
    except UnicodeDecodeError as error:
        raise ServingError("H532", f"{path} is not text in UTF-8", hint=_HINT) from error
    return tuple(_entry(path, number, line) for number, line in enumerate(lines, 1) if line.partition("#")[0].strip())


def _entry(path: Path, number: int, line: str) -> tuple[str, Caller]:
    words = line.partition("#")[0].split()
    if len(words) != 3 or not is_name(words[0]) or words[1] not in _GRANTED or not _HASH.fullmatch(words[2]):
        raise ServingError("H532", f"{path}:{number} is no token", hint=_HINT)
    return words[2], Caller(words[0], cast(Role, words[1]))


def _token_in(header: str) -> bytes | None:
    scheme, _, value = header.partition(" ")
    value = value.strip()
    if scheme.lower() == "bearer" and value:
        return value.encode("latin-1", "surrogateescape")  # the bytes that were sent
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(value, validate=True).partition(b":")[2] or None
    except (binascii.Error, ValueError):
        return None
