"""The models that the service answers with, kept up to date with where they are published.

One thread looks at the sources; requests read one dictionary that it replaces as a whole. A request that started with a
version ends with it; the version leaves memory when its last request is done.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from types import MappingProxyType

from models.errors import UnsettledModelError
from models.manifest import Manifest, parse_time
from models.source import ModelSource
from models.stages import Candidate, Stage, candidates
from serving.bell import Bell, SharedBell
from serving.errors import ServingError
from serving.loading import Loaded, Loader
from storage.errors import Diagnostic, HowdahError, UnreachableError

_log = logging.getLogger(__name__)

WAITING = "the service takes it up by itself when there is one"

# What a source that cannot be read means for those who ask.
_STAYS = "what is loaded goes on serving"
_NOTHING_YET = "nothing of it is loaded until it can be read"

_SLOW_LOOK = timedelta(seconds=30)
_LONGEST_PAUSE = 64  # polls between two attempts at a version that does not load


@dataclass(frozen=True)
class ModelState:
    """One model as it stands: what answers (None when nothing can), what should, and why that is not the same.

    ``versions`` are those in the source, rising; ``wanted`` is the best candidate that is valid by now.
    """

    name: str
    loaded: Loaded | None = None
    wanted: int | None = None
    versions: tuple[int, ...] = ()
    problem: Diagnostic | None = None

    @property
    def is_answering(self) -> bool:
        """Whether a version is loaded, and what computes its answers lives."""
        return self.loaded is not None and self.loaded.problem is None

    @property
    def word(self) -> str:
        """``serving``, ``degraded`` (an older version answers) or ``unavailable``."""
        if not self.is_answering:
            return "unavailable"
        return "degraded" if self.problem else "serving"

    @property
    def fallback(self) -> Diagnostic | None:
        """Why the version in qa answers in place of one in prod; None where it does not."""
        return self.problem if self.problem and self.problem.code == "H528" else None


@dataclass(frozen=True)
class SourceState:
    """Where models come from: ``problem`` while it cannot be read, ``since`` when that began, ``looked`` when it could.

    ``asked`` is when a look that goes on now began.
    """

    label: str
    looked: datetime | None = None
    problem: Diagnostic | None = None
    since: datetime | None = None
    asked: datetime | None = None


@dataclass
class _Attempts:
    """A version that did not load: how often it was tried, how many polls to wait, and why it failed."""

    problem: Diagnostic
    count: int = 0
    pause: int = 0


@dataclass
class _Watched:
    """A source with what was learnt of it; only the watcher touches it."""

    source: ModelSource
    names: set[str] = field(default_factory=set)
    failed: dict[tuple[str, int], _Attempts] = field(default_factory=dict)


def utc_now() -> datetime:
    """The clock of a running service; tests bring their own."""
    return datetime.now(timezone.utc)


class Registry:
    """Follows ``sources`` (label → source): loads what is published, swaps it in, says what is wrong.

    ``only`` are the names to serve, all when empty; ``stage`` says whose versions answer (models.stages). Nothing is
    read before :meth:`start` or :meth:`look`.
    """

    def __init__(
        self,
        sources: Mapping[str, ModelSource],
        loader: Loader,
        *,
        only: Sequence[str] = (),
        stage: Stage = "prod",
        poll_s: float = 2.0,
        bell: Bell | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._watched = {label: _Watched(source) for label, source in sources.items()}
        self._loader = loader
        self._only = frozenset(only)
        self._stage = stage
        self._poll_s = poll_s
        self._bell = bell or SharedBell().part(0)
        self._now = now
        self._states: Mapping[str, ModelState] = MappingProxyType({name: ModelState(name) for name in sorted(only)})
        self._sources: Mapping[str, SourceState] = MappingProxyType({label: SourceState(label) for label in sources})
        self._stop = threading.Event()
        self._first_look = threading.Event()
        self._thread: threading.Thread | None = None

    # -- what requests read: one reference, never a lock --------------------------------------------------------------

    @property
    def states(self) -> Mapping[str, ModelState]:
        """Every model by name."""
        return self._states

    @property
    def sources(self) -> Mapping[str, SourceState]:
        """Every source by label."""
        return self._sources

    @property
    def required(self) -> frozenset[str]:
        """The names without which the service is not ready; empty when any model will do."""
        return self._only

    def source_of(self, name: str) -> SourceState | None:
        """Where the model comes from; None when no source has it."""
        return next((self._sources[label] for label, each in self._watched.items() if name in each.names), None)

    # -- the watcher ---------------------------------------------------------------------------------------------------

    def start(self, wait_s: float) -> None:
        """Start to follow the sources; returns after the first look, or after ``wait_s``."""
        self._thread = threading.Thread(target=self._watch, name="model-watcher", daemon=True)
        self._thread.start()
        self._first_look.wait(wait_s)

    def stop(self) -> None:
        """End the watcher; what is loaded goes on answering."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def renew(self, longest_s: float) -> int:
        """Let the watchers of all workers look at once; gives how many have not after ``longest_s``."""
        return self._bell.ring(longest_s)

    def look(self) -> None:
        """Look at every source once and load what is new."""
        for label, watched in self._watched.items():
            self._look_at(label, watched)
        self._drop_expired()

    def _watch(self) -> None:
        heard = 0
        while not self._stop.is_set():
            rings = self._bell.rings
            if rings != heard:
                self._forget_pauses()
            heard = rings
            self.look()
            self._bell.hear(heard)
            self._first_look.set()
            self._bell.wait(heard, self._poll_s, self._stop)

    def _forget_pauses(self) -> None:
        """Who asks for a look means the versions too that did not load."""
        for watched in self._watched.values():
            for attempts in watched.failed.values():
                attempts.pause = 0

    def _look_at(self, label: str, watched: _Watched) -> None:
        self._put_source(replace(self._sources[label], asked=self._now()))
        problem: Diagnostic | None = None
        try:
            present = [name for name in watched.source.names() if not self._only or name in self._only]
            for name in present:
                if self._is_taken(name, watched):
                    problem = Diagnostic("H525", f"model '{name}' is in another source too, which serves it")
                else:
                    self._refresh(name, watched)
            self._note_absent(watched, frozenset(present))
        except HowdahError as error:
            problem = error.diagnostics[0]
        except Exception as error:
            # The watcher outlives any surprise: without it the service would go stale in silence.
            _log.exception("Looking at %s failed", label)
            problem = Diagnostic("H500", f"looking at it failed: {type(error).__name__}: {error}")
        self._note_source(label, problem)

    def _note_source(self, label: str, problem: Diagnostic | None) -> None:
        before = self._sources[label]
        if problem is None:
            self._put_source(SourceState(label, looked=self._now()))
            if before.problem:
                _log.info("%s can be read again", label)
        else:
            self._put_source(replace(before, problem=problem, since=before.since or self._now(), asked=None))
            if before.problem != problem:
                _log.warning("%s: %s; %s", label, problem, _STAYS if self._is_serving(label) else _NOTHING_YET)

    def _is_serving(self, label: str) -> bool:
        names = self._watched[label].names & self._states.keys()
        return any(self._states[name].loaded for name in names)

    def _put_source(self, state: SourceState) -> None:
        self._sources = MappingProxyType({**self._sources, state.label: state})

    def _is_taken(self, name: str, watched: _Watched) -> bool:
        return any(name in other.names for other in self._watched.values() if other is not watched)

    def _note_absent(self, watched: _Watched, present: frozenset[str]) -> None:
        """A model that was deleted goes on serving until the service ends, and says so."""
        for name in watched.names & self._states.keys() - present:
            problem = Diagnostic("H523", f"model '{name}' is no longer in its repository", "publish it again")
            self._put(replace(self._states[name], versions=(), problem=problem))

    def _drop_expired(self) -> None:
        """What has expired answers no more, even while its source is away."""
        for state in self._states.values():
            expiry = self._expiry(state.loaded.manifest) if state.loaded else None
            if expiry:
                self._put(replace(state, loaded=None, problem=expiry))

    def _put(self, state: ModelState) -> None:
        """The swap: one assignment, which a request sees as a whole or not at all."""
        before = self._states.get(state.name)
        if before == state:
            return
        self._states = MappingProxyType(dict(sorted({**self._states, state.name: state}.items())))
        _log_change(before, state)

    def _refresh(self, name: str, watched: _Watched) -> None:
        watched.names.add(name)
        state = self._states.get(name, ModelState(name))
        try:
            state = replace(state, versions=tuple(watched.source.versions(name)))
            self._put(state)  # loading may take its time
            self._put(self._chosen(state, watched))
        except UnreachableError:
            raise  # nothing is known of the model: it is the source that has a problem
        except HowdahError as error:
            self._put(replace(state, problem=error.diagnostics[0]))

    def _chosen(self, state: ModelState, watched: _Watched) -> ModelState:
        """The best version that is valid and loads; what answers by now stays unless that one does better.

        With stages, what may answer was promoted for it: then the next one answers, which mostly is the one that does.
        """
        wanted: int | None = None
        problem: Diagnostic | None = None
        current = state.loaded if state.loaded and self._expiry(state.loaded.manifest) is None else None
        has_candidates = False
        for candidate in candidates(watched.source, state.name, self._stage):
            has_candidates = True
            found = self._try(state, candidate.version, watched)
            if found is None:
                continue  # its time has not come
            wanted = wanted or candidate.version
            if isinstance(found, Loaded):
                return replace(state, loaded=found, wanted=wanted, problem=_fallback(state.name, candidate, problem))
            problem = problem or found
            if current is not None and candidate.stage is None and found.code != "H522":
                return replace(state, loaded=current, wanted=wanted, problem=problem)
        if problem is None:
            problem = _nothing_valid(state.name, self._stage, has_candidates)
        return replace(state, loaded=current, wanted=wanted, problem=problem)

    def _try(self, state: ModelState, version: int, watched: _Watched) -> Loaded | Diagnostic | None:
        """The version loaded, or why it cannot be, or None before its ``valid_from``."""
        key = (state.name, version)
        attempts = watched.failed.get(key)
        if attempts and attempts.pause > 0:
            attempts.pause -= 1
            return attempts.problem
        try:
            if state.loaded and state.loaded.manifest.version == version:
                return self._expiry(state.loaded.manifest) or state.loaded
            manifest = watched.source.manifest(*key)
            if manifest.valid_from and self._now() < parse_time(manifest.valid_from):
                return None
            expiry = self._expiry(manifest)
            if expiry:
                return expiry
            loaded = self._loader.load(watched.source, manifest, self._now())
        except (UnreachableError, UnsettledModelError):
            raise  # says nothing about the version
        except HowdahError as error:
            return self._remember(key, error, watched)
        except Exception as error:
            # A surprise is one version's: the other models of the source are still looked at.
            _log.exception("Loading %s version %d failed", *key)
            told = ServingError("H520", f"its loading failed: {type(error).__name__}: {error}", hint="publish it again")
            return self._remember(key, told, watched)
        watched.failed.pop(key, None)
        return loaded

    def _remember(self, key: tuple[str, int], error: HowdahError, watched: _Watched) -> Diagnostic:
        """Try again, but ever more rarely: a corrupt file may be mended, and must not be fetched every two seconds."""
        first = error.diagnostics[0]
        problem = replace(first, message=f"version {key[1]} cannot serve: {first.message}")
        attempts = watched.failed.setdefault(key, _Attempts(problem))
        attempts.problem = problem
        attempts.pause = min(2**attempts.count, _LONGEST_PAUSE)
        attempts.count += 1
        return problem

    def _expiry(self, manifest: Manifest) -> Diagnostic | None:
        if not manifest.valid_to or self._now() <= parse_time(manifest.valid_to):
            return None
        message = f"version {manifest.version} was valid until {manifest.valid_to}"
        return Diagnostic("H522", message, "publish a newer version")


