from __future__ import annotations

from pathlib import Path

import pytest

from generator.app import generate
from generator.errors import GenerationError
from generator.profiles import PROFILES
from generator.template import new_workflow
from oozie.language.check import check_folder


@pytest.mark.parametrize("name", ["a", "daily-orders", "x2", "a_b"])
def test_what_it_makes_can_be_generated_at_once(tmp_path: Path, name: str) -> None:
    for file, text in new_workflow(name, f"workflows/{name}").items():
        (tmp_path / file).write_text(text)

    for profile in PROFILES:
        app = generate(tmp_path, profile)
        assert {"workflow.xml", "coordinator.xml", "job.properties", "report.hql"} == set(app)
        assert [finding for checked in check_folder(app) for finding in checked.findings] == []


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("Daily Orders", "how about 'daily-orders'?"),
        ("../up", "how about 'up'?"),
        ("1st", "how about 'st'?"),
        ("", "as in daily-orders"),
        ("a\nb", "how about 'a-b'?"),
        ("a" * 101, f"how about '{'a' * 100}'?"),
    ],
)
def test_names_that_cannot_be(name: str, hint: str) -> None:
    with pytest.raises(GenerationError) as caught:
        new_workflow(name, "x")

    assert caught.value.code == "H322"
    assert caught.value.diagnostics[0].hint == hint
    assert "\n" not in str(caught.value)
