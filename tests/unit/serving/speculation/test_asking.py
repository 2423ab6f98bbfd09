"""Groups over a real registry, with members in threads of their own: slow, wrong, dead, replaced and absent ones."""

import threading
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.scorer.interface import Answer
from serving.errors import ServingError
from serving.speculation.group import KINDS
from serving.speculation.lanes import Load
from tests.unit.serving.speculation.conftest import SLACK_S, SOON_S, counts, states


class TestSmartOrFast:
    def test_the_smart_one_answers_when_it_is_in_time(self, team, ask):
        team.publish("smart", team.says(1, 0.2, 0.8))
        team.publish("fast", team.says(0, 0.6, 0.4))
        answer = ask(team.group("smart-or-fast", "smart", "fast"))
        smart, fast = answer["group"].pop("members")
        assert answer["group"] == {
            "name": "group",
            "policy": "smart-or-fast",
            "deadline_ms": 10_000.0,
            "degraded": False,
            "reasons": [],
        }
        del answer["group"]
        digest = team.registry.states["smart"].loaded.digest
        assert answer == {
            "prediction": "buy",
            "probabilities": {"leave": 0.2, "buy": 0.8},
            "member": "smart",
            "model": "smart",
            "version": 1,
            "manifest": digest,
            "engine": "puppet",
            "warnings": [],
        }
        assert smart.pop("latency_ms") >= 0
        assert smart == {
            "member": "smart",
            "version": 1,
            "manifest": digest,
            "state": "answered",
            "problem": None,
            "vote": "buy",
        }
        assert fast["state"] in ("answered", "not awaited")

    def test_when_it_is_late_the_fast_one_answers_at_the_deadline(self, team, ask):
        team.publish("smart", team.hangs(1))
        team.publish("fast", team.is_last(team.says(0)))
        answer = ask(team.group("smart-or-fast", "smart", "fast"))
        assert (answer["prediction"], answer["member"]) == ("leave", "fast")
        assert answer["group"]["degraded"]
        assert answer["group"]["reasons"] == ["smart: not in time"]
        assert states(answer) == {"smart": "late", "fast": "answered"}

    def test_a_late_answer_feeds_the_statistics(self, team, ask):
        team.publish("smart", team.hangs(1))
        team.publish("fast", team.is_last(team.says(0)))
        speculation = team.group("smart-or-fast", "smart", "fast")
        ask(speculation)
        assert counts(speculation)["smart", 1]["late"] == 0
        assert team.statistics.totals().get(("smart", 1)) is None
        team.let_go()
        smart = counts(speculation)["smart", 1]
        assert (smart["late"], smart["compared"], smart["agreed"]) == (1, 1, 0)
        assert team.statistics.totals()["smart", 1].answers == 1

    def test_a_dead_smart_one_is_not_waited_for(self, team, ask, caplog):
        team.publish("smart", team.dies)
        team.publish("fast", team.says(0))
        speculation = team.group("smart-or-fast", "smart", "fast")
        began = time.monotonic()
        answer = ask(speculation)
        assert time.monotonic() - began < SLACK_S
        assert answer["group"]["reasons"] == ["smart: fails: RuntimeError"]
        assert states(answer) == {"smart": "failed", "fast": "answered"}
        ask(speculation)
        assert caplog.text.count("smart version 1 fails") == 1
        assert counts(speculation)["smart", 1]["failed"] == 2

    def test_a_member_that_was_never_published(self, team, ask):
        team.publish("fast", team.says(0))
        answer = ask(team.group("smart-or-fast", "smart", "fast"))
        assert answer["group"]["reasons"] == ["smart: has no version to answer with"]
        assert states(answer)["smart"] == "unavailable"

    def test_a_member_that_cannot_be_loaded_says_why(self, team, shop, ask):
        team.publish("fast", team.says(0))
        version = shop.publish("smart")
        shop.spoil(version, "smart")
        team.registry.look()
        (reason,) = ask(team.group("smart-or-fast", "smart", "fast"))["group"]["reasons"]
        assert reason.startswith("smart: has no version to answer with: version 1 cannot serve")

    @pytest.mark.parametrize(
        "play",
        [
            lambda rows: [],
            lambda rows: [Answer(7.0)] * len(rows),
            lambda rows: [Answer(1.0, (1.0,))] * len(rows),
            lambda rows: [None],
        ],
    )
    def test_answers_that_are_none_are_a_failure(self, team, ask, play):
        team.publish("smart", play)
        team.publish("fast", team.says(0))
        assert states(ask(team.group("smart-or-fast", "smart", "fast"))) == {"smart": "failed", "fast": "answered"}

    def test_too_many_answers_to_many_records(self, team, ask, record):
        team.publish("smart", lambda rows: [Answer(1.0)] * 3)
        team.publish("fast", team.says(0))
        answer = ask(team.group("smart-or-fast", "smart", "fast"), record, record)
        assert answer["group"]["reasons"] == ["smart: gives 3 answers to 2 records"]


