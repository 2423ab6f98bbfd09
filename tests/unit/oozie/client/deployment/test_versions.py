"""A version appears whole or not at all, is never changed, and goes only when nothing reads it."""

import time
from contextlib import ExitStack

import pytest

from oozie.client.deployment.errors import DeploymentError
from oozie.client.deployment.life import LifeSign
from oozie.client.deployment.source import LocalFile
from oozie.client.deployment.versions import VersionFolder, version_id, versions_in, without_version

pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")


@pytest.fixture
def life():
    with LifeSign() as life:
        yield life


@pytest.fixture
def folder(disk, life):
    return VersionFolder(disk, "/app", life)


def files(tmp_path, **texts):
    found = {}
    for name, text in texts.items():
        path = tmp_path / f"source-{name}"
        path.write_text(text)
        found[name.replace("__", "/")] = LocalFile.of(path)
    return found


def put(folder, wanted):
    return folder.publish(wanted, folder.stage(wanted))


def test_a_version_holds_the_files_and_is_called_by_them(folder, disk, tmp_path):
    wanted = files(tmp_path, a="1", lib__b="22")
    version = put(folder, wanted)

    assert version.path == f"/app/.versions/{version_id(wanted)}"
    assert folder.lengths(version.id) == {"a": 1, "lib/b": 2}
    assert disk.local_path(f"{version.path}/lib/b").read_text() == "22"
    assert folder.record(version.id)["a"][1] == wanted["a"].sha256


def test_other_files_are_another_version(tmp_path):
    assert version_id(files(tmp_path, a="1")) != version_id(files(tmp_path, a="2"))
    assert version_id(files(tmp_path, a="1")) == version_id(files(tmp_path, a="1"))


def test_two_submits_of_the_same_files_make_one_version(folder, disk, tmp_path):
    wanted = files(tmp_path, a="1")
    first, second = folder.stage(wanted), folder.stage(wanted)

    assert folder.publish(wanted, first).is_new
    assert not folder.publish(wanted, second).is_new
    assert [status.name for status in disk.list("/app/.versions")] == [version_id(wanted)]


def test_what_arrives_otherwise_than_it_was_sent_is_refused(folder, tmp_path):
    wanted = files(tmp_path, a="1")
    (tmp_path / "source-a").write_text("changed meanwhile")

    with pytest.raises(DeploymentError, match="17 other bytes") as caught:
        folder.stage(wanted)
    assert caught.value.code == "H817"


def test_a_version_that_somebody_damaged_is_mended(folder, disk, tmp_path):
    wanted = files(tmp_path, a="1", b="2")
    version = put(folder, wanted)
    disk.local_path(f"{version.path}/a").unlink()
    disk.local_path(f"{version.path}/b").write_text("")

    assert folder.mend(wanted) == ("a", "b")
    assert folder.mend(wanted) == ()
    assert disk.local_path(f"{version.path}/a").read_text() == "1"


def test_only_what_was_put_into_a_version_is_deleted_with_it(folder, disk, tmp_path):
    version = put(folder, files(tmp_path, a="1"))
    disk.local_path(f"{version.path}/results").write_text("a year's work")

    assert not folder.remove(version.id)
    disk.local_path(f"{version.path}/results").unlink()
    assert folder.remove(version.id)
    assert folder.ids() == []


def test_a_coordinator_that_was_moved_on_holds_its_version(folder, tmp_path):
    version = put(folder, files(tmp_path, a="1"))
    folder.hold(version.id, "1-C")
    folder.hold(version.id, "2-C")
    folder.hold(version.id, "1-C")

    assert folder.holders(version.id) == ["1-C", "2-C"]
    assert folder.ids() == [version.id]


def test_what_a_submit_that_lives_is_sending_is_left_alone(folder, disk, tmp_path):
    with LifeSign() as other:
        staged = VersionFolder(disk, "/app", other).stage(files(tmp_path, a="1"))
        assert folder.clean() == []
    assert disk.exists(staged)


def test_what_a_submit_on_another_machine_left_is_told_by_its_age(folder, disk, tmp_path):
    staged = "/app/.versions/.staging-0123-1"
    disk.make_directory(staged)
    assert folder.clean() == []

    import os

    os.utime(disk.local_path(staged), (1, 1))
    assert folder.clean() == [".staging-0123-1"]


@pytest.mark.parametrize("interruption", [pytest.param("killed", marks=pytest.mark.slow), "cut_off"])
def test_wherever_a_submit_is_killed_no_version_is_a_half(folder, disk, tmp_path, request, interruption):
    interrupted = request.getfixturevalue(interruption)
    old, new = files(tmp_path, a="1", b="2"), files(tmp_path, c="3", d="4")
    put(folder, old)

    def work(deadly):
        with LifeSign() as life, ExitStack() as stack:
            theirs = VersionFolder(deadly, "/app", life)
            staged = theirs.stage(new)
            stack.callback(theirs.discard, staged)
            theirs.publish(new, staged)

    nth = 1
    while interrupted(work, nth):
        there = folder.ids()
        assert version_id(old) in there
        for version in there:
            assert folder.lengths(version) in ({"a": 1, "b": 1}, {"c": 1, "d": 1})
        folder.clean()
        assert {status.name for status in disk.list("/app/.versions")} == set(there)
        folder.remove(version_id(new))
        nth += 1
    assert nth > 8
    assert version_id(new) in folder.ids()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("hdfs://nn:8020/a/.versions/0123456789abcdef", ["/a/.versions/0123456789abcdef"]),
        ("/a/.versions/0123456789abcdef/x.py", ["/a/.versions/0123456789abcdef"]),
        ("/l/.versions/0123456789abcdef/jars,/a/.versions/fedcba9876543210", 2 * [""]),
        ("/a/.versions/0123456789abcdef0", []),
        ("/a/.versions/other", []),
        ("nothing", []),
        ("hdfs:///a/.versions/0123456789abcdef", ["/a/.versions/0123456789abcdef"]),
        ("x=/a/.versions/0123456789abcdef", ["/a/.versions/0123456789abcdef"]),
        ("/a/.versions/0123456789abcdef/b/.versions/fedcba9876543210", ["/a/.versions/0123456789abcdef"]),
        ("/a/.versions/0123456789abcdef(/b/.versions/fedcba9876543210)", 2 * [""]),
        ("(/other)/a/.versions/0123456789abcdef", ["/other)/a/.versions/0123456789abcdef"]),
        ("/.versions/0123456789abcdef", []),
        ("a/.versions/0123456789abcdef", []),
    ],
)
def test_versions_are_found_in_texts(text, found):
    assert len(list(versions_in(text))) == len(found)
    if len(found) == 1:
        assert list(versions_in(text)) == found


@pytest.mark.parametrize("part", ["/", "(/", "a://", "a", "/a", "://", "/.versions/0123456789abcde", ".versions/"])
def test_a_long_text_takes_no_time(part):
    began = time.process_time()
    assert list(versions_in(part * ((1 << 18) // len(part)))) == []
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        ("/a/.versions/0123456789abcdef", "/a"),
        ("/a/.versions/0123456789abcdef/coordinator.xml", "/a/coordinator.xml"),
        ("/a/b", "/a/b"),
    ],
)
def test_the_folder_of_a_version(path, folder):
    assert without_version(path) == folder
