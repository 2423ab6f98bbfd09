"""An engine in a temporary folder, apps written from a few lines, a clock that jumps."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from oozie.local.engine import Engine

NAME_NODE = "hdfs://hw1:8020"
ADDRESSES = {"nameNode": NAME_NODE, "jobTracker": "hw1:8032"}
APP = """<workflow-app xmlns="uri:oozie:workflow:0.5" name="{name}">
<global><job-tracker>${{jobTracker}}</job-tracker><name-node>${{nameNode}}</name-node></global>
<start to="{start}"/>
{nodes}
<kill name="fail"><message>${{wf:errorMessage(wf:lastErrorNode())}}</message></kill><end name="end"/></workflow-app>"""


class JumpingClock:
    """A clock for which every wait is over at once; ``waited`` holds the moments that were waited for."""

    def __init__(self):
        self.moment = datetime(2026, 1, 1, tzinfo=timezone.utc)
        self.waited = []

    def now(self):
        self.moment += timedelta(milliseconds=1)
        return self.moment

    def seconds_until(self, moment):
        if moment > self.moment:
            self.waited.append(moment - self.moment)
            self.moment = moment
        return 0.0


def action(name, body, ok="end", error="fail", attributes=""):
    return f'<action name="{name}" {attributes}>{body}<ok to="{ok}"/><error to="{error}"/></action>'


def shell(name, script, ok="end", error="fail", attributes="", more=""):
    arguments = f"<argument>-c</argument><argument>{script}</argument>"
    body = f'<shell xmlns="uri:oozie:shell-action:0.3"><exec>sh</exec>{arguments}{more}</shell>'
    return action(name, body, ok, error, attributes)


def app_xml(*nodes, start="a", name="app"):
    return APP.format(name=name, start=start, nodes="\n".join(nodes))


class Host:
    """Puts apps below an engine's HDFS root and runs them; also writes their nodes."""

    action = staticmethod(action)
    shell = staticmethod(shell)
    app_xml = staticmethod(app_xml)
    addresses = ADDRESSES

    def __init__(self, engine, clock):
        self.engine = engine
        self.clock = clock

    def put(self, *nodes, start="a", name="app", files=()):
        folder = self.engine.root / "apps" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "workflow.xml").write_text(app_xml(*nodes, start=start, name=name))
        for file, content in files:
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes(content if isinstance(content, bytes) else content.encode())
        return f"{NAME_NODE}/apps/{name}"

    def submit(self, path, **properties):
        return self.engine.submit(path, {**ADDRESSES, **properties})

    def run(self, *nodes, properties=None, **options):
        return self.engine.run(self.submit(self.put(*nodes, **options), **(properties or {})))

    def log(self, job, name):
        launch = job.actions[name].launch
        return (self.engine.launch_folder(job.id, name, launch) / "log").read_text()


@pytest.fixture
def host(tmp_path):
    clock = JumpingClock()
    with Engine(tmp_path / "state", clock=clock) as engine:
        yield Host(engine, clock)
