"""The folders of oozie.libpath."""

import pytest

from oozie.client.deployment.errors import DeploymentError
from oozie.client.deployment.libraries import check_home, elsewhere, home_of, library_paths
from oozie.client.deployment.source import read_source


@pytest.fixture
def source(app):
    return lambda libpath: read_source(app(), {"oozie.libpath": libpath}, user="test")


def put(disk, path):
    with disk.create(path) as stream:
        stream.write(b"x")


@pytest.mark.parametrize(("libpath", "paths"), [("", []), ("/a", ["/a"]), ("hdfs://nn:8020/a, /b,", ["/a", "/b"])])
def test_the_folders_in_their_order(source, libpath, paths):
    assert library_paths(source(libpath)) == paths
    assert home_of(source(libpath)) == (paths or ["/apps/daily"])[0]


def test_a_folder_that_is_none_is_said(source):
    with pytest.raises(DeploymentError, match=r"oozie\.libpath") as caught:
        library_paths(source("lib"))
    assert caught.value.code == "H813"


def test_what_lies_there_already(source, disk):
    put(disk, "/a/x.jar")
    assert elsewhere(disk, source("/a,/none")) == {"/a": ["x.jar"]}


def test_a_folder_with_jars_of_somebody_else_is_not_ours(disk):
    check_home(disk, "/none")
    put(disk, "/a/readme.txt")
    check_home(disk, "/a")
    put(disk, "/a/x.jar")
    put(disk, "/a/y.jar")
    with pytest.raises(DeploymentError, match=r"x\.jar and 1 more") as caught:
        check_home(disk, "/a")
    assert caught.value.code == "H822"
