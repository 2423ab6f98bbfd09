"""The log of a model's incidents: numbered entries, never rewritten; the last one holds what is open.

::

    <root>/funnel/incidents/000000000000007.json   what opened, was claimed, done or closed, and what is open since

An entry's number is taken by one writer alone. Whoever wants to do a step for an incident claims it first: of many who
watch at once one does it, and the claim of somebody who was killed runs out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias, get_args

from models.errors import WatchError
from models.manifest import format_time, parse_time
from models.names import check_name
from models.numbered import NumberedFiles
from models.watching.policy import KINDS, Kind
from storage.errors import HowdahError
from storage.filesystem import FileSystem, join_path

Event: TypeAlias = Literal["opened", "claimed", "failed", "done", "closed"]
Step: TypeAlias = Literal["line", "webhook", "mail", "rollback", "retrain"]

STEPS: tuple[Step, ...] = get_args(Step)

INCIDENT_FORMAT = 1
MOST_FINDINGS = 20
CLAIM_HOLDS = timedelta(minutes=10)  # far longer than a mail takes
FAILURE_HOLDS = timedelta(hours=1)  # before a step that failed is tried again

_FOLDER = "incidents"
_MOST_RACES = 1000


@dataclass(frozen=True)
class Incident:
    """Something past a threshold, from when it was first seen until it is not there any more.

    ``id`` is unique in the repository; ``findings`` are the sentences of the first look, so many as are kept. ``done``
    are the steps that were made, ``claims`` until when nobody else is to try one that was not. Times are ISO 8601 in
    UTC.
    """

    id: str
    kind: Kind
    version: int
    opened: str
    findings: tuple[str, ...]
    done: tuple[Step, ...] = ()
    claims: Mapping[Step, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """One entry of the log: ``text`` says why an incident was opened or closed, or what came of a step."""

    number: int
    time: str
    who: str
    event: Event
    incident: str
    text: str
    step: Step | Literal[""] = ""
    open: tuple[Incident, ...] = ()

    def to_json(self) -> str:
        """The entry as a file."""
        return json.dumps({"format": INCIDENT_FORMAT, **asdict(self)}, indent=2, sort_keys=True) + "\n"

    @staticmethod
    def from_json(text: bytes, path: str) -> Entry:
        """Read :meth:`to_json`'s text. Raises: WatchError H264."""
        try:
            return _read(json.loads(text))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, HowdahError) as error:
            raise WatchError(
                "H264",
                f"an entry of the incidents cannot be read: {error}",
                hint="somebody edited it, or another release wrote it; restore the file, it is never changed",
                path=path,
            ) from error


# What is open → the entry to make, without its number and its time; None where there is nothing to do.
Decide: TypeAlias = Callable[[tuple[Incident, ...], datetime, int], "Entry | None"]


