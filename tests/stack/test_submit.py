"""howdah submit and howdah plan on the real stack: what is said before, killed half-way, two at once, no permission.

The jobs of these tests need no container; the generated app is submitted with a start that is far away.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests
from click.testing import CliRunner, Result

from howdah.__main__ import howdah
from howdah.stack.addresses import Addresses
from oozie.client import OozieClient, Workflow
from oozie.client.deployment.jobs import app_of, unfinished
from oozie.client.deployment.source import split_uri
from storage.errors import HowdahError
from storage.webhdfs import WebHdfs

pytestmark = pytest.mark.stack

WAIT_S = 120
COORDINATOR = """<coordinator-app xmlns="uri:oozie:coordinator:0.4" name="{name}" frequency="${{coord:days(1)}}"
    start="2099-01-01T00:00Z" end="2099-01-03T00:00Z" timezone="UTC">
  <action><workflow><app-path>${{appPath}}</app-path></workflow></action></coordinator-app>"""
# The sub-workflow is read from HDFS when it is reached, not when the job is submitted.
WORKFLOW = """<workflow-app xmlns="uri:oozie:workflow:1.0" name="{name}"><start to="child"/>
  <action name="child"><sub-workflow><app-path>${{appPath}}/child</app-path><propagate-configuration/></sub-workflow>
    <ok to="end"/><error to="fail"/></action>
  <kill name="fail"><message>failed</message></kill><end name="end"/></workflow-app>"""
CHILD = """<workflow-app xmlns="uri:oozie:workflow:1.0" name="child"><start to="make"/>
  <action name="make"><fs>{step}</fs><ok to="end"/><error to="fail"/></action>
  <kill name="fail"><message>failed</message></kill><end name="end"/></workflow-app>"""
PROPERTIES = """nameNode={name_node}
appPath=${{nameNode}}{root}
oozie.{kind}.application.path=${{appPath}}
"""
MAKE = '<mkdir path="${{nameNode}}{out}/{mark}"/>'
MOVE = '<move source="${nameNode}/none" target="${nameNode}/other"/>'


@pytest.fixture(scope="module")
def client(stack: Addresses) -> Iterator[OozieClient]:
    with OozieClient(stack.oozie, user=stack.user) as client:
        yield client


@pytest.fixture(scope="module")
def hdfs(stack: Addresses) -> WebHdfs:
    return WebHdfs(stack.webhdfs.replace("http://", "webhdfs://"), user=stack.user)


class App:
    """An app of its own in a folder here and one in HDFS, and the commands on it."""

    def __init__(self, stack: Addresses, client: OozieClient, hdfs: WebHdfs, folder: Path) -> None:
        self.stack, self.client, self.hdfs, self.folder = stack, client, hdfs, folder
        self.name = f"submit-{uuid4().hex[:8]}"
        self.root = f"/user/{stack.user}/howdah-tests/{self.name}"
        self.out = f"{self.root}-out"
        self.environment = {"OOZIE_URL": stack.oozie, "HOWDAH_WEBHDFS": stack.webhdfs, "COLUMNS": "80"}

    def write(self, mark: str, *, kind: str = "coord", step: str = "") -> Path:
        """The app, whose work is to make a folder called ``mark``."""
        texts = {
            "workflow.xml": WORKFLOW.format(name=self.name),
            "child/workflow.xml": CHILD.format(step=step or MAKE.format(out=self.out, mark=mark)),
            "script.sh": f"echo {mark}\n",
            "job.properties": PROPERTIES.format(name_node=self.stack.name_node, root=self.root, kind=kind),
        }
        if kind == "coord":
            texts["coordinator.xml"] = COORDINATOR.format(name=self.name)
        for name, text in texts.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        return self.folder

    def call(self, command: str, *options: str) -> Result:
        """A command on the folder as a user gives it, the errors as the program shows them."""
        result = CliRunner().invoke(howdah, [command, str(self.folder), *options], env=self.environment)
        if isinstance(result.exception, HowdahError):
            lines = "\n".join(line for each in result.exception.diagnostics for line in each.lines)
            result.output_bytes += lines.encode()
            result.exit_code = 1
        return result

    def process(self, *options: str, **environment: str) -> subprocess.Popen[str]:
        """``howdah submit`` as a process."""
        words = [sys.executable, "-m", "howdah", "submit", str(self.folder), *options]
        environment = {**os.environ, **self.environment, **environment}
        return subprocess.Popen(
            words, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
        )

    def submitted(self, *options: str) -> str:
        """The id of the job that a submit makes."""
        result = self.call("submit", *options)
        assert result.exit_code == 0, result.output
        return next(
            line.split()[-1] for line in result.output.splitlines() if line.startswith(("submitted ", "updated "))
        )

    def unfinished(self) -> list[Any]:
        """The coordinators of this app that have not ended."""
        return [job for job in unfinished(self.client, "coord") if app_of(job)[0] == self.root]

    def read_by(self, app_path: str) -> dict[str, bytes]:
        """The files where a job looks for its app."""
        return dict(self._files(split_uri(app_path)[1], ""))

    def here(self) -> dict[str, bytes]:
        """The files of the folder."""
        paths = (path for path in self.folder.rglob("*") if path.is_file())
        return {path.relative_to(self.folder).as_posix(): path.read_bytes() for path in paths if path.name[0] != "."}

    def ended(self, job_id: str) -> Workflow:
        """A workflow, once it has ended."""
        end = time.monotonic() + WAIT_S
        while not (job := self.client.workflow(job_id)).is_ended:
            assert time.monotonic() < end, f"{job_id} does not end"
            time.sleep(0.3)
        return job

    def _files(self, folder: str, prefix: str) -> Iterator[tuple[str, bytes]]:
        for status in self.hdfs.list(folder):
            if status.is_directory:
                yield from self._files(status.path, f"{prefix}{status.name}/")
            elif not status.name.startswith("."):
                with self.hdfs.open(status.path) as stream:
                    yield f"{prefix}{status.name}", stream.read()


@pytest.fixture
def app(stack: Addresses, client: OozieClient, hdfs: WebHdfs, tmp_path: Path) -> Iterator[App]:
    made = App(stack, client, hdfs, tmp_path / "app")
    yield made
    for job in made.unfinished():
        client.kill(job.id)
    for folder in (made.root, made.out):
        hdfs.delete(folder, recursive=True)


@contextmanager
def counting(url: str, before: Callable[[int], None]) -> Iterator[str]:
    """Stands before the server at ``url``; ``before`` is told of each change that is asked for, the first is 1."""
    lock, count = threading.Lock(), 0
    session = requests.Session()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            nonlocal count
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.command != "GET":
                with lock:
                    count += 1
                    before(count)
            headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
            found = session.request(
                self.command, url.partition("/oozie")[0] + self.path, data=body, headers=headers, allow_redirects=False
            )
            self.send_response(found.status_code)
            for name, value in found.headers.items():
                if name.lower() not in ("transfer-encoding", "content-length", "content-encoding", "connection"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(found.content)))
            self.end_headers()
            self.wfile.write(found.content)

        do_GET = do_PUT = do_POST = do_DELETE = answer  # noqa: N815

        def log_message(self, *_: Any) -> None:
            """Nothing on standard error."""

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True  # who asked was killed

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}" + ("/oozie" if "/oozie" in url else "")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        session.close()


def is_killed_before(app: App, variable: str, nth: int, *options: str) -> bool:
    """Whether a submit was killed before the ``nth`` change that it asks HDFS or Oozie for; False once it lived."""
    process: list[subprocess.Popen[str]] = []
    started = threading.Event()

    def before(count: int) -> None:
        started.wait(WAIT_S)
        if count == nth:
            process[0].send_signal(signal.SIGKILL)
            process[0].wait(WAIT_S)

    with counting(app.environment[variable], before) as url:
        process.append(app.process(*options, **{variable: url}))
        started.set()
        said, _ = process[0].communicate(timeout=WAIT_S)
    assert process[0].returncode in (0, -signal.SIGKILL), said
    return process[0].returncode != 0


def test_what_a_submit_would_change_is_said_before(app: App, hdfs: WebHdfs) -> None:
    app.write("one")
    before = app.call("submit", "--dry-run")
    assert (before.exit_code, "all of it is new" in before.output) == (0, True)
    assert not hdfs.exists(app.root)
    assert app.unfinished() == []

    job_id = app.submitted()
    assert app.read_by(app.client.coordinator(job_id).app_path) == app.here()
    same = app.call("plan")
    assert (same.exit_code, same.output.splitlines()[-1]) == (0, "nothing would change")

    app.write("two")
    text = (app.folder / "coordinator.xml").read_text("utf-8")
    controls = "<controls><concurrency>{}</concurrency></controls><action>"
    (app.folder / "coordinator.xml").write_text(text.replace("<action>", controls.format(2)), "utf-8")
    plan, dry_run = app.call("plan"), app.call("submit", "--dry-run", "--update")
    assert (plan.exit_code, dry_run.exit_code) == (1, 0)
    for said in (plan.output, dry_run.output):
        assert "concurrency  2" in said
    assert "script.sh" in dry_run.output  # which only HDFS knows
    refused = app.call("submit")
    assert (refused.exit_code, "H820" in refused.output, "--update" in refused.output) == (1, True, True)
    assert app.submitted("--update") == job_id
    assert app.read_by(app.client.coordinator(job_id).app_path) == app.here()

    (app.folder / "coordinator.xml").write_text(text.replace("days(1)", "days(2)"), "utf-8")
    never = app.call("submit", "--update")
    assert (never.exit_code, "Frequency can't be changed" in never.output) == (1, True)
    assert "--replace" in never.output


def test_the_generated_app(app: App) -> None:
    funnel = Path(__file__).parents[2] / "workflows" / "funnel"
    words = ["generate", str(funnel), "--profile", "stack", "-o", str(app.folder)]
    for name, value in (
        ("appPath", "${nameNode}" + app.root), ("nameNode", app.stack.name_node), ("start", "2099-01-01T00:00Z"),
        ("end", "2099-01-02T00:00Z"),
    ):  # fmt: skip
        words += ["--set", f"{name}={value}"]
    done = CliRunner().invoke(howdah, words)
    assert done.exit_code == 0, done.output

    job_id = app.submitted()
    job = app.client.coordinator(job_id)
    assert job.app_name == "funnel"
    assert app.read_by(job.app_path) == app.here()
    again = app.call("submit", "--replace")
    assert "0 B" in again.output  # nothing has changed: nothing is sent
    assert len(app.unfinished()) == 1


def test_waiting_for_a_job_tells_how_it_ended(app: App, hdfs: WebHdfs) -> None:
    app.write("good", kind="wf")
    good = app.call("submit", "--wait")
    assert (good.exit_code, hdfs.exists(f"{app.out}/good")) == (0, True)
    assert "SUCCEEDED in" in good.output

    app.write("bad", kind="wf", step=MOVE)
    bad = app.call("submit", "--wait")
    assert bad.exit_code == 1
    assert "FS006" in bad.output
    told = [line for line in bad.output.splitlines() if app.name not in line and "Next:" not in line]  # of one piece
    assert max(map(len, told)) <= 80


def test_a_job_keeps_the_version_that_it_was_submitted_with(app: App, hdfs: WebHdfs) -> None:
    app.write("first", kind="wf")
    first = app.submitted("--no-start")
    app.write("second", kind="wf")
    second = app.submitted()
    assert app.ended(second).status == "SUCCEEDED"
    app.client.start(first)

    assert app.ended(first).status == "SUCCEEDED"
    assert sorted(status.name for status in hdfs.list(app.out)) == ["first", "second"]


# The first file, a later one, the record, the lock, the name of the version; then Oozie's two dry runs and the job.
@pytest.mark.parametrize(
    ("server", "points"), [("HOWDAH_WEBHDFS", (1, 2, 8, 14, 18)), ("OOZIE_URL", (1, 3, 4))], ids=["hdfs", "oozie"]
)
def test_a_submit_that_is_killed_has_submitted_all_or_nothing(
    app: App, hdfs: WebHdfs, server: str, points: tuple[int, ...]
) -> None:
    app.write("old")
    old = app.here()
    app.submitted()
    for nth in points:
        app.write(f"new-{nth}")
        new = app.here()
        assert is_killed_before(app, server, nth, "--replace")
        running = app.unfinished()
        assert len(running) <= 1
        for job in running:
            assert app.read_by(job.app_path) in (old, new)

        old, job_id = new, app.submitted("--replace")
        assert app.read_by(app.client.coordinator(job_id).app_path) == new
        assert not [each.name for each in hdfs.list(f"{app.root}/.versions") if each.name.startswith(".")]


def test_of_two_at_the_same_time_one_is_submitted(app: App) -> None:
    app.write("both")
    processes = [app.process() for _ in range(2)]
    said = [process.communicate(timeout=WAIT_S)[0] for process in processes]

    assert sorted(process.returncode for process in processes) == [0, 1], said
    assert sum("H820" in each for each in said) == 1
    (job,) = app.unfinished()
    assert app.read_by(job.app_path) == app.here()


def test_without_permission_nothing_is_sent_and_nothing_submitted(app: App, hdfs: WebHdfs) -> None:
    app.write("one")
    result = app.call("submit", "--user", "nobody-special")

    assert result.exit_code == 1
    assert "H103" in result.output
    assert "nobody-special" in result.output
    assert "Traceback" not in result.output
    assert not hdfs.exists(app.root)
    assert app.unfinished() == []
