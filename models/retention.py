"""Which versions a collection keeps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from models.manifest import parse_time
from models.source import find_answering
from models.transitions import State

if TYPE_CHECKING:
    from models.repository import Repository


@dataclass(frozen=True)
class Policy:
    """Keep the ``newest`` versions, and all that were published, or had an alias, within ``days``."""

    newest: int = 5
    days: float = 30.0

    def __post_init__(self) -> None:
        """The newest version is always kept: its number must not return. Raises: ValueError for what is no policy."""
        if self.newest < 1 or not self.days >= 0:
            raise ValueError("keep at least one version, and no negative days")

    @property
    def words(self) -> str:
        """As the log gives it for a reason."""
        return f"policy: the newest {self.newest}, and all of the last {self.days:g} days, are kept"


@dataclass(frozen=True)
class Verdict:
    """``kept`` says why a version stays; empty when it goes."""

    version: int
    kept: str


def judge(repository: Repository, name: str, policy: Policy, state: State, now: datetime) -> list[Verdict]:
    """A verdict on each version that stands there, rising.

    What answers now, and what a rollback would go to, is kept by any policy. A service reads a copy of its own, but one
    that has not looked since, and a job that scores from the repository itself, may still want a version that lost its
    alias a while ago: so that time counts as the publication does.
    """
    reasons: dict[int, str] = {}
    standing = repository.version_times(name)
    gone = set(state.collected)
    usable = [version for version in standing if version not in gone and version not in state.retired]
    since = now - timedelta(days=policy.days)
    for version in _mentioned(repository, name, since):
        reasons[version] = f"in the log of the last {policy.days:g} days"
    for version, changed in standing.items():
        if changed > since:
            reasons[version] = f"younger than {policy.days:g} days"
    for version in usable[-policy.newest :]:
        reasons[version] = f"one of the newest {policy.newest}"
    for alias, older in state.history.items():
        back = next((version for version in reversed(older) if version in usable), None)
        if back is not None:
            reasons[back] = f"what {alias} would roll back to"
    if usable and find_answering(state.aliases) is None:
        reasons[usable[-1]] = "the latest, and there is no champion"
    if standing:
        reasons.setdefault(max(standing), "the highest number")
    reasons.update((version, alias) for alias, version in sorted(state.aliases.items(), reverse=True))
    return [Verdict(version, "" if version in gone else reasons.get(version, "")) for version in standing]


def _mentioned(repository: Repository, name: str, since: datetime) -> set[int]:
    """The versions that a transition after ``since`` was about, or that lost an alias by it."""
    found: set[int] = set()
    for entry in repository.log(name).newest_first():
        if parse_time(entry.time) < since:
            break
        found |= {*entry.versions, *([] if entry.before is None else [entry.before])}
    return found
