"""No job that runs is passed over, whatever ends while the list is read."""

import pytest

from oozie.client import OozieClient
from oozie.client.deployment.jobs import unfinished, unfinished_jobs

COUNT = 1200


@pytest.fixture
def many(oozie_stand_in):
    """An Oozie with a lot of coordinators that run."""
    for number in range(COUNT):
        job_id = f"{number:07d}-260101000000000-oozie-test-C"
        oozie_stand_in.jobs[job_id] = {
            "id": job_id, "kind": "coord", "name": "daily", "path": "hdfs://nn/x", "status": "RUNNING",
            "definition": b"", "conf": "<configuration/>",
        }  # fmt: skip
    return oozie_stand_in


def end_after(stand_in, monkeypatch, count):
    """After each list of coordinators the newest ``count`` of them end; gives the ids of the lists asked for."""
    listed, offsets = stand_in.listed, []

    def list_and_end(query):
        answer = listed(query)
        if query["jobtype"] == "coord":
            offsets.append(int(query["offset"]))
            running = [job for job in stand_in.jobs.values() if job["status"] == "RUNNING"]
            for job in running[len(running) - count :]:
                job["status"] = "SUCCEEDED"
        return answer

    monkeypatch.setattr(stand_in, "listed", list_and_end)
    return offsets


@pytest.mark.parametrize("ending", [0, 1, 30, 80])
def test_what_runs_all_the_time_is_seen(many, monkeypatch, ending):
    offsets = end_after(many, monkeypatch, ending)
    with OozieClient(many.url, user="test") as client:
        found = [job.id for job in unfinished(client, "coord")]

    running = {job["id"] for job in many.jobs.values() if job["status"] == "RUNNING"}
    assert running <= set(found)
    assert len(found) == len(set(found))
    assert len(offsets) <= 4


def test_the_lists_are_read_before_any_job_is_asked_about(many):
    with OozieClient(many.url, user="test") as client:
        next(unfinished_jobs(client))

    assert [asked for asked in many.asked if asked.startswith("GET")][-5:-1] == ["GET jobs"] * 4
    assert many.asked[-1].startswith("GET job 0")


def test_a_server_that_counts_wrong_does_not_keep_us(many, monkeypatch):
    listed = many.listed
    monkeypatch.setattr(many, "listed", lambda query: {**listed(query), "total": COUNT + 5})
    with OozieClient(many.url, user="test") as client:
        assert len(unfinished(client, "coord")) == COUNT
