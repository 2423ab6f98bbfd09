import json
import threading
import time
from dataclasses import replace
from datetime import datetime, timezone

import pytest

from models.tracked.records import Fact
from serving.app import create_app
from serving.errors import ServingError
from serving.tracking.segments import is_locked
from serving.tracking.settings import Privacy
from tests.unit.serving.tracking.conftest import MANIFEST, NUMBERS, ask
from tests.unit.serving.tracking.test_segments import no_file_above


def wait_for(condition):
    end = time.monotonic() + 30  # a busy disk takes its time to sync
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def is_taken(place, tracker, request):
    before = tracker.dropped.count
    ask(tracker, request)
    return tracker.dropped.count == before


def test_an_answer_arrives_with_all_that_is_known_of_it(place):
    moment = datetime(2026, 11, 20, 12, tzinfo=timezone.utc)
    tracker = place.track(now_ns=lambda: int(moment.timestamp() * 1e9), key_field="hits")
    ask(tracker, "r1", rows=[{"hits": 3.0}, {"hits": None}])
    ask(tracker, "r2", manifest=NUMBERS, prediction=12.5, probability=None)
    place.stop()
    place.deliver()

    first, second = place.rows()
    assert (first["request_id"], first["row"], first["time"], first["key"]) == ("r1", 0, moment, "3")
    assert (first["version"], first["manifest"], first["source"]) == (3, MANIFEST.digest, "service")
    assert (first["label"], first["probabilities"]) == ("buy", [("leave", 0.25), ("buy", 0.75)])
    assert json.loads(first["inputs"]) == {"hits": 3.0}
    assert (second["row"], second["key"]) == (1, None)
    (number,) = place.rows(model="revenue")
    assert (number["prediction"], number["label"]) == (12.5, None)
    assert place.segments() == []


def test_an_answer_is_in_the_spool_before_it_is_sent(place):
    tracker = place.track(sync_s=60.0)
    ask(tracker, "r1")

    assert b"r1" in place.segments()[0].read_bytes()


def test_a_private_input_never_reaches_the_disk(place):
    privacy = Privacy(frozenset({"email"}), frozenset({"customer"}), b"0123456789abcdef")
    tracker = place.track(privacy=privacy, key_field="customer")
    ask(tracker, "r1", rows=[{"hits": 1.0, "email": "ann@example.org", "customer": "c-77"}])
    place.stop()

    written = place.segments()[0].read_bytes()
    assert b"ann@" not in written and b"c-77" not in written
    place.deliver()
    (row,) = place.rows()
    assert json.loads(row["inputs"]) == {"hits": 1.0, "customer": row["key"]}


def test_segments_are_given_up_by_age_and_by_size(place):
    tracker = place.track(deliver_s=0.05)
    ask(tracker, "r1")
    wait_for(lambda: [is_locked(path) for path in place.segments()] == [False, True])
    big = place.track(segment_bytes=100)
    ask(big, "r2")
    wait_for(lambda: len(place.segments()) == 4)


def test_an_idle_worker_begins_no_segments(place):
    place.track(deliver_s=0.0)
    time.sleep(0.1)

    assert len(place.segments()) == 1


def test_threads_share_a_segment(place):
    tracker = place.track(segment_bytes=20_000)

    def work(thread):
        for number in range(200):
            ask(tracker, f"{thread}-{number}")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    place.stop()
    place.deliver()

    assert sorted(row["request_id"] for row in place.rows()) == sorted(f"{a}-{b}" for a in range(8) for b in range(200))
    assert len(place.files()) > 1


def test_a_full_disk_stops_no_answer_and_is_counted(place, caplog):
    tracker = place.track()
    ask(tracker, "r1")
    with no_file_above(place.segments()[0].stat().st_size + 10):
        ask(tracker, "r2", rows=[{"hits": 1.0}] * 3)
        wait_for(lambda: "not tracked now" in caplog.text)
    ask(tracker, "r3")
    wait_for(lambda: "tracked again; this process dropped 3" in caplog.text)
    place.stop()
    assert tracker.dropped.count == 3
    place.deliver()

    assert [row["request_id"] for row in place.rows()] == ["r1", "r3"]


def test_what_a_disk_that_is_full_from_the_start_refuses_is_told_by_health(shop, registry, settings, place, record):
    shop.publish("funnel")
    registry.look()
    with no_file_above(0):
        tracker = place.track()
        client = create_app(registry, replace(settings, tracking=tracker.settings), tracker=tracker).test_client()
        for _ in range(4):
            assert client.post("/predict", json=record).status_code == 200
        told = client.get("/health").json

    assert (told["status"], told["tracking"]["dropped"]) == ("degraded", 4)
    assert [(reason["about"], reason["code"]) for reason in told["reasons"]] == [("tracking", "H544")]


