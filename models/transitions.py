"""The log of a model's transitions: one file each, numbered, never rewritten; the last one holds the state after it.

::

    <root>/funnel/log/000000000000007.json   who, when, why, what was done, and the aliases and retirements since

A number is taken by making its file, which the file system gives to one writer alone: so the log has one order, two
writers at once lose nothing, and what is in the log has happened, whatever was killed afterwards.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal, cast, get_args

from models.errors import TransitionError
from models.manifest import parse_time
from models.names import LAST_VERSION, is_name
from models.numbered import NumberedFiles
from storage.errors import HowdahError
from storage.filesystem import FileSystem

Action = Literal["promote", "rollback", "retire", "collect"]

TRANSITION_FORMAT = 1
LONGEST_REASON = 1000


@dataclass(frozen=True)
class State:
    """What a model's aliases mean, and which of its versions are out of use.

    ``history`` has the versions that an alias meant before, the last one last; ``collected`` are those whose files are
    deleted, or about to be.
    """

    aliases: Mapping[str, int] = field(default_factory=dict)
    history: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    retired: tuple[int, ...] = ()
    collected: tuple[int, ...] = ()


@dataclass(frozen=True)
class Transition:
    """One entry. ``time`` is ISO 8601 in UTC; ``before`` is what ``alias`` meant until then; ``digest`` the manifest's.

    ``versions`` is the one version of a promotion, a rollback or a retirement, and all that a collection deletes.
    """

    number: int
    time: str
    who: str
    why: str
    action: Action
    versions: tuple[int, ...]
    alias: str = ""
    before: int | None = None
    digest: str = ""
    state: State = field(default_factory=State)

    def to_json(self) -> str:
        """The entry as a file."""
        return json.dumps({"format": TRANSITION_FORMAT, **asdict(self)}, indent=2, sort_keys=True) + "\n"

    @staticmethod
    def from_json(text: bytes, path: str) -> Transition:
        """Read :meth:`to_json`'s text. Raises: TransitionError H244."""
        try:
            return _read(json.loads(text))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, HowdahError) as error:
            raise TransitionError(
                "H244",
                f"an entry of the log cannot be read: {error}",
                hint="somebody edited it, or another release wrote it; restore the file, it is never changed",
                path=path,
            ) from error


class Log:
    """The entries in ``folder``."""

    def __init__(self, filesystem: FileSystem, folder: str) -> None:
        self._files = NumberedFiles(filesystem, folder)

    def numbers(self) -> list[int]:
        """The numbers of the entries, rising."""
        return self._files.numbers()

    def last(self) -> Transition | None:
        """The entry that counts. Raises: TransitionError H244."""
        numbers = self.numbers()
        return self.read(numbers[-1]) if numbers else None

    def newest_first(self) -> Iterator[Transition]:
        """Every entry, backwards. Raises: TransitionError H244."""
        return map(self.read, reversed(self.numbers()))

    def read(self, number: int) -> Transition:
        """One entry. Raises: TransitionError H244, PathNotFoundError."""
        path = self._files.path(number)
        found = Transition.from_json(self._files.read(number), path)
        if found.number != number:
            raise TransitionError("H244", f"the entry is number {found.number}", hint="it was renamed", path=path)
        return found

    def append(self, entry: Transition) -> bool:
        """Write ``entry`` under its number; False when somebody else took that number."""
        return self._files.append(entry.number, entry.to_json())


def _read(document: dict[str, Any]) -> Transition:
    if document.pop("format") != TRANSITION_FORMAT:
        raise ValueError(f"its format is not {TRANSITION_FORMAT}")
    _check_keys(document, Transition)
    state = document["state"]
    _check_keys(state, State)
    action = document["action"]
    texts = [document[key] for key in ("time", "who", "why", "alias", "digest")]
    if action not in get_args(Action) or not all(isinstance(text, str) for text in texts):
        raise ValueError("a field is not what it should be")
    parse_time(document["time"])
    return Transition(
        number=_number(document["number"]),
        time=document["time"],
        who=document["who"],
        why=document["why"],
        action=cast(Action, action),
        versions=_numbers(document["versions"]),
        alias=document["alias"],
        before=None if document["before"] is None else _number(document["before"]),
        digest=document["digest"],
        state=State(
            aliases={_alias(alias): _number(version) for alias, version in state["aliases"].items()},
            history={_alias(alias): _numbers(versions) for alias, versions in state["history"].items()},
            retired=_numbers(state["retired"]),
            collected=_numbers(state["collected"]),
        ),
    )


def _check_keys(document: Mapping[str, Any], kind: type) -> None:
    names = {each.name for each in fields(kind)}
    if set(document) != names:
        raise ValueError(f"its fields are not {', '.join(sorted(names))}")


def _alias(text: str) -> str:
    if not is_name(text):
        raise ValueError("a key is no alias")
    return text


def _number(value: Any) -> int:
    if type(value) is not int or not 1 <= value <= LAST_VERSION:
        raise ValueError("a number is none")
    return value


def _numbers(values: Any) -> tuple[int, ...]:
    if not isinstance(values, list):
        raise TypeError("a list is none")
    return tuple(map(_number, values))
