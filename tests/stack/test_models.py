"""``howdah models`` on a repository in the real HDFS, as processes that meet, and that are killed."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from howdah.stack.addresses import Addresses
from models.lifecycle import Lifecycle
from models.manifest import Field
from models.repository import Repository
from storage.filesystem import join_path
from storage.resolve import connect

pytestmark = [pytest.mark.stack, pytest.mark.slow]

PROMOTING = Path(__file__).parents[1] / "unit" / "models" / "promoting.py"
KILLS = 8
Models = Callable[..., Any]


@pytest.fixture
def root(stack: Addresses) -> Iterator[str]:
    """A repository with four versions of funnel, the last one its champion."""
    url = f"{stack.webhdfs.replace('http', 'webhdfs', 1)}/user/{stack.user}/models-{uuid.uuid4().hex}"
    files, path = connect(url)
    repository = Repository(files, path)
    for number in range(4):
        with repository.stage("funnel") as staging:
            with files.create(join_path(staging.model_path, "metadata", "part-00000")) as stream:
                stream.write(json.dumps({"class": "org.apache.spark.ml.PipelineModel", "uid": str(number)}).encode())
            staging.publish(
                inputs=(Field("hits", "double"),),
                metrics={"f1": number / 8},
                aliases=("champion",) if number in (0, 3) else (),
            )
    yield url
    files.delete(path, recursive=True)


@pytest.fixture
def models(root: str) -> Models:
    """Call a command as a process; what it prints, as JSON."""

    def call(*arguments: str, code: int = 0) -> Any:
        command = [sys.executable, "-m", "howdah", "models", *arguments, "--format", "json"]
        done = subprocess.run(command, env={**os.environ, "HOWDAH_MODELS": root}, capture_output=True, text=True)
        assert done.returncode == code, done.stderr
        return json.loads(done.stdout) if done.stdout else done.stderr

    return call


def test_the_commands(models: Models) -> None:
    assert models("list")[0]["aliases"] == {"champion": 4}
    assert models("compare", "funnel", "1", "4")["metrics"][0]["best"] == [4]
    assert "H103" in models("promote", "funnel@2", "--reason", "not hers", "--user", "ann", code=1)
    assert models("promote", "funnel@2", "--reason", "smaller")["before"] == 4
    assert models("rollback", "funnel", "--reason", "worse")["versions"] == [4]
    assert "H243" in models("retire", "funnel@4", "--reason", "x", code=1)
    assert models("retire", "funnel@2", "--reason", "leaks")["action"] == "retire"
    assert [each["findings"] for each in models("verify")] == [[]] * 4
    found = models("gc", "--keep", "1", "--days", "0")
    assert [each["kept"] for each in found[0]["versions"]] == ["what champion would roll back to", "", "", "champion"]
    assert models("gc", "--keep", "1", "--days", "0", "--delete")[0]["deleted"] == [2, 3]
    assert [each["version"] for each in models("show", "funnel")["versions"]] == [1, 4]
    log = models("log", "funnel")
    assert [each["action"] for each in log] == ["promote", "promote", "promote", "rollback", "retire", "collect"]
    assert log[2]["why"] == "smaller"


def test_writers_that_meet_and_are_killed_lose_nothing(root: str, models: Models) -> None:
    moments, told = random.Random(7), {}
    for _ in range(KILLS):
        writers = [
            subprocess.Popen([sys.executable, str(PROMOTING), root, who], stdout=subprocess.PIPE, text=True)
            for who in ("ann", "bob")
        ]
        said = [writer.stdout.readline() for writer in writers if writer.stdout]
        time.sleep(moments.uniform(0, 0.5))
        for writer in writers:
            writer.kill()
            said += writer.communicate()[0].splitlines(keepends=True)
        told.update({int(line.split()[0]): line.split(maxsplit=1)[1].strip() for line in said if line.endswith("\n")})
    repository = Repository(*connect(root))
    log = sorted(repository.log("funnel").newest_first(), key=lambda entry: entry.number)
    assert [entry.number for entry in log] == list(range(1, len(log) + 1))
    assert told.items() <= {entry.number: entry.why for entry in log}.items()
    assert [entry.before for entry in log] == [None, *(entry.versions[0] for entry in log[:-1])]
    Lifecycle(repository, "cat").settle("funnel")
    assert models("list")[0]["aliases"] == {"champion": log[-1].versions[0]}
    assert len(told) >= 2 * KILLS
