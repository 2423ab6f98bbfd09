"""What ``howdah demo`` says before it has anything to show; what it shows is tested by .ci/newcomer and tests/stack."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from howdah.__main__ import howdah
from howdah.errors import CommandError
from oozie.client import OozieAwayError
from tests.unit.howdah.demo.test_stack_chain import ADDRESSES


def demo(*arguments: object) -> None:
    howdah.main(["demo", *map(str, arguments)], standalone_mode=False)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--stack", "--source", "mysql://me:x@127.0.0.1/funnel_db"), "the stack has a database of its own"),
        (("--folder", "stack"), "add --stack"),
        (("churn",), "'churn' is not one of 'funnel', 'redemption'"),
    ],
)
def test_what_does_not_go_together_is_said(arguments: tuple[str, ...], message: str) -> None:
    with pytest.raises(click.UsageError, match=message):
        demo(*arguments)


def test_a_database_that_is_none_is_said_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="H745"):
        demo("--source", "oracle://me@127.0.0.1/funnel_db", "--build", tmp_path / "build")
    assert not (tmp_path / "build").exists()


def test_a_place_that_is_taken_by_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "demo").touch()
    with pytest.raises(CommandError, match=f"H743 {tmp_path}/demo/funnel cannot be made anew"):
        demo("--build", tmp_path)


def test_a_stack_whose_oozie_is_away_gets_its_app_and_no_rows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stack = tmp_path / "stack"
    stack.mkdir()
    ADDRESSES.write(stack)

    with pytest.raises(OozieAwayError):
        demo("--stack", "--folder", stack, "--build", tmp_path / "build")

    said = capsys.readouterr().out
    assert "generated from workflows/funnel/workflow.py for the stack" in said
    assert "nothing that Oozie would refuse" in said
    assert "rows put" not in said
    app = tmp_path / "build" / "stack" / "funnel"
    assert {"coordinator.xml", "job.properties", "workflow.xml"} <= {file.name for file in app.iterdir()}
