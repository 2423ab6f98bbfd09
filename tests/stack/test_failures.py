"""What goes wrong in the chain on the real stack, and what a person is told of it."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from pathlib import Path

import pytest

from generator.declare import fs, op
from generator.values import ActionStep
from howdah.stack.addresses import Addresses
from oozie.client import Workflow
from tests.smtp import smtp_server
from tests.stack.chain import IMPORT, SUMMARY, TABLE, TRAINING, Chain, only

pytestmark = [pytest.mark.stack, pytest.mark.slow]

# Stands for the training, where only what comes before it matters.
GOES_ON = fs("goes-on", op("mkdir", path="${nameNode}/tmp/howdah-goes-on"))


@pytest.fixture
def chain(stack: Addresses, tmp_path: Path) -> Chain:
    made = Chain(stack, tmp_path)
    made.load(0)
    return made


def changed(step: object, old: str, new: str) -> ActionStep:
    """``step`` with one of its arguments changed."""
    assert isinstance(step, ActionStep)
    children = tuple(replace(child, text=new) if child.text == old else child for child in step.body.children)
    assert children != step.body.children
    return replace(step, body=replace(step.body, children=children))


def spoil_report(app: Path) -> None:
    script = app / "summary_report.hql"
    script.write_text(script.read_text("utf-8").replace("GROUP BY medium", "GROUP BY nothing_like_it"), "utf-8")


def kill_message(job: Workflow) -> str:
    """What the kill node said."""
    [node] = [action for action in job.actions if action.type == ":KILL:"]
    return node.error_message


def test_a_failed_report_stops_nothing_and_is_told_all_the_same(chain: Chain) -> None:
    with chain.started(only(IMPORT, SUMMARY, GOES_ON), change=spoil_report) as coordinator_id:
        job = chain.follower.follow(coordinator_id, 1)

    assert job.status == "SUCCEEDED"
    assert [action.name for action in job.passed_over] == ["summary-report"]
    assert [action.status for action in job.actions if action.name == "goes-on"] == ["OK"]
    assert "✗ summary-report" in chain.said
    # Oozie itself says "exit code [2]" and no more.
    assert "nothing_like_it" in " ".join(chain.said.split())


def test_a_failed_training_kills_with_its_message(chain: Chain) -> None:
    with chain.started(only(IMPORT, changed(TRAINING, "outcome", "no_such_column"))) as coordinator_id:
        before = chain.models.versions("funnel") if "funnel" in chain.models.names() else []
        job = chain.follower.follow(coordinator_id, 1)

    assert job.status == "KILLED"
    assert [action.name for action in job.failures] == ["train-model"]
    assert kill_message(job)
    assert "H604" in chain.said
    assert "no_such_column" in chain.said
    after = chain.models.versions("funnel") if "funnel" in chain.models.names() else []
    assert after == before


def test_a_failed_import_mails_and_kills(chain: Chain) -> None:
    with (
        smtp_server(chain.addresses.smtp_port) as server,
        chain.started(only(changed(IMPORT, TABLE, "no_such_table"), SUMMARY)) as coordinator_id,
    ):
        job = chain.follower.follow(coordinator_id, 1)

    assert job.status == "KILLED"
    assert [action.name for action in job.actions if not action.is_control] == ["import-funnel", "import-funnel-alert"]
    assert [action.name for action in job.failures] == ["import-funnel"]
    assert kill_message(job)
    assert server.recipients == ["admin@localhost"]
    [mail] = (email.message_from_bytes(message, policy=email.policy.default) for message in server.messages)
    assert mail["Subject"] == "funnel failed at import-funnel"
    assert job.id in str(mail.get_content())
    assert "no_such_table" in chain.said
