import os
import shutil
import threading

import pytest

from models.errors import CorruptModelError, ManifestError, ModelNotFoundError, PublicationError, UnsettledModelError
from models.manifest import Field
from models.plain import PlainFolder


@pytest.fixture
def plain(disk):
    return PlainFolder(disk, "/refined/model", "funnel")


@pytest.fixture
def publish_plain(plain, save, described):
    def publish(token="t", **more):
        with plain.stage() as staging:
            save(staging.spark_path, token)
            return staging.publish(**{**described, **more})

    return publish


def shelf(tmp_path):
    return sorted(each.name for each in (tmp_path / "refined").iterdir())


def test_a_publication_replaces_the_model(plain, publish_plain, tmp_path):
    assert publish_plain("a").version == 1
    assert sorted(each.name for each in (tmp_path / "refined/model").iterdir()) == [
        "manifest.json",
        "metadata",
        "stages",
    ]
    manifest = publish_plain("b")
    assert (manifest.name, manifest.version) == ("funnel", 2)
    assert shelf(tmp_path) == ["model"]
    assert plain.names() == ["funnel"]
    assert plain.versions("funnel") == [2]
    assert plain.manifest("funnel", 2) == manifest
    assert plain.verify("funnel", 2) == []
    assert plain.resolve("funnel") == plain.resolve("funnel@2") == 2
    folder = plain.fetch("funnel", 2, tmp_path / "cache")
    assert (folder / "stages/1_Logistic_2/data/part-00000.snappy.parquet").read_bytes().startswith(b"bbb")
    with pytest.raises(ModelNotFoundError, match="version 1"):
        plain.manifest("funnel", 1)


def test_the_manifest_says_the_name_where_nobody_else_does(disk, publish_plain):
    assert PlainFolder(disk, "/refined/model").names() == []
    publish_plain()
    assert PlainFolder(disk, "/refined/model").names() == ["funnel"]


def test_a_name_that_is_given_goes_before_the_manifests(disk, publish_plain, tmp_path):
    publish_plain()
    other = PlainFolder(disk, "/refined/model", "other")
    assert other.names() == ["other"]
    assert other.manifest("other", 1).name == "other"
    assert other.fetch("other", 1, tmp_path / "cache").parent.name == "other"
    with pytest.raises(ModelNotFoundError):
        other.latest("funnel")


def test_it_has_no_aliases(plain, publish_plain):
    with pytest.raises(PublicationError, match="H214"):
        publish_plain(aliases=("champion",))
    assert plain.names() == []
    publish_plain()
    assert plain.aliases("funnel") == {}
    with pytest.raises(ModelNotFoundError, match="champion"):
        plain.resolve("funnel@champion")


def test_a_model_that_nobody_described_is_read_as_far_as_it_tells(disk, save, tmp_path):
    save(tmp_path / "refined/model", "a")
    plain = PlainFolder(disk, "/refined/model")
    assert plain.names() == ["model"]
    version = plain.latest("model")
    manifest = plain.manifest("model", version)
    assert manifest.inputs == (Field("hits", "double"),)
    assert manifest.run == {"spark": "3.5.9"}
    assert plain.verify("model", version) == []
    folder = plain.fetch("model", version, tmp_path / "cache")
    assert (folder / "metadata/part-00000").exists()
    # Overwritten in place, as Spark does it: deleted, then written anew.
    shutil.rmtree(tmp_path / "refined/model")
    save(tmp_path / "refined/model", "b")
    for each in (tmp_path / "refined/model").rglob("*"):
        os.utime(each, (version / 1000 + 60, version / 1000 + 60))
    assert plain.latest("model") > version
    with pytest.raises(ModelNotFoundError):
        plain.fetch("model", version, tmp_path / "cache")


def test_a_model_that_is_being_overwritten_is_not_read(disk, save, tmp_path):
    save(tmp_path / "refined/model")
    shutil.rmtree(tmp_path / "refined/model/stages/1_Logistic_2/data")
    plain = PlainFolder(disk, "/refined/model")
    with pytest.raises(UnsettledModelError, match="H220"):
        plain.names()


def test_a_described_model_succeeds_one_that_nobody_described(plain, save, publish_plain, tmp_path):
    save(tmp_path / "refined/model")
    before = plain.latest("funnel")
    assert publish_plain().version == before + 1
    assert publish_plain().version == before + 2


@pytest.mark.parametrize("broken", ["{}", ""])
def test_a_broken_model_can_be_replaced(plain, publish_plain, tmp_path, broken):
    publish_plain()
    (tmp_path / "refined/model/manifest.json").write_text(broken)
    with pytest.raises(ManifestError):
        plain.names()
    version = publish_plain().version
    assert plain.verify("funnel", version) == []


def test_a_changed_file_is_found(plain, publish_plain, tmp_path):
    publish_plain()
    (tmp_path / "refined/model/metadata/part-00000").write_text("{}")
    assert [each.code for each in plain.verify("funnel", 1)] == ["H204"]
    with pytest.raises(CorruptModelError):
        plain.fetch("funnel", 1, tmp_path / "cache")


def test_killed_between_the_two_renames_the_old_version_is_still_read(plain, publish_plain, tmp_path):
    publish_plain("a")
    (tmp_path / "refined/model").rename(tmp_path / "refined/.model.previous")
    assert plain.latest("funnel") == 1
    assert plain.verify("funnel", 1) == []
    assert plain.fetch("funnel", 1, tmp_path / "cache").is_dir()
    assert publish_plain("b").version == 2
    assert shelf(tmp_path) == ["model"]


def test_killed_before_the_old_version_was_deleted_the_new_one_is_read(plain, publish_plain, tmp_path):
    publish_plain("a")
    shutil.copytree(tmp_path / "refined/model", tmp_path / "refined/.model.previous")
    publish_plain("b")
    assert plain.latest("funnel") == 2
    assert shelf(tmp_path) == ["model"]


def test_concurrent_publishers_leave_one_whole_model(plain, publish_plain, tmp_path):
    found = []
    threads = [
        threading.Thread(target=lambda token=token: found.append(publish_plain(token).version)) for token in "abcdef"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert plain.verify("funnel", plain.latest("funnel")) == []
    assert shelf(tmp_path) == ["model"]


def test_an_empty_folder_is_no_model_and_no_hindrance(plain, publish_plain, tmp_path):
    (tmp_path / "refined/model").mkdir(parents=True)
    assert plain.names() == []
    assert publish_plain().version >= 1
    assert plain.names() == ["funnel"]
