"""Which class is said where scores are not finite."""

import numpy as np

from models.scorer.classifiers import highest, softmax


def test_the_highest_score_is_looked_for_as_spark_does():
    nan = np.nan
    scores = np.array([[1.0, 3.0, 3.0], [nan, 2.0, 3.0], [1.0, nan, 0.0], [-np.inf, nan, 2.0], [nan, nan, nan]])
    assert highest(scores).tolist() == [1, 0, 0, 2, 0]


def test_the_first_infinite_score_takes_all_and_the_next_is_nothing_known():
    chances = softmax(np.array([[1.0, np.inf, -5.0], [np.inf, np.inf, 0.0], [0.0, 0.0, 0.0]]))
    assert chances[0].tolist() == [0.0, 1.0, 0.0]
    assert np.isnan(chances[1, 1])
    assert chances[1, [0, 2]].tolist() == [1.0, 0.0]
    assert chances[2].tolist() == [1 / 3] * 3
