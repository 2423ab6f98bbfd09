"""Groups of a service in processes of its own: members that hang, die, are wrong or absent, under every policy."""

import json
import shutil
import signal
import subprocess
import sys
import time
from itertools import product
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from models.manifest import Field
from models.repository import Repository
from storage.local import LocalDisk

FIXTURES = Path(__file__).parents[3] / "fixtures" / "spark-3.5"
CUSTOMER = {"age": 30.0, "spend": 5.0, "constant": 7.0, "channel": "paid", "city": "city-3"}
PATIENCE_S = 60.0


@pytest.fixture
def start(tmp_path):
    """Starts a program whose last argument is the file that it writes when it answers; gives process and that text."""
    processes = []

    def start(*arguments):
        ready = tmp_path / "ready"
        process = subprocess.Popen([sys.executable, *map(str, arguments), str(ready)])
        processes.append(process)
        end = time.monotonic() + PATIENCE_S
        while not ready.exists():
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.02)
        return process, ready.read_text()

    yield start
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.wait()


def ask(url, record, **headers):
    request = Request(url, json.dumps(record).encode(), {"Content-Type": "application/json", **headers})
    with urlopen(request, timeout=PATIENCE_S) as response:
        return json.load(response)


@pytest.fixture
def start_members(shop, start, tmp_path):
    """Starts a service of ``plays``, each a model, in ``groups`` (as in a groups file); gives process and URL."""

    def start_members(plays, groups):
        for name, (play, manifest) in plays.items():
            probability = [1.0] if manifest.get("classes", True) else None
            shop.publish(name, prediction=play, probability=probability, **manifest)
        file = tmp_path / "groups.json"
        file.write_text(json.dumps(groups))
        return start(Path(__file__).with_name("service_of_members.py"), shop.root, file)

    return start_members


@pytest.mark.slow
def test_a_member_that_hangs_for_ever_delays_no_answer_and_not_the_end_of_the_service(start_members, record):
    plays = {"smart": ("slow", {}), "fast": ([1.0, 0.9], {})}
    group = {"policy": "smart-or-fast", "members": ["smart", "fast"], "deadline_ms": 500}
    process, url = start_members(plays, {"group": group})
    answers = [ask(f"{url}/predict?model=group", record) for _ in range(8)]
    assert {answer["member"] for answer in answers} == {"fast"}
    reasons = [answer["group"]["reasons"] for answer in answers]
    assert reasons == [["smart: not in time"]] * 4 + [["smart: busy, 4 calls are overdue"]] * 4
    assert all(500 <= answer["time_ms"] < 5000 for answer in answers[:4])
    assert all(answer["time_ms"] < 500 for answer in answers[4:])
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE_S) == 0


# -- every policy with a slow, a wrong, an absurd, a dead and an absent member, over HTTP ------------------------------

DEADLINE_MS = 1500.0
SURE, UNSURE, WRONG = [1.0, 0.9], [1.0, 0.7], [0.0, 0.2]
# How the bad member is, and what the answer says of it: its state, and why the answer is another's
PLAYS = {
    "slow": ("late", "not in time"),
    "wrong": ("answered", ""),
    "absurd": ("failed", "fails: IndexError"),
    "dead": ("failed", "fails: RuntimeError"),
    "absent": ("unavailable", "has no version to answer with"),
}
# Policy -> its options, what the two good ones say, what a wrong one says, and who answers then
POLICIES = {
    "smart-or-fast": ({}, (SURE, UNSURE), WRONG, "bad"),
    "best-quality": ({"metric": "accuracy"}, (SURE, UNSURE), WRONG, "bad"),
    "canary": ({"weights": {"bad": 1, "good": 0, "other": 0}}, (SURE, UNSURE), WRONG, "bad"),
    "shadow": ({"default": "leave"}, (SURE, UNSURE), WRONG, "bad"),
    "majority": ({"quorum": 3}, (SURE, UNSURE), WRONG, "good"),
    "best-confidence": ({}, (SURE, UNSURE), WRONG, "good"),
    "median": ({}, ([20.0, 0], [30.0, 0]), [1e300, 0], "other"),
}
SPLIT = "no 3 members say the same: record 0"


