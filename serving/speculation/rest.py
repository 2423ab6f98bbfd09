"""The groups over HTTP: what they are, what is wrong with them, and what all workers have counted."""

from __future__ import annotations

from flask import Flask, Response, g, request

from serving.errors import ServingError
from serving.replies import as_json
from serving.speculation.asking import Speculation
from storage.nearest import did_you_mean


def add_groups(app: Flask, speculation: Speculation) -> None:
    """The addresses below ``/groups``."""

    @app.get("/groups")
    def groups() -> Response:
        return as_json({"groups": [speculation.report(name) for name in speculation.names]})

    @app.get("/groups/<name>")
    def group(name: str) -> Response:
        if name not in speculation.names:
            hint = did_you_mean(name[:100], speculation.names, "GET /groups lists them")
            raise ServingError("H506", f"there is no group '{name[:100]}'", hint=hint)
        return as_json(speculation.report(name))


def read_key() -> str:
    """What a canary draws by, which stands in no log as it would in the address; without it, chance decides."""
    return request.headers.get("X-Request-Key") or str(g.request_id)
