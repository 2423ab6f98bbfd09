"""An Oozie, with the YARN behind it, that gives the console the answers which a real one once gave.

``python -m tests.browser.recorded_oozie STACK FOLDER ADDRESS...`` records: it stands between a console and a real
stack, opens the pages that it is given, and keeps every answer in tests/fixtures/oozie-console/. Afterwards
:class:`RecordedOozie` gives the same answers with no stack. On top of them it keeps what a test does: a job that is
suspended is SUSPENDED, and as many jobs as wanted stand in the list.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from flask.testing import FlaskClient

from howdah.console.app import create_app
from howdah.console.desk import Desk
from howdah.console.settings import Settings
from howdah.console.source import Source
from howdah.explaining import Explainer
from howdah.oozie_option import OozieServer, YarnAddresses
from howdah.stack.addresses import Addresses
from tests.oozie_rest import SERVER, Answer, Asked, key_of, serving

RECORDED = Path(__file__).parents[1] / "fixtures" / "oozie-console" / "answers.json"
_AFTER = {"suspend": "SUSPENDED", "resume": "RUNNING", "kill": "KILLED", "rerun": "RUNNING", "start": "RUNNING"}
_KEPT_HEADERS = ("Content-Type", "Location", "oozie-error-code", "oozie-error-message")
_LISTED = {"wf": "workflows", "coord": "coordinatorjobs", "bundle": "bundlejobs"}
_LETTERS = {"wf": "W", "coord": "C", "bundle": "B"}
_NAMES = {"wf": "appName", "coord": "coordJobName", "bundle": "bundleJobName"}
_IDS = {"wf": "id", "coord": "coordJobId", "bundle": "bundleJobId"}
# What a list does not tell of a job.
_LONG = ("actions", "conf", "bundleCoordJobs")
_MOST_LINES = 120


class RecordedOozie:
    """Answers as recorded, for :func:`tests.oozie_rest.serving`.

    ``changes`` are the PUTs that came, as (id, query). ``copies`` is how many more workflows there are than were
    recorded; each is a copy of one. While ``is_away``, it is as a gateway before a dead Oozie; ``delay_s`` is how long
    each answer takes, ``slow_log_s`` how much longer one of a log; ``refusal`` is the code and message that each
    PUT gets.
    """

    def __init__(self, answers: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        found = json.loads(RECORDED.read_text("utf-8")) if answers is None else answers
        self.answers = {key: Answer(**each) for key, each in found.items()}
        self.changes: list[tuple[str, dict[str, str]]] = []
        self.states: dict[str, str] = {}
        self.copies = 0
        self.is_away = False
        self.delay_s = 0.0
        self.slow_log_s = 0.0
        self.refusal: tuple[str, str] | None = None

    def id_of(self, name: str) -> str:
        """The recorded job called ``name``; the oldest of several."""
        jobs = [(job[_NAMES[kind]], str(job[_IDS[kind]])) for kind in _LISTED for job in self._recorded(kind)]
        return min(job_id for each, job_id in jobs if each == name)

    def __call__(self, asked: Asked) -> Answer:
        time.sleep(self.delay_s + (self.slow_log_s if "show=log" in asked.target else 0.0))
        if self.is_away:
            return Answer(503)
        parts = urlsplit(asked.target)
        query = dict(parse_qsl(parts.query))
        if asked.method == "PUT":
            return self._change(parts.path.rpartition("/")[2], query)
        if re.fullmatch(r"/oozie/v\d/jobs", parts.path):
            return Answer(body=json.dumps(self._list(query)))
        found = self.answer(asked)
        if found is None:
            return Answer(404, "", {"oozie-error-code": "E0604", "oozie-error-message": f"E0604: {parts.path}"})
        return self._as_changed(found, parts.path, query)

    def answer(self, asked: Asked) -> Answer | None:
        """What was recorded; of a copied job, what was recorded of the original."""
        found = self.answers.get(key_of("GET", asked.target))
        original = re.sub(r"/9\d{6}-(\d{7}-)", r"/\1", asked.target)
        if found is None and original != asked.target:
            found = self.answers.get(key_of("GET", original))
            if found is not None:
                body = found.body.replace(_id_in(original), _id_in(asked.target))
                return Answer(found.status, body, found.headers)
        return found

    def _change(self, job_id: str, query: dict[str, str]) -> Answer:
        self.changes.append((job_id, query))
        if self.refusal:
            code, message = self.refusal
            return Answer(400, "", {"oozie-error-code": code, "oozie-error-message": f"{code}: {message}"})
        if query["action"] in _AFTER:
            self.states[job_id] = _AFTER[query["action"]]
        return Answer(body=json.dumps({"actions": []}) if query["action"] == "coord-rerun" else "")

    def _as_changed(self, found: Answer, path: str, query: dict[str, str]) -> Answer:
        state = self.states.get(_id_in(path))
        if state and query.get("show") == "info":
            return Answer(found.status, json.dumps({**json.loads(found.body), "status": state}), found.headers)
        return found

    def _recorded(self, kind: str) -> list[dict[str, Any]]:
        """A list holds what is told of each job alone, without the long parts; the newest first."""
        place = re.compile(rf"GET (/oozie/v\d/job/[^@?]*-{_LETTERS[kind]})\?.*show=info")
        infos = {found[1]: json.loads(self.answers[key].body) for key in self.answers if (found := place.match(key))}
        short = [{name: value for name, value in info.items() if name not in _LONG} for info in infos.values()]
        return sorted(short, key=lambda job: str(job[_IDS[kind]]), reverse=True)

    def _list(self, query: dict[str, str]) -> dict[str, Any]:
        kind = query.get("jobtype", "wf")
        jobs = self._recorded(kind)
        if kind == "wf":
            jobs = [*jobs, *(_copy(jobs[number % len(jobs)], number) for number in range(self.copies))]
        for job in jobs:
            job["status"] = self.states.get(job[_IDS[kind]], job["status"])
        wanted: dict[str, list[str]] = {}
        for pair in filter(None, query.get("filter", "").split(";")):
            name, _, value = pair.partition("=")
            wanted.setdefault(name, []).append(value)
        kept = [job for job in jobs if _fits(job, kind, wanted)]
        begin = int(query.get("offset", "1")) - 1
        shown = kept[begin : begin + int(query.get("len", "50"))]
        return {"total": len(kept), "offset": begin + 1, "len": len(shown), _LISTED[kind]: shown}


def _copy(job: dict[str, Any], number: int) -> dict[str, Any]:
    """A job beside ``job`` that only differs in its id, which tells whose copy it is."""
    return {**job, "id": f"9{number:06d}-{job['id']}"}


def _id_in(target: str) -> str:
    return target.partition("?")[0].rpartition("/")[2].partition("@")[0]


def _fits(job: Mapping[str, Any], kind: str, wanted: Mapping[str, list[str]]) -> bool:
    name, job_id = str(job[_NAMES[kind]]), str(job[_IDS[kind]])
    checks = {
        "status": lambda values: job["status"] in values,
        "user": lambda values: job["user"] in values,
        "text": lambda values: any(value in name or value in job_id for value in values),
        "startcreatedtime": lambda values: True,
    }
    return all(checks[filter_name](values) for filter_name, values in wanted.items())


class Recorder(RecordedOozie):
    """Asks a real stack for what is not recorded yet, and keeps it."""

    def __init__(self, upstreams: Mapping[str, str], hidden: Mapping[str, str]) -> None:
        """``upstreams``: beginning of a path → origin; ``hidden``: text of this machine → what is kept instead."""
        super().__init__({})
        self._upstreams = upstreams
        self._hidden = hidden

    def __call__(self, asked: Asked) -> Answer:
        key = key_of(asked.method, asked.target)
        if key not in self.answers:
            origin = next(origin for begin, origin in self._upstreams.items() if asked.target.startswith(begin))
            got = requests.get(f"{origin}{asked.target}", timeout=120, allow_redirects=False)
            headers = {name: self._hide(got.headers[name]) for name in _KEPT_HEADERS if name in got.headers}
            body = self._hide(got.content.decode("utf-8", "replace"))
            lines = body.splitlines(keepends=True)
            if len(lines) > _MOST_LINES and "json" not in headers.get("Content-Type", ""):
                body = "".join([*lines[: _MOST_LINES // 3], *lines[-_MOST_LINES * 2 // 3 :]])
            self.answers[key] = Answer(got.status_code, body, headers)
        return self.answers[key]

    def _hide(self, text: str) -> str:
        for shown, kept in self._hidden.items():
            text = text.replace(shown, kept).replace(shown.replace("/", "\\/"), kept.replace("/", "\\/"))
        return text


def main(stack: str, folder: str, *addresses: str) -> None:
    """Open ``addresses`` of a console over the stack, and keep what it was told; ``folder`` is where the apps lay."""
    places = Addresses.read(Path(stack))
    history, manager = places.history_web, places.resource_manager_web
    node = requests.get(f"{manager}/ws/v1/cluster/nodes", timeout=30).json()["nodes"]["node"][0]["nodeHTTPAddress"]
    oozie = places.oozie.removesuffix("/oozie")
    upstreams = {
        "/oozie/": oozie, "/ws/v1/cluster/": manager, "/ws/v1/node/": f"http://{node}", "/node/": f"http://{node}",
        "/ws/v1/history/": history, "/jobhistory/": history,
    }  # fmt: skip
    hosts = [urlsplit(origin).netloc for origin in (oozie, manager, history)]
    hidden = dict.fromkeys((*hosts, node), SERVER) | {stack: "/opt/stack", folder: "/user/root/apps"}
    recorder = Recorder(upstreams, hidden)
    with serving(recorder) as server, console_over(server.oozie) as client:
        for address in addresses:
            sys.stdout.write(f"{client.get(address).status_code} {address}\n")
    kept = {key: asdict(recorder.answers[key]) for key in sorted(recorder.answers)}
    RECORDED.parent.mkdir(parents=True, exist_ok=True)
    RECORDED.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")


@contextmanager
def console_over(url: str, **options: Any) -> Iterator[FlaskClient]:
    """A client of a console over the Oozie at ``url``."""
    server = OozieServer(url, user="root")
    source = Source(server.client, patience_s=options.get("patience_s", 60))
    desk = Desk(source, Settings(oozie=url, **options), Explainer(server, YarnAddresses()).yarn)
    with closing(source), create_app(desk).test_client() as client:
        yield client


if __name__ == "__main__":
    main(*sys.argv[1:])