def case_of(policy, play):
    """The models of a group of ``policy`` whose first member plays ``play``, and the group, by names of their own."""
    options, (good, other), wrong, _ = POLICIES[policy]
    roles = {"bad": wrong if play == "wrong" else play, "good": good, "other": other}
    names = {role: f"{role}-{policy}-{play}" for role in roles}
    classes = {"classes": ()} if policy == "median" else {}
    plays = {
        names[role]: (said, {**classes, "metrics": {"accuracy": accuracy}})
        for (role, said), accuracy in zip(roles.items(), (0.9, 0.8, 0.7), strict=True)
        if said != "absent"
    }
    if "weights" in options:
        options = {"weights": {names[role]: weight for role, weight in options["weights"].items()}}
    return plays, {"policy": policy, "members": list(names.values()), "deadline_ms": DEADLINE_MS, **options}


@pytest.mark.slow
def test_every_policy_answers_with_a_slow_a_wrong_and_a_dead_member_and_says_whose_it_is(start_members, record):
    plays, groups = {}, {}
    for policy, play in product(POLICIES, PLAYS):
        models, groups[f"{policy}-{play}"] = case_of(policy, play)
        plays |= models
    _, url = start_members(plays, groups)
    for policy, play in product(POLICIES, PLAYS):
        answer = ask(f"{url}/predict?model={policy}-{play}", record)
        try:
            check_answer(answer, policy, play)
            check_members(answer, policy, play)
        except AssertionError as error:
            raise AssertionError(policy, play, answer) from error


def check_answer(answer, policy, play):
    """Whose it is, and why it is degraded."""
    _, excuse = PLAYS[play]
    group, bad = answer["group"], f"bad-{policy}-{play}"
    reasons = [f"{bad}: {excuse}"] if excuse else []
    if policy == "majority":
        reasons.insert(0, SPLIT)
    assert (group["policy"], group["degraded"]) == (policy, bool(reasons))
    assert len(group["reasons"]) == len(reasons)
    assert all(map(str.startswith, group["reasons"], reasons))
    if policy == "shadow" and excuse:  # no other one ever stands in for the first
        assert (answer["prediction"], answer["engine"], answer["model"]) == ("leave", "default", None)
        return
    role = "good" if excuse else POLICIES[policy][3]
    assert answer["member"] == answer["model"] == f"{role}-{policy}-{play}"
    assert (answer["version"], answer["engine"]) == (1, "stub")
    assert (answer["time_ms"] >= DEADLINE_MS) is (play == "slow")


def check_members(answer, policy, play):
    """Version, latency and vote of each."""
    bad, *others = answer["group"]["members"]
    state, excuse = PLAYS[play]
    assert (bad["member"], bad["state"]) == (f"bad-{policy}-{play}", state)
    assert bad["version"] == (None if play == "absent" else 1)
    assert (bad["latency_ms"] is not None, "vote" in bad) == (state in ("answered", "failed"), state == "answered")
    assert (bad["problem"] or "").startswith("" if play == "slow" else excuse)
    for member in others:
        # Where the first one's answer is enough, or nobody stands in for it, the others are not waited for.
        assert member["state"] == "answered" or policy in ("smart-or-fast", "best-quality", "canary", "shadow")
        assert (member["version"], member["problem"]) == (1, None)
        if member["state"] == "answered":
            assert 0 <= member["latency_ms"] < DEADLINE_MS
            assert ("vote" in member) is (policy != "shadow")


