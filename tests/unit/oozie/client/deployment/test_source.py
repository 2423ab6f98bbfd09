"""What a folder is, by its job.properties."""

import os

import pytest

from oozie.client.deployment.errors import DeploymentError
from oozie.client.deployment.source import LocalFile, SourceFolder, read_source


def test_a_coordinator_and_where_it_goes(app):
    folder = app(**{".hidden": "", "sub/__pycache__/x.pyc": "", "sub/lib/x.jar": "jar"})
    source = read_source(folder, {"start": "2031-01-01T00:00Z"}, user="ann")

    assert (source.kind, source.definition, source.authority, source.root) == (
        "coordinator", "coordinator.xml", "hdfs://nn:8020", "/apps/daily",
    )  # fmt: skip
    assert sorted(source.paths) == ["coordinator.xml", "go.sh", "job.properties", "sub/lib/x.jar", "workflow.xml"]
    assert source.properties["appPath"] == "hdfs://nn:8020/apps/daily"
    assert source.properties["user.name"] == "ann"
    assert b"start=2031-01-01T00:00Z" in SourceFolder(source)["job.properties"]


def test_an_application_path_may_be_the_file_itself(app):
    folder = app(**{"job.properties": "oozie.wf.application.path=/apps/x/other.xml\n", "other.xml": "<a/>"})
    source = read_source(folder, {}, user="ann")

    assert (source.definition, source.root, source.authority) == ("other.xml", "/apps/x", "")


@pytest.mark.parametrize(
    ("properties", "code", "part"),
    [
        ("", "H811", "no application path"),
        ("oozie.wf.application.path=/a\noozie.coord.application.path=/a", "H811", "are both set"),
        ("oozie.wf.application.path=/a/other.xml", "H812", "no other.xml"),
        ("oozie.bundle.application.path=/a", "H812", "no bundle.xml"),
        ("oozie.wf.application.path=apps/x", "H813", "not an absolute path"),
        ("oozie.wf.application.path=${nowhere}/x", "H813", "nothing defines ${nowhere}"),
        ("oozie.wf.application.path=s3a://bucket/x", "H813", "not in HDFS"),
        ("oozie.wf.application.path=hdfs://nn:8020/", "H813", "the root of HDFS"),
        ("oozie.wf.application.path=/a/../b", "H813", "upwards"),
    ],
)
def test_what_cannot_be_submitted(app, properties, code, part):
    with pytest.raises(DeploymentError) as caught:
        read_source(app(**{"job.properties": properties}), {}, user="ann")

    assert caught.value.code == code
    assert part in str(caught.value)
    assert caught.value.diagnostics[0].hint


def test_no_folder_and_no_properties(app, tmp_path):
    with pytest.raises(DeploymentError, match="H810 there is no folder"):
        read_source(tmp_path / "none", {}, user="ann")
    with pytest.raises(DeploymentError, match="is no folder"):
        read_source(app() / "go.sh", {}, user="ann")
    (app() / "job.properties").unlink()
    with pytest.raises(DeploymentError, match=r"there is no job\.properties") as caught:
        read_source(tmp_path / "daily", {}, user="ann")
    assert "oozie.coord.application.path=hdfs://" in caught.value.diagnostics[0].hint


def test_without_job_properties_the_path_may_be_given(app):
    folder = app()
    (folder / "job.properties").unlink()
    source = read_source(folder, {"oozie.wf.application.path": "/apps/x"}, user="ann")

    assert source.kind == "workflow"


def test_a_file_that_cannot_be_read(tmp_path):
    with pytest.raises(DeploymentError, match=r"H810 .*nothing' cannot be read"):
        LocalFile.of(tmp_path / "nothing")


def test_a_folder_that_cannot_be_read_is_not_passed_over(app):
    folder = app()
    place = os.open(folder, os.O_RDONLY)
    for _ in range(20):  # to whoever asks by its path this is unreadable, to root too
        os.mkdir("x" * 250, dir_fd=place)
        inner = os.open("x" * 250, os.O_RDONLY, dir_fd=place)
        os.close(place)
        place = inner
    os.close(place)

    with pytest.raises(DeploymentError, match=r"H810 .* cannot be read") as caught:
        read_source(folder, {}, user="ann")
    assert caught.value.diagnostics[0].hint


@pytest.mark.parametrize(
    ("name", "target", "said"),
    [
        ("lib", "other", "is a link to a folder"),
        ("lib", "daily/sub", "is a link to a folder"),
        ("go2.sh", "other/secret", "is a link that leads out of the app"),
        ("go2.sh", "daily/none", "cannot be read"),
        ("go2.sh", "daily/go2.sh", "cannot be read"),
    ],
)
def test_what_a_link_may_not_do(app, tmp_path, name, target, said):
    folder = app(**{"sub/x": ""})
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "secret").write_text("geheim")
    (folder / name).symlink_to(tmp_path / target)

    with pytest.raises(DeploymentError, match=f"H810 .*{said}") as caught:
        read_source(folder, {}, user="ann")
    assert caught.value.diagnostics[0].hint


def test_a_link_inside_the_app_is_the_file_that_it_leads_to(app, tmp_path):
    folder = app()
    (folder / "again.sh").symlink_to("go.sh")
    (folder / ".hidden").symlink_to("/")
    (tmp_path / "current").symlink_to(folder)
    source = read_source(tmp_path / "current", {}, user="ann")

    assert source.read("again.sh") == b"true\n"
    assert ".hidden" not in source.paths


def test_a_pipe_is_not_waited_for(app):
    folder = app()
    os.mkfifo(folder / "pipe")

    with pytest.raises(DeploymentError, match=r"H810 .*no ordinary file"):
        read_source(folder, {}, user="ann")
    with pytest.raises(DeploymentError, match=r"H810 .*no ordinary file"):
        LocalFile.of(folder / "pipe")
