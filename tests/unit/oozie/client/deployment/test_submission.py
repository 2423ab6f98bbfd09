"""From a folder to a job, with an Oozie that reads what was deployed; killed at every step, twice at once, again."""

import threading

import pytest

from oozie.client import OozieClientError
from oozie.client.deployment.errors import DeploymentError
from oozie.client.deployment.source import LocalFile
from oozie.client.deployment.submission import KEPT_VERSIONS, Library
from storage.errors import HowdahError

VERSIONS = "/apps/daily/.versions"
# Every step in a process that is really killed; every fifth one in memory, where HDFS is gone from then on.
INTERRUPTIONS = [pytest.param("killed_submit", 1, marks=pytest.mark.slow), ("cut_off_submit", 5)]


def read_by(disk, job):
    """The files where a job's app lies."""
    root = disk.local_path(job["path"].removeprefix("hdfs://nn:8020"))
    return {path.name: path.read_text() for path in root.iterdir() if not path.name.startswith(".")}


def of(folder):
    return {path.name: path.read_text() for path in folder.iterdir()}


def kill_all(server, but=""):
    for job_id, job in server.jobs.items():
        if job_id != but:
            job["status"] = "KILLED"


def test_the_job_reads_a_version_and_nothing_else_is_touched(app, submit, disk, oozie_stand_in):
    disk.make_directory("/apps/daily/models/1")
    folder = app()
    outcome = submit(folder)
    job = oozie_stand_in.jobs[outcome.job_id]

    assert job["path"] == f"hdfs://nn:8020{outcome.path}"
    assert f"<value>hdfs://nn:8020{outcome.path}</value>" in job["conf"]
    assert read_by(disk, job) == of(folder)
    assert [status.name for status in disk.list("/apps/daily")] == [".versions", "models"]
    assert [status.name for status in disk.list(VERSIONS)] == [outcome.path.rpartition("/")[2]]


def test_the_workflow_of_a_coordinator_is_tried_before_it_is_submitted(app, submit, oozie_stand_in):
    submit(app())

    assert [call for call in oozie_stand_in.asked if call.startswith("POST")] == [
        "POST jobs dryrun", "POST jobs dryrun", "POST jobs start",
    ]  # fmt: skip


def test_what_oozie_refuses_is_not_submitted_and_keeps_its_code(app, submit, oozie_stand_in, disk):
    oozie_stand_in.refuse = "E1003"
    with pytest.raises(OozieClientError) as caught:
        submit(app())

    assert caught.value.code == "E1003"
    assert oozie_stand_in.jobs == {}
    assert not disk.exists(f"{VERSIONS}/.lock")


def test_a_schedule_does_not_run_twice(app, submit, oozie_stand_in, disk):
    first = submit(app()).job_id
    with pytest.raises(DeploymentError, match=first) as caught:
        submit(app(**{"go.sh": "other"}))

    assert caught.value.code == "H820"
    assert "--update" in caught.value.diagnostics[0].hint
    assert len(disk.list(VERSIONS)) == 1
    kill_all(oozie_stand_in)
    assert submit(app()).job_id != first


def test_one_of_another_name_or_folder_is_another_schedule(app, submit):
    submit(app())
    text = (app() / "coordinator.xml").read_text()
    submit(app(**{"coordinator.xml": text.replace('name="daily"', 'name="nightly"')}))
    submit(app(), overrides={"appPath": "hdfs://nn:8020/apps/elsewhere"})


def test_replace_kills_the_old_one_first(app, submit, oozie_stand_in):
    first = submit(app()).job_id
    outcome = submit(app(**{"go.sh": "other"}), existing="replace")

    assert outcome.replaced == [first]
    assert oozie_stand_in.jobs[first]["status"] == "KILLED"
    assert oozie_stand_in.jobs[outcome.job_id]["status"] == "RUNNING"


def test_nothing_is_killed_for_what_oozie_would_refuse(app, submit, oozie_stand_in):
    first = submit(app()).job_id
    oozie_stand_in.refuse = "E0701"
    with pytest.raises(OozieClientError):
        submit(app(**{"go.sh": "other"}), existing="replace")

    assert oozie_stand_in.jobs[first]["status"] == "RUNNING"


def test_update_leads_the_same_job_to_the_new_version_and_keeps_the_old(app, submit, oozie_stand_in, disk):
    first = submit(app())
    second = submit(app(**{"go.sh": "other"}), existing="update")

    assert second.job_id == first.job_id
    assert second.difference == "-old\n+new\n"
    assert oozie_stand_in.jobs[first.job_id]["path"].endswith(second.path)
    assert disk.local_path(f"{first.path}.jobs").read_text() == f"{first.job_id}\n"


