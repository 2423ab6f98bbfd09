"""Which model, and which version of it in memory, a request means."""

from __future__ import annotations

from serving.errors import ServingError, UnknownModelError
from serving.loading import Loaded
from serving.registry import WAITING, Registry, describe_absence
from storage.errors import Diagnostic


def choose_model(registry: Registry, named: str) -> str:
    """The model that is asked: the one named, or the only one. Raises: ServingError H506, H507, H511."""
    known = list(registry.states)
    if named:
        return check_known(registry, named)
    if len(known) == 1:
        return known[0]
    if known:
        names = ", ".join(known[:20])
        raise ServingError(
            "H507", f"{len(known)} models are served and none is named", hint=f"add ?model= one of {names}"
        )
    nothing = describe_nothing(registry)
    raise ServingError(nothing.code, nothing.message, hint=nothing.hint)


def check_known(registry: Registry, name: str) -> str:
    """``name`` itself. Raises: UnknownModelError."""
    if name in registry.states:
        return name
    raise UnknownModelError(name, list(registry.states))


def require(registry: Registry, name: str) -> Loaded:
    """The version to answer with. Raises: ServingError H511."""
    state = registry.states[name]
    if state.loaded is not None:
        return state.loaded
    reason = state.problem or _source_problem(registry)
    if reason is None:
        absence = describe_absence(state)
        raise ServingError(absence.code, absence.message, hint=absence.hint)
    raise ServingError("H511", f"model '{name}' has no version to answer with: {reason.message}", hint=reason.hint)


def describe_fallback(registry: Registry, name: str, loaded: Loaded) -> dict[str, str]:
    """What an answer of ``loaded`` says besides, while that is qa's version in place of one in prod; else nothing."""
    state = registry.states[name]
    return {"fallback": state.fallback.message} if state.fallback and state.loaded is loaded else {}


def require_renewed(registry: Registry, name: str, late: int) -> Loaded:
    """The version that answers after a look of all workers but ``late`` ones.

    Raises: ServingError H506, H511, H526 when it is not the one that should, H527 when a worker has not looked.
    """
    source = registry.source_of(name)
    problems = [source.problem] if source else [each.problem for each in registry.sources.values()]
    away = next((problem for problem in problems if problem), None)
    if away:
        raise ServingError("H527", f"the models could not be looked at: {away.message}", hint=away.hint)
    if late:
        raise ServingError(
            "H527", f"{late} workers have not looked yet", hint="they will; GET /health says what is slow"
        )
    state = registry.states[check_known(registry, name)]
    loaded = require(registry, name)
    if state.problem:
        message = f"{state.problem.message}; version {loaded.manifest.version} goes on answering"
        raise ServingError("H526", message, hint=state.problem.hint)
    return loaded


def describe_nothing(registry: Registry) -> Diagnostic:
    """Why there is no model at all."""
    problem = _source_problem(registry)
    if problem:
        return Diagnostic("H511", f"no model could be read: {problem.message}", problem.hint)
    where = " and ".join(registry.sources)
    return Diagnostic("H511", f"no model was published in {where} yet", WAITING)


def _source_problem(registry: Registry) -> Diagnostic | None:
    return next((source.problem for source in registry.sources.values() if source.problem), None)
