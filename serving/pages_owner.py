"""The owner's page: versions and metrics side by side, traffic, drift, and what answers from now on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Response, g, make_response, render_template, request

from models.comparison import Row, compare
from models.description import describe_log, describe_transition, describe_versions
from models.errors import ModelNotFoundError
from models.profile.document import Profile, read_profile
from models.profile.drift import measure
from models.source import QA
from models.stages import ALIASES
from models.watching.policy import Policy
from serving.access import needs
from serving.choice import check_known, require
from serving.errors import ServingError
from serving.loading import Loaded
from serving.pages_charts import HEIGHT, WIDTH, Chart, chart_drift, chart_latency
from serving.refusals import shown_as_page
from serving.registry import ModelState, Registry, utc_now
from serving.reports import describe_notices, report_statistics
from serving.repository_rest import OpenSources, find_repository
from serving.settings import Settings
from serving.statistics import Statistics, Tally
from serving.tracking.settings import TrackingSettings
from storage.errors import HowdahError, PathNotFoundError
from storage.local import LocalDisk
from storage.resolve import connect

_MOST_VERSIONS = 20  # those that have an alias are always there
_MOST_COMPARED = 6
_MOST_ENTRIES = 20
_USUAL_ALIASES = ("champion", "challenger", "shadow")
_HOURS = (1, 24, 168)
_USUAL_HOURS = 24
# Measuring takes the processor from answering; of so many rows chance moves the PSI by a thousandth.
_MOST_ROWS = 50_000


@dataclass(frozen=True)
class Moved:
    """How far a column has moved from training, as a picture; ``is_far`` past the usual threshold.

    ``psi`` is None where it cannot be known, or is by chance alone.
    """

    name: str
    role: str
    psi: float | None
    is_far: bool
    chart: Chart


@dataclass(frozen=True)
class DriftReport:
    """The columns, the furthest first, of ``rows`` predictions; ``why`` is why there is nothing, or little, to say."""

    rows: int = 0
    columns: tuple[Moved, ...] = ()
    why: str = ""


def add_owner_pages(
    app: Flask, registry: Registry, settings: Settings, statistics: Statistics, open_sources: OpenSources
) -> None:
    """The page of a model's owner, and its drift, which takes longer, at an address of its own."""

    @app.get("/models/<name>/owner")
    @needs("admin")
    @shown_as_page
    def owner(name: str) -> Response:
        state = registry.states[check_known(registry, name)]
        told = report_statistics(state, statistics)
        return make_response(
            render_template(
                "owner.html",
                state=state,
                names=list(registry.states),
                notices=describe_notices(state, registry),
                traffic=told,
                latency=chart_latency(_tally_of(state, statistics)),
                size=(WIDTH, HEIGHT),
                who=g.caller.name if g.caller else None,
                **_describe_repository(open_sources, name.partition("@")[0], told),
            )
        )

    @app.get("/models/<name>/drift")
    @needs("admin")
    @shown_as_page
    def drift(name: str) -> Response:
        state = registry.states[check_known(registry, name)]
        hours = _hours(request.args.get("hours", str(_USUAL_HOURS)))
        found = report_drift(require(registry, name), settings.tracking, hours, utc_now)
        return make_response(
            render_template(
                "drift.html",
                state=state,
                names=list(registry.states),
                drift=found,
                hours=hours,
                choices=_HOURS,
                threshold=Policy().thresholds.psi,
                size=(WIDTH, HEIGHT),
            )
        )


def _tally_of(state: ModelState, statistics: Statistics) -> Tally:
    name = state.loaded.manifest.name if state.loaded else state.name
    return sum((tally for (model, _), tally in statistics.totals().items() if model == name), Tally())