class Incidents:
    """The incidents of one model, as ``who`` makes them."""

    def __init__(self, filesystem: FileSystem, root: str, model: str, who: str, now: Callable[[], datetime]) -> None:
        """Raises: ModelNameError."""
        self._files = NumberedFiles(filesystem, join_path(root, check_name(model), _FOLDER))
        self._model, self._who, self._now = model, who, now

    def open(self) -> tuple[Incident, ...]:
        """What is open now. Raises: WatchError H264."""
        numbers = self._files.numbers()
        return self._entry(numbers[-1]).open if numbers else ()

    def entries(self) -> list[Entry]:
        """All that happened, the oldest first. Raises: WatchError H264."""
        return [self._entry(number) for number in self._files.numbers()]

    def begin(self, kind: Kind, version: int, findings: Sequence[str]) -> Incident:
        """The open incident of that kind and version, made where there is none. Raises: WatchError."""

        def decide(found: tuple[Incident, ...], now: datetime, number: int) -> Entry | None:
            if _find(found, kind, version):
                return None
            name = f"{self._model}-{version}-{kind}-{number}"
            made = Incident(name, kind, version, format_time(now), tuple(findings[:MOST_FINDINGS]))
            return self._draft("opened", made.id, f"{len(findings)} past a threshold", (*found, made))

        self._append(decide)
        incident = _find(self.open(), kind, version)
        if incident is None:
            raise self._busy()  # somebody has closed it between the two looks
        return incident

    def close(self, incident: Incident, text: str) -> None:
        """End ``incident``, if it has not ended yet. Raises: WatchError."""

        def decide(found: tuple[Incident, ...], _now: datetime, _number: int) -> Entry | None:
            rest = tuple(each for each in found if each.id != incident.id)
            return self._draft("closed", incident.id, text, rest) if len(rest) < len(found) else None

        self._append(decide)

    def claim(self, incident: Incident, step: Step) -> bool:
        """Whether the step is the caller's to make: not made yet, and nobody is at it. Raises: WatchError."""

        def decide(found: tuple[Incident, ...], now: datetime, _number: int) -> Entry | None:
            here = _same(found, incident)
            if here is None or step in here.done or _is_held(here.claims.get(step), now):
                return None
            return self._changed("claimed", found, _claimed(here, step, now + CLAIM_HOLDS), step, "")

        return self._append(decide)

    def finish(self, incident: Incident, step: Step, text: str) -> None:
        """Note that the step was made. Raises: WatchError."""

        def decide(found: tuple[Incident, ...], _now: datetime, _number: int) -> Entry | None:
            here = _same(found, incident)
            if here is None or step in here.done:
                return None
            claims = {name: until for name, until in here.claims.items() if name != step}
            return self._changed("done", found, replace(here, claims=claims, done=(*here.done, step)), step, text)

        self._append(decide)

    def fail(self, incident: Incident, step: Step, text: str) -> None:
        """Note that the step failed, and why: it is tried again after an hour. Raises: WatchError."""

        def decide(found: tuple[Incident, ...], now: datetime, _number: int) -> Entry | None:
            here = _same(found, incident)
            if here is None or step in here.done:
                return None
            return self._changed("failed", found, _claimed(here, step, now + FAILURE_HOLDS), step, text)

        self._append(decide)

    def _changed(self, event: Event, found: tuple[Incident, ...], changed: Incident, step: Step, text: str) -> Entry:
        after = tuple(changed if each.id == changed.id else each for each in found)
        return replace(self._draft(event, changed.id, text, after), step=step)

    def _draft(self, event: Event, incident: str, text: str, after: tuple[Incident, ...]) -> Entry:
        return Entry(0, "", self._who, event, incident, text, open=after)

    def _append(self, decide: Decide) -> bool:
        """Whether an entry was made. Raises: WatchError H264, H265."""
        for _ in range(_MOST_RACES):
            numbers = self._files.numbers()
            last = self._entry(numbers[-1]).open if numbers else ()
            number, now = (numbers[-1] if numbers else 0) + 1, self._now()
            entry = decide(last, now, number)
            if entry is None:
                return False
            made = replace(entry, number=number, time=format_time(now))
            if self._files.append(number, made.to_json()):
                return True
        raise self._busy()

    def _entry(self, number: int) -> Entry:
        path = self._files.path(number)
        found = Entry.from_json(self._files.read(number), path)
        if found.number != number:
            raise WatchError("H264", f"the entry is number {found.number}", hint="it was renamed", path=path)
        return found

    def _busy(self) -> WatchError:
        return WatchError("H265", f"others keep changing the incidents of '{self._model}'", hint="try again")


def _same(found: tuple[Incident, ...], incident: Incident) -> Incident | None:
    return next((each for each in found if each.id == incident.id), None)


def _claimed(incident: Incident, step: Step, until: datetime) -> Incident:
    return replace(incident, claims={**incident.claims, step: format_time(until)})


def _is_held(until: str | None, now: datetime) -> bool:
    # A clock that was set back would let a claim hold for years.
    return until is not None and now < parse_time(until) <= now + FAILURE_HOLDS


def _find(found: tuple[Incident, ...], kind: Kind, version: int) -> Incident | None:
    return next((each for each in found if (each.kind, each.version) == (kind, version)), None)


def _read(document: dict[str, Any]) -> Entry:
    if document.pop("format") != INCIDENT_FORMAT:
        raise ValueError(f"its format is not {INCIDENT_FORMAT}")
    _check_keys(document, Entry)
    texts = [document[key] for key in ("time", "who", "incident", "text", "step")]
    if document["event"] not in get_args(Event) or not all(isinstance(text, str) for text in texts):
        raise ValueError("a field is not what it should be")
    parse_time(document["time"])
    return Entry(**{**document, "open": tuple(map(_incident, document["open"]))})


def _incident(document: dict[str, Any]) -> Incident:
    _check_keys(document, Incident)
    parse_time(document["opened"])
    for since in document["claims"].values():
        parse_time(since)
    words = {*document["done"], *document["claims"]}
    if document["kind"] not in KINDS or type(document["version"]) is not int or not words <= set(STEPS):
        raise ValueError("an incident is none")
    if not all(isinstance(text, str) for text in document["findings"]):
        raise ValueError("a finding is no text")
    return Incident(**{**document, "done": tuple(document["done"]), "findings": tuple(document["findings"])})


def _check_keys(document: Mapping[str, Any], kind: type) -> None:
    names = {each.name for each in fields(kind)}
    if set(document) != names:
        raise ValueError(f"its fields are not {', '.join(sorted(names))}")
