"""Which file system Spark's view of a URL comes down to; the file systems themselves are held to the contract."""

import os

import pytest

from oozie.local.mounts import hadoop_settings
from storage.errors import StorageError, UnreachableError
from storage.jvm import JvmFileSystem, connect_jvm
from storage.local import LocalDisk
from storage.resolve import connect

pytestmark = pytest.mark.spark


@pytest.fixture
def mounted(spark, tmp_path):
    """A session as the local engine starts it: every HDFS is one folder of this machine."""
    configuration = spark.sparkContext._jsc.hadoopConfiguration()
    settings = hadoop_settings(tmp_path, frozenset({"hw1"}))
    before = {key: configuration.get(key) for key in settings}
    for key, value in settings.items():
        configuration.set(key, value)
    spark.sparkContext._gateway.jvm.org.apache.hadoop.fs.FileSystem.closeAll()
    yield spark
    for key, value in before.items():
        configuration.unset(key) if value is None else configuration.set(key, value)
    spark.sparkContext._gateway.jvm.org.apache.hadoop.fs.FileSystem.closeAll()


def test_what_lies_on_this_machine_is_a_local_disk(mounted, tmp_path):
    (tmp_path / "user").mkdir()
    for url in ("hdfs://hw1:8020/user/x/models", "hdfs://hw1/user/x/models", "/user/x/models"):
        filesystem, path = connect_jvm(mounted, url)
        assert isinstance(filesystem, LocalDisk)
        assert path == f"{tmp_path}/user/x/models"
    filesystem, path = connect(f"file://{tmp_path}/two words/", spark=mounted)
    assert isinstance(filesystem, LocalDisk)
    assert path == f"{tmp_path}/two words"


def test_a_uri_means_the_same_path_to_spark(spark, tmp_path):
    for name in ("two words", "100%", "%41", "a#b?"):
        uri = LocalDisk(tmp_path).uri(f"/{name}")
        assert JvmFileSystem(spark, uri).uri(f"{tmp_path}/{name}") in (uri, uri.replace("file://", "file:"))
        spark.sparkContext.parallelize([name], 1).saveAsTextFile(uri)
        assert (tmp_path / name / "part-00000").read_text() == f"{name}\n"


def test_java_writes_what_python_reads(spark, tmp_path):
    filesystem = JvmFileSystem(spark, "file:///")
    data = os.urandom(2_500_000)
    with filesystem.create(f"{tmp_path}/data") as stream:
        stream.write(data)
    assert [each.name for each in tmp_path.iterdir()] == ["data"]  # and no .crc beside it
    assert (tmp_path / "data").read_bytes() == data
    with filesystem.open(f"{tmp_path}/data") as stream:
        assert stream.read(10) + stream.read() == data


def test_an_unknown_scheme(spark):
    with pytest.raises(StorageError) as caught:
        connect("gopher://x/y", spark=spark)
    assert caught.value.code == "H108"


def test_a_cluster_that_does_not_answer(spark):
    configuration = spark.sparkContext._jsc.hadoopConfiguration()
    configuration.set("ipc.client.connect.max.retries", "0")
    with pytest.raises(UnreachableError) as caught:
        connect("hdfs://127.0.0.1:1/x", spark=spark)
    assert caught.value.code == "H104"
    assert "\n" not in str(caught.value)
