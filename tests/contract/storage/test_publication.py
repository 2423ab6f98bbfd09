"""Publishing and reading a model on every file system."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models.manifest import Field
from models.plain import PlainFolder
from models.publication import Staging
from models.repository import Repository
from storage.filesystem import FileSystem, join_path

METADATA = {"class": "org.apache.spark.ml.feature.VectorAssembler", "paramMap": {"inputCols": ["hits"]}}


@pytest.fixture
def root(filesystem: tuple[FileSystem, str]) -> str:
    return join_path(filesystem[1], f"models-{uuid.uuid4().hex}")


def publish(files: FileSystem, staging: Staging, token: str, **more: Any) -> int:
    with staging:
        for name, data in (("part-00000", json.dumps(METADATA).encode()), ("data", token.encode() * 100_000)):
            with files.create(join_path(staging.model_path, "metadata", name)) as stream:
                stream.write(data)
        return staging.publish(inputs=(Field("hits", "double"),), metrics={"rmse": 1.5}, **more).version


def places(files: FileSystem, root: str) -> dict[str, tuple[Any, Callable[[], Staging], dict[str, Any]]]:
    repository, plain = Repository(files, root), PlainFolder(files, join_path(root, "plain"), "funnel")
    return {
        "repository": (repository, lambda: repository.stage("funnel"), {"aliases": ("champion",)}),
        "plain": (plain, plain.stage, {}),
    }


@pytest.mark.parametrize("kind", ["repository", "plain"])
def test_a_model_is_published_verified_and_fetched(
    filesystem: tuple[FileSystem, str], root: str, kind: str, tmp_path: Path
) -> None:
    files = filesystem[0]
    source, stage, more = places(files, root)[kind]
    assert source.names() == []
    for version, token in ((1, "a"), (2, "b")):
        assert publish(files, stage(), token, **more) == version
        assert source.names() == ["funnel"]
        assert source.resolve("funnel") == source.latest("funnel") == version
        assert source.verify("funnel", version) == []
        folder = source.fetch("funnel", version, tmp_path / "cache")
        (data,) = folder.rglob("data")
        assert data.read_text() == token * 100_000
    left = [status.name for status in files.list(root if kind == "plain" else join_path(root, "funnel"))]
    assert left == (["plain"] if kind == "plain" else ["1", "2", "aliases", "log"])
    with files.create(join_path(root, "plain" if kind == "plain" else "funnel/2", "metadata/new")) as stream:
        stream.write(b"strange")
    assert [each.code for each in source.verify("funnel", 2)] == ["H206"]


def test_a_plain_folder_is_found_between_the_two_renames(filesystem: tuple[FileSystem, str], root: str) -> None:
    files = filesystem[0]
    plain, stage, _ = places(files, root)["plain"]
    publish(files, stage(), "a")
    files.rename(join_path(root, "plain"), join_path(root, ".plain.previous"))
    assert plain.verify("funnel", 1) == []
    assert publish(files, stage(), "b") == 2
    assert plain.latest("funnel") == 2


def test_a_plain_folder_that_nobody_described(filesystem: tuple[FileSystem, str], root: str, tmp_path: Path) -> None:
    files = filesystem[0]
    with files.create(join_path(root, "model/metadata/part-00000")) as stream:
        stream.write(json.dumps(METADATA).encode())
    plain = PlainFolder(files, join_path(root, "model"))
    version = plain.latest("model")
    assert plain.manifest("model", version).inputs == (Field("hits", "double"),)
    assert plain.fetch("model", version, tmp_path).is_dir()
    with files.create(join_path(root, "model/metadata/part-00001")) as stream:
        stream.write(b"more")
    assert plain.latest("model") > version
