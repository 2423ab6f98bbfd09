"""What a group says when nobody answers, and whose fault it is."""

import time

import pytest

from models.errors import ScoringError
from models.manifest import Field
from serving.errors import ServingError, SignatureError
from tests.unit.serving.speculation.conftest import SLACK_S, SOON_S, states


class TestNobody:
    def test_all_are_late(self, team, ask):
        team.publish("smart", team.hangs())
        team.publish("fast", team.hangs())
        speculation = team.group("smart-or-fast", "smart", "fast", deadline_s=SOON_S)
        began = time.monotonic()
        with pytest.raises(ServingError) as caught:
            ask(speculation)
        assert SOON_S <= time.monotonic() - began < SOON_S + SLACK_S
        assert caught.value.code == "H561"
        assert "can answer within 30.0 ms (smart: " in str(caught.value)
        assert speculation.report("group")["counts"]["unanswered"] == 1

    def test_a_default_is_the_answer_then_and_says_so(self, team, ask):
        team.publish("smart", team.hangs())
        team.publish("fast", team.is_last(team.dies))
        speculation = team.group("smart-or-fast", "smart", "fast", default="leave")
        answer = ask(speculation)
        assert (answer["prediction"], answer["model"], answer["version"], answer["engine"]) == (
            "leave",
            None,
            None,
            "default",
        )
        assert answer["group"]["reasons"] == ["smart: not in time", "fast: fails: RuntimeError"]
        told = speculation.report("group")["counts"]
        assert (told["requests"], told["degraded"], told["defaulted"], told["unanswered"]) == (1, 1, 1, 0)

    def test_a_default_for_many_records(self, team, ask, record):
        team.publish("smart", team.dies)
        answer = ask(team.group("smart-or-fast", "smart", "none", default="leave"), record, record)
        assert [one["prediction"] for one in answer["predictions"]] == ["leave", "leave"]

    def test_all_dead_is_said_at_once(self, team, ask):
        team.publish("smart", team.dies)
        team.publish("fast", team.dies)
        began = time.monotonic()
        with pytest.raises(ServingError, match="can answer \\(smart: fails"):
            ask(team.group("smart-or-fast", "smart", "fast"))
        assert time.monotonic() - began < SLACK_S


class TestRecordsThatDoNotFit:
    def test_they_are_the_clients_fault_where_every_member_says_so(self, team, ask):
        team.publish("smart", team.says(1))
        team.publish("fast", team.says(0))
        for default in (None, "leave"):
            with pytest.raises(SignatureError):
                ask(team.group("smart-or-fast", "smart", "fast", default=default), {"hits": "many"})

    def test_a_member_that_knows_less_is_passed_over(self, team, ask, record):
        team.publish("smart", team.says(1), inputs=(Field("medium", "string", categories=("tv",)),))
        team.publish("fast", team.says(0), inputs=(Field("medium", "string"),))
        answer = ask(team.group("smart-or-fast", "smart", "fast"), {"medium": "radio"})
        assert answer["predictions"][0]["member"] == "fast"
        assert "smart: refuses the records: record 0, field 'medium' has the unknown" in answer["group"]["reasons"][0]
        assert states(answer)["smart"] == "refused"

    def test_a_row_that_no_model_can_score(self, team, ask):
        def refuse(rows):
            raise ScoringError("H232", "revenue is negative")

        team.publish("smart", refuse)
        team.publish("fast", refuse)
        with pytest.raises(ScoringError):
            ask(team.group("smart-or-fast", "smart", "fast"))

    def test_beside_a_dead_member_they_may_be_right(self, team, ask):
        team.publish("smart", team.dies, inputs=(Field("medium", "string"),))
        team.publish("fast", team.says(0), inputs=(Field("medium", "string", categories=("tv",)),))
        with pytest.raises(SignatureError):
            ask(team.group("smart-or-fast", "smart", "fast"), {"medium": "radio"})
        answer = ask(team.group("smart-or-fast", "smart", "fast", default="leave"), {"medium": "radio"})
        assert answer["predictions"][0]["engine"] == "default"
