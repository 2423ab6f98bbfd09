from __future__ import annotations

import getpass
from pathlib import Path

import pytest

from oozie.local.mounts import HDFS_ROOT_VARIABLE, hadoop_settings, hdfs_root, to_local
from storage.errors import StorageError

ROOT = Path("/somewhere/hdfs")


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("/user/x", "/somewhere/hdfs/user/x"),
        ("hdfs://hw1:8020/user/x", "/somewhere/hdfs/user/x"),
        ("hdfs://another/user/x/", "/somewhere/hdfs/user/x"),
        ("hdfs:///user/x/../y", "/somewhere/hdfs/user/y"),
        ("s3a://bucket/x", "/somewhere/hdfs/x"),
        ("hdfs://hw1", "/somewhere/hdfs"),
        ("/two words/a=1", "/somewhere/hdfs/two words/a=1"),
        ("data", f"/somewhere/hdfs/user/{getpass.getuser()}/data"),
        ("file:///etc/hosts", "/etc/hosts"),
        ("hdfs:/user/x", "/somewhere/hdfs/user/x"),
        ("hdfs://h/d/part-?", "/somewhere/hdfs/d/part-?"),
        ("hdfs://h/d/a#b", "/somewhere/hdfs/d/a#b"),
        ("hdfs://h/d/time=00%3A00", "/somewhere/hdfs/d/time=00%3A00"),
        ("/d/time=00%3A00", "/somewhere/hdfs/d/time=00%3A00"),
        ("hdfs://[x/y", "/somewhere/hdfs/y"),
    ],
)
def test_every_authority_is_one_folder(uri, path):
    assert to_local(uri, ROOT) == Path(path)


@pytest.mark.parametrize(
    ("uri", "code"), [("/../x", "H107"), ("../../../x", "H107"), ("hdfs://h/../x", "H107"), ("ftp://h/x", "H108")]
)
def test_nothing_leads_out_of_the_root(uri, code):
    with pytest.raises(StorageError) as caught:
        to_local(uri, ROOT)
    assert caught.value.code == code


def test_only_the_engine_says_where_the_root_is(monkeypatch):
    monkeypatch.setenv(HDFS_ROOT_VARIABLE, str(ROOT))
    assert hdfs_root() == ROOT

    monkeypatch.delenv(HDFS_ROOT_VARIABLE)
    with pytest.raises(StorageError, match="H106"):
        hdfs_root()


def test_a_jvm_sees_the_root_behind_each_host():
    settings = hadoop_settings(ROOT, frozenset({"hw1"}))

    assert settings["fs.defaultFS"].startswith("hdfs://")
    assert any("hw1" in name and str(ROOT) in value for name, value in settings.items())
