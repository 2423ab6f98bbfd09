import json
import threading

import pytest

from models.errors import CorruptModelError, ManifestError, ModelNameError, ModelNotFoundError
from models.repository import Repository


def test_versions_and_names(repository, publish):
    assert repository.names() == []
    publish("funnel")
    publish("funnel")
    publish("redemption")
    assert repository.names() == ["funnel", "redemption"]
    assert repository.versions("funnel") == [1, 2]
    assert repository.latest("funnel") == 2
    assert repository.manifest("funnel", 2).version == 2
    assert repository.versions("other") == []


def test_versions_are_numbers_and_sort_as_such(repository, disk, publish):
    publish()
    disk.rename("/models/funnel/1", "/models/funnel/9")
    publish()
    assert repository.versions("funnel") == [9, 10]
    assert repository.latest("funnel") == 10


def test_what_is_no_version_is_none(repository, disk, publish, tmp_path):
    publish()
    for name in ("012", "-1", "v3", ".staging-x", "4.tmp"):
        disk.make_directory(f"/models/funnel/{name}")
    (tmp_path / "models" / "funnel" / "7").write_text("a file")
    disk.make_directory("/models/empty")
    disk.make_directory("/models/.hidden/1")
    assert repository.versions("funnel") == [1]
    assert repository.names() == ["funnel"]


def test_aliases(repository, publish):
    publish(aliases=("champion", "shadow"))
    publish(aliases=("champion",))
    assert repository.aliases("funnel") == {"champion": 2, "shadow": 1}
    assert repository.alias("funnel", "champion") == 2
    repository.set_alias("funnel", "champion", 1)
    assert repository.alias("funnel", "champion") == 1
    with pytest.raises(ModelNotFoundError, match="challenger"):
        repository.alias("funnel", "challenger")
    with pytest.raises(ModelNotFoundError):
        repository.set_alias("funnel", "champion", 3)
    assert repository.alias("funnel", "champion") == 1


@pytest.mark.parametrize("text", ["", "0", "x", "1 2", "../2", "9" * 50])
def test_an_alias_that_says_no_version_is_corrupt(repository, disk, publish, text):
    publish(aliases=("champion",))
    with disk.create("/models/funnel/aliases/champion", overwrite=True) as stream:
        stream.write(text.encode())
    with pytest.raises(CorruptModelError, match="H207"):
        repository.alias("funnel", "champion")


def test_an_alias_is_always_one_or_the_other(repository, publish):
    publish(aliases=("champion",))
    publish()
    stop, seen = threading.Event(), set()

    def read():
        while not stop.is_set():
            seen.add(repository.resolve("funnel@champion"))

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(40):
        repository.set_alias("funnel", "champion", number % 2 + 1)
    stop.set()
    reader.join()
    assert seen <= {1, 2}
    assert seen


@pytest.mark.parametrize("name", ["..", "../models", "a/b", "/etc", "", "a\0"])
def test_a_name_never_leads_out_of_the_repository(repository, name):
    calls = [
        repository.versions, repository.latest, repository.aliases, repository.stage, repository.resolve,
        lambda name: repository.manifest(name, 1), lambda name: repository.verify(name, 1),
        lambda name: repository.fetch(name, 1, None), lambda name: repository.alias(name, "champion"),
        lambda name: repository.alias("funnel", name), lambda name: repository.set_alias("funnel", name, 1),
        lambda name: repository.folder(name, 1),
    ]  # fmt: skip
    for call in calls:
        with pytest.raises(ModelNameError):
            call(name)


@pytest.mark.parametrize("version", [0, -1, "1", "../2", 1.5, None])
def test_a_version_never_leads_out_of_the_repository(repository, version):
    for call in (repository.manifest, repository.verify, repository.folder):
        with pytest.raises(ModelNameError):
            call("funnel", version)


def test_a_missing_version_is_told_with_what_there_is(repository, publish):
    with pytest.raises(ModelNotFoundError, match="no model 'funnel'"):
        repository.manifest("funnel", 1)
    publish()
    with pytest.raises(ModelNotFoundError, match="no version 2") as caught:
        repository.manifest("funnel", 2)
    assert "1" in caught.value.diagnostics[0].hint


def test_verify_names_every_wrong_file(repository, disk, publish, tmp_path):
    publish()
    assert repository.verify("funnel", 1) == []
    folder = tmp_path / "models" / "funnel" / "1" / "spark"
    data = folder / "stages" / "1_Logistic_2" / "data" / "part-00000.snappy.parquet"
    bits = bytearray(data.read_bytes())
    bits[500] ^= 1
    data.write_bytes(bits)
    (folder / "metadata" / "_SUCCESS").unlink()
    (folder / "stages" / "extra").write_text("x")
    found = {(each.code, each.path.removeprefix("/models/funnel/1/spark/")) for each in repository.verify("funnel", 1)}
    assert found == {
        ("H204", "stages/1_Logistic_2/data/part-00000.snappy.parquet"),
        ("H205", "metadata/_SUCCESS"),
        ("H206", "stages/extra"),
    }


def test_a_manifest_of_another_version_is_refused(repository, disk, publish):
    publish()
    disk.rename("/models/funnel/1", "/models/funnel/5")
    with pytest.raises(ManifestError, match="funnel 1, not of funnel 5"):
        repository.manifest("funnel", 5)


def test_a_version_without_its_manifest_is_corrupt(repository, disk, publish):
    publish()
    disk.delete("/models/funnel/1/manifest.json")
    with pytest.raises(CorruptModelError, match="H205"):
        repository.manifest("funnel", 1)


def test_a_forged_manifest_reads_nothing_outside(repository, disk, publish, tmp_path):
    publish()
    path = tmp_path / "models" / "funnel" / "1" / "manifest.json"
    document = json.loads(path.read_text())
    document["files"]["../../../secret"] = "0" * 64
    path.write_text(json.dumps(document))
    with pytest.raises(ManifestError, match="files"):
        repository.fetch("funnel", 1, tmp_path / "cache")


def test_a_repository_may_stand_anywhere(disk, save, described):
    repository = Repository(disk, "/a/b//c/")
    with repository.stage("funnel") as staging:
        save(staging.spark_path)
        staging.publish(**described)
    assert disk.exists("/a/b/c/funnel/1/manifest.json")


def test_a_repository_from_before_there_was_a_log(repository, publish):
    publish()
    repository.write_alias("funnel", "champion", 1)
    assert repository.resolve("funnel") == 1
    assert repository.log("funnel").last() is None
    assert repository.set_alias("funnel", "champion", 1) is None


def test_a_retired_version_is_found_by_its_number_alone(repository, publish):
    publish()
    publish()
    repository.mark_retired("funnel", [2, 7])
    assert (repository.versions("funnel"), repository.all_versions("funnel")) == ([1], [1, 2])
    assert repository.resolve("funnel") == 1
    assert repository.resolve("funnel@2") == 2
    assert repository.names() == ["funnel"]
