import json

import pytest

from models.errors import CorruptModelError
from models.integrity import hash_file
from models.lifecycle import Lifecycle
from models.verification import check_sound, find_unsettled, inspect


def test_a_whole_version_is_sound(repository, publish):
    publish(aliases=("champion",))
    assert inspect(repository, "funnel", 1) == []
    check_sound(repository, "funnel", 1)


def test_everything_that_is_wrong_is_told_at_once(repository, publish, tmp_path):
    publish()
    folder = tmp_path / "models/funnel/1/spark"
    (folder / "metadata/part-00000").write_text('{"class": "com.evil.PipelineModel"}')
    (folder / "stages/0_Assembler_1/metadata/part-00000").unlink()
    assert [each.code for each in inspect(repository, "funnel", 1)] == ["H205", "H204", "H208"]
    with pytest.raises(CorruptModelError) as caught:
        check_sound(repository, "funnel", 1)
    assert len(caught.value.diagnostics) == 3


def test_a_manifest_that_was_forged_after_its_promotion_is_told(repository, publish, disk, tmp_path):
    publish(aliases=("champion",))
    data = tmp_path / "models/funnel/1/spark/stages/1_Logistic_2/data/part-00000.snappy.parquet"
    data.write_bytes(b"other weights")
    path = tmp_path / "models/funnel/1/manifest.json"
    document = json.loads(path.read_text())
    key = "spark/stages/1_Logistic_2/data/part-00000.snappy.parquet"
    document["files"][key] = hash_file(disk, f"/models/funnel/1/{key}")
    path.write_text(json.dumps(document))
    assert repository.verify("funnel", 1) == []
    assert [each.code for each in inspect(repository, "funnel", 1)] == ["H246"]


def test_an_alias_that_does_not_follow_the_log_is_told_and_finished(repository, publish):
    publish()
    repository.write_alias("funnel", "shadow", 1)
    assert find_unsettled(repository, "funnel") == []
    publish(aliases=("champion",))
    repository.write_alias("funnel", "champion", 1)
    (found,) = find_unsettled(repository, "funnel")
    assert str(found) == "H245 funnel@champion it means 1, and 2 by the log: a change that was cut short"
    assert Lifecycle(repository, "ann").promote("funnel", 2, "why") is None
    assert find_unsettled(repository, "funnel") == []
