import contextlib
import os
import random
import resource
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from models.errors import ManifestError, ModelNameError, ModelNotFoundError, PublicationError
from models.leftovers import STALE_S
from models.manifest import Field, Manifest
from models.plain import PlainFolder
from models.repository import Repository
from storage.errors import NoSpaceError
from storage.local import LocalDisk


def test_a_version_holds_the_model_its_manifest_and_nothing_else(repository, disk, publish, tmp_path):
    manifest = publish(description="first", valid_from="2026-01-01T00:00Z", run={"job": "j"}, data={"rows": 3})
    assert (manifest.name, manifest.version, manifest.description) == ("funnel", 1, "first")
    assert (manifest.run, manifest.data) == ({"job": "j"}, {"rows": 3})
    assert repository.manifest("funnel", 1) == manifest
    assert sorted(each.name for each in (tmp_path / "models/funnel").iterdir()) == ["1"]
    assert sorted(each.name for each in (tmp_path / "models/funnel/1").iterdir()) == ["manifest.json", "spark"]
    assert "spark/metadata/part-00000" in manifest.files
    assert "spark/stages/1_Logistic_2/data/_SUCCESS" in manifest.files
    assert manifest.created.endswith("Z")


def test_spark_gets_a_uri_and_others_a_path(repository, disk, save, tmp_path):
    with repository.stage("funnel") as staging:
        assert staging.spark_path == f"file://{tmp_path}{staging.model_path}"
        assert not disk.exists(staging.model_path)  # Spark's save refuses a folder that stands
        assert staging.model_path == f"{staging.folder}/spark"


def test_a_file_beside_the_model_is_published_and_verified_with_it(repository, save, described, tmp_path):
    with repository.stage("funnel") as staging:
        save(staging.spark_path)
        staging.add("profile.json", b"{}")
        manifest = staging.publish(**described)
    assert "profile.json" in manifest.files
    (tmp_path / "models/funnel/1/profile.json").write_text("{ }")
    assert [found.code for found in repository.verify("funnel", 1)] == ["H204"]


def test_versions_count_up_and_aliases_follow(repository, publish):
    assert [publish(aliases=("champion",)).version for _ in range(3)] == [1, 2, 3]
    assert repository.resolve("funnel@champion") == 3


@pytest.mark.parametrize("published", [False, True])
def test_nothing_is_left_of_a_staging(repository, save, described, tmp_path, published):
    with contextlib.suppress(ZeroDivisionError), repository.stage("funnel") as staging:
        save(staging.spark_path)
        if published:
            staging.publish(**described)
        raise ZeroDivisionError
    assert [each.name for each in (tmp_path / "models/funnel").iterdir()] == (["1"] if published else [])


def test_an_unpublished_staging_leaves_no_version(repository, save):
    with repository.stage("funnel") as staging:
        save(staging.spark_path)
    assert repository.versions("funnel") == []


def test_what_is_not_saved_is_not_published(repository, described, save):
    with repository.stage("funnel") as staging:
        with pytest.raises(PublicationError, match="H210"):
            staging.publish(**described)
        save(staging.spark_path)
        writing = Path(staging.spark_path.removeprefix("file://")) / "metadata" / "_temporary"
        writing.mkdir()
        with pytest.raises(PublicationError, match="H211"):
            staging.publish(**described)
        writing.rmdir()
        staging.publish(**described)
        with pytest.raises(PublicationError, match="H212"):
            staging.publish(**described)
    assert repository.versions("funnel") == [1]


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"metrics": {"accuracy": float("nan")}}, ManifestError),
        ({"valid_to": "tomorrow"}, ManifestError),
        ({"inputs": (Field("a", "double"), Field("a", "long"))}, ManifestError),
        ({"aliases": ("../x",)}, ModelNameError),
    ],
)
def test_a_wrong_description_publishes_nothing(repository, publish, more, error):
    with pytest.raises(error):
        publish(**more)
    assert repository.versions("funnel") == []
    assert repository.aliases("funnel") == {}


