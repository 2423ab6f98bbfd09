from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from howdah.commands.el import command


@pytest.fixture
def call(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def run(*arguments, stdin=None):
        return CliRunner().invoke(command, list(arguments), input=stdin, catch_exceptions=False)

    return run


@pytest.mark.parametrize(
    ("text", "properties", "value"),
    [
        ("plain", (), "plain"),
        ("${a + 1} of ${b}", ("a=1", "b=x=y"), "2 of x=y"),
        ("[${wf:conf('none')}]", (), "[]"),
        ("${a}", ("a=${b}/x", "b=1"), "1/x"),
        ("${a}", ("a=<b> & c",), "&lt;b&gt; &amp; c"),
        ("日本 ${'é'}", (), "日本 é"),
        ("${fs:exists('/user')} ${fs:exists('/user/x')} ${fs:blockSize('/')}", (), "true false 0"),
    ],
)
def test_value(call, text, properties, value):
    result = call(text, *(word for one in properties for word in ("--set", one)))
    assert (result.exit_code, json.loads(result.stdout)) == (0, {"value": value})


def test_files_are_those_of_a_run(call, tmp_path):
    (tmp_path / "kept" / "hdfs" / "data").mkdir(parents=True)
    result = call("${fs:isDir('hdfs://nn:8020/data')} ${fs:exists('/user')}", "--state", "kept")
    assert json.loads(result.stdout) == {"value": "true false"}
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_an_error_has_its_place(call):
    result = call("日 x ${wrod} y", "--set", "word=1")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["error"] == {
        "code": "EL_ERROR",
        "message": "variable [wrod] cannot be resolved",
        "position": 7,
        "hint": "did you mean 'word'?",
    }
    assert result.stderr.splitlines()[-2:] == ["      日 x ${wrod} y", "             ^"]


def test_long_and_broken_texts_are_marked_on_one_line(call):
    result = call("a" * 500 + "\n${" + "b" * 500 + "}")
    assert json.loads(result.stdout)["error"]["position"] == 504
    text, mark = result.stderr.splitlines()[-2:]
    assert (text[mark.index("^")], text[mark.index("^") - 1], len(text) < 90) == ("b", "{", True)


def test_properties_that_oozie_refuses_have_no_place(call):
    result = call("1", "--set", "KB=2")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["error"]["position"] is None
    assert json.loads(result.stdout)["error"]["code"] == "E0803"


def test_text(call):
    assert call("${1 + 1}", "--format", "text").stdout == "2\n"
    failed = call("${1 + }", "--format", "text")
    assert (failed.exit_code, failed.stdout) == (1, "")
    assert "too early" in failed.stderr


def test_standard_input(call):
    many = "${1 + 1}" * 20_000
    assert json.loads(call("-", stdin=f"{many}\n").stdout) == {"value": "2" * 20_000}


def test_a_wrong_call(call):
    assert call().exit_code == 2
    assert call("a", "--set", "b").exit_code == 2
    assert call("\udcff").exit_code == 2
    assert call("-", stdin=b"\xff").exit_code == 2


def test_json_holds_nothing_that_a_terminal_takes_for_an_order(call):
    for text in ("\x9b31m\u202e", "${wrod}\x9b31m"):
        result = call(text)
        assert result.stdout.isascii()
        json.loads(result.stdout)


@pytest.mark.parametrize("number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)])
def test_an_expression_that_is_tried_for_long_is_ended_by_a_signal(tmp_path, number):
    text = '${replaceAll("' + "a" * 40 + '!", "(a+)+$", "b")}'
    process = subprocess.Popen(
        [sys.executable, "-m", "howdah", "el", text], cwd=tmp_path, env={**os.environ, "TMPDIR": str(tmp_path)}
    )
    while not list(tmp_path.iterdir()):  # the HDFS of this call alone, made right before
        time.sleep(0.02)
    process.send_signal(number)
    assert process.wait(2) == 130
    assert not list(tmp_path.iterdir())


def test_an_input_without_end_is_not_read(call):
    result = call("-", stdin="x" * (16 * 1024 * 1024 + 1))
    assert (result.exit_code, "no expression is so long" in result.output) == (2, True)


@pytest.mark.slow
def test_a_pattern_of_names_that_is_tried_for_long_is_ended(call, tmp_path):
    folder = tmp_path / ".howdah" / "hdfs" / "user"
    folder.mkdir(parents=True)
    (folder / ("a" * 200)).touch()
    result = call("${fs:exists('/user/" + "*a" * 30 + "b')}")
    assert "has not come to an end in 2 s" in json.loads(result.stdout)["error"]["message"]
