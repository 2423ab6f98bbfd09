from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from datetime import datetime, timezone
from pathlib import Path

import pytest

from oozie.local.deploy import deploy, read_app_folder
from oozie.local.engine import Engine
from oozie.local.errors import RunError
from oozie.local.events import Finished
from oozie.local.runs import plan, run_app
from oozie.local.states import ActionStatus, JobStatus
from storage.errors import HowdahError


@pytest.fixture
def folder(tmp_path, host):
    """A folder with an app, its workflow written from nodes."""

    def write(*nodes, properties="", start="a", name="app"):
        place = tmp_path / name
        place.mkdir(exist_ok=True)
        (place / "workflow.xml").write_text(host.app_xml(*nodes, start=start, name=name))
        lines = [f"{k}={v}" for k, v in host.addresses.items()] + [properties]
        (place / "job.properties").write_text("\n".join(lines))
        return place

    return write


def test_runs_the_copy_below_the_hdfs_root(folder, host, tmp_path):
    app = folder(host.shell("a", "echo ${x}"), properties="x=1\noozie.wf.application.path=${nameNode}/user/me/it")
    result = run_app(app, {"x": "2"}, tmp_path / "s")
    assert result.succeeded
    assert result.log(result.actions[0]).read_text() == "2\n"
    assert (tmp_path / "s/hdfs/user/me/it/workflow.xml").is_file()


def test_what_was_passed_over_is_told(folder, host, tmp_path):
    result = run_app(folder(host.shell("a", "false", ok="b", error="b"), host.shell("b", "true")), {}, tmp_path / "s")
    assert result.succeeded
    assert [action.name for action in result.passed_over] == ["a"]


def test_deploys_only_what_changed_and_takes_back_what_is_gone(folder, host, tmp_path):
    place = folder(host.shell("a", "true"), properties="oozie.wf.application.path=${nameNode}/app")
    (place / "lib").mkdir()
    (place / "lib" / "old.jar").write_text("old")
    root = tmp_path / "hdfs"
    (root / "app").mkdir(parents=True)
    (root / "app" / "data").write_text("not ours")
    app = read_app_folder(place, {})
    assert deploy(app, app.app_path, root, tmp_path) == ["job.properties", "lib/old.jar", "workflow.xml"]
    (place / "lib" / "old.jar").unlink()
    (place / "script.sh").write_text("true")
    assert deploy(app, app.app_path, root, tmp_path) == ["script.sh"]
    assert not (root / "app/lib/old.jar").exists()
    assert (root / "app/data").read_text() == "not ours"


def test_a_folder_that_cannot_be_read_is_an_error(folder, host, tmp_path):
    place = folder(host.shell("a", "true"))
    name = "d" * 250
    here = os.open(place, os.O_RDONLY)
    for _ in range(17):  # deeper than a path can say
        os.mkdir(name, dir_fd=here)
        here, above = os.open(name, os.O_RDONLY, dir_fd=here), here
        os.close(above)
    os.close(here)
    try:
        with pytest.raises(HowdahError, match=r"H408 .*cannot be read: File name too long"):
            run_app(place, {}, tmp_path / "s")
    finally:
        shutil.rmtree(place / name)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda place: place / "nope", "H408"),
        (lambda place: (place / "workflow.xml").unlink(), "H406"),
        (lambda place: (place / "workflow.xml").write_text("<workflow-app"), "E0701"),
        (lambda place: (place / "job.properties").write_text("oozie.bundle.application.path=/b"), "H409"),
    ],
    ids=["no folder", "no app", "malformed", "bundle"],
)
def test_what_is_no_app(folder, host, tmp_path, change, code):
    place = folder(host.shell("a", "true"))
    changed = change(place)
    with pytest.raises(HowdahError) as caught:
        run_app(changed if isinstance(changed, Path) else place, {}, tmp_path / "s")
    assert caught.value.code == code


def test_a_missing_script_is_found_before_anything_runs(folder, host, tmp_path):
    place = folder(host.shell("a", "true", more="<file>run.sh</file>"))
    with pytest.raises(HowdahError) as caught:
        run_app(place, {}, tmp_path / "s")
    assert caught.value.code == "H020"


def test_a_workflow_has_no_instances(folder, host, tmp_path):
    with pytest.raises(RunError) as caught:
        run_app(folder(host.shell("a", "true")), {}, tmp_path / "s", nominal_time=datetime.now(timezone.utc))
    assert caught.value.code == "H414"


def test_a_changed_app_does_not_go_on_with_the_old_job(folder, host, tmp_path):
    with Engine(tmp_path / "s") as engine:
        [old] = plan(engine, read_app_folder(folder(host.shell("a", "true")), {}))
        [same] = plan(engine, read_app_folder(folder(host.shell("a", "true")), {}))
        [new] = plan(engine, read_app_folder(folder(host.shell("a", "false")), {}))
        assert (same.job_id, same.how) == (old.job_id, "continued")
        assert (new.how, engine.job(old.job_id).status) == ("new", JobStatus.KILLED)


