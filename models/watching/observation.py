"""What a version does now, measured against what training and the manifest say of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from models.comparison import direction
from models.manifest import Manifest, format_time
from models.names import split_reference
from models.profile.document import Profile, read_profile
from models.profile.drift import Drift, measure
from models.tracked.evaluation import VersionQuality, evaluate
from models.watching.counting import Counted, count_predictions, outlier_limit
from models.watching.policy import KINDS, Kind, Policy, Thresholds
from storage.errors import PathNotFoundError
from storage.filesystem import FileSystem

if TYPE_CHECKING:
    from models.repository import Repository

# Of chi-square it is a small chance that is too much.
_TOO_SMALL = "chi_square_p"
_MEASURES = ("psi", "jensen_shannon", "kolmogorov_smirnov", "wasserstein_scaled", "chi_square_p", "nulls")


@dataclass(frozen=True)
class Finding:
    """Something past its threshold: ``measure`` of ``about`` is ``value``, and ``threshold`` is what it may be."""

    kind: Kind
    about: str
    measure: str
    value: float
    threshold: float

    @property
    def words(self) -> str:
        """As an alert says it."""
        relation = "below" if self.measure == _TOO_SMALL else "above"
        return f"{self.about}: {self.measure} {self.value:.4g} is {relation} {self.threshold:.4g}"


@dataclass(frozen=True)
class Column:
    """How far one input or output has moved; ``rows`` is how many there were now."""

    name: str
    role: Literal["input", "output"]
    rows: int
    drift: Drift


@dataclass(frozen=True)
class Score:
    """A metric by the labels that there are, beside the manifest's; ``decrease`` is a share of that, below 0 if better.

    ``labelled`` are the predictions that it is of.
    """

    metric: str
    training: float
    now: float
    decrease: float
    labelled: int


@dataclass(frozen=True)
class Requests:
    """What a service counted of one version since it was started: answers, and requests at which the version failed."""

    answered: int
    failed: int

    @property
    def share(self) -> float:
        """Of all that it should have answered, how much failed."""
        return self.failed / (self.answered + self.failed) if self.answered + self.failed else 0.0


@dataclass(frozen=True)
class Observation:
    """All that was measured of one version, and what of it is past a threshold.

    ``in_use`` are the versions that an alias means, or that answer for want of one.
    ``outliers`` is the share of rows above a score, as ``usual_outliers`` of training's were. ``judged`` are the kinds
    of which there was enough to say whether all is well; ``notes`` say why of the others there was not.
    """

    model: str
    version: int
    in_use: tuple[int, ...]
    since: str
    until: str
    rows: int
    columns: tuple[Column, ...]
    outliers: float | None
    usual_outliers: float | None
    score: Score | None
    requests: Requests | None
    judged: tuple[Kind, ...]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Tracked:
    """Where predictions and labels lie, and which of them count; times in UTC."""

    filesystem: FileSystem
    root: str
    since: datetime
    until: datetime


def observe(
    repository: Repository, reference: str, tracked: Tracked, policy: Policy, requests: Mapping[int, Requests]
) -> Observation:
    """Measure the version that ``reference`` means; ``requests`` is what a service counted, by version.

    Raises: ModelNameError, ModelNotFoundError, ManifestError, ProfileError, TrackedFileError, StorageError.
    """
    name, _ = split_reference(reference)
    version = repository.resolve(reference)
    manifest = repository.manifest(name, version)
    profile = _profile(repository, name, version)
    counted = count_predictions(tracked.filesystem, tracked.root, name, version, tracked.since, profile or Profile({}))
    quality = evaluate(tracked.filesystem, tracked.root, name, tracked.since)
    score = _score(manifest, next((each for each in quality.versions if each.version == version), None), policy)
    columns = tuple(_columns(profile, counted)) if profile else ()
    outliers = None if counted.outliers is None or not counted.rows else counted.outliers / counted.rows
    reasons = {
        "drift": _why_no_drift(profile, counted, policy),
        "outliers": _why_no_drift(profile, counted, policy)
        or ("" if outliers is not None else "no scores of outliers"),
        "score": _why_no_score(score, manifest, policy),
        "errors": _why_no_errors(requests.get(version), policy),
    }
    judged = tuple(kind for kind in KINDS if not reasons[kind])
    found = [
        *(finding for column in columns for finding in _drift_findings(column, policy.thresholds)),
        *_share_findings(
            None if outliers is None else outliers - (_usual_outliers(profile) or 0.0),
            score,
            requests.get(version),
            policy.thresholds,
        ),
    ]
    return Observation(
        model=name,
        version=version,
        in_use=tuple(sorted({*repository.readable_aliases(name).values(), repository.resolve(name)})),
        since=format_time(tracked.since, "seconds"),
        until=format_time(tracked.until, "seconds"),
        rows=counted.rows,
        columns=columns,
        outliers=outliers,
        usual_outliers=_usual_outliers(profile),
        score=score,
        requests=requests.get(version),
        judged=judged,
        findings=tuple(finding for finding in found if finding.kind in judged),
        notes=(
            *(f"{kind}: not judged, {why}" for kind, why in reasons.items() if why),
            *(f"{column}: {why}" for column, why in counted.concealed.items()),
        ),
    )


def _profile(repository: Repository, name: str, version: int) -> Profile | None:
    try:
        return read_profile(repository.filesystem, repository.folder(name, version))
    except PathNotFoundError:
        return None  # published by an older training, or by hand


def _columns(profile: Profile, counted: Counted) -> Iterator[Column]:
    for name, histogram in counted.inputs.items():
        yield Column(name, "input", histogram.rows, measure(profile.inputs[name], histogram))
    for name, histogram in counted.outputs.items():
        yield Column(name, "output", histogram.rows, measure(profile.outputs[name], histogram))


def _drift_findings(column: Column, thresholds: Thresholds) -> Iterator[Finding]:
    for name in _MEASURES:
        value, limit = getattr(column.drift, name), getattr(thresholds, name)
        if value is not None and limit is not None and (value < limit if name == _TOO_SMALL else value > limit):
            yield Finding("drift", f"{column.role} {column.name}", name, value, limit)


def _share_findings(
    excess: float | None, score: Score | None, requests: Requests | None, thresholds: Thresholds
) -> Iterator[Finding]:
    limit = thresholds.outliers
    if excess is not None and limit is not None and excess > limit:
        yield Finding("outliers", "rows", "outliers", excess, limit)
    limit = thresholds.score_decrease
    if score is not None and limit is not None and score.decrease > limit:
        yield Finding("score", f"metric {score.metric}", "score_decrease", score.decrease, limit)
    limit = thresholds.errors
    if requests is not None and limit is not None and requests.share > limit:
        yield Finding("errors", "requests", "errors", requests.share, limit)


def _why_no_drift(profile: Profile | None, counted: Counted, policy: Policy) -> str:
    if profile is None:
        return "training wrote no profile of this version"
    few = f"{counted.rows} predictions are fewer than {policy.minimum_rows}"
    return few if counted.rows < policy.minimum_rows else ""


def _why_no_score(score: Score | None, manifest: Manifest, policy: Policy) -> str:
    if score is None:
        wanted = f"'{policy.metric}'" if policy.metric else "metric"
        return f"no labels, or no {wanted} that both they and the manifest of version {manifest.version} have"
    few = f"{score.labelled} labels are fewer than {policy.minimum_labels}"
    return few if score.labelled < policy.minimum_labels else ""


def _why_no_errors(requests: Requests | None, policy: Policy) -> str:
    if requests is None:
        return "no service was asked (--service), or it has not had this version"
    total = requests.answered + requests.failed
    return f"{total} requests are fewer than {policy.minimum_requests}" if total < policy.minimum_requests else ""


def _usual_outliers(profile: Profile | None) -> float | None:
    """The share of training's rows beyond the limit."""
    limit = outlier_limit(profile) if profile else None
    if limit is None or profile is None or profile.outliers is None or not profile.outliers.rows:
        return None
    return sum(profile.outliers.counts[-2:]) / profile.outliers.rows


