import contextlib
import shutil
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from models.errors import CorruptModelError, ModelNameError, ModelNotFoundError, TransitionError
from models.lifecycle import Lifecycle
from models.repository import Repository
from models.retention import Policy
from storage.local import LocalDisk
from tests.unit.models.dying import DyingDisk, Killed

NOTHING = Policy(newest=1, days=0)


@pytest.fixture
def disk(tmp_path):
    """No test here cuts the power."""
    return LocalDisk(tmp_path, durable=False)


@pytest.fixture
def lifecycle(repository):
    return Lifecycle(repository, "ann")


def said(repository, name="funnel"):
    """The log, the oldest first, in short."""
    return [(each.action, each.alias, each.before, each.versions) for each in reversed(all_of(repository, name))]


def all_of(repository, name="funnel"):
    return list(repository.log(name).newest_first())


# -- promote ----------------------------------------------------------------------------------------------------------


def test_a_promotion_is_done_and_logged_with_who_and_why(repository, publish, lifecycle):
    publish()
    manifest = publish()
    lifecycle.promote("funnel", 1, "the first")
    made = lifecycle.promote("funnel", 2, "  better recall\n")
    assert repository.aliases("funnel") == {"champion": 2}
    assert repository.log("funnel").last() == made
    assert (made.number, made.who, made.why, made.action) == (2, "ann", "better recall", "promote")
    assert (made.alias, made.before, made.versions, made.digest) == ("champion", 1, (2,), manifest.digest)
    assert made.time.endswith("Z")


def test_a_publication_with_an_alias_is_a_promotion(repository, publish):
    publish(aliases=("champion", "shadow"))
    assert said(repository) == [("promote", "champion", None, (1,)), ("promote", "shadow", None, (1,))]
    assert {each.why for each in all_of(repository)} == {"published"}


def test_what_is_so_already_is_not_logged(repository, publish, lifecycle):
    publish(aliases=("champion",))
    assert lifecycle.promote("funnel", 1, "again") is None
    assert len(all_of(repository)) == 1


@pytest.mark.parametrize("why", ["", "  \n", "x" * 1001, "\ud800"])
def test_there_is_no_transition_without_a_reason(repository, publish, lifecycle, why):
    publish()
    for call in (
        lambda: lifecycle.promote("funnel", 1, why),
        lambda: lifecycle.rollback("funnel", why),
        lambda: lifecycle.retire("funnel", 1, why),
    ):
        with pytest.raises(TransitionError, match="H240"):
            call()
    assert all_of(repository) == []


def test_what_is_not_there_is_not_promoted(repository, publish, lifecycle):
    with pytest.raises(ModelNotFoundError):
        lifecycle.promote("funnel", 1, "why")
    publish()
    with pytest.raises(ModelNotFoundError):
        lifecycle.promote("funnel", 2, "why")
    with pytest.raises(ModelNameError):
        lifecycle.promote("funnel", 1, "why", alias="../x")
    with pytest.raises(ModelNameError):
        lifecycle.promote("../x", 1, "why")
    assert all_of(repository) == []


def test_a_spoilt_version_is_not_promoted(repository, publish, lifecycle, tmp_path):
    publish(aliases=("champion",))
    publish()
    (tmp_path / "models/funnel/2/spark/metadata/part-00000").write_text("{}")
    with pytest.raises(CorruptModelError, match="H204"):
        lifecycle.promote("funnel", 2, "why")
    assert repository.aliases("funnel") == {"champion": 1}


def test_aliases_from_before_there_was_a_log_stay_and_are_known(repository, publish, lifecycle):
    publish()
    publish()
    repository.write_alias("funnel", "champion", 1)
    repository.write_alias("funnel", "shadow", 1)
    lifecycle.promote("funnel", 2, "why")
    assert repository.aliases("funnel") == {"champion": 2, "shadow": 1}
    assert lifecycle.rollback("funnel", "why").versions == (1,)


