from __future__ import annotations

import json
import os
import shutil

import pytest
from click.testing import CliRunner

from howdah.commands.nominal_times import command
from storage.errors import HowdahError

COORDINATOR = """<coordinator-app name="c" frequency="${{coord:days(1)}}" start="{start}" end="${{end}}"
 timezone="{zone}" xmlns="uri:oozie:coordinator:0.4"><datasets><include>${{nowhere}}/d.xml</include></datasets>
<action><workflow><app-path>${{nowhere}}</app-path></workflow></action></coordinator-app>"""


@pytest.fixture
def app(tmp_path):
    text = COORDINATOR.format(start="2024-03-08T10:30Z", zone="America/Los_Angeles")
    (tmp_path / "coordinator.xml").write_text(text)
    (tmp_path / "job.properties").write_text("end=2024-03-12T00:00Z\n")
    return tmp_path


def printed(*arguments):
    result = CliRunner().invoke(command, list(map(str, arguments)), catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def test_json(app):
    assert json.loads(printed(app, "--format", "json"))[1:] == [
        {"utc": "2024-03-09T10:30Z", "local": "2024-03-09T02:30-08:00", "note": ""},
        {"utc": "2024-03-10T09:30Z", "local": "2024-03-10T01:30-08:00", "note": "02:30 does not exist there that day"},
        {
            "utc": "2024-03-11T09:30Z",
            "local": "2024-03-11T02:30-07:00",
            "note": "clocks have gone forward 1 h since the last one",
        },
    ]


def test_text_says_whether_more_follow(app):
    lines = printed(app / "coordinator.xml", "--count", 1).splitlines()
    assert lines == [
        "UTC                America/Los_Angeles",
        "2024-03-08T10:30Z  Fri 2024-03-08 02:30 -0800",
        "and more until 2024-03-12T00:00Z",
    ]
    assert printed(app).splitlines()[-1] == "that is all until 2024-03-12T00:00Z"
    assert "2024-03-13" in printed(app, "--set", "end=2024-03-14T00:00Z")


def test_what_is_wrong_has_a_code(app):
    with pytest.raises(HowdahError) as caught:
        printed(app, "--set", "end=soon")
    assert caught.value.code == "E1003"
    (app / "job.properties").unlink()
    with pytest.raises(HowdahError) as caught:
        printed(app)
    assert caught.value.code == "E1004"
    assert "--set end=" in caught.value.diagnostics[0].hint


def test_the_coordinator_of_a_folder_is_known_by_its_content(app):
    expected = printed(app)
    (app / "coordinator.xml").rename(app / "täglich.xml")
    (app / "workflow.xml").write_text("<workflow-app/>")

    assert printed(app) == expected


def test_a_folder_without_one_coordinator_is_a_wrong_call(app):
    below = app / "below"
    below.mkdir()
    (app / "coordinator.xml").rename(below / "one.xml")
    assert CliRunner().invoke(command, [str(app), "--set", "end=2024-03-12T00:00Z"]).exit_code == 0

    (app / "two.xml").write_bytes((below / "one.xml").read_bytes())
    several = CliRunner().invoke(command, [str(app)])
    (app / "two.xml").unlink()
    (below / "one.xml").unlink()
    none = CliRunner().invoke(command, [str(app)])

    assert (several.exit_code, none.exit_code) == (2, 2)
    assert str(app / "two.xml") in several.output
    assert str(below / "one.xml") in several.output
    assert "there is no coordinator" in none.output


def test_a_coordinator_may_lie_where_nobody_may_look(app):
    (app / "coordinator.xml").rename(app / "one.xml")
    at = os.open(app, os.O_RDONLY)
    for _ in range(os.pathconf("/", "PC_PATH_MAX") // 250 + 1):  # too deep for its path, which keeps root out, too
        os.mkdir("d" * 250, dir_fd=at)
        above, at = at, os.open("d" * 250, os.O_RDONLY, dir_fd=at)
        os.close(above)
    os.close(at)
    try:
        with pytest.raises(HowdahError, match="the folder cannot be read"):
            printed(app)
    finally:
        shutil.rmtree(app / ("d" * 250))


@pytest.mark.parametrize("place", [".", "day"])
def test_a_bundle_hands_down_what_its_coordinators_need(app, place):
    (app / "all.xml").write_text(
        f"""<bundle-app name="b" xmlns="uri:oozie:bundle:0.2">
<coordinator name="c"><app-path>${{root}}/{place}</app-path>
<configuration><property><name>end</name><value>${{year}}-03-09T00:00Z</value></property></configuration></coordinator>
</bundle-app>"""
    )
    (app / "job.properties").write_text("oozie.bundle.application.path=/apps/b\nroot=/apps/b\nyear=2024\n")
    if place != ".":
        (app / place).mkdir()
        (app / "coordinator.xml").rename(app / place / "coordinator.xml")

    for path in (app, app / place / "coordinator.xml"):
        assert printed(path).splitlines()[1:] == [
            "2024-03-08T10:30Z  Fri 2024-03-08 02:30 -0800",
            "that is all until 2024-03-09T00:00Z",
        ]
    assert "2024-03-09T10:30Z" in printed(app, "--set", "end=2024-03-10T00:00Z")


@pytest.mark.parametrize("name", ["coordinator.xml", "job.properties", "config-default.xml"])
def test_a_file_of_any_size_is_not_read(app, name):
    with (app / name).open("ab") as file:
        file.truncate(30 << 30)
    with pytest.raises(HowdahError) as caught:
        printed(app)
    assert caught.value.code in ("H711", "H408")
