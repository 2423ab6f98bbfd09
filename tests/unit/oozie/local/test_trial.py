"""Texts of a job that has just begun."""

from __future__ import annotations

import getpass
import re

import pytest

from oozie.language.el import ElError, evaluate
from oozie.language.errors import AppError
from oozie.local.trial import trial_scope


def test_what_a_job_knows_at_its_start(tmp_path):
    scope = trial_scope({"queue": " daily ", "group.name": "staff", "empty": "", "x": " \t"}, tmp_path)
    user = getpass.getuser()
    assert evaluate("${queue} ${wf:conf('queue')} [${wf:conf('empty')}${wf:conf('x')}]", scope) == "daily daily []"
    assert evaluate("${empty wf:conf('x') ? 1 : x}", scope) == "1"
    with pytest.raises(ElError):
        evaluate("${x}", scope)
    assert evaluate("${wf:user()} ${wf:conf('user.name')} ${wf:group()}", scope) == f"{user} {user} staff"
    assert evaluate("${wf:name()} ${wf:run()}", scope) == "workflow 0"
    assert evaluate("[${wf:lastErrorNode()}] [${wf:transition('a')}] ${wf:actionData('a')}", scope) == "[] [] {}"
    assert evaluate("${wf:appPath() eq wf:conf('oozie.wf.application.path')}", scope) == "true"
    assert re.fullmatch(r"0000000-[0-9]{15}-howdah-W", evaluate("${wf:id()}", scope))
    assert evaluate("${wf:callback('$x')}", scope).endswith("@node&status=$x")


def test_files_are_those_below_the_root(tmp_path):
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "f").write_text("12345")
    scope = trial_scope({}, tmp_path)
    assert evaluate("${fs:exists('/d/*')} ${fs:fileSize('hdfs://nn:8020/d/f')} ${fs:isDir('/no')}", scope) == (
        "true 5 false"
    )


@pytest.mark.parametrize("text", ["''", "'ftp://x/y'", "'file:///x'", "'//x/y'", "'/a:b'", "'a:b'", "'/{a'", "'/[a'"])
def test_what_a_file_system_refuses_has_its_place(text, tmp_path):
    with pytest.raises(ElError) as caught:
        evaluate(f"ab ${{fs:exists({text})}}", trial_scope({}, tmp_path))
    assert caught.value.offset == 5


@pytest.mark.parametrize("properties", [{"KB": "1"}, {"a": "${b}", "b": "${a}"}])
def test_properties_that_oozie_refuses(properties, tmp_path):
    with pytest.raises(AppError) as caught:
        trial_scope(properties, tmp_path)
    assert caught.value.code == "E0803"