def test_an_alias_that_was_set_by_hand_after_that_counts_too(repository, publish, lifecycle):
    for _ in range(3):
        publish(aliases=("champion",))
    repository.write_alias("funnel", "shadow", 1)
    assert lifecycle.collect("funnel", NOTHING) is None  # 2 is what champion would roll back to
    lifecycle.retire("funnel", 2, "leaks")
    assert repository.log("funnel").last().state.aliases == {"champion": 3, "shadow": 1}
    assert lifecycle.collect("funnel", NOTHING).versions == (2,)


def test_a_damaged_alias_is_mended_by_the_next_transition(repository, publish, lifecycle):
    publish(aliases=("champion", "shadow"))
    publish()
    repository.write_alias("funnel", "shadow", "x")
    lifecycle.promote("funnel", 2, "why")
    assert repository.aliases("funnel") == {"champion": 2, "shadow": 1}


# -- roll back --------------------------------------------------------------------------------------------------------


def test_rolling_back_goes_the_way_that_was_come(repository, publish, lifecycle):
    for _ in range(4):
        publish(aliases=("champion",))
    assert [lifecycle.rollback("funnel", "worse").versions[0] for _ in range(3)] == [3, 2, 1]
    with pytest.raises(TransitionError, match="H241"):
        lifecycle.rollback("funnel", "worse")
    assert repository.aliases("funnel") == {"champion": 1}
    lifecycle.promote("funnel", 4, "mended")
    assert lifecycle.rollback("funnel", "worse").versions == (1,)


def test_rolling_back_passes_over_what_is_out_of_use(repository, publish, lifecycle):
    for _ in range(4):
        publish(aliases=("champion",))
    lifecycle.retire("funnel", 3, "leaks")
    assert lifecycle.rollback("funnel", "worse").versions == (2,)


def test_each_alias_has_a_way_of_its_own(repository, publish, lifecycle):
    publish(aliases=("champion", "shadow"))
    publish(aliases=("champion",))
    with pytest.raises(TransitionError, match="H241"):
        lifecycle.rollback("funnel", "why", alias="shadow")
    with pytest.raises(ModelNotFoundError, match="challenger"):
        lifecycle.rollback("funnel", "why", alias="challenger")
    with pytest.raises(ModelNotFoundError, match="other"):
        lifecycle.rollback("other", "why")


# -- retire -----------------------------------------------------------------------------------------------------------


def test_a_retired_version_is_chosen_by_nobody_and_keeps_its_files(repository, publish, lifecycle):
    publish(aliases=("champion",))
    publish()
    assert lifecycle.retire("funnel", 2, "leaks").action == "retire"
    assert lifecycle.retire("funnel", 2, "again") is None
    assert repository.versions("funnel") == [1]
    assert repository.all_versions("funnel") == [1, 2]
    assert repository.latest("funnel") == 1
    assert repository.manifest("funnel", 2).version == 2
    with pytest.raises(TransitionError, match=r"H242.*retired"):
        lifecycle.promote("funnel", 2, "why")
    assert publish().version == 3


def test_what_answers_is_not_retired(repository, publish, lifecycle):
    publish()
    with pytest.raises(TransitionError, match="H243"):
        lifecycle.retire("funnel", 1, "why")
    publish()
    with pytest.raises(TransitionError, match=r"H243.*latest"):
        lifecycle.retire("funnel", 2, "why")
    lifecycle.promote("funnel", 1, "why")
    lifecycle.promote("funnel", 1, "why", alias="shadow")
    with pytest.raises(TransitionError, match="champion and shadow"):
        lifecycle.retire("funnel", 1, "why")
    lifecycle.retire("funnel", 2, "why")
    assert repository.versions("funnel") == [1]


# -- killed at any step -----------------------------------------------------------------------------------------------


def _publish_three(disk, save, described):
    repository = Repository(disk, "/models")
    for number in range(3):
        with repository.stage("funnel") as staging:
            save(staging.spark_path, str(number))
            staging.publish(**described, aliases=("champion",))
    return repository


