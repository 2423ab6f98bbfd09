"""Into the app's own folder: nothing that runs sees it, nothing starts on a half, nothing else is touched."""

import pytest

from oozie.client.deployment.errors import DeploymentError
from oozie.client.deployment.source import read_source

ROOT = "/apps/daily"
# Every step in a process that is really killed; every fifth one in memory, where HDFS is gone from then on.
INTERRUPTIONS = [pytest.param("killed_submit", 1, marks=pytest.mark.slow), ("cut_off_submit", 5)]


def seen(disk):
    """What Oozie would read: nothing without a definition."""
    names = ("coordinator.xml", "workflow.xml", "go.sh")
    paths = {name: disk.local_path(f"{ROOT}/{name}") for name in names}
    if not paths["workflow.xml"].exists() or not paths["coordinator.xml"].exists():
        return None
    return [path.read_text() for path in paths.values()]


def kill_all(server):
    for job in server.jobs.values():
        job["status"] = "KILLED"


def test_the_files_lie_in_the_folder_and_other_things_stay(app, submit, disk, oozie_stand_in):
    disk.make_directory(f"{ROOT}/models/1")
    outcome = submit(app(old="x"), in_place=True)

    assert outcome.path == ROOT
    assert disk.local_path(f"{ROOT}/old").read_text() == "x"
    kill_all(oozie_stand_in)
    submit(app("other", **{"go.sh": "false\n"}), in_place=True)
    assert disk.local_path(f"{ROOT}/go.sh").read_text() == "false\n"
    assert not disk.exists(f"{ROOT}/old")
    assert disk.exists(f"{ROOT}/models/1")


def test_not_while_a_job_reads_it(app, submit, oozie_stand_in):
    job = submit(app(), in_place=True).job_id
    with pytest.raises(DeploymentError, match=job) as caught:
        submit(app(), in_place=True, existing="replace")
    assert caught.value.code == "H819"
    kill_all(oozie_stand_in)

    assert submit(app(), in_place=True).is_new is False


@pytest.mark.parametrize(("interruption", "step"), INTERRUPTIONS)
def test_wherever_it_is_killed_the_old_the_new_or_nothing_is_there(
    app, submit, disk, oozie_stand_in, request, interruption, step
):
    interrupted = request.getfixturevalue(interruption)
    before, after = app("before"), app("after", **{"go.sh": "false\n"})
    submit(before, in_place=True)
    old = seen(disk)
    new = [*old[:2], "false\n"]
    kill_all(oozie_stand_in)
    nth = 1
    while interrupted(after, nth, in_place=True):
        assert seen(disk) in (old, new, None)
        kill_all(oozie_stand_in)
        submit(before, in_place=True)
        assert seen(disk) == old
        assert [status.name for status in disk.list(f"{ROOT}/.versions")] == ["in-place.json"]
        kill_all(oozie_stand_in)
        nth += step
    assert nth > 15
    assert seen(disk) == new


def test_the_properties_are_as_they_were_written(app, submit, oozie_stand_in):
    job = oozie_stand_in.jobs[submit(app(), in_place=True).job_id]

    assert job["path"] == "hdfs://nn:8020/apps/daily"
    assert read_source(app(), {}, user="x").properties["appPath"] in job["conf"]