@pytest.mark.slow
def test_a_tie_between_a_wrong_and_a_right_member_is_broken_as_the_group_says(start_members, record):
    plays = {
        "wrong": (WRONG, {"metrics": {"accuracy": 0.6}}),
        "right": (SURE, {"metrics": {"accuracy": 0.8}}),
        "dead": ("dead", {"metrics": {"accuracy": 0.9}}),
    }
    group = {"policy": "majority", "members": ["wrong", "right", "dead"], "deadline_ms": 20_000}
    options = {"order": {}, "confidence": {}, "quality": {"metric": "accuracy"}}
    groups = {tie: {**group, "tie_break": tie, **more} for tie, more in options.items()}
    _, url = start_members(plays, groups)
    found = {tie: ask(f"{url}/predict?model={tie}", record) for tie in groups}
    assert {tie: answer["member"] for tie, answer in found.items()} == {
        "order": "wrong", "confidence": "right", "quality": "right"
    }  # fmt: skip
    for answer in found.values():
        assert answer["group"]["reasons"] == ["no 2 members say the same: record 0", "dead: fails: RuntimeError"]
        assert [member.get("vote") for member in answer["group"]["members"]] == ["leave", "buy", None]


@pytest.mark.slow
def test_a_bad_shadow_changes_no_answer_and_is_counted(start_members, record):
    plays = {"main": (SURE, {}), **{name: (name, {}) for name in ("slow", "absurd", "dead")}, "wrong": (WRONG, {})}
    members = ["main", "slow", "wrong", "absurd", "dead", "absent"]
    _, url = start_members(plays, {"group": {"policy": "shadow", "members": members, "deadline_ms": 20_000}})
    answer = ask(f"{url}/predict?model=group", record)
    assert (answer["member"], answer["group"]["degraded"], answer["group"]["reasons"]) == ("main", False, [])
    assert [member["member"] for member in answer["group"]["members"] if "vote" in member] == ["main"]
    ended = {"wrong": "late", "absurd": "failed", "dead": "failed"}
    end = time.monotonic() + PATIENCE_S
    while True:
        with urlopen(f"{url}/groups/group", timeout=PATIENCE_S) as response:
            counts = {one["member"]: one for one in json.load(response)["counts"]["members"]}
        if all(counts[name][how] or counts[name]["in_time"] for name, how in ended.items()):
            break
        assert time.monotonic() < end, counts
        time.sleep(0.05)
    assert (counts["wrong"]["compared"], counts["wrong"]["agreed"], counts["wrong"]["used"]) == (1, 0, 0)
    assert (counts["slow"]["asked"], counts["slow"]["in_time"], counts["slow"]["late"]) == (1, 0, 0)


@pytest.mark.slow
def test_a_canary_of_an_alias_by_the_command(tmp_path, start):
    repository = Repository(LocalDisk(durable=False), str(tmp_path / "models"))
    for alias in ("champion", "challenger"):
        with repository.stage("funnel") as staging:
            shutil.copytree(FIXTURES / "forest-categorical" / "model", staging.model_path)
            inputs = [Field(name, "double" if isinstance(value, float) else "string", example=value)
                      for name, value in CUSTOMER.items()]  # fmt: skip
            staging.publish(inputs=inputs, classes=("a", "b", "c"), metrics={}, aliases=[alias])
    groups = {
        "funnel": {
            "policy": "canary",
            "members": ["funnel", "funnel@challenger"],
            "deadline_ms": 20_000,
            "weights": {"funnel": 1, "funnel@challenger": 1},
        }
    }
    (tmp_path / "groups.json").write_text(json.dumps(groups))
    process, ready = start("-m", "howdah", "serve", "--models", tmp_path / "models", "--port", "0", "--poll-seconds",
                           "0.1", "--workers", "2", "--groups", tmp_path / "groups.json", "--ready-file")  # fmt: skip
    url = json.loads(ready)["url"]

    def version(key):
        return ask(f"{url}/predict?model=funnel", CUSTOMER, **{"X-Request-Key": key})["version"]

    first = {f"user-{number}": version(f"user-{number}") for number in range(20)}
    assert set(first.values()) == {1, 2}
    assert {key: version(key) for key in first} == first
    with urlopen(f"{url}/groups/funnel", timeout=PATIENCE_S) as response:  # whichever of the two workers answers
        assert json.load(response)["counts"]["requests"] == 40
    repository.set_alias("funnel", "challenger", 1)
    end = time.monotonic() + PATIENCE_S
    while {version(key) for key in first for _ in range(2)} != {1}:
        assert time.monotonic() < end
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE_S) == 0
