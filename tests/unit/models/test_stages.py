import shutil

import pytest

from models.errors import CorruptModelError, ModelNotFoundError, TransitionError
from models.lifecycle import Lifecycle
from models.plain import PlainFolder
from models.repository import Repository
from models.retention import Policy
from models.source import resolve_reference
from models.stages import Candidate, candidates, stage_of
from storage.local import LocalDisk
from tests.unit.models.dying import DyingDisk, Killed


@pytest.fixture
def disk(tmp_path):
    return LocalDisk(tmp_path, durable=False)


@pytest.fixture
def lifecycle(repository):
    return Lifecycle(repository, "ann")


def offered(repository, reference="funnel", stage="prod"):
    return [(each.version, each.stage) for each in candidates(repository, reference, stage)]


def test_a_version_goes_from_dev_to_qa_to_prod(repository, publish, lifecycle):
    publish()
    publish()
    with pytest.raises(TransitionError, match="H248"):
        lifecycle.promote("funnel", 1, "why", staged=True)
    lifecycle.promote("funnel", 1, "it fits", alias="qa")
    assert [stage_of(repository.aliases("funnel"), version) for version in (1, 2)] == ["qa", "dev"]
    lifecycle.promote("funnel", 1, "it has held", staged=True)
    assert [stage_of(repository.aliases("funnel"), version) for version in (1, 2)] == ["prod", "dev"]
    assert repository.aliases("funnel") == {"champion": 1, "qa": 1}


def test_where_there_is_a_qa_every_promotion_to_champion_passes_it(repository, publish, lifecycle):
    for _ in range(3):
        publish()
    lifecycle.promote("funnel", 1, "no stages yet")
    lifecycle.promote("funnel", 2, "why", alias="qa")
    with pytest.raises(TransitionError, match="H248") as caught:
        lifecycle.promote("funnel", 3, "why")
    assert "--stage qa" in caught.value.diagnostics[0].hint
    assert repository.aliases("funnel") == {"champion": 1, "qa": 2}
    lifecycle.promote("funnel", 3, "any other alias", alias="challenger")
    assert lifecycle.promote("funnel", 3, "the shop is down", force=True).why == (
        "forced, was not in qa: the shop is down"
    )
    assert lifecycle.promote("funnel", 2, "why", force=True).why == "why"  # no force was needed
    assert lifecycle.promote("funnel", 1, "it was in prod").versions == (1,)


def test_what_was_rolled_back_from_qa_was_not_in_qa(repository, publish, lifecycle):
    for _ in range(2):
        publish(aliases=("qa",))
    assert lifecycle.rollback("funnel", "it does not hold", alias="qa").versions == (1,)
    with pytest.raises(TransitionError, match=r"H248.*rolled back"):
        lifecycle.promote("funnel", 2, "why")


def test_a_spoilt_version_does_not_enter_qa(repository, publish, lifecycle, tmp_path):
    publish()
    (tmp_path / "models/funnel/1/spark/metadata/part-00000").write_text("{}")
    with pytest.raises(CorruptModelError, match="H204"):
        lifecycle.promote("funnel", 1, "why", alias="qa")


def test_what_is_trained_in_prod_needs_not_have_been_in_qa(repository, publish):
    publish(aliases=("qa",))
    publish(aliases=("champion",))
    assert repository.aliases("funnel") == {"champion": 2, "qa": 1}
    assert repository.log("funnel").last().why == "published"


def test_each_stage_is_rolled_back_for_itself(repository, publish, lifecycle):
    for alias in ("qa", "champion", "qa", "champion"):
        publish(aliases=(alias,))
    lifecycle.rollback("funnel", "why")
    assert repository.aliases("funnel") == {"champion": 2, "qa": 3}
    lifecycle.rollback("funnel", "why", alias="qa")
    assert repository.aliases("funnel") == {"champion": 2, "qa": 1}


def test_without_stages_all_is_as_it_was(repository, publish, disk):
    for _ in range(3):
        publish()
    assert offered(repository) == [(3, None), (2, None), (1, None)]
    repository.set_alias("funnel", "champion", 2)
    assert offered(repository) == [(2, None), (1, None)]
    assert stage_of(repository.aliases("funnel"), 2) is None
    with pytest.raises(ModelNotFoundError):
        offered(PlainFolder(disk, "/plain"))