def test_what_is_being_deleted_gets_no_alias(tmp_path, save, described):
    repository = _publish_three(LocalDisk(tmp_path, durable=False), save, described)
    disk = DyingDisk(tmp_path, 2, after=True)  # the entry is written and has its name
    with pytest.raises(Killed):
        Lifecycle(Repository(disk, "/models"), "ann").collect("funnel", NOTHING)
    assert repository.all_versions("funnel") == [1, 2, 3]
    with pytest.raises(TransitionError, match=r"H242.*deleted"):
        Lifecycle(repository, "bob").promote("funnel", 1, "why")
    assert Lifecycle(repository, "bob").collect("funnel", NOTHING) is None
    assert repository.all_versions("funnel") == [2, 3]


OPERATIONS = {
    "promote": lambda lifecycle: lifecycle.promote("funnel", 1, "why"),
    "rollback": lambda lifecycle: lifecycle.rollback("funnel", "why"),
    "retire": lambda lifecycle: lifecycle.retire("funnel", 1, "why"),
    "collect": lambda lifecycle: lifecycle.collect("funnel", NOTHING),
}
AFTERWARDS = {  # champion, versions in use
    "promote": (1, [1, 2, 3]),
    "rollback": (2, [1, 2, 3]),
    "retire": (3, [2, 3]),
    "collect": (3, [2, 3]),
}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_killed_at_any_step_it_is_done_whole_or_not_at_all(tmp_path, save, described, operation):
    _publish_three(LocalDisk(tmp_path / "made", durable=False), save, described)
    deaths = 0
    for after in (False, True):
        for fatal in range(1, 100):
            root = tmp_path / f"{after}{fatal}"
            shutil.copytree(tmp_path / "made", root)
            disk = DyingDisk(root, fatal, after=after)
            try:
                OPERATIONS[operation](Lifecycle(Repository(disk, "/models"), "ann"))
                break
            except Killed:
                deaths += 1
            _check_recovery(Repository(LocalDisk(root, durable=False), "/models"), operation)
    assert deaths >= 6


def _check_recovery(repository, operation):
    logged = len(all_of(repository)) == 4
    assert logged or (repository.aliases("funnel"), repository.versions("funnel")) == ({"champion": 3}, [1, 2, 3])
    lifecycle = Lifecycle(repository, "bob")
    with contextlib.suppress(TransitionError):  # a rollback that was cut short is finished, and not made twice
        OPERATIONS[operation](lifecycle)
    if operation == "rollback" and logged and repository.aliases("funnel")["champion"] == 1:
        return  # its last step was done: the second call is a second rollback
    assert (repository.aliases("funnel")["champion"], repository.versions("funnel")) == AFTERWARDS[operation]
    assert repository.log("funnel").last().who == ("ann" if logged else "bob")
    assert all(repository.verify("funnel", version) == [] for version in repository.versions("funnel"))


def test_a_rollback_that_was_killed_is_finished_and_not_made_twice(repository, publish, lifecycle):
    for _ in range(3):
        publish(aliases=("champion",))
    lifecycle.rollback("funnel", "worse")
    repository.write_alias("funnel", "champion", 3)  # as if it had been killed before this file
    with pytest.raises(TransitionError, match="H249"):
        lifecycle.rollback("funnel", "worse")
    assert repository.aliases("funnel") == {"champion": 2}
    assert lifecycle.rollback("funnel", "worse").versions == (1,)


# -- two at once ------------------------------------------------------------------------------------------------------