def _score(manifest: Manifest, quality: VersionQuality | None, policy: Policy) -> Score | None:
    found = metrics_of(quality, manifest.classes) if quality else {}
    metric = choose_metric(manifest, found, policy.metric)
    if not metric or quality is None:
        return None
    training, now = manifest.metrics[metric], found[metric]
    worse = training - now if direction(metric, [manifest]) == "higher" else now - training
    # Of a metric that was 0 there is no share: all that is worse is then all of it.
    decrease = worse / abs(training) if training else float(worse > 0)
    return Score(metric, training, now, decrease, quality.labelled)


def choose_metric(manifest: Manifest, quality: Mapping[str, float], wanted: str) -> str:
    """The metric to compare by: ``wanted``, else what training chose by, else one that both sides have; or empty."""
    candidates = [wanted] if wanted else [str(manifest.run.get("metric", "")), "accuracy", "rmse", "mae"]
    known = [name for name in candidates if name in quality and name in manifest.metrics]
    return next((name for name in known if direction(name, [manifest])), "")


def metrics_of(quality: VersionQuality, classes: tuple[str, ...]) -> dict[str, float]:
    """What the labels say of a version, under the names of training's metrics."""
    found = {name: getattr(quality, name) for name in ("accuracy", "rmse", "mae")}
    scores = {}
    for each in quality.classes:
        hits = (each.precision or 0.0) * each.predicted
        scores[each.name] = 2 * hits / (each.predicted + each.labelled)
        found |= {f"precision.{each.name}": each.precision or 0.0, f"recall.{each.name}": each.recall or 0.0}
        found[f"f1.{each.name}"] = scores[each.name]
    if quality.classes:
        found["f1"] = sum(scores.get(name, 0.0) for name in classes) / max(len(classes), 1)
    return {name: value for name, value in found.items() if value is not None}
