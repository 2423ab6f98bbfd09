"""The groups file: what it may say, and every mistake with its place."""

import json
import re
from pathlib import Path

import pytest

from serving.errors import ServingError
from serving.speculation.group import KINDS, Group
from serving.speculation.groups_file import load_groups, read_groups

ENTRY = {"policy": "smart-or-fast", "members": ["smart", "fast"], "deadline_ms": 50}
VOTE = {"policy": "majority", "members": ["a", "b", "c"], "deadline_ms": 50}


def problems(entry, name="purchase"):
    with pytest.raises(ServingError) as caught:
        read_groups(json.dumps({name: entry}), "groups.json")
    assert {(found.code, found.path) for found in caught.value.diagnostics} == {("H560", "groups.json")}
    assert all(found.hint for found in caught.value.diagnostics)
    return [found.message for found in caught.value.diagnostics]


def test_a_group_with_all_options_of_its_policy():
    entry = VOTE | {
        "description": "does a session buy",
        "default": "leave",
        "quorum": 3,
        "tie_break": "quality",
        "metric": "accuracy",
    }
    (group,) = read_groups(json.dumps({"purchase": entry}), "groups.json")
    assert group == Group(
        name="purchase",
        policy="majority",
        members=("a", "b", "c"),
        deadline_s=0.05,
        description="does a session buy",
        default="leave",
        quorum=3,
        tie_break="quality",
        metric="accuracy",
    )


def test_every_policy_can_be_had():
    needs = {"best-quality": {"metric": "f1"}, "canary": {"weights": {"a": 9, "b": 1, "c@challenger": 0}}}
    members = ["a", "b", "c@challenger"]
    entries = {
        policy: {"policy": policy, "members": members, "deadline_ms": 1.5} | needs.get(policy, {}) for policy in KINDS
    }
    groups = read_groups(json.dumps(entries), "groups.json")
    assert [group.policy for group in groups] == list(KINDS)
    for group in groups:
        decide = group.kind.make(group, (None, None, None), "key")
        assert callable(decide)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ([], "'purchase' is a list, not an object"),
        (ENTRY | {"policy": "majorty"}, 'purchase.policy is "majorty", not a policy'),
        (ENTRY | {"policy": ["majority"]}, 'purchase.policy is ["majority"], not a policy'),
        ({"members": ["a"]}, "purchase.policy is missing"),
        ({"policy": "shadow", "deadline_ms": 5}, "purchase.members is missing"),
        ({"policy": "shadow", "members": ["a", "b"]}, "purchase.deadline_ms is missing"),
        (ENTRY | {"deadline_ms": 0}, "purchase.deadline_ms is 0, not 1 to 60000 milliseconds"),
        (ENTRY | {"deadline_ms": True}, "purchase.deadline_ms is true, not 1 to 60000 milliseconds"),
        (ENTRY | {"deadline_ms": "50"}, 'purchase.deadline_ms is "50", not 1 to 60000 milliseconds'),
        (ENTRY | {"members": "smart"}, "purchase.members is a text, not a list of names"),
        (ENTRY | {"members": ["a"]}, "purchase.members are 1, smart-or-fast takes 2 at least"),
        (ENTRY | {"members": ["a", "a"]}, "purchase.members name 'a' twice"),
        (ENTRY | {"members": ["a", 3]}, "purchase.members has a number at [1], not a name"),
        (ENTRY | {"members": ["a", "../b"]}, "purchase.members [1]: '../b' is not a model's name"),
        (ENTRY | {"members": ["a", "b@"]}, "purchase.members [1]: '' is not an alias"),
        (ENTRY | {"members": [f"m{number}" for number in range(17)]}, "purchase.members are 17, at most 16 are taken"),
        (VOTE | {"members": ["a", "b"]}, "purchase.members are 2, majority takes 3 at least"),
        (VOTE | {"quorum": 1}, "purchase.quorum is 1, of 3 members it is 2 to 3"),
        (VOTE | {"quorum": 4}, "purchase.quorum is 4, of 3 members it is 2 to 3"),
        (VOTE | {"quorum": 2.0}, "purchase.quorum is 2.0, not a number of members"),
        (VOTE | {"tie_break": "coin"}, 'purchase.tie_break is "coin", not one of order, confidence, quality'),
        (VOTE | {"tie_break": "quality"}, "purchase.metric is missing"),
        (VOTE | {"metric": "f1"}, 'purchase.metric says nothing here: the tie_break is "order"'),
        (VOTE | {"default": 3}, "purchase.default is a number, majority answers a class"),
        (ENTRY | {"default": None}, "purchase.default is null, not a class or a number"),
        (ENTRY | {"quorum": 2}, "purchase.quorum is not an option of the policy smart-or-fast"),
        (ENTRY | {"description": 3}, "purchase.description is a number, not a text"),
        (ENTRY | {"policy": "best-quality"}, "purchase.metric is missing"),
        (ENTRY | {"policy": "best-quality", "metric": ""}, "purchase.metric is a text, not a metric of the manifests"),
        (ENTRY | {"policy": "canary"}, "purchase.weights is missing"),
        (
            ENTRY | {"policy": "canary", "weights": {"smart": 1}},
            "purchase.weights and members differ in 'fast'",
        ),
        (ENTRY | {"policy": "canary", "weights": {"smart": 0, "fast": 0}}, "purchase.weights are all 0"),
        (
            ENTRY | {"policy": "canary", "weights": {"smart": -1, "fast": 1}},
            "purchase.weights has -1 for 'smart', not a number from 0",
        ),
        (
            ENTRY | {"policy": "canary", "weights": [95, 5]},
            "purchase.weights is a list, not an object of members and numbers",
        ),
    ],
)
def test_a_mistake_is_named_with_its_place(entry, message):
    assert problems(entry) == [message]


