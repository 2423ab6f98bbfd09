"""Coordinators on the local engine: the calendar, waiting for data, controls, other properties, kills."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import datetime, timedelta, timezone

import pytest

from oozie.language.calendar import parse_time
from oozie.local.coordinators_actions import Noted, Skipped, TimedOut, Waiting, instances_of
from oozie.local.deploy import read_app_folder
from oozie.local.engine import Interrupted
from oozie.local.errors import RunError
from oozie.local.journal import Journal
from oozie.local.runs import plan, run_app
from oozie.local.states import JobStatus
from storage.errors import HowdahError

COORDINATOR = """<coordinator-app name="c" frequency="{frequency}" start="2026-01-01T00:00Z"
 end="{end}" timezone="UTC" xmlns="uri:oozie:coordinator:0.4">{controls}{data}
<action><workflow><app-path>${{nameNode}}/apps/c</app-path><configuration><property><name>day</name>
<value>${{coord:formatTime(coord:nominalTime(), 'yyyyMMddHHmm')}}</value></property></configuration></workflow>{more}
</action></coordinator-app>"""
DATA = """<datasets>
<dataset name="d" frequency="${coord:minutes(150)}" initial-instance="2026-01-01T00:00Z" timezone="UTC">
<uri-template>${nameNode}/in/${HOUR}</uri-template></dataset></datasets>
<input-events><data-in name="i" dataset="d"><instance>${coord:current(0)}</instance></data-in></input-events>"""
TIMES = {"frequency": "${coord:minutes(150)}", "end": "2026-01-01T06:00Z"}


class Watcher:
    """Hears what is told, and does what the test wants at each of it."""

    def __init__(self, *reactions):
        self.told = []
        self.reactions = list(reactions)

    def __call__(self, told):
        self.told.append(told)
        if isinstance(told, Waiting) and self.reactions:
            self.reactions.pop(0)()

    def of(self, kind):
        return [told for told in self.told if isinstance(told, kind)]


@pytest.fixture
def folder(tmp_path, host):
    """A folder with a coordinator and a workflow of one shell action."""

    def write(script="true", properties="", data="", controls="", more="", **times):
        place = tmp_path / "c"
        place.mkdir(exist_ok=True)
        (place / "workflow.xml").write_text(host.app_xml(host.shell("a", script), name="w"))
        text = COORDINATOR.format(data=data, more=more, controls=controls, **TIMES | times)
        (place / "coordinator.xml").write_text(text)
        (place / "job.properties").write_text("\n".join([*(f"{k}={v}" for k, v in host.addresses.items()), properties]))
        return place

    return write


@pytest.fixture
def engine(host):
    """An engine with a clock that jumps."""
    return host.engine


def days(engine, place, overrides=None, **options):
    """The property `day` of each instance that a call runs."""
    app = read_app_folder(place, overrides or {})
    return [engine.run(planned.job_id).configuration["day"] for planned in plan(engine, app, **options)]


def statuses(engine):
    """The status of each action of the last coordinator job."""
    row = engine.journal.jobs(kind="C")[-1]
    return [action.status for action in instances_of(engine.journal, row.id).values()]


def make(engine, *hours):
    for hour in hours:
        (engine.root / "in" / hour).mkdir(parents=True, exist_ok=True)
        (engine.root / "in" / hour / "_SUCCESS").touch()


# --- the calendar -----------------------------------------------------------------------------------------------------


def test_instances_follow_the_calendar(folder, engine):
    place = folder()
    assert days(engine, place) == ["202601010000"]
    assert days(engine, place, nominal_time=datetime(2026, 1, 1, tzinfo=timezone.utc)) == ["202601010000"]
    assert days(engine, place, instances=9) == ["202601010230", "202601010500"]
    with pytest.raises(RunError) as caught:
        days(engine, place)
    assert caught.value.code == "H413"
    [row] = engine.journal.jobs(kind="C")
    assert row.status == "SUCCEEDED"
    assert [child.parent for child in engine.journal.children(row.id)] == [f"{row.id}@{n}" for n in (1, 1, 2, 3)]


@pytest.mark.parametrize(
    ("moment", "nearest"),
    [
        ("2026-01-01T01:00Z", "2026-01-01T00:00Z, 2026-01-01T02:30Z, 2026-01-01T05:00Z, 2026-01-01T07:30Z"),
        ("2025-01-01T00:00Z", "2026-01-01T00:00Z, 2026-01-01T02:30Z, 2026-01-01T05:00Z"),
        ("2027-01-01T00:00Z", "2026-01-01T20:00Z, 2026-01-01T22:30Z"),
    ],
    ids=["between", "before", "after"],
)
def test_a_time_at_which_nothing_is_due_names_the_nearest(folder, engine, moment, nearest):
    with pytest.raises(RunError) as caught:
        days(engine, folder(end="2026-01-02T00:00Z"), nominal_time=parse_time(moment))
    assert caught.value.code == "H417"
    assert caught.value.diagnostics[0].hint == f"the nearest are {nearest}"


def test_a_failed_instance_is_run_again_and_the_calendar_goes_on(folder, engine):
    place = folder("test ${x} = 1", "x=0")
    [first] = [engine.run(p.job_id) for p in plan(engine, read_app_folder(place, {}))]
    assert first.status is JobStatus.KILLED
    [planned] = plan(engine, read_app_folder(place, {"x": "1"}), rerun_failed=True)
    assert (planned.job_id, planned.how, planned.number) == (first.id, "rerun", 1)
    assert engine.run(planned.job_id).status is JobStatus.SUCCEEDED
    assert days(engine, place) == ["202601010230"]


def test_a_job_with_an_instance_that_failed_is_done_with_error(folder, engine):
    days(engine, folder("test ${day} = 202601010000"), instances=3)
    assert statuses(engine) == ["SUCCEEDED", "KILLED", "KILLED"]
    assert engine.journal.jobs(kind="C")[-1].status == "DONEWITHERROR"


def test_a_job_of_killed_instances_is_killed_and_not_begun_again(folder, engine):
    place = folder("false")
    days(engine, place, instances=3)
    assert statuses(engine) == ["KILLED"] * 3
    assert engine.journal.jobs(kind="C")[-1].status == "KILLED"
    with pytest.raises(RunError) as caught:
        days(engine, place)
    assert caught.value.code == "H413"


# --- waiting for data -------------------------------------------------------------------------------------------------


def test_an_instance_waits_until_its_data_are_there(folder, engine):
    watcher = Watcher(lambda: make(engine, "00"))
    assert days(engine, folder(data=DATA), tell=watcher) == ["202601010000"]
    [waiting] = watcher.of(Waiting)
    assert waiting.missing == ("hdfs://hw1:8020/in/00/_SUCCESS",)
    assert timedelta(minutes=120) <= waiting.until - datetime(2026, 1, 1, tzinfo=timezone.utc) < timedelta(minutes=122)


def test_data_that_do_not_come_time_out_and_the_next_instance_goes_on(folder, engine):
    make(engine, "05")
    watcher = Watcher()
    assert days(engine, folder(data=DATA, controls="<controls><timeout>5</timeout></controls>"), instances=3,
                tell=watcher) == ["202601010500"]  # fmt: skip
    assert statuses(engine) == ["TIMEDOUT", "TIMEDOUT", "SUCCEEDED"]
    assert [told.missing for told in watcher.of(TimedOut)] == [(f"hdfs://hw1:8020/in/0{h}/_SUCCESS",) for h in (0, 2)]
    assert engine.journal.jobs(kind="C")[-1].status == "DONEWITHERROR"


def test_one_call_for_an_instance_that_times_out_says_so(folder, host, tmp_path):
    with pytest.raises(RunError) as caught:
        run_app(folder(data=DATA), {}, tmp_path / "s", clock=host.clock)
    assert caught.value.code == "H441"


def test_those_with_data_pass_those_without(folder, engine):
    make(engine, "02")
    watcher = Watcher(lambda: None, lambda: make(engine, "05"))
    assert days(engine, folder(data=DATA, controls="<controls><timeout>5</timeout></controls>"), instances=3,
                tell=watcher) == ["202601010230", "202601010500"]  # fmt: skip


def test_the_throttle_bounds_how_many_wait(folder, engine):
    watcher = Watcher(engine.interrupt)
    controls = "<controls><throttle>2</throttle></controls>"
    with pytest.raises(Interrupted):
        days(engine, folder(data=DATA, controls=controls), instances=3, tell=watcher)
    assert statuses(engine) == ["WAITING", "WAITING"]


def test_an_interrupted_wait_goes_on_with_its_whole_timeout(folder, engine):
    place = folder(data=DATA)
    with pytest.raises(Interrupted):
        days(engine, place, tell=Watcher(engine.interrupt))
    assert statuses(engine) == ["WAITING"]
    begun = engine.now()
    watcher = Watcher(lambda: make(engine, "00"))
    assert days(engine, place, tell=watcher) == ["202601010000"]
    assert watcher.of(Waiting)[0].until - begun > timedelta(minutes=120)
    assert days(engine, place, tell=Watcher(lambda: make(engine, "02"))) == ["202601010230"]


def test_instances_that_depend_on_files_are_looked_for_again(folder, engine):
    data = DATA.replace("current(0)", "latest(0)")
    watcher = Watcher(lambda: make(engine, "00"))
    assert days(engine, folder(data=data, end="2026-01-01T01:00Z"), tell=watcher) == ["202601010000"]
    assert watcher.of(Waiting)[0].missing == ("${coord:latest(0)}",)


# --- the order --------------------------------------------------------------------------------------------------------


def order(name):
    return f"<controls><execution>{name}</execution></controls>"


def test_lifo_takes_the_newest_of_a_call_first(folder, engine):
    place = folder(controls=order("LIFO"))
    assert days(engine, place, instances=2) == ["202601010230", "202601010000"]
    assert days(engine, place) == ["202601010500"]


def test_last_only_skips_what_is_late(folder, engine, host):
    host.clock.moment += timedelta(hours=4)
    watcher = Watcher()
    assert days(engine, folder(controls=order("LAST_ONLY")), tell=watcher) == ["202601010230"]
    assert watcher.of(Skipped) == [Skipped(1, 1, "LAST_ONLY")]
    assert statuses(engine) == ["SKIPPED", "SUCCEEDED"]


def test_last_only_keeps_the_last_unless_the_next_would_be_due_at_the_end(folder, engine, host):
    host.clock.moment += timedelta(days=1)
    assert days(engine, folder(controls=order("LAST_ONLY"))) == ["202601010500"]
    assert days(engine, folder(controls=order("LAST_ONLY"), end="2026-01-01T05:00Z")) == []
    assert statuses(engine) == ["SKIPPED", "SKIPPED"]


def test_none_runs_only_what_is_on_time(folder, engine, host):
    host.clock.moment += timedelta(hours=3)
    place = folder(controls=order("NONE"))
    assert days(engine, place) == ["202601010500"]
    assert statuses(engine) == ["SKIPPED", "SKIPPED", "SUCCEEDED"]
    assert days(engine, place, nominal_time=datetime(2026, 1, 1, tzinfo=timezone.utc)) == ["202601010000"]


# --- other properties, another definition -----------------------------------------------------------------------------


def test_other_properties_are_another_job_and_that_is_said(folder, engine):
    place = folder(properties="x=1\nz=2")
    days(engine, place, instances=2)
    [earlier] = engine.journal.jobs(kind="C")
    watcher = Watcher()
    assert days(engine, place, {"x": "2", "y": "3"}, tell=watcher) == ["202601010000"]
    new = engine.journal.jobs(kind="C")[-1]
    [note] = watcher.of(Noted)
    assert note.text == (
        f"this is a new coordinator job, {new.id}, and begins with the first instance:"
        " x is '2' and was '1'; y is '3' and was not set"
    )
    assert note.hint == (
        f"the earlier job {earlier.id} came to instance 2 (2026-01-01T02:30Z): go on with it with the properties that"
        " it had, or take the change into it with --update"
    )
    assert days(engine, place, tell=(quiet := Watcher())) == ["202601010500"]  # the earlier job goes on
    assert quiet.told == []


def test_update_takes_the_change_into_the_earlier_job(folder, engine):
    place = folder(properties="x=1")
    assert days(engine, place) == ["202601010000"]
    assert days(engine, place, {"x": "2"}) == ["202601010000"]  # by mistake
    assert days(engine, place, {"x": "2"}, update=True) == ["202601010230"]
    first, mistake = engine.journal.jobs(kind="C")
    assert (first.configuration["x"], mistake.status) == ("2", "KILLED")
    assert days(engine, place, {"x": "2"}) == ["202601010500"]


def test_what_an_update_cannot_do(folder, engine):
    with pytest.raises(HowdahError) as caught:
        days(engine, folder(), update=True)
    assert caught.value.code == "H440"
    days(engine, folder())
    with pytest.raises(HowdahError) as caught:
        days(engine, folder(frequency="60"), update=True)
    assert caught.value.code == "E1023"


def test_sla_is_said_not_to_be_watched(folder, engine):
    sla = (
        '<sla:info xmlns:sla="uri:oozie:sla:0.2"><sla:nominal-time>${coord:nominalTime()}</sla:nominal-time>'
        "<sla:should-end>${30 * MINUTES}</sla:should-end></sla:info>"
    )
    watcher = Watcher()
    assert days(engine, folder(more=sla), tell=watcher) == ["202601010000"]
    assert watcher.of(Noted)[0].text == "sla:info is not watched on this machine"


# --- datasets of other files ------------------------------------------------------------------------------------------

DATASETS = "<datasets>{more}{inner}</datasets>"
INNER = DATA.partition("<datasets>")[2].partition("</datasets>")[0]
INCLUDING = "<datasets><include>${where}/d.xml</include></datasets>" + DATA.partition("</datasets>")[2]


def including(engine, **files):
    (engine.root / "shared").mkdir(exist_ok=True)
    for name, text in files.items():
        (engine.root / "shared" / f"{name}.xml").write_text(text)


def test_datasets_of_another_file(folder, engine):
    place = folder(data=INCLUDING, properties="where=${nameNode}/shared")
    include = "<include>${where}/e.xml</include>"
    with pytest.raises(RunError, match=r"shared/d\.xml") as caught:
        days(engine, place)
    assert caught.value.code == "H419"
    including(engine, d=DATASETS.format(more=include, inner=""), e=DATASETS.format(more=include, inner=INNER))
    with pytest.raises(RunError, match="includes itself"):
        days(engine, place)
    including(engine, e=DATASETS.format(more="", inner=INNER))
    make(engine, "00")
    assert days(engine, place) == ["202601010000"]


# --- howdah run, killed while it waits --------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_killed_wait_loses_nothing(folder, tmp_path):
    place, state = folder(data=DATA), tmp_path / "s"
    command = [sys.executable, "-m", "howdah", "run", str(place), "--instances", "2", "--state", str(state)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        for line in process.stdout:
            if "instance 2" in line:
                break
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    (row,) = recorded(state)
    assert [action.status for action in row] == ["WAITING", "WAITING"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        for line in process.stdout:
            if "instance 2" in line:
                break
        for hour in ("00", "02"):
            (state / "hdfs/in" / hour).mkdir(parents=True)
            (state / "hdfs/in" / hour / "_SUCCESS").touch()
        output = process.stdout.read()
    assert process.returncode == 0, output
    (row,) = recorded(state)
    assert [action.status for action in row] == ["SUCCEEDED", "SUCCEEDED"]


def recorded(state):
    """The actions of every coordinator job."""
    with Journal(state) as journal:
        return [list(instances_of(journal, row.id).values()) for row in journal.jobs(kind="C")]