def test_concurrent_publishers_get_versions_of_their_own(repository, save, described):
    barrier, found = threading.Barrier(8), []

    def publish(number: int) -> None:
        with repository.stage("funnel") as staging:
            save(staging.spark_path, str(number))
            barrier.wait()
            found.append(staging.publish(**{**described, "description": str(number)}))

    threads = [threading.Thread(target=publish, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(manifest.version for manifest in found) == list(range(1, 9)) == repository.versions("funnel")
    for manifest in found:
        assert repository.manifest("funnel", manifest.version) == manifest
        assert repository.verify("funnel", manifest.version) == []


def test_the_leftovers_of_the_dead_are_deleted_and_the_living_stay(repository, publish, tmp_path):
    publish()
    shelf = tmp_path / "models" / "funnel"
    (shelf / ".staging-dead").mkdir()
    os.utime(shelf / ".staging-dead", (time.time() - STALE_S - 60,) * 2)
    with repository.stage("funnel") as living:
        os.utime(tmp_path / living.folder[1:].rpartition("/")[0], (time.time() - STALE_S - 60,) * 2)
        publish()
        left = [each.name for each in shelf.iterdir() if each.name.startswith(".")]
        assert left == [living.folder.split("/")[-2]]


@contextlib.contextmanager
def full_disk(limit: int):
    """From here on, no file of this process grows beyond ``limit`` bytes: what a full disk does to a writer."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_is_one_line_and_the_old_version_stays(repository, publish, save, described, tmp_path):
    publish(aliases=("champion",))
    with pytest.raises(NoSpaceError) as caught, repository.stage("funnel") as staging:
        save(staging.spark_path)
        with full_disk(20_000):
            staging.publish(**{**described, "description": "x" * 50_000, "aliases": ("champion",)})
    assert caught.value.code == "H105"
    assert len(str(caught.value).splitlines()) == 1
    assert repository.resolve("funnel@champion") == 1
    assert repository.verify("funnel", 1) == []
    assert sorted(each.name for each in (tmp_path / "models/funnel").iterdir()) == ["1", "aliases", "log"]


def test_a_full_cache_is_one_line_and_leaves_nothing(repository, save, described, tmp_path):
    with repository.stage("funnel") as staging:
        save(staging.spark_path, size=100_000)
        staging.publish(**described)
    with full_disk(50_000), pytest.raises(NoSpaceError):
        repository.fetch("funnel", 1, tmp_path / "cache")
    assert list((tmp_path / "cache" / "funnel").iterdir()) == []


# -- kill -9 ----------------------------------------------------------------------------------------------------------


class Reader(threading.Thread):
    """Reads the champion and the newest version over and over, and keeps what was not whole."""

    def __init__(self, source: Repository | PlainFolder, target: Path) -> None:
        super().__init__()
        self.source, self.target = source, target
        self.stopped = threading.Event()
        self.wrong: list[str] = []
        self.versions: set[int] = set()

    def run(self) -> None:
        while not self.stopped.is_set():
            self.try_to_read()

    def try_to_read(self) -> None:
        try:
            self.read(self.source.resolve("funnel"))
            self.read(self.source.latest("funnel"))
        except Exception as error:  # whatever it is, the test must say it
            self.wrong.append(repr(error))

    def read(self, version: int) -> None:
        try:
            manifest = self.source.manifest("funnel", version)
            found = self.source.verify("funnel", version)
            folder = self.source.fetch("funnel", version, self.target)
        except ModelNotFoundError:
            if isinstance(self.source, Repository):
                raise
            return  # a plain folder keeps one version: a newer one has come
        self.wrong += [str(each) for each in found]
        self.check(folder, manifest)
        self.versions.add(version)

    def check(self, folder: Path, manifest: Manifest) -> None:
        files = list(folder.rglob("part-*"))
        tokens = {token for path in files for token in path.read_text().split()}
        if len(files) != 4 or tokens != {manifest.description}:
            self.wrong.append(f"a mixture: {len(files)} files of {tokens}, manifest of {manifest.description}")


@pytest.mark.parametrize("kind", ["repository", "plain"])
@pytest.mark.parametrize("kills", [5, pytest.param(50, marks=pytest.mark.slow)])
def test_a_publisher_may_be_killed_at_any_moment(tmp_path, kind, kills):
    root = tmp_path / "models"
    source = Repository(LocalDisk(), str(root)) if kind == "repository" else PlainFolder(LocalDisk(), f"{root}/model")
    program = [sys.executable, str(Path(__file__).with_name("publishing.py")), kind, str(root)]
    subprocess.run([*program, "0.1"], check=True, stdout=subprocess.PIPE)
    reader, moments = Reader(source, tmp_path / "cache"), random.Random(7)
    reader.start()
    try:
        for _ in range(kills):
            with subprocess.Popen([*program, "60"], stdout=subprocess.PIPE) as publisher:
                assert publisher.stdout.readline() == b"ready\n"
                time.sleep(moments.uniform(0.0, 0.25))
                publisher.kill()
    finally:
        reader.stopped.set()
        reader.join()
    assert reader.wrong == []
    assert len(reader.versions) >= 2
    last = source.latest("funnel")
    assert source.verify("funnel", last) == []
    # What the dead left behind hinders nobody.
    subprocess.run([*program, "0.1"], check=True, stdout=subprocess.PIPE)
    assert source.latest("funnel") > last


def test_what_was_saved_is_copied_before_it_is_published(repository, save, tmp_path):
    def files(folder):
        return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    with repository.stage("funnel") as staging:
        with pytest.raises(PublicationError, match="no model is saved"):
            staging.copy_model(tmp_path / "copy")
        save(staging.spark_path)
        staging.copy_model(tmp_path / "copy")
        assert files(tmp_path / "copy") == files(Path(staging.spark_path.removeprefix("file://")))
        assert files(tmp_path / "copy")