def test_all_mistakes_are_named_at_once():
    assert problems(VOTE | {"quorum": 0, "deadline_ms": -1, "deadline": 3}) == [
        "purchase.deadline is not an option of the policy majority",
        "purchase.deadline_ms is -1, not 1 to 60000 milliseconds",
        "purchase.quorum is 0, not a number of members",
    ]


def test_a_name_must_be_one():
    assert problems(ENTRY, "a/b") == ["'a/b' is not a name"]


def test_a_typing_error_gets_a_hint():
    with pytest.raises(ServingError) as caught:
        read_groups(json.dumps({"p": ENTRY | {"policy": "majorty"}, "q": ENTRY | {"deadlin_ms": 3}}), "groups.json")
    hints = [found.hint for found in caught.value.diagnostics]
    assert hints == ["did you mean 'majority'?", "did you mean 'deadline_ms'?"]


def test_what_is_written_like_nothing_is_told_what_there_is():
    with pytest.raises(ServingError) as caught:
        read_groups(json.dumps({"p": ENTRY | {"policy": "xyz"}, "q": ENTRY | {"xyz": 3}}), "groups.json")
    policy, option = (found.hint for found in caught.value.diagnostics)
    assert policy.startswith("one of smart-or-fast, ")
    assert option == "its options are deadline_ms, default, description, members, policy"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("{", 1, "Expecting property name enclosed in double quotes (column 2)"),
        ('{"a": {},\n "b": }', 2, "Expecting value (column 7)"),
        ("[]", 0, "it holds a list, not an object of groups by name"),
        ("{}", 0, "it defines no group"),
        ('{"a": 1, "a": 2}', 0, "it is not JSON: 'a' stands twice in one object"),
        ('{"a": NaN}', 0, "it is not JSON: NaN is not a number of JSON"),
    ],
)
def test_a_file_that_is_no_definition(text, line, message):
    with pytest.raises(ServingError) as caught:
        read_groups(text, "groups.json")
    (found,) = caught.value.diagnostics
    assert (found.code, found.line, found.message) == ("H560", line, message)
    shown = found.hint.removeprefix("a file of groups is like ")
    assert [group.policy for group in read_groups(shown, "groups.json")] == ["shadow"]


def test_nesting_without_end_and_numbers_without_end():
    with pytest.raises(ServingError, match="it is not JSON"):
        read_groups("[" * 100_000, "groups.json")
    entry = json.dumps({"a": ENTRY}).replace("50", "1e999")
    with pytest.raises(ServingError, match="Infinity, not 1 to"):
        read_groups(entry, "groups.json")


def test_a_file_is_read(tmp_path):
    path = tmp_path / "groups.json"
    path.write_text(json.dumps({"purchase": ENTRY}))
    assert [group.name for group in load_groups(path)] == ["purchase"]
    with pytest.raises(ServingError, match="it cannot be read: No such file") as caught:
        load_groups(tmp_path / "absent.json")
    assert caught.value.diagnostics[0].hint == "--groups names the file that defines the groups"
    path.write_bytes(b"\xff")
    with pytest.raises(ServingError, match="byte 0 is not UTF-8") as caught:
        load_groups(path)
    assert caught.value.diagnostics[0].hint == "save the file as UTF-8"


def test_the_file_in_the_documentation_is_one():
    page = (Path(__file__).parents[4] / "docs" / "speculative.md").read_text("utf-8")
    example = re.search(r"```json\n(.*?)```", page, re.DOTALL)
    assert [group.policy for group in read_groups(example[1], "groups.json")] == ["majority", "canary"]
    assert set(re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE)) >= set(KINDS)
