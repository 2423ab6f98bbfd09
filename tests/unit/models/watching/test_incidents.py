import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from models.errors import WatchError
from models.watching.incidents import CLAIM_HOLDS, FAILURE_HOLDS


def test_an_incident_is_opened_once_and_has_an_id_of_its_own(world):
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda who: world.incidents(f"w{who}").begin("drift", 3, ["moved"]), range(8)))
    assert {each.id for each in found} == {"funnel-3-drift-1"}
    assert world.incidents().begin("score", 3, ["fell"]).id == "funnel-3-score-2"
    assert [entry.event for entry in world.incidents().entries()] == ["opened", "opened"]
    world.incidents().close(found[0], "quiet")
    world.incidents().close(found[0], "again")
    assert world.incidents().begin("drift", 3, ["moved again"]).id == "funnel-3-drift-4"
    assert [each.id for each in world.incidents().open()] == ["funnel-3-score-2", "funnel-3-drift-4"]


def test_of_many_one_has_the_claim(world):
    incident = world.incidents().begin("drift", 3, ["moved"])
    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda who: world.incidents(f"w{who}").claim(incident, "mail"), range(8)))
    assert got.count(True) == 1
    assert world.incidents().claim(incident, "webhook")


def test_a_claim_of_the_dead_runs_out_and_what_is_done_stays_done(world):
    incident = world.incidents().begin("drift", 3, ["moved"])
    assert world.incidents().claim(incident, "mail")
    world.now += CLAIM_HOLDS - timedelta(seconds=1)
    assert not world.incidents().claim(incident, "mail")
    world.now += timedelta(seconds=1)
    assert world.incidents().claim(incident, "mail")
    world.incidents().finish(incident, "mail", "sent")
    world.incidents().finish(incident, "mail", "sent twice?")
    world.now += timedelta(days=9)
    assert not world.incidents().claim(incident, "mail")
    assert world.incidents().open()[0].done == ("mail",)
    assert [entry.text for entry in world.incidents().entries() if entry.event == "done"] == ["sent"]


def test_what_failed_is_tried_again_after_an_hour_and_a_clock_set_back_holds_nothing(world):
    incident = world.incidents().begin("drift", 3, ["moved"])
    world.incidents().claim(incident, "mail")
    world.incidents().fail(incident, "mail", "no server")
    world.now += CLAIM_HOLDS
    assert not world.incidents().claim(incident, "mail")
    world.now += FAILURE_HOLDS
    assert world.incidents().claim(incident, "mail")
    world.now -= timedelta(days=400)
    assert world.incidents().claim(incident, "mail")


def test_a_closed_incident_takes_no_steps(world):
    incident = world.incidents().begin("drift", 3, ["moved"])
    world.incidents().close(incident, "quiet")
    assert not world.incidents().claim(incident, "mail")
    world.incidents().finish(incident, "mail", "late")
    world.incidents().fail(incident, "mail", "late")
    assert len(world.incidents().entries()) == 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": 2}, "format is not 1"),
        ({"event": "begun"}, "not what it should be"),
        ({"time": "today"}, "not a time"),
        ({"number": 7}, "the entry is number 7"),
        ({"open": [{}]}, "its fields are not"),
        ({"open": 1}, "cannot be read"),
        ({"more": 1}, "its fields are not"),
    ],
)
def test_a_damaged_entry_is_named(world, tmp_path, change, message):
    incident = world.incidents().begin("drift", 3, ["moved"])
    (path,) = (tmp_path / "models/funnel/incidents").iterdir()
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(WatchError, match=message) as refused:
        world.incidents().claim(incident, "mail")
    assert refused.value.code == "H264"
    assert refused.value.diagnostics[0].path.endswith("/000000000000001.json")


@pytest.mark.parametrize(
    "change", [{"kind": "rain"}, {"done": ["sms"]}, {"claims": {"mail": "soon"}}, {"version": "3"}]
)
def test_a_damaged_incident_is_named(world, tmp_path, change):
    world.incidents().begin("drift", 3, ["moved"])
    (path,) = (tmp_path / "models/funnel/incidents").iterdir()
    document = json.loads(path.read_text())
    path.write_text(json.dumps({**document, "open": [{**document["open"][0], **change}]}))
    with pytest.raises(WatchError, match="cannot be read"):
        world.incidents().open()
