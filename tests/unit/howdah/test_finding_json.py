from __future__ import annotations

from howdah.finding_json import finding_json
from storage.errors import Diagnostic


def test_a_finding_has_the_keys_that_validate_promises() -> None:
    finding = Diagnostic("E0708", "start goes to 'edn'", "did you mean 'end'?", "a/workflow.xml", 2, "start")

    assert finding_json(finding, "a/workflow.xml") == {
        "code": "E0708",
        "severity": "error",
        "line": 2,
        "node": "start",
        "message": "start goes to 'edn'",
        "hint": "did you mean 'end'?",
    }


def test_the_file_is_said_where_it_is_not_the_apps_own() -> None:
    finding = Diagnostic("H010", "a password", path="a/job.properties", line=3, severity="lint")

    assert finding_json(finding, "a/workflow.xml")["message"] == "a/job.properties: a password"
    assert finding_json(finding, "a/job.properties")["message"] == "a password"