class TestVoting:
    def three(self, team, *plays):
        for name, play in zip("abc", plays, strict=True):
            team.publish(name, play)

    def test_a_wrong_one_is_outvoted(self, team, ask):
        self.three(team, team.says(0), team.says(1), team.says(1))
        answer = ask(team.group("majority", "a", "b", "c"))
        assert (answer["prediction"], answer["group"]["degraded"]) == ("buy", False)

    def test_two_equal_votes_do_not_wait_for_the_third(self, team, ask):
        self.three(team, team.hangs(0), team.says(1), team.says(1))
        answer = ask(team.group("majority", "a", "b", "c"))
        assert (answer["prediction"], answer["group"]["degraded"]) == ("buy", False)
        assert states(answer) == {"a": "not awaited", "b": "answered", "c": "answered"}

    def test_one_dead_and_two_that_differ(self, team, ask):
        self.three(team, team.dies, team.says(0), team.says(1))
        answer = ask(team.group("majority", "a", "b", "c"))
        assert answer["prediction"] == "leave"
        assert answer["group"]["reasons"] == ["no 2 members say the same: record 0", "a: fails: RuntimeError"]

    def test_votes_are_by_name_and_not_by_number(self, team, ask):
        team.publish("a", team.says(1))
        team.publish("b", team.says(0), classes=("buy", "leave"))
        team.publish("c", team.says(0))
        answer = ask(team.group("majority", "a", "b", "c"))
        assert (answer["prediction"], answer["group"]["degraded"]) == ("buy", False)

    def test_many_records_each_have_their_member(self, team, ask, record):
        self.three(
            team,
            lambda rows: [Answer(1.0), Answer(0.0)],
            lambda rows: [Answer(1.0), Answer(1.0)],
            lambda rows: [Answer(0.0), Answer(1.0)],
        )
        answer = ask(team.group("majority", "a", "b", "c", quorum=2), record, record)
        assert [one["prediction"] for one in answer["predictions"]] == ["buy", "buy"]
        assert all(one["version"] == 1 for one in answer["predictions"])

    def test_the_surest_answers(self, team, ask):
        self.three(team, team.says(1, 0.4, 0.6), team.says(0, 0.9, 0.1), team.says(1, 0.2, 0.8))
        answer = ask(team.group("best-confidence", "a", "b", "c"))
        assert (answer["prediction"], answer["member"]) == ("leave", "b")

    def test_the_median_of_numbers(self, team, ask):
        for name, play in zip("abc", (team.says(1e9), team.says(17), team.says(16)), strict=True):
            team.publish(name, play, classes=())
        speculation = team.group("median", "a", "b", "c", default=0.0)
        answer = ask(speculation)
        assert (answer["prediction"], answer["member"]) == (17.0, "b")
        assert counts(speculation)["c", 1]["difference"] == 1.0


class TestBestQuality:
    def test_the_better_metric_answers_also_after_a_reload(self, team, ask):
        team.publish("a", team.says(0), metrics={"accuracy": 0.8})
        team.publish("b", team.says(1), metrics={"accuracy": 0.9})
        speculation = team.group("best-quality", "a", "b", metric="accuracy")
        assert ask(speculation)["member"] == "b"
        team.publish("a", team.says(0), metrics={"accuracy": 0.95})
        answer = ask(speculation)
        assert (answer["member"], answer["version"]) == ("a", 2)

    def test_a_metric_that_nobody_has(self, team, ask):
        team.publish("a", team.says(0))
        team.publish("b", team.says(1))
        with pytest.raises(ServingError) as caught:
            ask(team.group("best-quality", "a", "b", metric="gini"))
        assert (caught.value.code, caught.value.diagnostics[0].message) == (
            "H562",
            "group 'group' cannot answer: no member's manifest has the metric 'gini'",
        )


class TestCanaryAndShadow:
    def test_a_key_always_gets_the_same_version(self, team, ask):
        team.publish("old", team.says(0))
        team.publish("new", team.says(1))
        speculation = team.group("canary", "old", "new", weights={"old": 60, "new": 40})
        drawn = {f"user-{number}": ask(speculation, key=f"user-{number}")["member"] for number in range(12)}
        assert set(drawn.values()) == {"old", "new"}
        assert {key: ask(speculation, key=key)["member"] for key in drawn} == drawn

    @pytest.mark.parametrize("weights", [{"old": 1, "new": 0}, {"new": 0, "old": 1}])
    def test_a_weight_is_its_member_s_in_whatever_order_they_are_written(self, team, ask, weights):
        team.publish("old", team.says(0))
        team.publish("new", team.says(1))
        speculation = team.group("canary", "old", "new", weights=weights)
        assert {ask(speculation, key=f"user-{number}")["member"] for number in range(5)} == {"old"}

    def test_a_dead_canary_is_stood_in_for(self, team, ask):
        team.publish("old", team.says(0))
        team.publish("new", team.dies)
        answer = ask(team.group("canary", "old", "new", weights={"old": 0, "new": 1}))
        assert (answer["member"], answer["group"]["reasons"]) == ("old", ["new: fails: RuntimeError"])

    def test_a_shadow_is_recorded_and_never_shown_or_waited_for(self, team, ask):
        team.publish("main", team.says(0))
        team.publish("shadow", team.hangs(1))
        speculation = team.group("shadow", "main", "shadow")
        answer = ask(speculation)
        assert (answer["member"], answer["group"]["degraded"]) == ("main", False)
        team.let_go()
        shadow = counts(speculation)["shadow", 1]
        assert (shadow["late"], shadow["compared"], shadow["agreed"], shadow["used"]) == (1, 1, 0, 0)
        again = ask(speculation)
        assert "vote" not in again["group"]["members"][1]

    def test_a_shadow_never_stands_in(self, team, ask):
        team.publish("main", team.dies)
        team.publish("shadow", team.says(1))
        with pytest.raises(ServingError, match="main: fails"):
            ask(team.group("shadow", "main", "shadow"))


