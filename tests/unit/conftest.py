"""What unit tests of several packages share: an Oozie's stand-in."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest


class OozieStandIn:
    """An Oozie of a few jobs that speaks the real protocol; the apps lie below a folder that stands for HDFS.

    ``jobs`` are the records by id: change a status and that is how the job is. ``asked`` keeps each call.
    """

    KINDS = {  # noqa: RUF012  property -> letter of the id, default file, type of jobs, list, prefix of the fields
        "oozie.wf.application.path": ("W", "workflow.xml", "wf", "workflows"),
        "oozie.coord.application.path": ("C", "coordinator.xml", "coord", "coordinatorjobs"),
        "oozie.bundle.application.path": ("B", "bundle.xml", "bundle", "bundlejobs"),
    }

    def __init__(self, hdfs: Path) -> None:
        self.hdfs, self.jobs, self.asked, self.share_lib, self.refuse = hdfs, {}, [], {}, ""
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # an answer in one piece: in two, the second waits for the first one's acknowledgement

            def answer(self) -> None:
                parts = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
                place = parts.path.removeprefix("/oozie/").split("/")[0 if parts.path.endswith("versions") else 1 :]
                status, answer = stand_in.reply(self.command, place, query, body)
                data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                if status >= 400:
                    self.send_header("oozie-error-code", answer["code"])
                    self.send_header("oozie-error-message", answer["message"])
                self.send_header("Content-Type", "application/json" if not isinstance(answer, bytes) else "text/xml")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_PUT = do_POST = answer  # noqa: N815

            def log_message(self, *arguments: object) -> None:
                pass

        self.httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.httpd.serve_forever, args=(0.01,))
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.httpd.server_port}/oozie"

    def close(self) -> None:
        self.httpd.shutdown()
        self.httpd.server_close()
        self.thread.join()

    def reply(self, method: str, place: list[str], query: dict[str, str], body: bytes) -> tuple[int, Any]:
        action = query.get("action", "")
        self.asked.append(" ".join(part for part in (method, *place, query.get("show", ""), action) if part))
        if place == ["versions"]:
            return 200, [0, 1, 2]
        if place[0] == "admin":
            files = self.share_lib.get(query.get("lib", ""), [])
            return 200, {"sharelib": [{"name": query.get("lib", ""), "files": files}]}
        if place == ["jobs"] and method == "POST":
            return self.take(body, action)
        if place == ["jobs"]:
            return 200, self.listed(query)
        job = self.jobs.get(place[1])
        if job is None:
            return 404, {"code": "E0604", "message": f"E0604: Job does not exist [{place[1]}]"}
        if query.get("show") == "definition":
            return 200, job["definition"]
        if action == "kill":
            job["status"] = "KILLED"
        if action == "update":
            status, answer = self.take(body, "dryrun")
            if status == 200 and query.get("dryrun") != "true":
                job.update(self.record(place[1], body))
            return status, {"update": {"diff": "-old\n+new\n"}} if status == 200 else answer
        return 200, self.shown(job)

    def take(self, body: bytes, action: str) -> tuple[int, Any]:
        """What POST jobs does: the definition is read from where the application path says."""
        name = f"{len(self.jobs):07d}-260101000000000-oozie-test-"
        try:
            record = self.record(name, body)
        except OSError as error:
            return 400, {"code": "E0504", "message": f"E0504: App directory [{error.filename}] does not exist"}
        if self.refuse:
            return 400, {"code": self.refuse, "message": f"{self.refuse}: no"}
        if action == "dryrun":
            return 200, {"id": "OK"}
        self.jobs[record["id"]] = record
        if record["kind"] == "wf" and not action:
            record["status"] = "PREP"
        return 201, {"id": record["id"]}

    def record(self, name: str, body: bytes) -> dict[str, Any]:
        entries = ElementTree.fromstring(body).iter("property")
        configuration = {entry.findtext("name"): entry.findtext("value") or "" for entry in entries}
        key = next(key for key in self.KINDS if configuration.get(key))
        letter, file, kind, _ = self.KINDS[key]
        path = self.hdfs / urlsplit(configuration[key]).path.lstrip("/")
        definition = (path if path.suffix == ".xml" else path / file).read_bytes()
        job_id = name if name.endswith(letter) else name + letter
        app_name = ElementTree.fromstring(definition).get("name")
        return {"id": job_id, "kind": kind, "name": app_name, "path": configuration[key], "status": "RUNNING",
                "definition": definition, "conf": body.decode()}  # fmt: skip

    def listed(self, query: dict[str, str]) -> dict[str, Any]:
        wanted = [part.partition("=")[::2] for part in query.get("filter", "").split(";") if part]
        found = [job for job in reversed(self.jobs.values()) if job["kind"] == query["jobtype"]]
        for field in ("status", "name"):
            values = {value for name, value in wanted if name == field}
            found = [job for job in found if not values or job[field] in values]
        first, length = int(query["offset"]) - 1, int(query["len"])
        name = next(kind[3] for kind in self.KINDS.values() if kind[2] == query["jobtype"])
        shown = [{**self.shown(job), "conf": None} for job in found[first : first + length]]
        if query["jobtype"] == "wf":  # as the real one
            shown = [{**job, "appPath": None} for job in shown]
        return {"total": len(found), "offset": first + 1, "len": length, name: shown}

    def shown(self, job: dict[str, Any]) -> dict[str, Any]:
        prefix = {"wf": "app", "coord": "coordJob", "bundle": "bundleJob"}[job["kind"]]
        id_name = {"wf": "id", "coord": "coordJobId", "bundle": "bundleJobId"}[job["kind"]]
        return {id_name: job["id"], f"{prefix}Name": job["name"], f"{prefix}Path": job["path"],
                "status": job["status"], "user": "test", "conf": job["conf"], "actions": []}  # fmt: skip


@pytest.fixture
def oozie_stand_in(tmp_path: Path) -> Iterator[OozieStandIn]:
    """An Oozie whose HDFS is the folder ``hdfs`` of the test's own."""
    stand_in = OozieStandIn(tmp_path / "hdfs")
    yield stand_in
    stand_in.close()
