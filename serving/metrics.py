"""The statistics as Prometheus reads them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import accumulate

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from serving.registry import Registry
from serving.speculation.counts import Totals
from serving.statistics import BOUNDS_S, Statistics, Tally

CONTENT_TYPE = CONTENT_TYPE_LATEST


def describe_metrics(statistics: Statistics, registry: Registry, groups: Mapping[str, Totals]) -> bytes:
    """All metrics in Prometheus' text format: counts over all workers, states as the worker that is asked has them."""
    collectors = CollectorRegistry(auto_describe=False)
    collectors.register(_Collected(statistics, registry, groups))
    return generate_latest(collectors)


class _Collected(Collector):
    def __init__(self, statistics: Statistics, registry: Registry, groups: Mapping[str, Totals]) -> None:
        self._statistics = statistics
        self._registry = registry
        self._groups = groups

    def collect(self) -> Iterator[Metric]:
        """One family after another."""
        totals = {_labels(*key): tally for key, tally in self._statistics.totals().items()}
        yield from _count(totals)
        yield from _time(totals)
        yield from _describe_states(self._registry)
        yield from _describe_groups(self._groups)


def _count(totals: dict[tuple[str, str], Tally]) -> Iterator[Metric]:
    records = CounterMetricFamily("howdah_predicted_records", "Records answered.", labels=["model", "version"])
    errors = CounterMetricFamily(
        "howdah_prediction_errors",
        "Requests that did not fit the model (refused), or at which it failed (failed).",
        labels=["model", "version", "kind"],
    )
    for key, tally in totals.items():
        records.add_metric(key, tally.records)
        errors.add_metric([*key, "refused"], tally.refused)
        errors.add_metric([*key, "failed"], tally.failed)
    yield from (records, errors)


def _time(totals: dict[tuple[str, str], Tally]) -> Iterator[Metric]:
    labels = ["model", "version"]
    duration = HistogramMetricFamily(
        "howdah_prediction_duration_seconds", "From the records as read to the answer.", labels=labels
    )
    shortest = GaugeMetricFamily(
        "howdah_prediction_shortest_seconds", "The shortest duration since the start.", labels=labels
    )
    longest = GaugeMetricFamily(
        "howdah_prediction_longest_seconds", "The longest duration since the start.", labels=labels
    )
    since = GaugeMetricFamily(
        "howdah_model_since_seconds", "When the version that answered was loaded, as a Unix time.", labels=labels
    )
    for key, tally in totals.items():
        bounds = ["+Inf" if bound == math.inf else str(bound) for bound in BOUNDS_S]
        sums = map(float, accumulate(tally.buckets))
        duration.add_metric(key, list(zip(bounds, sums, strict=True)), tally.duration_s)
        since.add_metric(key, tally.since)
        if tally.answers:
            shortest.add_metric(key, tally.shortest_s)
            longest.add_metric(key, tally.longest_s)
    yield from (duration, shortest, longest, since)


def _describe_states(registry: Registry) -> Iterator[Metric]:
    serving = GaugeMetricFamily(
        "howdah_model_serving",
        "1 for the version that answers, 0 when it is not the one that should.",
        labels=["model", "version", "manifest", "engine"],
    )
    up = GaugeMetricFamily(
        "howdah_source_up", "Whether the place that models come from can be read.", labels=["source"]
    )
    for state in registry.states.values():
        if state.loaded:
            manifest = state.loaded.manifest
            labels = [manifest.name, str(manifest.version), state.loaded.digest, state.loaded.scorer.engine]
            serving.add_metric(labels, 0 if state.problem else 1)
    for source in registry.sources.values():
        up.add_metric([source.label], 0 if source.problem else 1)
    yield from (serving, up)


def _describe_groups(groups: Mapping[str, Totals]) -> Iterator[Metric]:
    requests = CounterMetricFamily("howdah_group_requests", "Requests to a group.", labels=["group"])
    outcomes = CounterMetricFamily(
        "howdah_group_outcomes",
        "Of these: not as with every member (degraded), by default (defaulted), not at all (unanswered).",
        labels=["group", "outcome"],
    )
    labels = ["group", "member", "version"]
    calls = CounterMetricFamily("howdah_group_calls", "Calls of a member, by their end.", labels=[*labels, "end"])
    compared = CounterMetricFamily("howdah_group_compared_records", "Records beside another's answer.", labels=labels)
    agreed = CounterMetricFamily("howdah_group_agreed_records", "Of these: the same as the answer.", labels=labels)
    for group, totals in groups.items():
        requests.add_metric([group], totals.requests["requests"])
        for outcome in ("degraded", "defaulted", "unanswered"):
            outcomes.add_metric([group, outcome], totals.requests[outcome])
        for (member, version), counts in totals.members.items():
            key = [group, member, "" if version is None else str(version)]
            for end in ("in_time", "late", "failed", "refused", "busy"):
                calls.add_metric([*key, end], getattr(counts, end))
            compared.add_metric(key, counts.compared)
            agreed.add_metric(key, counts.agreed)
    yield from (requests, outcomes, calls, compared, agreed)


def _labels(name: str, version: int) -> tuple[str, str]:
    return (name, str(version)) if name else ("others", "")