def _fallback(name: str, candidate: Candidate, problem: Diagnostic | None) -> Diagnostic | None:
    """What is wrong when ``candidate`` answers: that it is of qa, and why, or ``problem``."""
    if not candidate.is_fallback:
        return problem
    why = problem.message if problem else "no version is in prod"
    hint = f"train in prod again, or: howdah models promote {name}@{candidate.version} --stage prod --reason TEXT"
    return Diagnostic("H528", f"fallback to version {candidate.version} of qa: {why}", hint)


def _nothing_valid(name: str, stage: Stage, has_candidates: bool) -> Diagnostic:
    if has_candidates:
        return Diagnostic("H522", f"no version of '{name}' is valid yet", "see valid_from in its manifest")
    hint = f"howdah models promote {name}@VERSION --stage {stage} --reason TEXT"
    return Diagnostic("H511", f"no version of '{name}' is in {stage}", hint)


def describe_absence(state: ModelState) -> Diagnostic:
    """Why a model that has no problem has no version to answer with."""
    if state.versions:
        return Diagnostic("H511", f"'{state.name}' is being loaded", "ask again; a Spark worker needs half a minute")
    return Diagnostic("H511", f"no version of '{state.name}' was published yet", WAITING)


def find_problems(registry: Registry, now: datetime) -> Iterator[tuple[str, Diagnostic]]:
    """Everything that is not as it should be: the model's or the source's name, and what is wrong."""
    for label, source in registry.sources.items():
        if source.problem:
            yield label, source.problem
        elif source.asked and now - source.asked > _SLOW_LOOK:
            waited = int((now - source.asked).total_seconds())
            hint = "see whether its file system is up, and whether a Spark worker is being started"
            yield label, Diagnostic("H524", f"it has not answered for {waited} s", hint)
    for name, state in registry.states.items():
        if state.problem:
            yield name, state.problem
        elif state.loaded is None:
            yield name, describe_absence(state)
        if state.loaded and state.loaded.problem:
            yield name, state.loaded.problem


def _log_change(before: ModelState | None, after: ModelState) -> None:
    old = before.loaded.manifest.version if before and before.loaded else None
    new = after.loaded.manifest.version if after.loaded else None
    if new != old:
        _log.info("%s: version %s serves (before: %s)", after.name, new, old)
    if after.problem and (before is None or before.problem != after.problem):
        _log.warning("%s: %s", after.name, after.problem)
