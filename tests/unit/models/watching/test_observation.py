from datetime import timedelta

import pytest

from models.errors import ModelNotFoundError, ProfileError
from models.watching.counting import count_predictions
from models.watching.observation import Requests
from models.watching.policy import Policy, Thresholds
from tests.unit.models.watching.conftest import rows_like


def by_about(observation):
    return {finding.about for finding in observation.findings}


def test_rows_like_trainings_are_quiet(world, profile):
    world.publish(profile)
    world.track(rows_like(800, 2), 1)
    found = world.observe()
    assert (found.model, found.version, found.rows, found.findings) == ("funnel", 1, 800, ())
    assert found.judged == ("drift", "outliers")
    assert [column.name for column in found.columns] == [
        "hits",
        "known",
        "medium",
        "prediction",
        "probability.purchase",
    ]
    assert max(column.drift.psi for column in found.columns) < 0.1
    assert found.outliers < 0.02
    assert 0 < found.usual_outliers < 0.02


def test_what_has_moved_is_named_with_its_measure(world, profile):
    world.publish(profile)
    world.track([{**row, "hits": row["hits"] + 4, "known": None} for row in rows_like(800, 2)], 1, purchases=0.95)
    found = world.observe(Policy(Thresholds(kolmogorov_smirnov=0.3, chi_square_p=1e-6)))
    assert by_about(found) == {"input hits", "input known", "output prediction", "output probability.purchase", "rows"}
    words = [finding.words for finding in found.findings if finding.about == "input hits"]
    assert [text.split()[2] for text in words] == ["psi", "kolmogorov_smirnov", "chi_square_p"]
    assert words[0].endswith("is above 0.25")
    assert words[2].endswith("is below 1e-06")
    assert ("nulls", 1.0) in [(finding.measure, finding.value) for finding in found.findings]


def test_strange_rows_are_outliers_though_no_column_has_moved(world, profile):
    world.publish(profile)
    world.track([*rows_like(970, 2), *rows_like(30, 3, hits=40.0)], 1)
    found = world.observe(Policy(Thresholds(psi=None)))
    assert [(each.kind, each.measure) for each in found.findings] == [("outliers", "outliers")]
    assert found.outliers - found.usual_outliers == pytest.approx(found.findings[0].value)
    assert 0.03 <= found.outliers < 0.05


def test_only_the_version_and_the_period_that_were_asked_for_count(world, profile):
    world.publish(profile)
    world.publish(profile)
    world.track(rows_like(600, 2), 2)
    world.track(rows_like(600, 3, hits=99.0), 1)
    world.track(rows_like(600, 4, hits=99.0), 2, days_ago=8)
    assert (world.observe().version, world.observe().rows, world.observe().findings) == (2, 600, ())
    assert "input hits" in by_about(world.observe(reference="funnel@1"))
    with pytest.raises(ModelNotFoundError):
        world.observe(reference="funnel@9")


def test_too_little_is_not_judged(world, profile):
    world.publish(profile)
    world.track(rows_like(499, 2, hits=99.0), 1)
    found = world.observe()
    assert (found.judged, found.findings) == ((), ())
    assert "drift: not judged, 499 predictions are fewer than 500" in found.notes
    assert any(note.startswith("errors: not judged, no service was asked") for note in found.notes)


def test_no_predictions_and_no_profile_say_so(world, profile):
    world.publish(None)
    found = world.observe()
    assert (found.rows, found.columns, found.outliers) == (0, (), None)
    assert "drift: not judged, training wrote no profile of this version" in found.notes


def test_a_damaged_profile_is_an_error(world, profile, tmp_path):
    world.publish(profile)
    (tmp_path / "models/funnel/1/profile.json").write_text("{}")
    with pytest.raises(ProfileError):
        world.observe()


def test_concealed_inputs_are_not_taken_for_drift(world, profile):
    world.publish(profile)
    rows = [{"hits": row["hits"], "medium": "hmac:0123"} for row in rows_like(800, 2)]
    world.track(rows, 1)
    found = world.observe()
    assert found.findings == ()
    assert {column.name for column in found.columns if column.role == "input"} == {"hits"}
    assert {"known: not tracked", "medium: tracked as a hash"} <= set(found.notes)
    assert found.outliers is None


def test_labels_are_held_against_the_manifests_metric(world, profile):
    world.publish(profile, run={"metric": "f1"})
    request = world.track(rows_like(600, 2), 1)
    right = ["purchase"] * 300 + ["none"] * 300
    world.label(request, right)
    found = world.observe()
    assert (found.score.metric, found.score.now, found.score.labelled) == ("f1", 1.0, 600)
    assert found.score.decrease < 0
    world.label(request, [*["none"] * 150, *right[150:]])
    found = world.observe()
    # None: 300 right of 450 true, 300 predicted; purchase: 150 of 150, 300 predicted.
    assert found.score.now == pytest.approx((2 * 300 / 750 + 2 * 150 / 450) / 2)
    assert found.findings == ()
    world.label(request, [*["none"] * 200, *right[200:]])
    (finding,) = world.observe().findings
    assert (finding.kind, finding.about, finding.measure) == ("score", "metric f1", "score_decrease")
    other = world.observe(Policy(metric="accuracy"))
    assert (other.score.metric, other.score.now) == ("accuracy", pytest.approx(400 / 600))
    assert world.observe(Policy(metric="area_under_roc")).score is None


def test_errors_are_of_the_version_alone(world, profile):
    world.publish(profile)
    requests = {1: Requests(900, 100), 2: Requests(0, 500)}
    (finding,) = world.observe(requests=requests).findings
    assert (finding.kind, finding.value) == ("errors", 0.1)
    assert world.observe(requests={1: Requests(90, 9)}).findings == ()
    assert world.observe(requests={2: Requests(0, 500)}).requests is None


def test_a_bounded_count_takes_the_latest_days_first(world, profile):
    world.publish(profile)
    world.track(rows_like(300, 2, medium="a"), 1, days_ago=3)
    world.track(rows_like(200, 3, medium="b"), 1, days_ago=1)
    place = world.disk, "/models", "funnel", 1, world.now - timedelta(days=7), profile
    medium = count_predictions(*place, most_rows=250).inputs["medium"]
    assert dict(zip(medium.labels, medium.counts, strict=True)) == {"a": 50, "b": 200, "c": 0}
    assert count_predictions(*place, most_rows=200).rows == 200
    assert count_predictions(*place, most_rows=900).rows == count_predictions(*place).rows == 500