def test_the_spool_is_bounded_and_what_does_not_fit_is_counted(place):
    tracker = place.track(spool_bytes=2_000)
    for number in range(30):
        ask(tracker, f"r{number:02}")
    place.stop()
    held = sum(path.stat().st_size for path in place.segments())
    place.deliver()

    kept = [row["request_id"] for row in place.rows()]
    assert held <= 2_000
    assert kept == [f"r{number:02}" for number in range(len(kept))] and kept
    assert tracker.dropped.count == 30 - len(kept)


def test_a_spool_that_has_room_again_takes_answers_again(place):
    tracker = place.track(spool_bytes=500, segment_bytes=100)
    for number in range(5):
        ask(tracker, f"r{number}")
    assert tracker.dropped.count > 0
    wait_for(lambda: len(place.segments()) == 2)
    place.segments()[0].unlink()  # as a writer does once it is delivered
    wait_for(lambda: is_taken(place, tracker, "again"))


def test_without_a_spool_answers_go_on(place):
    place.spool.write_text("a file")
    tracker = place.track()
    ask(tracker, "r1")
    place.spool.unlink()
    wait_for(lambda: is_taken(place, tracker, "r2"))
    place.stop()
    place.deliver()

    assert [row["request_id"] for row in place.rows()] == ["r2"]
    assert tracker.dropped.count >= 1


def test_a_clock_that_is_moved_loses_nothing(place):
    times = iter([1_800_000_000, 4_000_000_000, 1_500_000_000])
    tracker = place.track(now_ns=lambda: next(times) * 10**9)
    for number in range(3):
        ask(tracker, f"r{number}")
    place.stop()
    place.deliver()

    assert sorted(row["request_id"] for row in place.rows()) == ["r0", "r1", "r2"]
    assert [path.parent.name for path in place.files()] == ["date=2017-07-14", "date=2027-01-15", "date=2096-10-02"]


FACT = Fact("funnel", "r1", 0, None, 1, 2, "buy", None)


def test_a_label_is_on_the_disk_when_it_is_acknowledged(place):
    tracker = place.track(sync_s=60.0)
    tracker.tell([FACT])
    assert b"buy" in place.segments()[0].read_bytes()
    place.stop()
    place.deliver()

    (row,) = place.rows("labels")
    assert (row["request_id"], row["row"], row["label"], row["value"]) == ("r1", 0, "buy", None)


def test_a_label_that_cannot_be_kept_is_refused(place):
    tracker = place.track(spool_bytes=10)

    with pytest.raises(ServingError, match=r"H542 .* holds all that it may"):
        tracker.tell([FACT])


@pytest.fixture
def service(shop, registry, settings, place):
    """The whole service, with all that it answers tracked."""
    shop.publish("funnel")
    registry.look()
    settings = replace(settings, tracking=place.settings())
    return create_app(registry, settings, tracker=place.track()).test_client()


def test_every_form_of_a_question_is_tracked_once(service, place, record):
    header = {"X-Request-Id": "mine"}
    assert service.post("/predict", json=record, headers=header).status_code == 200
    assert (
        service.post("/predict", json=[record, record | {"hits": 7}], headers={"X-Request-Id": "two"}).status_code
        == 200
    )
    sheet = "hits,revenue,medium,direct\n3,1.5,cpc,true\n"
    assert service.post("/predict", data=sheet, content_type="text/csv").status_code == 200
    columns = [
        {"name": name, "shape": [1], "datatype": kind, "data": [record[name]]}
        for name, kind in (("hits", "INT64"), ("revenue", "FP64"), ("medium", "BYTES"), ("direct", "BOOL"))
    ]
    assert service.post("/v2/models/funnel/infer", json={"inputs": columns}).status_code == 200
    assert service.post("/predict", json=record | {"hits": "many"}).status_code == 422
    place.stop()
    place.deliver()

    rows = place.rows()
    assert [(row["request_id"], row["row"]) for row in rows[:3]] == [("mine", 0), ("two", 0), ("two", 1)]
    assert [json.loads(row["inputs"])["hits"] for row in rows] == [12, 12, 7, 3, 12]
    assert {(row["model"], row["version"], row["label"]) for row in rows} == {("funnel", 1, "buy")}
    assert len({row["request_id"] for row in rows}) == 4


def test_health_says_how_tracking_is(service, place):
    told = service.get("/health").json

    assert (told["status"], told["tracking"]["root"], told["tracking"]["dropped"]) == ("ok", str(place.root), 0)
    place.root.write_text("a file")
    assert service.post("/labels", json={"request_id": "r1", "label": "buy"}).status_code == 202
    place.stop()
    place.deliver()
    told = service.get("/health").json
    assert (told["status"], told["reasons"][0]["about"], told["reasons"][0]["code"]) == ("degraded", "tracking", "H545")
