"""What Spark keeps sparse, and so which zeros a VectorIndexer leaves alone."""

import pytest

from models.scorer.categories import sparse_overheads

# The most entries with which a vector of that size stays sparse, as Spark says.
SPARK_4_3 = {1: -1, 2: -1, 3: 0, 4: 1, 5: 1, 6: 2, 7: 3, 8: 3, 9: 4, 10: 5, 11: 5, 12: 6, 14: 7, 17: 9, 20: 11, 40: 25}


@pytest.mark.parametrize(("size", "most"), SPARK_4_3.items())
def test_the_rule_is_that_of_spark_4_3(size, most):
    low, high = sparse_overheads("4.3.0")
    assert low == high
    assert max((count for count in range(size + 1) if size - 1.5 * count > low), default=-1) == most


def test_between_the_releases_that_were_asked_both_rules_may_hold():
    assert sparse_overheads("3.5.9") == (1.5, 1.5)
    assert sparse_overheads("4.0.1") == (1.5, 2.0)