def _describe_repository(open_sources: OpenSources, name: str, traffic: Mapping[str, Any]) -> dict[str, Any]:
    """Versions, metrics and log; where the repository cannot be read, why, and the page still has the traffic."""
    nothing: dict[str, Any] = {
        "versions": [], "compared": [], "metrics": [], "aliases": {}, "stages": {}, "log": [], "away": None
    }  # fmt: skip
    try:
        repository = find_repository(open_sources, name)
        described = describe_versions(repository, name)
        newest = sorted(described["versions"], key=lambda each: -int(each["version"]))
        shown = [each for index, each in enumerate(newest) if index < _MOST_VERSIONS or each["aliases"]]
        tallies = {each["version"]: each for each in traffic["versions"]}
        versions = [{**each, "words": _words(each), "traffic": tallies.get(each["version"])} for each in shown]
        sound = [each["version"] for each in shown if not each["problem"]][:_MOST_COMPARED]
        metrics: list[Row] = compare([repository.manifest(name, version) for version in sound])
        log = [describe_transition(each) for each in describe_log(repository, name, _MOST_ENTRIES)]
    except ModelNotFoundError as error:
        return {**nothing, "away": f"{error.diagnostics[0].message}: it is served from a plain folder, or is gone"}
    except HowdahError as error:
        return {**nothing, "away": error.diagnostics[0].message}
    aliases = described["aliases"]
    return {
        **nothing,
        "versions": versions,
        "compared": sound,
        "metrics": metrics,
        "aliases": dict.fromkeys(_USUAL_ALIASES) | {alias: aliases[alias] for alias in aliases if alias != QA},
        "stages": {stage: aliases.get(alias) for stage, alias in ALIASES.items()},
        "log": log[::-1],
    }


def _words(version: Mapping[str, Any]) -> list[str]:
    """Its stage and its aliases, each once, as ``howdah models`` says them."""
    stage = "retired" if version["retired"] else version["stage"]
    return list(dict.fromkeys([*([stage] if stage else []), *version["aliases"]]))


def _hours(text: str) -> int:
    if text not in map(str, _HOURS):
        choices = ", ".join(map(str, _HOURS))
        raise ServingError("H512", f"'hours' is {text[:50]!r}", hint=f"one of {choices}")
    return int(text)


def report_drift(
    loaded: Loaded, tracking: TrackingSettings | None, hours: int, now: Callable[[], datetime]
) -> DriftReport:
    """What ``loaded`` predicted in the last ``hours`` against training's profile.

    Raises: ProfileError, TrackedFileError, StorageError.
    """
    from models.watching.counting import count_predictions  # with pyarrow, which the service may do without

    if tracking is None:
        return DriftReport(why="This service tracks no predictions: start it with --track.")
    try:
        profile = read_profile(LocalDisk(durable=False), loaded.folder.as_posix())
    except PathNotFoundError:
        return DriftReport(why="Training wrote no profile of this version: publish it again.")
    manifest = loaded.manifest
    filesystem, root = connect(tracking.root)
    since = now() - timedelta(hours=hours)
    counted = count_predictions(filesystem, root, manifest.name, manifest.version, since, profile, most_rows=_MOST_ROWS)
    if not counted.rows:
        return DriftReport(why="No prediction of this version is there yet; they come with some delay.")
    fewest = Policy().minimum_rows
    is_enough = counted.rows >= fewest
    few = f"Too few to say how far they are from training: the measures mean something from {fewest} on."
    columns = _columns(profile, {"input": counted.inputs, "output": counted.outputs}, is_measured=is_enough)
    return DriftReport(counted.rows, columns, "" if is_enough else few)


def _columns(profile: Profile, recent: Mapping[str, Mapping[str, Any]], *, is_measured: bool) -> tuple[Moved, ...]:
    threshold = Policy().thresholds.psi
    found = []
    for role, histograms in recent.items():
        before = profile.inputs if role == "input" else profile.outputs
        for name, histogram in histograms.items():
            psi = measure(before[name], histogram).psi if is_measured else None
            is_far = psi is not None and threshold is not None and psi > threshold
            found.append(Moved(name, role, psi, is_far, chart_drift(before[name], histogram)))
    return tuple(sorted(found, key=lambda each: -(each.psi if each.psi is not None else -1.0)))