class TestVersions:
    def test_a_request_keeps_the_version_that_it_began_with(self, team, ask):
        begun = threading.Event()

        def first(rows):
            begun.set()
            return team.hangs(0)(rows)

        team.publish("a", first)
        team.publish("b", team.says(1))
        speculation = team.group("smart-or-fast", "a", "b")
        found = []
        thread = threading.Thread(target=lambda: found.append(ask(speculation)))
        thread.start()
        assert begun.wait(SLACK_S * 10)
        team.plays["a"] = team.says(1)
        team.publish("a", team.says(1))
        assert ask(speculation)["version"] == 2
        team.released.set()
        thread.join(SLACK_S * 10)
        assert (found[0]["version"], found[0]["prediction"]) == (1, "leave")

    def test_a_member_that_hangs_is_busy_and_a_new_version_is_not(self, team, ask):
        team.publish("a", team.hangs())
        team.publish("b", team.is_last(team.says(1)))
        speculation = team.group("smart-or-fast", "a", "b", threads=2)
        for _ in range(2):
            assert ask(speculation)["group"]["reasons"] == ["a: not in time"]
        team.plays["b"] = team.says(1)
        assert ask(speculation)["group"]["reasons"] == ["a: busy, 2 calls are overdue"]
        assert speculation.report("group")["members"][0]["calls"] == Load(running=2)
        assert counts(speculation)["a", 1]["busy"] == 1
        team.publish("a", team.says(0))
        answer = ask(speculation)
        assert (answer["member"], answer["version"], answer["group"]["degraded"]) == ("a", 2, False)


def test_requests_at_once_do_not_mix(team, ask):
    team.publish("a", lambda rows: [Answer(float(rows[0]["hits"] % 2))] * len(rows))
    team.publish("b", team.says(0))
    speculation = team.group("smart-or-fast", "a", "b", threads=3)
    wrong = []

    def work(number):
        for hits in range(number, number + 20):
            record = {"hits": hits, "revenue": 1.0, "medium": "cpc", "direct": True}
            answer = ask(speculation, record, key=str(number))
            if answer["predictions"][0]["prediction"] != ("leave", "buy")[hits % 2]:
                wrong.append(answer)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    team.let_go()
    assert speculation.report("group")["counts"]["requests"] == 120
    one = counts(speculation)["a", 1]
    assert one["asked"] == one["in_time"] + one["late"] == 120


# -- every policy, with members that do anything ---------------------------------------------------------------------

DOES = ("yes", "no", "dies", "hangs", "wrong")
OPTIONS = {"best-quality": {"metric": "accuracy"}, "canary": {"weights": {"a": 2, "b": 1, "c": 0}}}


@pytest.mark.slow
@pytest.mark.parametrize("policy", KINDS)
def test_whatever_members_do_the_answer_is_theirs_or_the_default_and_in_time(team, ask, policy):
    number = policy == "median"
    says = {
        "yes": team.says(1, *([] if number else [0.3, 0.7])),
        "no": team.says(0, *([] if number else [0.6, 0.4])),
        "dies": team.dies,
        "hangs": team.hangs(1),
        "wrong": lambda rows: [],
    }
    names = {"yes": 1.0, "no": 0.0} if number else {"yes": "buy", "no": "leave"}
    default = 7.0 if number else "neither"
    for member in "abc":
        team.publish(member, team.says(0), classes=() if number else ("leave", "buy"))

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.tuples(*[st.sampled_from(DOES)] * 3), st.booleans(), st.text(max_size=3))
    def check(does, has_default, key):
        options = OPTIONS.get(policy, {}) | ({"default": default} if has_default else {})
        speculation = team.group(policy, "a", "b", "c", deadline_s=SOON_S, **options)
        team.plays.update(zip("abc", (says[play] for play in does), strict=True))
        began = time.monotonic()
        try:
            answer = ask(speculation, key=key)
        except ServingError as error:
            assert error.code == "H561"
            assert not has_default
            answer = None
        finally:
            assert time.monotonic() - began < SOON_S + SLACK_S
            team.let_go()
            team.released.clear()
        if answer is None:
            return
        if answer["engine"] == "default":
            assert answer["prediction"] == default
            assert answer["group"]["degraded"]
        else:
            assert answer["prediction"] == names[does["abc".index(answer["member"])]]

    check()