# --- howdah run, killed ----------------------------------------------------------------------------------------------


@pytest.fixture
def chain(folder, host, tmp_path):
    """Six actions, two of them in a fork; each writes one line into ``ran``."""

    def step(name, ok):
        return host.shell(name, f"sleep 0.03; echo {name} >>{tmp_path}/ran", ok=ok)

    return folder(
        step("a", "b"), step("b", "f"), '<fork name="f"><path start="c"/><path start="d"/></fork>', step("c", "j"),
        step("d", "j"), '<join name="j" to="e"/>', step("e", "g"), step("g", "end"),
    )  # fmt: skip


def howdah_run(folder, state):
    return [sys.executable, "-m", "howdah", "run", str(folder), "--state", str(state)]


def environment_of(entry):
    try:
        return entry.read_bytes()
    except OSError:
        return b""


def processes_of(state):
    """The pids of every process of an action of ``state``."""
    mark = f"HOWDAH_LAUNCH={state}/".encode()
    return [int(e.parent.name) for e in Path("/proc").glob("[0-9]*/environ") if mark in environment_of(e)]


def kill_and_go_on(chain, tmp_path, moment_s, number=signal.SIGKILL):
    state = tmp_path / f"state{moment_s:.3f}"
    (tmp_path / "ran").unlink(missing_ok=True)
    first = subprocess.Popen(howdah_run(chain, state), stdout=subprocess.DEVNULL)
    time.sleep(moment_s)
    os.kill(first.pid, number)
    first.wait()
    second = subprocess.run(howdah_run(chain, state), capture_output=True, text=True, check=False)
    assert second.returncode == 0, second.stdout + second.stderr
    assert processes_of(state) == []
    with Engine(state) as engine:
        jobs = engine.journal.jobs()
        assert jobs[-1].status == "SUCCEEDED"
        job = engine.job(jobs[-1].id)
    if len(jobs) == 1:
        assert sorted((tmp_path / "ran").read_text().split()) == list("abcdeg")
    assert all(a.status is ActionStatus.OK for a in job.actions.values())
    return len(jobs)


def test_killed_at_one_moment_it_goes_on(chain, tmp_path):
    assert kill_and_go_on(chain, tmp_path, 0.3) in (1, 2)  # 2: it had ended before


@pytest.mark.slow
def test_killed_at_thirty_moments_it_goes_on(chain, tmp_path):
    moments = random.Random(7)
    jobs = [kill_and_go_on(chain, tmp_path, moments.uniform(0.05, 0.5)) for _ in range(30)]
    assert jobs.count(1) > 15  # most of the moments were in the middle


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "term"])
def test_interrupted_it_ends_what_runs_and_goes_on(folder, host, tmp_path, number):
    sign = tmp_path / "sign"
    app = folder(host.shell("a", f"[ -e {sign} ] || {{ touch {sign}; sleep 300; }}"))
    state = tmp_path / "s"
    process = subprocess.Popen(howdah_run(app, state), stdout=subprocess.PIPE, text=True)
    while not sign.exists():
        assert process.poll() is None, "it ended before its action began"
        time.sleep(0.01)
    os.kill(process.pid, number)
    output, _ = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "interrupted" in output
    assert processes_of(state) == []
    again = subprocess.run(howdah_run(app, state), capture_output=True, text=True, check=False)
    assert again.returncode == 0
    assert "going on where it was" in again.stdout


def test_an_expression_that_is_tried_for_long_is_interrupted_too(folder, host, tmp_path):
    place = folder(
        host.shell("a", "true", ok="d"),
        """<decision name="d"><switch><case to="end">${replaceAll(x, '(a+)+$', 'b') eq 1}</case>
           <default to="end"/></switch></decision>""",
        properties="x=" + "a" * 40 + "!",
    )  # fmt: skip
    sender = []

    def observe(_job, event):
        if isinstance(event, Finished):  # of the action before the decision
            sender.append(subprocess.Popen(["sh", "-c", "sleep 0.3; kill -TERM $PPID"]))

    with pytest.raises(KeyboardInterrupt):
        run_app(place, {}, tmp_path / "s", observe)
    ended = time.monotonic()
    assert sender[0].wait(5) == 0
    assert time.monotonic() - ended < 2
    with Engine(tmp_path / "s") as engine:
        [row] = engine.journal.jobs(kind="W", app_path=read_app_folder(place, {}).app_path, parent="")
        assert engine.job(row.id).status is JobStatus.RUNNING


@pytest.mark.parametrize("name", ["workflow.xml", "job.properties", "config-default.xml"])
def test_a_file_of_any_size_is_not_read(folder, host, tmp_path, name):
    place = folder(host.shell("a", "true"))
    with (place / name).open("ab") as file:
        file.truncate(30 << 30)
    with pytest.raises(HowdahError) as caught:
        run_app(place, {}, tmp_path / "s")
    assert caught.value.code == "H408"
    assert "larger than any app" in str(caught.value)
