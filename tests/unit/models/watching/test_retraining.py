import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from models.errors import WatchError


def requests(tmp_path):
    return sorted((tmp_path / "models/funnel/retraining").rglob("*.json"))


def test_a_request_is_a_file_of_its_day_with_the_incidents_id(world, tmp_path):
    assert world.retraining().ask("funnel-3-drift-7", 3, "hits moved") == "asked for, on 2026-11-21"
    (path,) = requests(tmp_path)
    assert path.parent.name == "2026-11-21"
    assert json.loads(path.read_text()) == {
        "format": 1,
        "id": "funnel-3-drift-7",
        "model": "funnel",
        "version": 3,
        "time": "2026-11-21T12:00:00.000Z",
        "why": "hits moved",
    }


def test_an_incident_asks_once_also_on_another_day(world, tmp_path):
    world.retraining().ask("funnel-3-drift-7", 3, "")
    world.now += timedelta(days=1)
    assert world.retraining().ask("funnel-3-drift-7", 3, "") == "asked for already, on 2026-11-21"
    assert world.retraining().ask("funnel-3-score-9", 3, "") == "asked for, on 2026-11-22"
    assert world.retraining().ask("funnel-3-drift-7", 3, "") == "asked for already, on 2026-11-21"
    assert len(requests(tmp_path)) == 2


def test_a_day_has_one_retraining_whoever_asks(world, tmp_path):
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda number: world.retraining().ask(f"funnel-3-drift-{number}", 3, ""), range(6)))
    assert found.count("asked for, on 2026-11-21") == 1
    (path,) = requests(tmp_path)
    winner = json.loads(path.read_text())["id"]
    assert found.count(f"the one of 2026-11-21 was asked for by {winner}") == 5


def test_a_day_without_a_request_and_a_damaged_one(world, tmp_path):
    world.disk.make_directory("/models/funnel/retraining/2026-11-20")
    world.retraining().ask("funnel-3-drift-7", 3, "")
    (path,) = requests(tmp_path)
    path.write_text("[]")
    with pytest.raises(WatchError, match="cannot be read") as refused:
        world.retraining().ask("funnel-3-drift-8", 3, "")
    assert refused.value.code == "H266"
