import os
from datetime import datetime, timedelta, timezone

import pytest

from models.errors import ModelNotFoundError
from models.lifecycle import Lifecycle
from models.retention import Policy
from storage.local import LocalDisk

NOW = datetime.now(timezone.utc)
NOTHING = Policy(newest=1, days=0)


@pytest.fixture
def disk(tmp_path):
    return LocalDisk(tmp_path, durable=False)


@pytest.fixture
def lifecycle(repository):
    return Lifecycle(repository, "ann")


@pytest.fixture
def kept(repository, publish, tmp_path):
    """Version → why it stays, after ``count`` publications ``days`` ago."""

    def kept(policy, *, days=()):
        for version, age in enumerate(days, 1):
            moment = (NOW - timedelta(days=age)).timestamp()
            os.utime(tmp_path / "models" / "funnel" / str(version), (moment, moment))
        verdicts = Lifecycle(repository, "ann", now=lambda: NOW + timedelta(days=1)).judge("funnel", policy)
        return {each.version: each.kept for each in verdicts}

    return kept


def test_the_newest_and_the_young_stay(publish, kept):
    for _ in range(5):
        publish()
    found = kept(Policy(newest=2, days=10), days=(100, 5, 100, 100, 100))
    assert found == {
        1: "",
        2: "younger than 10 days",
        3: "",
        4: "one of the newest 2",
        5: "the latest, and there is no champion",
    }


def test_what_has_an_alias_and_what_a_rollback_goes_to_stay(publish, kept, repository):
    for _ in range(6):
        publish()
    later = Lifecycle(repository, "ann", now=lambda: NOW - timedelta(days=50))
    for version in (1, 2, 3):
        later.promote("funnel", version, "why")
    later.promote("funnel", 4, "why", alias="shadow")
    assert kept(Policy(newest=1, days=0), days=[100] * 6) == {
        1: "",
        2: "what champion would roll back to",
        3: "champion",
        4: "shadow",
        5: "",
        6: "one of the newest 1",
    }


def test_what_had_an_alias_lately_stays_for_those_who_still_read_it(publish, kept, repository):
    for _ in range(4):
        publish()
    for days, version in ((50, 1), (50, 2), (5, 3), (4, 4)):
        Lifecycle(repository, "ann", now=lambda days=days: NOW - timedelta(days=days)).promote("funnel", version, "why")
    assert kept(Policy(newest=1, days=20), days=[100] * 4) == {
        1: "",
        2: "in the log of the last 20 days",
        3: "what champion would roll back to",
        4: "champion",
    }


def test_a_collection_deletes_what_the_policy_does_not_keep(repository, disk, publish, lifecycle):
    for _ in range(6):
        publish(aliases=("champion",))
    lifecycle.retire("funnel", 1, "leaks")
    made = lifecycle.collect("funnel", NOTHING)
    assert (made.action, made.versions, made.who) == ("collect", (1, 2, 3, 4), "ann")
    assert "newest 1" in made.why
    assert repository.all_versions("funnel") == [5, 6]  # 6 is the champion, to 5 it would roll back
    assert sorted(each.name for each in disk.list("/models/funnel")) == ["5", "6", "aliases", "log"]
    assert lifecycle.collect("funnel", NOTHING) is None
    assert publish().version == 7
    assert lifecycle.rollback("funnel", "why").versions == (5,)


def test_the_highest_number_stays_so_that_it_is_not_given_twice(repository, publish, lifecycle):
    publish(aliases=("champion",))
    publish()
    lifecycle.retire("funnel", 2, "leaks")
    assert lifecycle.collect("funnel", NOTHING) is None
    assert publish().version == 3
    assert lifecycle.collect("funnel", NOTHING).versions == (2,)


def test_an_empty_model_is_not_there_to_collect(lifecycle):
    with pytest.raises(ModelNotFoundError):
        lifecycle.collect("funnel", NOTHING)


@pytest.mark.parametrize("policy", [{"newest": 0}, {"days": -1}, {"days": float("nan")}])
def test_what_is_no_policy(policy):
    with pytest.raises(ValueError, match="keep"):
        Policy(**policy)