def test_update_needs_one(app, submit):
    with pytest.raises(DeploymentError, match="there is none") as caught:
        submit(app(), existing="update")
    assert caught.value.code == "H821"


def test_a_workflow_runs_as_often_as_one_likes(app, submit, oozie_stand_in):
    overrides = {"oozie.coord.application.path": "", "oozie.wf.application.path": "/apps/daily"}
    first, second = submit(app(), overrides=overrides), submit(app(), overrides=overrides, start=False)

    assert not second.is_new
    assert oozie_stand_in.jobs[first.job_id]["status"] == "RUNNING"
    assert oozie_stand_in.jobs[second.job_id]["status"] == "PREP"


def test_old_versions_go_when_no_job_reads_them(app, submit, oozie_stand_in, disk):
    first = submit(app(**{"go.sh": "first"}))
    for number in range(KEPT_VERSIONS + 2):
        kill_all(oozie_stand_in, but=first.job_id)
        text = (app() / "coordinator.xml").read_text().replace('name="daily"', f'name="daily{number}"')
        outcome = submit(app(**{"go.sh": f"{number}", "coordinator.xml": text}))

    there = {f"{VERSIONS}/{status.name}" for status in disk.list(VERSIONS)}
    assert len(outcome.collected) == 1
    assert first.path in there
    assert len(there) == KEPT_VERSIONS + 1


def test_a_version_that_an_updated_coordinator_may_read_still_stays(app, submit, oozie_stand_in, disk):
    first = submit(app(**{"go.sh": "first"}))
    for number in range(KEPT_VERSIONS + 1):
        submit(app(**{"go.sh": f"{number}"}), existing="update")
    assert disk.exists(first.path)
    kill_all(oozie_stand_in)

    assert first.path in submit(app(**{"go.sh": "last"})).collected
    assert not disk.exists(f"{first.path}.jobs")


def test_a_library_has_versions_of_its_own(app, submit, oozie_stand_in, disk, tmp_path):
    (tmp_path / "x.jar").write_text("jar")
    library = Library("/lib", {"x.jar": LocalFile.of(tmp_path / "x.jar")})
    overrides = {"oozie.libpath": "hdfs://nn:8020/lib,/more"}
    outcome = submit(app(), library=library, overrides=overrides)

    assert outcome.library_path.startswith("/lib/.versions/")
    assert (
        f"<value>hdfs://nn:8020{outcome.library_path}/jars,/more</value>" in oozie_stand_in.jobs[outcome.job_id]["conf"]
    )
    assert [status.name for status in disk.list(f"{outcome.library_path}/jars")] == ["x.jar"]
    kill_all(oozie_stand_in)
    assert submit(app(), library=library, overrides=overrides).library_path == outcome.library_path


def test_a_library_in_the_folder_of_the_app(app, submit, oozie_stand_in, disk, tmp_path):
    (tmp_path / "x.jar").write_text("jar")
    outcome = submit(app(), library=Library("/apps/daily", {"x.jar": LocalFile.of(tmp_path / "x.jar")}))

    assert len(disk.list(VERSIONS)) == 2
    assert f"<value>hdfs://nn:8020{outcome.library_path}/jars</value>" in oozie_stand_in.jobs[outcome.job_id]["conf"]


@pytest.mark.parametrize(("interruption", "step"), INTERRUPTIONS)
def test_wherever_a_submit_is_killed_a_job_reads_a_whole(
    app, submit, disk, oozie_stand_in, request, interruption, step
):
    interrupted = request.getfixturevalue(interruption)
    before, after = app("before"), app("after", **{"go.sh": "false\n", "more.txt": "x"})
    submit(before)
    nth = 1
    while interrupted(after, nth, existing="replace"):
        running = [job for job in oozie_stand_in.jobs.values() if job["status"] == "RUNNING"]
        assert len(running) == 1
        assert read_by(disk, running[0]) in (of(before), of(after))

        outcome = submit(before, existing="replace")  # who comes next is not kept out, and tidies up
        assert read_by(disk, oozie_stand_in.jobs[outcome.job_id]) == of(before)
        names = [status.name for status in disk.list(VERSIONS)]
        assert not [name for name in names if name.startswith(".")]
        disk.delete(VERSIONS, recursive=True)  # so that the next one has all of its steps before it
        submit(before, existing="replace")
        nth += step
    assert nth > 15


def test_of_two_at_once_one_schedule_is_submitted(app, submit, oozie_stand_in, disk):
    folder = app()
    outcomes, refused = [], []

    def work():
        try:
            outcomes.append(submit(folder))
        except HowdahError as error:
            refused.append(error.code)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(outcomes), refused) == (1, ["H820"] * 3)
    assert len(oozie_stand_in.jobs) == 1
    assert len(disk.list(VERSIONS)) == 1
