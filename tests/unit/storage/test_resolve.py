import subprocess
import sys
from pathlib import Path

import pytest

from storage.errors import StorageError
from storage.local import LocalDisk
from storage.resolve import connect
from storage.webhdfs import WebHdfs


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("/user/x", "/user/x"),
        ("/user//x/../y/", "/user/y"),
        ("file:/user/x", "/user/x"),
        ("file:///user/two words/100%25#?", "/user/two words/100%25#?"),
        ("file://localhost/x", "/x"),
        ("/odd:name", "/odd:name"),
    ],
)
def test_local_paths(url, path):
    filesystem, found = connect(url)
    assert isinstance(filesystem, LocalDisk)
    assert found == path


def test_a_relative_path_starts_where_the_user_is(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for url in ("models", "./models", "../" + tmp_path.name + "/models"):
        assert connect(url)[1] == str(tmp_path / "models")


@pytest.mark.parametrize(
    ("url", "path", "uri"),
    [
        ("webhdfs://nn:9870/user/x", "/user/x", "webhdfs://nn:9870/user/x"),
        ("webhdfs://nn:9870", "/", "webhdfs://nn:9870/"),
        ("swebhdfs://nn:9871/a b#", "/a b#", "swebhdfs://nn:9871/a b#"),
        ("webhdfs://nn1:9870,nn2:9870/x", "/x", "webhdfs://nn1:9870/x"),
    ],
)
def test_webhdfs(url, path, uri):
    filesystem, found = connect(url, user="alice")
    assert isinstance(filesystem, WebHdfs)
    assert found == path
    assert filesystem.uri(found) == uri


def test_hdfs_has_a_hint_at_its_web_port():
    with pytest.raises(StorageError) as caught:
        connect("hdfs://hw1:8020/user/refinedzone/models")
    assert caught.value.code == "H108"
    assert "webhdfs://hw1:9870/user/refinedzone/models" in caught.value.diagnostics[0].hint


@pytest.mark.parametrize(
    "url", ["s3://bucket/x", "hdfs:/x", "ftp://x/y", "file://other/x", "webhdfs:///x", "webhdfs://u:p@nn/x"]
)
def test_what_is_no_place_that_we_know(url):
    with pytest.raises(StorageError) as caught:
        connect(url)
    assert caught.value.code == "H108"
    assert caught.value.diagnostics[0].hint


def test_a_cluster_node_needs_nothing_but_python():
    program = (
        "import models.plain, models.repository, models.publication, models.manifest, storage.resolve, storage.jvm"
    )
    subprocess.run([sys.executable, "-S", "-c", program], check=True, cwd=Path(__file__).parents[3])
