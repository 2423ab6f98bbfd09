"""The metrics as Prometheus' own parser reads them."""

from prometheus_client.parser import text_string_to_metric_families

from serving.metrics import describe_metrics
from serving.statistics import SharedCounts


def samples(statistics, registry):
    text = describe_metrics(statistics, registry, {}).decode()
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_a_histogram_errors_records_and_what_serves(shop, registry):
    shop.publish()
    registry.look()
    loaded = registry.states["funnel"].loaded
    counts = SharedCounts().part(0)
    for duration in (0.0002, 0.003):
        counts.count_answer(loaded, duration, records=4)
    counts.count_refusal(loaded)
    found = samples(counts, registry)
    model = (("model", "funnel"), ("version", "1"))

    def bucket(bound):
        return found[("howdah_prediction_duration_seconds_bucket", ("le", bound), *model)]

    assert (bucket("0.0001"), bucket("0.00025"), bucket("0.005"), bucket("+Inf")) == (0, 1, 2, 2)
    assert found[("howdah_prediction_duration_seconds_count", *model)] == 2
    assert found[("howdah_prediction_duration_seconds_sum", *model)] == 0.0032
    assert found[("howdah_prediction_shortest_seconds", *model)] == 0.0002
    assert found[("howdah_prediction_longest_seconds", *model)] == 0.003
    assert found[("howdah_predicted_records_total", *model)] == 8
    assert found[("howdah_prediction_errors_total", ("kind", "refused"), *model)] == 1
    assert found[("howdah_prediction_errors_total", ("kind", "failed"), *model)] == 0
    digest = shop.repository.manifest("funnel", 1).digest
    labels = (("engine", "stub"), ("manifest", digest), *model)
    assert found[("howdah_model_serving", *labels)] == 1
    assert found["howdah_source_up", ("source", "repository")] == 1


def test_a_bad_version_and_a_source_that_is_away_show(shop, registry, source):
    shop.publish()
    registry.look()
    shop.publish()
    shop.spoil(2)
    registry.look()
    source.is_away = True
    registry.look()
    found = samples(SharedCounts().part(0), registry)
    assert [value for key, value in found.items() if key[0] == "howdah_model_serving"] == [0]
    assert found["howdah_source_up", ("source", "repository")] == 0
