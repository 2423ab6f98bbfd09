"""Members that fit together, members that do not, and groups that therefore cannot answer."""

from dataclasses import replace

import pytest

from models.manifest import Field, Manifest
from serving.errors import ServingError
from serving.speculation.asking import find_group_problems
from serving.speculation.fitness import check_fit
from serving.speculation.group import Group
from tests.unit.serving.speculation.conftest import states

INPUTS = (Field("hits", "long"), Field("medium", "string"))
CLASSIFIER = Manifest("a", 3, "2026-01-01T00:00:00Z", INPUTS, ("leave", "buy"), {"accuracy": 0.8})
REGRESSION = replace(CLASSIFIER, name="r", classes=(), metrics={"rmse": 2.0})


def group(policy="smart-or-fast", members="abc", **options):
    return Group("group", policy, tuple(members), 1.0, **options)


def test_the_same_inputs_and_classes_fit_in_any_order():
    other = replace(CLASSIFIER, name="b", inputs=INPUTS[::-1], classes=("buy", "leave"))
    fit = check_fit(group(), [CLASSIFIER, other, None])
    assert (fit.problems, fit.refusal) == (("", "", ""), "")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"inputs": INPUTS[:1]}, "does not fit a 3: it does not take 'medium'"),
        ({"inputs": (*INPUTS, Field("age", "long"))}, "does not fit a 3: it takes 'age' besides"),
        (
            {"inputs": (Field("hits", "double"), INPUTS[1])},
            "does not fit a 3: it takes 'hits' as double, not long",
        ),
        ({"classes": ("leave", "stay")}, "does not fit a 3: it predicts leave/stay, not leave/buy"),
        ({"classes": ()}, "does not fit a 3: it predicts a number, not leave/buy"),
    ],
)
def test_what_is_unlike_the_first_member_is_named(change, problem):
    fit = check_fit(group(), [CLASSIFIER, replace(CLASSIFIER, **change), CLASSIFIER])
    assert fit.problems == ("", problem, "")
    assert fit.refusal == ""


def test_many_differences_are_counted():
    inputs = tuple(Field(f"f{number}", "long") for number in range(9))
    assert check_fit(group(), [CLASSIFIER, replace(CLASSIFIER, inputs=inputs)]).problems[1].endswith(" and 6 more")


def test_the_first_that_is_loaded_says_what_the_group_takes():
    other = replace(CLASSIFIER, inputs=INPUTS[:1])
    assert check_fit(group(), [None, other, CLASSIFIER]).problems == (
        "",
        "",
        "does not fit a 3: it takes 'medium' besides",
    )


def test_members_that_predict_what_the_policy_cannot_take():
    fit = check_fit(group("median"), [CLASSIFIER, REGRESSION, REGRESSION])
    assert fit.problems == ("does not fit: it predicts a class, median needs a number", "", "")
    assert fit.refusal == ""
    assert check_fit(group("majority"), [REGRESSION] * 3).refusal == "its members do not fit together"


def test_voting_needs_two_that_fit_and_one_answers_alone_elsewhere():
    unlike = [CLASSIFIER, replace(CLASSIFIER, inputs=INPUTS[:1])]
    assert check_fit(group("best-confidence"), unlike).refusal == "its members do not fit together"
    assert check_fit(group("shadow"), unlike).refusal == ""


def test_absent_members_are_no_misfits():
    assert check_fit(group("majority"), [CLASSIFIER, None, None]).refusal == ""
    assert check_fit(group("majority"), [None, None, None]).refusal == ""


def test_the_metric_must_be_there_and_have_a_direction():
    best = group("best-quality", metric="accuracy")
    assert check_fit(best, [CLASSIFIER, None, replace(CLASSIFIER, metrics={})]).refusal == ""
    gini = replace(CLASSIFIER, metrics={"gini": 0.3})
    assert check_fit(best, [gini, gini, None]).refusal == "no member's manifest has the metric 'accuracy'"
    best = group("best-quality", metric="gini")
    unsaid = "the manifests do not say whether a higher or a lower 'gini' is better"
    assert check_fit(best, [gini, gini, None]).refusal == unsaid
    said = replace(gini, better={"gini": "higher"})
    assert check_fit(best, [gini, said, None]).refusal == ""


def test_a_default_must_be_what_members_predict():
    refusal = "its default 3.0 is not what its members predict (leave/buy)"
    assert check_fit(group(default=3.0), [CLASSIFIER, None, None]).refusal == refusal
    assert check_fit(group(default="none"), [CLASSIFIER, None, None]).refusal == ""
    assert check_fit(group(default=3.0), [REGRESSION, None, None]).refusal == ""


class TestMembersThatDoNotFit:
    OTHER = (Field("hits", "double"), Field("pages", "long"))

    def test_two_that_do_not_fit_cannot_vote(self, team, ask):
        team.publish("a", team.says(0, 0.5, 0.5))
        team.publish("b", team.says(1, 0.5, 0.5), inputs=self.OTHER)
        speculation = team.group("best-confidence", "a", "b")
        with pytest.raises(ServingError) as caught:
            ask(speculation)
        assert caught.value.code == "H562"
        for reason in ("does not take 'revenue'", "takes 'pages' besides", "takes 'hits' as double, not long"):
            assert reason in str(caught.value)
        assert speculation.report("group")["counts"]["unanswered"] == 1
        assert "do not fit together" in speculation.report("group")["problem"]

    def test_one_that_does_not_fit_is_left_out(self, team, ask):
        for name in "ab":
            team.publish(name, team.says(1))
        team.publish("c", team.says(0), inputs=self.OTHER)
        answer = ask(team.group("majority", "a", "b", "c"))
        assert (answer["prediction"], states(answer)["c"]) == ("buy", "unavailable")

    def test_a_reload_that_fits_no_more_never_stops_the_others(self, team, ask):
        team.publish("a", team.says(0))
        team.publish("b", team.says(1))
        speculation = team.group("shadow", "a", "b")
        ask(speculation)
        team.publish("b", team.says(1), classes=())
        assert ask(speculation)["member"] == "a"
        assert "predicts a number, not leave/buy" in speculation.report("group")["members"][1]["problem"]

    def test_what_is_wrong_is_said_beforehand(self, team):
        team.publish("a", team.says(0))
        team.publish("b", team.says(1), classes=())
        group = Group("group", "best-confidence", ("a", "b", "c"), 1.0)
        assert [problem.message for problem in find_group_problems(group, team.registry)] == [
            "b: does not fit: it predicts a number, best-confidence needs a class",
            "c: has no version to answer with",
            "its members do not fit together",
        ]
