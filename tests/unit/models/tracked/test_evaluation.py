from datetime import datetime, timezone

import pytest

from models.tracked.evaluation import ClassQuality, Tenth, evaluate


def evaluated(tracked, **more):
    return evaluate(tracked.files, tracked.root, "funnel", **more)


@pytest.fixture
def told(tracked):
    """Four labelled answers of version 1 (three right), one of version 2, and one that nothing was told of."""
    for number, (predicted, chance, fact) in enumerate(
        [(1, 0.95, "buy"), (1, 0.65, "leave"), (0, 0.65, "leave"), (0, 0.75, "leave")]
    ):
        tracked.predict(f"r{number}", [(float(predicted), (1 - chance, chance) if predicted else (chance, 1 - chance))])
        tracked.tell(fact, request=f"r{number}")
    tracked.predict("r8", [(1.0, (0.5, 0.5))])
    tracked.predict("r9", [(1.0, None)], version=2, after=10)
    tracked.tell("buy", request="r9")
    return tracked


def test_classes_are_measured_by_version(told):
    quality = evaluated(told)

    assert (quality.predictions, quality.labels, quality.strange_labels) == (6, 5, 0)
    first, second = quality.versions
    assert (first.version, first.kind, first.predictions, first.labelled) == (1, "classes", 5, 4)
    assert first.unlabelled_share == pytest.approx(0.2)
    assert first.accuracy == 0.75
    assert first.mean_score == pytest.approx((0.95 + 0.65 + 0.65 + 0.75 + 0.5) / 5)
    assert first.predicted == {"buy": pytest.approx(0.6), "leave": pytest.approx(0.4)}
    assert first.classes == (
        ClassQuality("buy", 2, 1, 0.5, 1.0),
        ClassQuality("leave", 2, 3, 1.0, pytest.approx(2 / 3)),
    )
    assert (second.version, second.accuracy, second.mean_score, second.calibration) == (2, 1.0, None, ())


def test_calibration_sets_the_probability_beside_the_share_that_was_right(told):
    assert evaluated(told).versions[0].calibration == (
        Tenth(0.6, 0.7, 2, pytest.approx(0.65), 0.5),
        Tenth(0.7, 0.8, 1, 0.75, 1.0),
        Tenth(0.9, 1.0, 1, 0.95, 1.0),
    )


def test_numbers_have_errors(tracked):
    for number in range(20):
        tracked.predict(f"r{number}", [(float(number), None)], classes=())
        tracked.tell(number + (1.0 if number % 2 else -3.0), request=f"r{number}")

    (found,) = evaluated(tracked).versions

    assert (found.kind, found.labelled, found.mean_score, found.predicted) == ("numbers", 20, 9.5, {})
    assert (found.rmse, found.mae, found.bias) == (pytest.approx(5**0.5), 2.0, 1.0)
    assert len(found.calibration) == 10
    assert found.calibration[0] == Tenth(0.0, 1.0, 2, 0.5, -0.5)


def test_without_labels_there_is_a_count_and_a_mean(tracked):
    tracked.predict("r1", [(1.0, (0.25, 0.75))])

    (found,) = evaluated(tracked).versions

    assert (found.predictions, found.labelled, found.accuracy, found.classes) == (1, 0, None, ())
    assert (found.unlabelled_share, found.mean_score, found.sources) == (1.0, 0.75, {"service": 1})


def test_a_class_that_the_model_does_not_know_is_one_that_it_never_predicts(tracked):
    tracked.predict("r1", [(1.0, (0.25, 0.75))])
    tracked.tell("return", request="r1")

    (found,) = evaluated(tracked).versions

    assert found.classes == (ClassQuality("buy", 1, 0, 0.0, None), ClassQuality("return", 0, 1, None, 0.0))


def test_a_period_begins_where_it_is_told_to(told):
    quality = evaluated(told, since=datetime(2026, 11, 20, 12, 0, 5, tzinfo=timezone.utc))

    assert (quality.predictions, quality.strange_labels) == (1, 4)
    assert [each.version for each in quality.versions] == [2]


def test_nothing_tracked_is_nothing_found(tracked):
    assert evaluated(tracked).versions == ()
