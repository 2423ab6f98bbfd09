"""The folder of a stack, and what is kept of what was chosen."""

from __future__ import annotations

import json
import os
import pwd
from pathlib import Path

import pytest

from howdah.errors import CommandError
from howdah.stack.layout import (
    Choice,
    Layout,
    check_plain,
    check_room,
    current_user,
    default_folder,
    existing,
    yarn_memory_mb,
)
from howdah.stack.ports import choose


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"HOWDAH_STACK": "/a/b", "XDG_DATA_HOME": "/x"}, Path("/a/b")),
        ({"XDG_DATA_HOME": "/x"}, Path("/x/howdah/stack")),
        ({}, Path.home() / ".local/share/howdah/stack"),
    ],
)
def test_the_default_folder(environment, folder):
    assert default_folder(environment) == folder


def test_a_choice_is_kept(tmp_path):
    layout = Layout(tmp_path)
    assert Choice.read(layout) is None

    chosen = Choice(choose(21000, []), "hive")
    chosen.write(layout)

    assert Choice.read(layout) == chosen


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"hive": "spark", "ports": {"oozie": 1}}'])
def test_a_choice_that_cannot_be_read(tmp_path, text):
    (tmp_path / "stack.json").write_text(text)

    with pytest.raises(CommandError, match="H720"):
        Choice.read(Layout(tmp_path))


def test_the_folder_is_the_users_alone(tmp_path):
    layout = Layout(tmp_path / "a" / "stack")
    layout.make()

    assert layout.folder.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", ["two words", "a,b", "a:b", "ü", 'a"b', "a$b"])
def test_a_folder_that_would_need_quotes(tmp_path, name):
    with pytest.raises(CommandError, match="H723 the stack's folder cannot be") as caught:
        Layout(tmp_path / name).make()

    assert "letters, digits" in caught.value.diagnostics[0].hint
    assert not (tmp_path / name).exists()


def test_a_folder_that_cannot_be_made_says_how_to_choose_another(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(CommandError, match=r"H723 the stack's folder cannot be .*: Not a directory") as caught:
        Layout(tmp_path / "file" / "stack").make()

    assert caught.value.diagnostics[0].hint == "choose another one: --folder DIR, or HOWDAH_STACK=DIR"


def test_somebody_elses_choice(tmp_path):
    (tmp_path / "stack.json").mkdir()

    with pytest.raises(CommandError, match=r"H720 .*: Is a directory") as caught:
        Choice.read(Layout(tmp_path))

    assert "--folder DIR" in caught.value.diagnostics[0].hint


def test_a_disk_without_room():
    with pytest.raises(CommandError, match="H701 /proc has room for 0 MB; a stack needs 1024"):
        Layout(Path("/proc")).check_room()
    with pytest.raises(CommandError, match=r"H701 .* a stack and its software need 1524"):
        Layout(Path("/proc")).check_room(500)


def test_a_disk_is_known_by_what_there_is_of_a_folder(tmp_path):
    assert existing(tmp_path / "a" / "b") == tmp_path
    with pytest.raises(CommandError, match="H701 /proc/a/b has room for 0 MB; it needs 1") as caught:
        check_room(Path("/proc/a/b"), 1, "it needs", "HOWDAH_CACHE=DIR")

    assert caught.value.diagnostics[0].hint == "make room there, or choose another one: HOWDAH_CACHE=DIR"


def test_a_plain_path():
    check_plain(Path("/home/ada.l-2/.cache/how_dah@1+x=y"), "it")


def test_what_reset_deletes_is_ours(tmp_path):
    layout = Layout(tmp_path)
    layout.make()

    assert {part.name for part in (*layout.parts, layout.marker)} == {
        *(path.name for path in tmp_path.iterdir()),
        "stack.json",
        "addresses.json",
    }


@pytest.mark.parametrize("name", ["data", "run", "notes.txt", ".git"])
def test_a_folder_with_files_of_the_users_stays_as_it_is(tmp_path, name):
    project = tmp_path / "project"
    (project / name).mkdir(parents=True)
    project.chmod(0o755)

    with pytest.raises(CommandError, match=r"H723 '.*/project' holds other files and is not a stack's") as caught:
        Layout(project).make()

    assert "--folder DIR" in caught.value.diagnostics[0].hint
    assert [path.name for path in project.iterdir()] == [name]
    assert project.stat().st_mode & 0o777 == 0o755


def test_a_stack_json_of_somebody_elses_makes_no_stacks_folder(tmp_path):
    (tmp_path / "stack.json").write_text('{"name": "mine"}')

    with pytest.raises(CommandError, match="H720"):
        Layout(tmp_path).make()

    assert [path.name for path in tmp_path.iterdir()] == ["stack.json"]


def test_a_first_up_that_was_killed_goes_on(tmp_path):
    layout = Layout(tmp_path / "stack")
    layout.folder.mkdir()
    layout.make()
    for part in (layout.conf, layout.tmp):
        part.rmdir()

    layout.make()

    assert layout.conf.is_dir()


def test_a_stack_that_has_a_choice_and_no_marker_is_one(tmp_path):
    Choice(choose(21000, []), "spark").write(Layout(tmp_path))

    Layout(tmp_path).make()

    assert Layout(tmp_path).marker.is_file()


def test_nothing_is_deleted_where_no_marker_is(tmp_path):
    (tmp_path / "data").mkdir()
    Choice(choose(21000, []), "spark").write(Layout(tmp_path))

    with pytest.raises(CommandError, match=r"H720 .* is not the folder of a stack"):
        Layout(tmp_path).delete()

    assert {path.name for path in tmp_path.iterdir()} == {"data", "stack.json"}


def test_what_is_deleted_may_be_made_again_beside_files_of_the_users(tmp_path):
    layout = Layout(tmp_path / "stack")
    layout.make()
    layout.delete()
    assert list(layout.folder.iterdir()) == []

    layout.make()
    (layout.folder / "notes.txt").touch()
    layout.delete()
    assert {path.name for path in layout.folder.iterdir()} == {"notes.txt", layout.marker.name}

    layout.make()
    assert layout.data.is_dir()


@pytest.mark.parametrize(("machine", "yarn"), [(2000, 4096), (11000, 5120), (16384, 8192), (64000, 8192)])
def test_yarns_memory_is_half_of_the_machines_within_limits(machine, yarn):
    assert yarn_memory_mb(machine) == yarn


def test_the_user_is_who_runs_this_whatever_the_environment_says(monkeypatch):
    monkeypatch.setenv("USER", "somebody")
    monkeypatch.setenv("LOGNAME", "somebody")

    assert current_user() == pwd.getpwuid(os.geteuid()).pw_name


def test_addresses(deployment):
    assert deployment.name_node == "hdfs://localhost:21000"
    assert deployment.webhdfs == "http://localhost:21001"
    assert deployment.url("oozie", "/oozie") == f"http://localhost:{deployment.ports['oozie']}/oozie"
    assert json.dumps(dict(deployment.ports))
