"""An Oozie of one job that changes as it is told, in the real one's words."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from oozie.client.reading import read_configuration
from tests.oozie_rest import Answer, Asked

WORKFLOW = "0000001-261121120000000-oozie-root-W"
COORDINATOR = "0000002-261121120000000-oozie-root-C"
BUNDLE = "0000003-261121120000000-oozie-root-B"
# What moves a terminal's cursor, sounds its bell, or turns its letters around.
ORDERS = "\x1b]0;x\x07\x9b31m\u202e"
_CONFIGURATION = "<configuration>{}</configuration>"
_PROPERTY = "<property><name>{}</name><value>{}</value></property>"


@dataclass
class ChangingJob:
    """``lag`` looks pass before a change is seen; ``refuses`` answers every change with Oozie's own refusal."""

    status: str = "RUNNING"
    actions: tuple[tuple[str, str], ...] = (("make", "OK"), ("move", "ERROR"))
    configuration: dict[str, str] = field(default_factory=dict)
    lag: int = 0
    stays: bool = False
    refuses: bool = False
    run: int = 0
    changes: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    _next: str = ""

    def __call__(self, asked: Asked) -> Answer:
        parts = urlsplit(asked.target)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path.endswith("/versions"):
            return Answer(body="[0,1,2]")
        return self._change(asked, query) if asked.method == "PUT" else self._look(parts.path.rpartition("/")[2])

    def _look(self, job_id: str) -> Answer:
        if self._next and self.lag <= 0:
            self.status, self._next = self._next, ""
        self.lag -= bool(self._next)
        properties = "".join(_PROPERTY.format(*pair) for pair in self.configuration.items())
        actions = [
            {"id": f"{job_id}@{name}", "name": name, "type": "fs", "status": state} for name, state in self.actions
        ]
        id_field = {"W": "id", "C": "coordJobId", "B": "bundleJobId"}[job_id[-1]]
        found = {id_field: job_id, "status": self.status, "run": self.run, "conf": _CONFIGURATION.format(properties)}
        return Answer(body=json.dumps({**found, "actions": actions if job_id.endswith("W") else []}))

    def _change(self, asked: Asked, query: dict[str, str]) -> Answer:
        if self.refuses:
            headers = {"oozie-error-code": "E0509", "oozie-error-message": "E0509: User [ann] not authorized"}
            return Answer(401, "{}", headers)
        body = read_configuration(asked.body.decode()) if asked.body else {}
        self.changes.append((query.pop("action"), {**query, **body}))
        kind = self.changes[-1][0]
        after = {
            "kill": "KILLED",
            "suspend": "SUSPENDED",
            "resume": "RUNNING",
            "start": "RUNNING",
            "rerun": "RUNNING",
        }.get(kind, "")
        self._next = "" if self.stays else after
        self.run += kind == "rerun"
        if kind == "coord-rerun":
            action = {"id": f"{COORDINATOR}@2", "actionNumber": 2, "status": "WAITING",
                      "nominalTime": "Sun, 01 Nov 2026 00:00:00 GMT"}  # fmt: skip
            return Answer(body=json.dumps({"actions": [action]}))
        return Answer(body="")
