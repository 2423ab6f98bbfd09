"""Promotions, rollbacks, retirements and collections on every file system."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Iterator

import pytest

from models.errors import TransitionError
from models.lifecycle import Lifecycle
from models.manifest import Field
from models.repository import Repository
from models.retention import Policy
from models.verification import find_unsettled, inspect
from storage.filesystem import FileSystem, join_path

METADATA = {"class": "org.apache.spark.ml.PipelineModel", "paramMap": {"stageUids": []}}


@pytest.fixture
def repository(filesystem: tuple[FileSystem, str]) -> Iterator[Repository]:
    """Five versions of funnel, no alias."""
    files, root = filesystem[0], join_path(filesystem[1], f"models-{uuid.uuid4().hex}")
    made = Repository(files, root)
    for number in range(5):
        with made.stage("funnel") as staging:
            with files.create(join_path(staging.model_path, "metadata", "part-00000")) as stream:
                stream.write(json.dumps({**METADATA, "uid": str(number)}).encode())
            staging.publish(inputs=(Field("hits", "double"),), metrics={"f1": number / 8})
    yield made
    files.delete(root, recursive=True)


def test_the_whole_life_of_versions(repository: Repository) -> None:
    lifecycle = Lifecycle(repository, "ann")
    for version in (1, 3, 4):
        assert lifecycle.promote("funnel", version, "better") is not None
    assert lifecycle.promote("funnel", 4, "again") is None
    assert lifecycle.rollback("funnel", "worse").versions == (3,)
    assert lifecycle.retire("funnel", 4, "leaks") is not None
    with pytest.raises(TransitionError, match="H242"):
        lifecycle.promote("funnel", 4, "still better")
    collected = lifecycle.collect("funnel", Policy(newest=1, days=0))
    assert collected is not None
    assert collected.versions == (2, 4)
    assert repository.all_versions("funnel") == [1, 3, 5]
    assert repository.aliases("funnel") == {"champion": 3}
    assert lifecycle.rollback("funnel", "worse").versions == (1,)
    assert [inspect(repository, "funnel", version) for version in (1, 3, 5)] == [[], [], []]
    log = list(repository.log("funnel").newest_first())
    assert [entry.action for entry in log] == ["rollback", "collect", "retire", "rollback", *["promote"] * 3]
    names = [each.name for each in repository.filesystem.list(repository.folder("funnel", 1).rpartition("/")[0])]
    assert names == ["1", "3", "5", "aliases", "log"]


def test_writers_at_once_lose_nothing(repository: Repository) -> None:
    barrier, told = threading.Barrier(3), []

    def change(who: int) -> None:
        barrier.wait()
        for count in range(5):
            version = (who + count) % 3 + 1
            entry = Lifecycle(repository, str(who)).promote("funnel", version, f"{who} {count}", verify=False)
            told.extend([entry] if entry else [])

    threads = [threading.Thread(target=change, args=(who,)) for who in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log = sorted(repository.log("funnel").newest_first(), key=lambda entry: entry.number)
    assert sorted(told, key=lambda entry: entry.number) == log
    assert [entry.number for entry in log] == list(range(1, len(log) + 1))
    assert [entry.before for entry in log] == [None, *(entry.versions[0] for entry in log[:-1])]
    assert repository.aliases("funnel") == {"champion": log[-1].versions[0]}
    assert find_unsettled(repository, "funnel") == []
