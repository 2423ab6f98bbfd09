"""Train a classifier on imported data and publish it: the article's deploy.py, told by its arguments what it trains.

Several classifiers learn from most of the rows; a second part of the rows chooses among them (and, of two classes, the
probability from which the rarer one is predicted); a third part, the holdout, is used once, to measure what is
published, beside a baseline that always says the commonest class. What the features may know is up to ``--prepare`` or
to the query that made the input; see :mod:`jobs.sessions` for the funnel.

Run by ``spark-submit --py-files howdah-jobs.zip train.py --help``; needs Spark and numpy and nothing else.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from types import ModuleType
from typing import Any

from pyspark.ml import PipelineModel
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812

from jobs.candidates import Candidate, Preparation, choose_candidates, fit, fit_preparation
from jobs.errors import JobError, unknown_column
from jobs.evaluation import BINARY_METRICS, LABEL, METRICS, best_threshold, collect_outcomes, report
from jobs.features import Feature, Kind, choose, observe, typed
from jobs.gate import Gate
from jobs.options import parse
from jobs.profile import make_profile
from jobs.reading import InputFacts, date_column, describe_input, prepare_module, read
from models.manifest import Field, Manifest, format_time
from models.names import check_name
from models.plain import PlainFolder
from models.profile.document import PROFILE_NAME, Profile
from models.publication import Staging
from models.repository import Repository
from models.scorer.loading import GRAPH_NAME
from storage.errors import HowdahError
from storage.jvm import connect_jvm

_log = logging.getLogger("howdah.train")

PART = "part__"  # 0 to learn from, 1 to choose by, 2 the holdout
_LEARN, _CHOOSE, _HOLDOUT = 0, 1, 2
_SHARES = 1_000
_AT_A_TIME = 2

MOST_CLASSES = 20
FEWEST_ROWS = 100
FEWEST_OF_A_CLASS = 5  # in each part


@dataclass(frozen=True)
class Sample:
    """The rows to work with (features, label's index, part), and what is known of them."""

    rows: DataFrame
    features: tuple[Feature, ...]
    classes: tuple[str, ...]
    part_rows: tuple[int, int, int]

    @property
    def inputs(self) -> list[Field]:
        """What the manifest says of the features."""
        return [feature.field() for feature in self.features]

    def part(self, number: int) -> DataFrame:
        """The rows of one part."""
        return self.rows.where(F.col(PART) == number)


@dataclass(frozen=True)
class Attempt:
    """One candidate's model and how it did on the rows to choose by; ``threshold`` decides between two classes."""

    model: Any
    score: float
    seconds: float
    threshold: float | None


@dataclass(frozen=True)
class Choice:
    """The best candidate's whole pipeline, and how every candidate did on the rows that chose it."""

    name: str
    pipeline: PipelineModel
    scores: dict[str, float]
    seconds: dict[str, float]
    threshold: float | None


def train(spark: SparkSession, options: argparse.Namespace) -> Manifest:
    """All of it: read, prepare, compare, measure, publish. Raises: JobError, ModelError, StorageError."""
    started = datetime.now(timezone.utc)
    clock = time.monotonic()
    repository = Repository(*connect_jvm(spark, options.models))
    plain = PlainFolder(*connect_jvm(spark, options.plain_model), options.name) if options.plain_model else None
    for name in filter(None, (options.name, options.alias)):
        check_name(name)  # before the work, not after it
    frame = read(spark, options.input, options.format, options.columns)
    module = prepare_module(options.prepare)
    facts = describe_input(frame, options.input, options.date or date_column(frame))
    _log.info("%s rows from %s, %s to %s", facts.rows, options.input, facts.first_date, facts.last_date)
    sample = _sample(frame, module, options)
    _log.info("%s rows to learn from, %s to choose by, %s to test on", *sample.part_rows)
    preparation = fit_preparation(sample.features, sample.part(_LEARN))
    choice = _compare(sample, preparation, choose_candidates(options.candidates, len(sample.classes)), options)
    outcomes = collect_outcomes(choice.pipeline.transform(sample.part(_HOLDOUT)), len(sample.classes))
    metrics = report(outcomes, sample.classes)
    _log.info("%s: %s %.4f, baseline %.4f", choice.name, options.metric, *_beside_baseline(metrics, options.metric))
    profile = make_profile(sample.part(_LEARN), sample.part(_HOLDOUT), choice.pipeline, sample.features, sample.classes)
    run = {
        "id": options.run_id,
        "stage": options.stage,
        "nominal_time": options.nominal_time,
        "started": format_time(started, "seconds"),
        "seconds": round(time.monotonic() - clock, 1),
        "spark": spark.version,
        "seed": options.seed,
        "metric": options.metric,
        "candidates": choice.scores,
        "candidate_seconds": choice.seconds,
        "chosen": choice.name,
        "threshold": choice.threshold,
    }
    better = {name: "higher" for name in METRICS if name in metrics}
    described = {
        "metrics": metrics,
        "better": better,
        "run": run,
        "data": _data(options, facts, sample),
        "valid_to": _valid_to(options.valid_days),
    }
    aliases = [options.alias] if options.alias else []
    gate = _gate(choice.pipeline, sample, options)
    manifest = _publish(
        repository.stage(options.name), choice.pipeline, options, sample, described, profile, gate, aliases
    )
    if plain is not None:
        _publish(plain.stage(), choice.pipeline, options, sample, described, profile, gate)
    return manifest


def _sample(frame: DataFrame, module: ModuleType | None, options: argparse.Namespace) -> Sample:
    """The prepared rows, typed and cached, split by group. Raises: JobError."""
    prepared = module.prepare(frame) if module else frame
    group = options.group or getattr(module, "GROUP", "")
    for name in filter(None, (options.label, group)):
        if name not in prepared.columns:
            raise unknown_column(name, prepared.columns)
    named: dict[Kind, Sequence[str]] = {
        "number": options.numeric,
        "category": options.categorical,
        "flag": options.flags,
    }
    features = choose(prepared, named, getattr(module, "FEATURES", ()), {options.label, group, *options.leave_out})
    # Rows without a group are their own: equal rows then still fall on one side.
    key = [group] if group else prepared.columns
    hashed = F.pmod(F.xxhash64(F.lit(options.seed), *[f"`{name}`" for name in key]), F.lit(_SHARES))
    limit = int(options.holdout * _SHARES)
    part = F.when(hashed < limit, _HOLDOUT).when(hashed < 2 * limit, _CHOOSE).otherwise(_LEARN)
    label = F.trim(F.col(f"`{options.label}`").cast("string"))
    rows = (
        prepared.select(*map(typed, features), label.alias(LABEL), part.alias(PART)).where(F.col(LABEL) != "").cache()
    )
    counts = {(row[LABEL], row[PART]): row["count"] for row in rows.groupBy(LABEL, PART).count().collect()}
    classes = _classes(counts, options.label)
    metadata = {"ml_attr": {"type": "nominal", "name": LABEL, "vals": list(classes)}}
    numbers = F.create_map(*[F.lit(each) for pair in enumerate(classes) for each in reversed(pair)])
    indexed = rows.withColumn(LABEL, numbers[F.col(LABEL)].cast("double").alias(LABEL, metadata=metadata))
    observed = observe(rows.where(F.col(PART) == _LEARN), features)
    for feature in features:
        if feature.name not in {each.name for each in observed}:
            _log.warning("'%s' is always null and left out", feature.name)
    totals = [sum(count for (_, where), count in counts.items() if where == number) for number in range(3)]
    return Sample(indexed, tuple(observed), classes, (totals[0], totals[1], totals[2]))


def _classes(counts: dict[tuple[str, int], int], label: str) -> tuple[str, ...]:
    """The label's values, the commonest first. Raises: JobError H602, H603, H606."""
    totals: dict[str, int] = {}
    for (name, _), count in counts.items():
        totals[name] = totals.get(name, 0) + count
    classes = tuple(sorted(totals, key=lambda name: (-totals[name], name)))
    if not classes:
        raise JobError("H602", f"no row has a '{label}'", hint="is it the right column, and did the import find rows?")
    if len(classes) == 1:
        raise JobError(
            "H603", f"every '{label}' is '{classes[0]}': there is nothing to tell apart", hint="wait for more data"
        )
    if len(classes) > MOST_CLASSES:
        raise JobError(
            "H603", f"'{label}' has {len(classes)} values, over {MOST_CLASSES}", hint="a label names a few classes"
        )
    if sum(totals.values()) < FEWEST_ROWS:
        raise JobError("H606", f"{sum(totals.values())} rows are too few", hint=f"at least {FEWEST_ROWS} are needed")
    for name in classes:
        fewest = min(counts.get((name, part), 0) for part in (_LEARN, _CHOOSE, _HOLDOUT))
        if fewest < FEWEST_OF_A_CLASS:
            raise JobError(
                "H606",
                f"'{name}' occurs {totals[name]} times, {fewest} of them in one part of the split",
                hint=f"each part needs {FEWEST_OF_A_CLASS}; join rare classes, or wait for more data",
            )
    return classes


def _compare(
    sample: Sample, preparation: Preparation, candidates: dict[str, Candidate], options: argparse.Namespace
) -> Choice:
    """Fit every candidate and keep the one that does best on the rows to choose by. Raises: JobError H600."""
    if options.metric in BINARY_METRICS and len(sample.classes) != 2:
        raise JobError(
            "H600", f"--metric {options.metric} needs two classes, not {len(sample.classes)}", hint="take f1"
        )
    learn = preparation.transform(sample.part(_LEARN)).cache()
    decide = preparation.transform(sample.part(_CHOOSE)).cache()

    def attempt(name: str) -> Attempt:
        found = _attempt(candidates[name], learn, decide, sample, options)
        _log.info("%s: %s %.4f in %.1f s", name, options.metric, found.score, found.seconds)
        return found

    # Each fit is many short jobs that wait for the driver: two at a time keep small machines busy.
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        attempts = dict(zip(candidates, pool.map(attempt, candidates), strict=True))
    learn.unpersist()
    decide.unpersist()
    name, best = max(attempts.items(), key=lambda item: item[1].score)
    if best.threshold is not None:
        best.model.setThresholds([1 - best.threshold, best.threshold])
    scores = {each: attempt.score for each, attempt in attempts.items()}
    seconds = {each: attempt.seconds for each, attempt in attempts.items()}
    return Choice(name, preparation.pipeline(candidates[name].takes, best.model), scores, seconds, best.threshold)


def _attempt(
    candidate: Candidate, learn: DataFrame, decide: DataFrame, sample: Sample, options: argparse.Namespace
) -> Attempt:
    clock = time.monotonic()
    model = fit(candidate, learn, options.seed)
    outcomes = collect_outcomes(model.transform(decide), len(sample.classes))
    threshold = None
    if outcomes.is_binary and options.metric != "accuracy":
        threshold = best_threshold(outcomes)
        outcomes = outcomes.decided(threshold)
    score = round(METRICS[options.metric](outcomes), 6)
    return Attempt(model, score, round(time.monotonic() - clock, 1), threshold)


def _gate(pipeline: PipelineModel, sample: Sample, options: argparse.Namespace) -> Gate | None:
    if not options.gate_rows:
        return None
    total = sum(sample.part_rows)
    return Gate(pipeline, sample.rows, total, sample.inputs, seed=options.seed, count=options.gate_rows)


def _publish(
    staging: Staging,
    pipeline: PipelineModel,
    options: argparse.Namespace,
    sample: Sample,
    described: dict[str, Any],
    profile: Profile,
    gate: Gate | None,
    aliases: Sequence[str] = (),
) -> Manifest:
    """Save the model aside, then put it in its place; gives what was written beside it. Raises: PublicationError."""
    with staging:
        pipeline.write().save(staging.spark_path)
        verdict = gate.judge(staging) if gate else None
        if verdict and verdict.graph:
            staging.add(GRAPH_NAME, verdict.graph)
        staging.add(PROFILE_NAME, profile.to_json().encode())
        return staging.publish(
            inputs=sample.inputs,
            scoring=verdict.scoring if verdict else None,
            classes=sample.classes,
            description=options.description,
            target=options.label,
            aliases=aliases,
            **described,
        )


def _data(options: argparse.Namespace, facts: InputFacts, sample: Sample) -> dict[str, Any]:
    rows = dict(zip(("learn", "choose", "holdout"), sample.part_rows, strict=True))
    return {
        "input": options.input,
        "rows": facts.rows,
        "first_date": facts.first_date,
        "last_date": facts.last_date,
        "fingerprint": facts.fingerprint,
        "prepared_by": options.prepare or "",
        "rows_of_parts": rows,
    }


def _valid_to(days: float | None) -> str:
    return "" if days is None else format_time(datetime.now(timezone.utc) + timedelta(days=days), "seconds")


def _beside_baseline(metrics: dict[str, float], metric: str) -> tuple[float, float]:
    return metrics[metric], metrics[f"baseline.{metric}"]


def _session(name: str) -> SparkSession:
    spark = SparkSession.builder.appName(f"howdah train {name}").getOrCreate()
    context = spark.sparkContext
    if context.master.startswith("local") and not context.getConf().contains("spark.sql.shuffle.partitions"):
        # Spark's 200 are meant for a cluster; on one machine each costs more than its rows.
        spark.conf.set("spark.sql.shuffle.partitions", str(2 * context.defaultParallelism))
    return spark


def main(arguments: Sequence[str]) -> int:
    """The exit code; an error of ours leaves as one line and its hint."""
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("py4j").setLevel(logging.WARNING)
    try:
        options = parse(arguments)
        manifest = train(_session(options.name), options)
    except HowdahError as error:
        for diagnostic in error.diagnostics:
            sys.stderr.writelines(f"{line}\n" for line in diagnostic.lines)
        return 2 if error.code == "H600" else 1
    _log.info("published %s version %s", manifest.name, manifest.version)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
