"""The folder of a stack, and what is kept of what was chosen."""

from __future__ import annotations

import json
import os
import pwd
from pathlib import Path

import pytest

from howdah.errors import CommandError
from howdah.stack.layout import Choice, Layout, check_plain, current_user, default_folder, yarn_memory_mb
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


def test_a_plain_path():
    check_plain(Path("/home/ada.l-2/.cache/how_dah@1+x=y"), "it")


def test_what_reset_deletes_is_ours(tmp_path):
    layout = Layout(tmp_path)
    layout.make()

    assert {part.name for part in layout.parts} == {
        *(path.name for path in tmp_path.iterdir()),
        "stack.json",
        "addresses.json",
    }


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