def test_of_many_writers_at_once_nobody_loses_anything(repository, publish):
    for _ in range(3):
        publish()
    barrier, made = threading.Barrier(6), []

    def change(who):
        barrier.wait()
        for count in range(10):
            entry = Lifecycle(repository, who).promote(
                "funnel", (count + int(who)) % 3 + 1, f"{who} {count}", verify=False
            )
            made.extend([entry] if entry else [])

    threads = [threading.Thread(target=change, args=(str(number),)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    log = list(reversed(all_of(repository)))
    assert [each.number for each in log] == list(range(1, len(log) + 1))
    assert sorted(made, key=lambda each: each.number) == log
    assert [each.before for each in log] == [None, *(each.versions[0] for each in log[:-1])]  # each saw the one before
    assert repository.aliases("funnel") == {"champion": log[-1].versions[0]}


def test_of_many_who_roll_back_from_a_version_one_is_heard(repository, publish, lifecycle):
    for _ in range(4):
        publish(aliases=("champion",))
    assert lifecycle.roll_back_from("funnel", 3, "not what answers") is None
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda who: lifecycle.roll_back_from("funnel", 4, f"by {who}"), range(8)))
    assert [each.versions for each in made if each] == [(3,)]
    assert repository.aliases("funnel") == {"champion": 3}
    assert lifecycle.roll_back_from("funnel", 4, "again") is None
    assert lifecycle.roll_back_from("funnel", 3, "no bidden other", alias="challenger") is None


def test_rolling_back_from_a_version_finishes_what_was_killed_and_goes_no_further(repository, publish, tmp_path):
    for _ in range(3):
        publish(aliases=("champion",))
    for fatal in (1, 2):
        disk = DyingDisk(tmp_path, fatal, after=False)
        with pytest.raises(Killed):
            Lifecycle(Repository(disk, "/models"), "ann").roll_back_from("funnel", 3, "why")
    Lifecycle(repository, "bob").roll_back_from("funnel", 3, "why")
    assert repository.aliases("funnel") == {"champion": 2}
    assert [each.action for each in all_of(repository)].count("rollback") == 1


class SlowWriter(LocalDisk):
    """Just before it writes an alias for the first time, ``meanwhile`` happens."""

    def __init__(self, root, meanwhile):
        super().__init__(root, durable=False)
        self.meanwhile = meanwhile

    def create(self, path, *, overwrite=False):
        meanwhile, is_alias = self.meanwhile, "/aliases/" in path
        if is_alias and meanwhile:
            self.meanwhile = None
            meanwhile()
        return super().create(path, overwrite=overwrite)


def test_a_slow_writer_does_not_undo_what_was_logged_after_him(repository, publish, tmp_path):
    for _ in range(3):
        publish(aliases=("champion",))
    quick = Lifecycle(repository, "bob")
    slow = Repository(SlowWriter(tmp_path, lambda: quick.promote("funnel", 2, "later")), "/models")
    Lifecycle(slow, "ann").promote("funnel", 1, "earlier")
    assert [each.why for each in all_of(repository)][:2] == ["later", "earlier"]
    assert repository.aliases("funnel") == {"champion": 2}


@pytest.mark.slow
def test_two_writers_may_be_killed_at_any_moment(tmp_path, save, described):
    repository = Repository(LocalDisk(durable=False), str(tmp_path / "models"))
    for number in range(3):
        with repository.stage("funnel") as staging:
            save(staging.spark_path, str(number))
            staging.publish(**described)
    program = [sys.executable, str(Path(__file__).with_name("promoting.py")), str(tmp_path / "models")]
    told = {}
    for _ in range(25):
        with contextlib.ExitStack() as stack:
            writers = [
                stack.enter_context(subprocess.Popen([*program, who], stdout=subprocess.PIPE, text=True))
                for who in ("ann", "bob")
            ]
            for writer in writers:
                line = writer.stdout.readline().split(maxsplit=1)
                told[int(line[0])] = line[1].strip()
            time.sleep(0.05)
            for writer in writers:
                writer.kill()
            for writer in writers:
                for line in writer.stdout.read().splitlines(keepends=True):
                    if line.endswith("\n"):
                        number, why = line.split(maxsplit=1)
                        told[int(number)] = why.strip()

    log = list(reversed(all_of(repository)))
    assert [each.number for each in log] == list(range(1, len(log) + 1))
    assert told.items() <= {each.number: each.why for each in log}.items()  # what was told is there
    assert [each.before for each in log] == [None, *(each.versions[0] for each in log[:-1])]
    Lifecycle(repository, "cat").settle("funnel")
    assert repository.aliases("funnel") == {"champion": log[-1].versions[0]}
