"""What the service says of itself: its health, its models, their sources."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timezone

from models.manifest import format_time
from serving.choice import describe_nothing
from serving.registry import ModelState, Registry, SourceState, find_problems
from serving.speculation.asking import find_group_problems
from serving.speculation.group import Group
from serving.statistics import BOUNDS_S, Statistics, Tally
from serving.tracking.health import find_tracking_problems, report_tracking
from serving.tracking.tracker import Tracker
from storage.errors import Diagnostic


def report_health(
    registry: Registry, now: datetime, tracker: Tracker | None, groups: Sequence[Group]
) -> dict[str, object]:
    """``ok``, ``degraded`` (answers, but not all is well) or ``unavailable``, with every reason."""
    problems = list(find_problems(registry, now))
    problems += [(group.name, problem) for group in groups for problem in find_group_problems(group, registry)]
    if tracker is not None:
        problems += [("tracking", each) for each in find_tracking_problems(tracker.settings, tracker.dropped)]
    reasons = [{"about": about, **_problem(problem)} for about, problem in problems]
    status = "unavailable" if not is_ready(registry) else "degraded" if reasons else "ok"
    if status == "unavailable" and not reasons:
        reasons = [{"about": "service", **_problem(describe_nothing(registry))}]
    told: dict[str, object] = {
        "status": status,
        "reasons": reasons,
        "models": [_brief(state) for state in registry.states.values()],
    }
    return told if tracker is None else {**told, "tracking": report_tracking(tracker.settings, tracker.dropped)}


def is_ready(registry: Registry) -> bool:
    """Whether every model that was asked for answers; without any asked for, whether one does."""
    answering = {name for name, state in registry.states.items() if state.is_answering}
    return registry.required <= answering if registry.required else bool(answering)


def report_models(registry: Registry) -> dict[str, object]:
    """Every model in short, and every source."""
    models = [_essentials(state) for state in registry.states.values()]
    return {"models": models, "sources": [_source(source) for source in registry.sources.values()]}


def report_model(state: ModelState, registry: Registry) -> dict[str, object]:
    """One model with the inputs of the version that answers, where it comes from, and what its users should know."""
    told = {**_essentials(state), "notices": describe_notices(state, registry)}
    if state.loaded:
        manifest = state.loaded.manifest
        told |= {
            "inputs": [asdict(item) for item in manifest.inputs],
            "run": dict(manifest.run),
            "data": dict(manifest.data),
        }
    return told


def report_statistics(state: ModelState, statistics: Statistics) -> dict[str, object]:
    """What a model is, and what each of its versions did since the service was started, over all workers."""
    model = state.loaded.manifest.name if state.loaded else state.name  # not funnel@challenger, whose versions are its
    tallies = {version: tally for (name, version), tally in statistics.totals().items() if name == model}
    told: dict[str, object] = _brief(state)
    if state.loaded:
        manifest = state.loaded.manifest
        tallies.setdefault(manifest.version, Tally(since=state.loaded.since.timestamp()))
        told |= {
            "description": manifest.description,
            "type": "classification" if manifest.classes else "regression",
            "engine": state.loaded.scorer.engine,
            "manifest": state.loaded.digest,
        }
    versions = [{"version": version, **_tally(tally)} for version, tally in sorted(tallies.items())]
    return {**told, **_tally(sum(tallies.values(), Tally())), "versions": versions}


def _tally(tally: Tally) -> dict[str, object]:
    answers = tally.answers
    return {
        "since": _time(tally.since),
        "usage": answers,
        "records": tally.records,
        "errors": {"refused": tally.refused, "failed": tally.failed},
        "duration_ms": _milliseconds(tally.duration_s / answers) if answers else None,
        "min_ms": _milliseconds(tally.shortest_s) if answers else None,
        "max_ms": _milliseconds(tally.longest_s) if answers else None,
        "p50_ms": _milliseconds(tally.quantile_s(0.5)),
        "p99_ms": _milliseconds(tally.quantile_s(0.99)),
        "latency": [
            {"up_to_ms": _milliseconds(bound), "answers": count}
            for bound, count in zip(BOUNDS_S, tally.buckets, strict=True)
        ],
    }


def _milliseconds(seconds: float | None) -> float | None:
    """None stands for infinity too: the last bound, which JSON cannot say."""
    return None if seconds is None or math.isinf(seconds) else round(seconds * 1000, 3)


def _time(unix_time: float) -> str | None:
    return None if math.isinf(unix_time) else format_time(datetime.fromtimestamp(unix_time, timezone.utc))


def describe_notices(state: ModelState, registry: Registry) -> list[str]:
    """What is not as it should be, in sentences for the page."""
    stays = f" Version {state.loaded.manifest.version} goes on answering." if state.loaded else ""
    notices = [_sentence(state.problem.message)] if state.problem else []
    away = [(source.label, source.problem.message) for source in registry.sources.values() if source.problem]
    notices += [_sentence(f"{label} cannot be read: {message}") for label, message in away]
    return [f"{notice}{stays}" for notice in notices]


def _sentence(message: str) -> str:
    return message[:1].upper() + message[1:].rstrip(".") + "."


def _brief(state: ModelState) -> dict[str, object]:
    return {"name": state.name, "state": state.word, "version": state.loaded.manifest.version if state.loaded else None}


def _essentials(state: ModelState) -> dict[str, object]:
    problem = state.problem or (state.loaded.problem if state.loaded else None)
    told: dict[str, object] = {
        **_brief(state),
        "wanted": state.wanted,
        "versions": list(state.versions),
        "problem": _problem(problem) if problem else None,
    }
    if state.loaded:
        manifest = state.loaded.manifest
        told |= {
            "description": manifest.description,
            "target": manifest.target,
            "classes": list(manifest.classes),
            "metrics": dict(manifest.metrics),
            "manifest": state.loaded.digest,
            "created": manifest.created,
            "valid_from": manifest.valid_from or None,
            "valid_to": manifest.valid_to or None,
            "since": format_time(state.loaded.since),
            "engine": state.loaded.scorer.engine,
        }
    return told


def _source(source: SourceState) -> dict[str, object]:
    return {
        "name": source.label,
        "state": "away" if source.problem else "ok",
        "looked": format_time(source.looked) if source.looked else None,
        "since": format_time(source.since) if source.since else None,
        "problem": _problem(source.problem) if source.problem else None,
    }


def _problem(problem: Diagnostic) -> dict[str, object]:
    return {"code": problem.code, "message": problem.message, "hint": problem.hint}