def test_prod_and_what_was_in_prod_go_before_qa_and_dev_is_not_offered(repository, publish, lifecycle):
    for alias in ("qa", "champion", "champion", "qa"):
        publish(aliases=(alias,))
    publish()
    assert offered(repository) == [(3, "prod"), (2, "prod"), (4, "qa"), (1, "qa")]
    assert offered(repository, "funnel@qa") == [(4, None)]
    lifecycle.retire("funnel", 2, "leaks")
    lifecycle.promote("funnel", 4, "why")
    assert offered(repository) == [(4, "prod"), (3, "prod"), (1, "qa")]


def test_without_anything_in_prod_qa_answers_and_no_newer_dev_does(repository, publish, lifecycle):
    publish(aliases=("qa",))
    publish()
    assert resolve_reference(repository, "funnel") == 1
    assert list(candidates(repository, "funnel")) == [Candidate(1, "qa", is_fallback=True)]
    lifecycle.retire("funnel", 2, "it is not what answers")
    with pytest.raises(TransitionError, match=r"H243.*qa"):
        lifecycle.retire("funnel", 1, "it is")


def test_the_first_candidate_costs_no_look_at_the_log(repository, publish, tmp_path):
    publish(aliases=("qa", "champion"))
    (tmp_path / "models/funnel/log/000000000000002.json").write_text("{")
    assert next(candidates(repository, "funnel")) == Candidate(1, "prod")


def test_a_collection_keeps_what_a_stage_means_and_what_it_would_roll_back_to(repository, publish, lifecycle):
    for alias in ("qa", "qa", "qa", "champion", "champion"):
        publish(aliases=(alias,))
    publish()
    publish()
    assert lifecycle.collect("funnel", Policy(newest=1, days=0)).versions == (1, 6)
    assert offered(repository) == [(5, "prod"), (4, "prod"), (3, "qa"), (2, "qa")]


def test_killed_at_any_step_on_the_way_to_prod_something_of_a_stage_is_offered(tmp_path, save, described):
    made = Repository(LocalDisk(tmp_path / "made", durable=False), "/models")
    for aliases in (("qa",), ()):
        with made.stage("funnel") as staging:
            save(staging.spark_path)
            staging.publish(**described, aliases=aliases)
    deaths = 0
    for after in (False, True):
        for fatal in range(1, 50):
            root = tmp_path / f"{after}{fatal}"
            shutil.copytree(tmp_path / "made", root)
            try:
                _go_to_prod(Repository(DyingDisk(root, fatal, after=after), "/models"))
                break
            except Killed:
                deaths += 1
            repository = Repository(LocalDisk(root, durable=False), "/models")
            assert offered(repository)[0] in {(1, "qa"), (2, "qa"), (2, "prod")}
            _go_to_prod(repository)
            assert repository.aliases("funnel") == {"champion": 2, "qa": 2}
            assert offered(repository) == [(2, "prod"), (1, "qa")]
            assert [each.action for each in repository.log("funnel").newest_first()] == ["promote"] * 3
    assert deaths >= 6


def _go_to_prod(repository):
    lifecycle = Lifecycle(repository, "ann")
    lifecycle.promote("funnel", 2, "it fits", alias="qa")
    lifecycle.promote("funnel", 2, "it has held", staged=True)


def test_in_qa_only_what_is_or_was_in_qa_is_offered_and_in_dev_the_latest(repository, publish, lifecycle):
    for _ in range(4):
        publish()
    lifecycle.promote("funnel", 1, "no stages yet")
    assert offered(repository, stage="qa") == []
    assert offered(repository, stage="dev") == [(4, None), (3, None), (2, None), (1, None)]
    lifecycle.promote("funnel", 2, "why", alias="qa")
    lifecycle.promote("funnel", 3, "why", alias="qa")
    assert offered(repository, stage="qa") == [(3, "qa"), (2, "qa")]
    assert not any(each.is_fallback for each in candidates(repository, "funnel", "qa"))
    assert [each.is_fallback for each in candidates(repository, "funnel")] == [False, True, True]
    assert offered(repository, "funnel@1", "qa") == [(1, None)]
