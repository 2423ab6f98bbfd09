"""Every policy with slow, wrong and dead members; neither threads nor clocks."""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serving.speculation.policies import majority, median, most_confident, prefer
from serving.speculation.votes import Decision, Standing, Vote

SLOW = ()
LEFT_S, OVER = 0.05, 0.0


def vote(said):
    """``"buy"``, ``("buy", 0.9)``, a number or None."""
    if isinstance(said, tuple):
        label, chance = said
        return Vote(label, {label: chance, "other": 1 - chance})
    return Vote(said)


def seen(*members):
    """Members a, b, c ...: what each says of every record, SLOW while it is silent, or ``"!"`` when it is dead."""
    return [
        Standing(name, problem="is dead") if said == "!" else Standing(name, tuple(map(vote, said)))
        for name, said in zip("abcdefg", members, strict=False)
    ]


class TestPrefer:
    def test_the_smart_one_in_time_answers_at_once(self):
        assert prefer([0, 1])(seen(["buy"], SLOW), LEFT_S) == Decision((0,))

    def test_the_fast_one_waits_for_the_smart_one(self):
        assert prefer([0, 1])(seen(SLOW, ["leave"]), LEFT_S) is None

    def test_at_the_deadline_what_is_there_answers(self):
        assert prefer([0, 1])(seen(SLOW, ["leave"]), OVER) == Decision((1,), ("a: not in time",))

    def test_a_dead_smart_one_is_not_waited_for(self):
        assert prefer([0, 1])(seen("!", ["leave"]), LEFT_S) == Decision((1,), ("a: is dead",))

    def test_a_better_one_that_is_pending_is_waited_for_when_the_best_is_dead(self):
        assert prefer([0, 1, 2])(seen("!", SLOW, ["leave"]), LEFT_S) is None

    def test_the_order_is_not_that_of_the_file(self):
        assert prefer([1, 0])(seen(["leave"], ["buy"]), LEFT_S) == Decision((1,))

    def test_who_is_not_in_the_order_never_answers(self):
        assert prefer([0])(seen(SLOW, ["buy"]), OVER) == Decision((), ("a: not in time",))
        assert prefer([0])(seen("!", ["buy"]), LEFT_S) == Decision((), ("a: is dead",))


class TestMajority:
    two_of_three = staticmethod(majority(2, [0, 1, 2]))

    def test_two_of_three_are_enough_before_the_third_is_in(self):
        assert self.two_of_three(seen(["buy"], ["buy"], SLOW), LEFT_S) == Decision((0,))
        assert self.two_of_three(seen(SLOW, ["buy"], ["buy"]), LEFT_S) == Decision((1,))

    def test_one_wrong_member_is_outvoted(self):
        assert self.two_of_three(seen(["leave"], ["buy"], ["buy"]), LEFT_S) == Decision((1,))

    def test_without_a_quorum_the_third_is_waited_for(self):
        assert self.two_of_three(seen(["buy"], ["leave"], SLOW), LEFT_S) is None
        assert self.two_of_three(seen(["buy"], SLOW, SLOW), LEFT_S) is None
        assert self.two_of_three(seen(SLOW, SLOW, SLOW), LEFT_S) is None

    def test_a_dead_member_leaves_two_that_agree(self):
        assert self.two_of_three(seen("!", ["buy"], ["buy"]), LEFT_S) == Decision((1,))

    def test_two_that_do_not_agree_and_a_dead_one_are_a_tie(self):
        decision = self.two_of_three(seen(["leave"], ["buy"], "!"), LEFT_S)
        assert decision == Decision((0,), ("no 2 members say the same: record 0", "c: is dead"))

    def test_at_the_deadline_most_votes_win(self):
        decision = majority(3, range(5))(seen(["leave"], ["buy"], ["buy"], SLOW, "!"), OVER)
        assert decision.places == (1,)
        assert decision.reasons == ("no 3 members say the same: record 0", "d: not in time", "e: is dead")

    def test_each_record_is_voted_on(self):
        decision = self.two_of_three(seen(["x", "y"], ["x", "z"], ["w", "z"]), LEFT_S)
        assert decision == Decision((0, 1))

    def test_every_record_needs_its_quorum(self):
        assert self.two_of_three(seen(["x", "y"], ["x", "z"], SLOW), LEFT_S) is None

    def test_records_without_a_quorum_are_counted(self):
        decision = self.two_of_three(seen(["x", "y", "w"], ["x", "z", "v"], "!"), LEFT_S)
        assert decision.reasons[0] == "no 2 members say the same: 2 records, first at 1"

    def test_a_tie_goes_to_the_order(self):
        tie = seen(["x"], ["y"], ["z"])
        assert majority(2, [0, 1, 2])(tie, LEFT_S).places == (0,)
        assert majority(2, [2, 0, 1])(tie, LEFT_S).places == (2,)

    def test_a_tie_goes_to_the_surer_ones(self):
        members = seen([("x", 0.6)], [("y", 0.9)], [("z", 0.7)])
        assert majority(2, [0, 1, 2], by_confidence=True)(members, LEFT_S).places == (1,)
        assert majority(2, [0, 1, 2])(members, LEFT_S).places == (0,)

    def test_a_member_that_says_nothing_of_a_record_has_no_vote_on_it(self):
        assert self.two_of_three(seen([None], ["buy"], ["buy"]), LEFT_S) == Decision((1,))
        assert self.two_of_three(seen([None], [None], [None]), LEFT_S).places == (0,)

    def test_nobody_is_in(self):
        assert self.two_of_three(seen("!", "!", "!"), LEFT_S).places == ()
        assert self.two_of_three(seen("!", SLOW, "!"), OVER).reasons == ("a: is dead", "b: not in time", "c: is dead")


