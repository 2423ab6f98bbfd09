"""Each step once for each incident: whoever watches, however often, and killed wherever."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from models.lifecycle import Lifecycle
from models.watching.incidents import CLAIM_HOLDS, FAILURE_HOLDS
from models.watching.policy import Policy, Thresholds
from models.watching.response import Responder
from storage.errors import HowdahError, UnreachableError
from tests.unit.models.dying import DyingDisk, Killed
from tests.unit.models.watching.conftest import World, rows_like

DRIFT = Policy(Thresholds(outliers=None))
BOTH = Policy(Thresholds(outliers=None), responses={"drift": ("alert", "rollback", "retrain"), "score": ("alert",)})


class Box:
    """A channel that keeps what it was given; ``refuses`` that many times first."""

    def __init__(self, step="mail", refuses=0):
        self.step, self.got, self.refuses = step, [], refuses

    def send(self, alert):
        if self.refuses:
            self.refuses -= 1
            raise UnreachableError("H104", "nobody is there")
        self.got.append(alert)
        return f"sent to {self.step}"


def respond(world, box, policy=BOTH, reference="funnel"):
    world.lifecycle().settle("funnel")
    lifecycle = Lifecycle(world.repository, "ann")
    responder = Responder(policy, world.incidents(), lifecycle, world.retraining(), [box])
    return responder.respond(world.observe(policy, reference))


def champions(world):
    return [entry.action for entry in world.repository.log("funnel").newest_first()]


@pytest.fixture
def drifted(world, profile):
    world.publish(profile)
    world.publish(profile)
    world.track(rows_like(600, 2, hits=99.0), 2)
    world.track(rows_like(600, 3), 1)
    return world


def test_it_alerts_and_rolls_back_once_and_says_so_the_next_time(drifted):
    box = Box()
    result = respond(drifted, box)
    assert [(each.step, each.outcome) for each in result.made] == [
        ("mail", "done"),
        ("rollback", "done"),
        ("retrain", "done"),
    ]
    assert result.opened == ("funnel-2-drift-1",)
    assert drifted.repository.aliases("funnel") == {"champion": 1}
    entry = drifted.repository.log("funnel").last()
    assert entry.why.startswith("input hits: psi")
    assert "(incident funnel-2-drift-1)" in entry.why
    (alert,) = box.got
    assert (alert.id, alert.subject) == ("funnel-2-drift-1", "funnel@2: drift past its threshold")

    quiet = respond(drifted, box)
    assert (quiet.open, quiet.closed) == ((), ("funnel-2-drift-1",))
    assert {each.outcome for each in quiet.made} == {"already done"}
    assert len(box.got) == 1
    assert champions(drifted).count("rollback") == 1


def test_an_incident_closes_when_it_is_quiet_and_the_next_is_another_one(world, profile):
    world.publish(profile)
    world.track(rows_like(600, 2, hits=99.0), 1)
    box = Box()
    policy = DRIFT
    respond(world, box, policy)
    world.now += timedelta(days=10)
    assert respond(world, box, policy).closed == ()  # nothing was predicted: nobody knows
    world.track(rows_like(600, 3), 1)
    assert respond(world, box, policy).closed == ("funnel-1-drift-1",)
    world.track(rows_like(900, 4, hits=99.0), 1)
    assert respond(world, box, policy).opened != ()
    assert len({alert.id for alert in box.got}) == len(box.got) == 2


def test_a_look_at_another_version_closes_nothing_of_one_in_use(drifted):
    box = Box()
    respond(drifted, box, DRIFT)
    assert respond(drifted, box, DRIFT, reference="funnel@1").closed == ()
    respond(drifted, box, DRIFT)
    assert len(box.got) == 1


def test_a_failed_step_is_told_and_tried_again_later(drifted):
    box = Box(refuses=1)
    policy = DRIFT
    (made,) = respond(drifted, box, policy).made
    assert (made.outcome, made.text) == ("failed", "H104 nobody is there")
    assert [each.outcome for each in respond(drifted, box, policy).made] == ["waiting"]
    drifted.now += FAILURE_HOLDS
    assert [each.outcome for each in respond(drifted, box, policy).made] == ["done"]
    assert len(box.got) == 1


def test_what_failed_before_the_rollback_is_still_told_after_it(drifted):
    box = Box(refuses=1)
    assert [each.outcome for each in respond(drifted, box).made] == ["failed", "done", "done"]
    waiting = respond(drifted, box)
    assert [each.outcome for each in waiting.made] == ["waiting", "already done", "already done"]
    assert waiting.closed == ()
    drifted.now += FAILURE_HOLDS
    assert respond(drifted, box).closed == ("funnel-2-drift-1",)
    (alert,) = box.got
    assert (alert.version, alert.findings[0][:15]) == (2, "input hits: psi")


def test_for_what_is_quiet_again_nothing_is_changed(world, profile):
    world.publish(profile)
    world.publish(profile)
    world.incidents().begin("drift", 2, ["moved"])
    world.track(rows_like(600, 3), 2)
    result = respond(world, Box())
    assert [(each.step, each.outcome) for each in result.made] == [("mail", "done")]
    assert result.closed == ("funnel-2-drift-1",)
    assert world.repository.aliases("funnel") == {"champion": 2}


def test_where_there_is_nothing_to_roll_back_to_it_says_so(world, profile):
    world.publish(profile)
    world.track(rows_like(600, 2, hits=99.0), 1)
    made = respond(world, Box()).made[1]
    assert (made.step, made.outcome) == ("rollback", "failed")
    assert made.text.startswith("H241")


def test_many_who_watch_at_once_alert_and_roll_back_once(drifted):
    box = Box()
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: respond(drifted, box, reference="funnel@2"), range(6)))
    assert len(box.got) == 1
    assert champions(drifted).count("rollback") == 1
    assert drifted.repository.aliases("funnel") == {"champion": 1}


@pytest.mark.slow
@pytest.mark.parametrize("after", [False, True])
def test_killed_at_any_change_nothing_is_lost_and_nothing_is_made_twice(tmp_path, profile, after):
    made = World(DyingDisk(tmp_path / "made", 10**9, after=False))
    made.publish(profile)
    made.publish(profile)
    made.track(rows_like(600, 2, hits=99.0), 2)
    fatal, finished = 0, False
    while not finished:
        fatal += 1
        assert fatal < 40
        place = shutil.copytree(tmp_path / "made", tmp_path / f"{fatal}")
        box = Box()
        world = World(DyingDisk(place, fatal, after=after))
        try:
            respond(world, box)
            finished = True
        except Killed:
            pass
        world = World(DyingDisk(place, 10**9, after=False))
        world.now += 2 * CLAIM_HOLDS
        for _ in range(2):
            respond(world, box)
        # Killed between sending and noting it, the same alert goes out again, under the same id.
        assert {alert.id for alert in box.got} == {"funnel-2-drift-1"}
        assert len(box.got) <= 2
        assert champions(world).count("rollback") == 1
        assert world.repository.aliases("funnel") == {"champion": 1}
        assert len(list((place / "models/funnel/retraining").rglob("request.json"))) == 1
        shutil.rmtree(place)
    assert fatal > 8


def test_what_is_no_error_of_ours_is_not_hidden(drifted):
    class Broken(Box):
        def send(self, alert):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        respond(drifted, Broken(), DRIFT)
    assert not issubclass(ZeroDivisionError, HowdahError)