class TestMedian:
    def test_it_waits_for_all_and_takes_the_middle_one(self):
        assert median(seen([1.0], [9.0], SLOW), LEFT_S) is None
        assert median(seen([1.0], [9.0], [5.0]), LEFT_S) == Decision((2,))

    def test_a_wild_member_moves_nothing(self):
        assert median(seen([5.0], [1e300], [4.0]), LEFT_S) == Decision((0,))

    def test_of_two_middle_ones_the_first_in_the_file(self):
        assert median(seen([9.0], [1.0], "!"), LEFT_S) == Decision((0,), ("c: is dead",))
        assert median(seen([1.0], [9.0], SLOW), OVER) == Decision((0,), ("c: not in time",))

    def test_each_record_has_its_own(self):
        assert median(seen([1.0, 9.0], [2.0, 7.0], [3.0, 8.0]), LEFT_S) == Decision((1, 2))

    def test_what_is_no_number_has_no_vote(self):
        assert median(seen([None], [3.0], [4.0]), LEFT_S) == Decision((1,), ("a: gives no number",))
        assert median(seen([None], [None], [None]), LEFT_S).places == (0,)

    def test_nobody_is_in(self):
        assert median(seen("!", SLOW, "!"), OVER).places == ()


class TestMostConfident:
    def test_it_waits_for_all_and_takes_the_surest(self):
        assert most_confident(seen([("buy", 0.6)], SLOW), LEFT_S) is None
        assert most_confident(seen([("buy", 0.6)], [("leave", 0.9)]), LEFT_S) == Decision((1,))

    def test_the_slow_and_the_dead_are_named(self):
        decision = most_confident(seen([("buy", 0.6)], SLOW, "!"), OVER)
        assert decision == Decision((0,), ("b: not in time", "c: is dead"))

    def test_as_sure_the_first_in_the_file(self):
        assert most_confident(seen([("buy", 0.6)], [("leave", 0.6)]), LEFT_S) == Decision((0,))

    def test_a_member_without_probabilities_never_wins_and_is_named(self):
        decision = most_confident(seen(["buy"], [("leave", 0.5)]), LEFT_S)
        assert decision == Decision((1,), ("a: gives no probabilities",))

    def test_nobody_is_in(self):
        assert most_confident(seen("!", "!"), LEFT_S).places == ()


# -- what holds for every policy --------------------------------------------------------------------------------------

LABELS = st.sampled_from(["x", "y", "z"])
SAID = st.one_of(st.none(), LABELS, st.tuples(LABELS, st.sampled_from([0.3, 0.5, 0.8])))


@st.composite
def groups(draw, said=SAID):
    """Members, some slow, some dead, that speak of the same records."""
    records = draw(st.integers(1, 3))
    member = st.one_of(st.just(SLOW), st.just("!"), st.lists(said, min_size=records, max_size=records))
    return seen(*draw(st.lists(member, min_size=3, max_size=5)))


def policies(size):
    yield prefer(range(size))
    yield prefer([size - 1, 0])
    yield prefer([0])
    yield majority(size // 2 + 1, range(size))
    yield majority(size, range(size), by_confidence=True)
    yield most_confident


def check(decision, members, time_left_s):
    if decision is None:
        assert time_left_s > 0
        assert any(member.is_pending for member in members)
        return
    assert all(members[place].votes for place in decision.places)
    if decision.places:
        assert {len(member.votes) for member in members if member.votes} == {len(decision.places)}
    else:
        assert decision.reasons


@settings(max_examples=60)
@given(groups(), st.sampled_from([LEFT_S, OVER, -1.0]))
def test_the_answer_is_a_members_and_there_by_the_deadline(members, time_left_s):
    for policy in policies(len(members)):
        check(policy(members, time_left_s), members, time_left_s)


@settings(max_examples=40)
@given(groups(st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False))), st.sampled_from([LEFT_S, OVER]))
def test_the_median_is_a_members_and_there_by_the_deadline(members, time_left_s):
    check(median(members, time_left_s), members, time_left_s)


@settings(max_examples=40)
@given(groups(), st.data())
def test_whoever_decides_early_would_not_have_decided_otherwise(members, data):
    """A majority that is there early is the same once the slow ones are in, whatever they say."""
    quorum = len(members) // 2 + 1
    early = majority(quorum, range(len(members)))(members, LEFT_S)
    if early is None or not any(member.is_pending for member in members):
        return
    records = len(early.places)
    slow = st.lists(SAID, min_size=records, max_size=records)
    late = [
        Standing(member.member, tuple(map(vote, data.draw(slow)))) if member.is_pending else member
        for member in members
    ]
    final = majority(quorum, range(len(members)))(late, LEFT_S)

    def said(decision, standing):
        return [standing[place].votes[record].prediction for record, place in enumerate(decision.places)]

    assert said(early, members) == said(final, late)
    assert final.reasons == early.reasons == ()


@pytest.mark.parametrize("arrivals", list(permutations(range(3))))
def test_a_tie_is_broken_the_same_whoever_comes_first(arrivals):
    final = seen([("x", 0.6)], [("y", 0.6)], [("z", 0.6)])
    for by_confidence in (False, True):
        policy = majority(2, [1, 2, 0], by_confidence=by_confidence)
        members = [Standing(member.member) for member in final]
        for place in arrivals:
            assert policy(members, LEFT_S) is None
            members[place] = final[place]
        assert policy(members, LEFT_S).places == (1,)
