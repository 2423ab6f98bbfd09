"""``howdah watch`` on a repository on this disk: what it prints, sends and exits with."""

from __future__ import annotations

import json
import re
import shutil
import threading
from dataclasses import replace
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

from howdah.__main__ import howdah
from models.watching.policy import Policy
from storage.errors import HowdahError
from storage.local import LocalDisk
from tests.smtp import smtp_server
from tests.unit.models.watching.conftest import World, profile_of, rows_like

DOCUMENT = Path(__file__).parents[4] / "docs" / "watch.md"
WORKFLOW = """<workflow-app xmlns="uri:oozie:workflow:0.5" name="funnel"><start to="which"/><decision name="which">
<switch><case to="end">${retraining eq expected}</case>
<default to="other"/></switch></decision><kill name="other"><message>[${retraining}]</message></kill><end name="end"/>
</workflow-app>"""


class Receiver:
    """A web server that keeps what is sent to it and answers ``status`` with ``answer``."""

    def __init__(self):
        self.status, self.answer, self.got = 200, {}, []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def reply(self):
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                receiver.got.append((self.path, dict(self.headers), body))
                self.send_response(receiver.status)
                self.end_headers()
                self.wfile.write(json.dumps(receiver.answer).encode())

            do_GET = do_POST = reply  # noqa: N815

            def log_message(self, *arguments):
                pass

        self.httpd = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.httpd.server_port}"
        self.thread = threading.Thread(target=self.httpd.serve_forever, args=(0.01,))
        self.thread.start()

    def close(self):
        self.httpd.shutdown()
        self.httpd.server_close()
        self.thread.join()


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Version 1 is as it was in training, version 2, the champion, has drifted."""
    home = tmp_path_factory.mktemp("made")
    world = World(LocalDisk(home, durable=False))
    world.now = datetime.now(timezone.utc)
    profile = profile_of(rows_like(2000, 1))
    world.publish(profile)
    world.publish(profile)
    request = world.track(rows_like(700, 3), 1)
    world.label(request, ["purchase"] * 350 + ["none"] * 350)
    world.track(rows_like(600, 2, hits=99.0), 2)
    return home / "models"


@pytest.fixture
def root(made, tmp_path):
    return shutil.copytree(made, tmp_path / "models")


@pytest.fixture
def watch(root, tmp_path):
    def call(*arguments, code=0, policy=None, env=()):
        if policy is not None:
            (tmp_path / "watch.json").write_text(policy if isinstance(policy, str) else json.dumps(policy))
            arguments = (*arguments, "--policy", str(tmp_path / "watch.json"))
        result = CliRunner().invoke(
            howdah,
            ["watch", *arguments],
            env={"HOWDAH_MODELS": str(root), "COLUMNS": "80", "LOGNAME": "ann", **dict(env)},
        )
        found, text = result.exit_code, result.output
        if isinstance(result.exception, HowdahError):
            found, text = 1, "\n".join(line for each in result.exception.diagnostics for line in each.lines)
        elif result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert found == code, text
        return text

    return call


def test_a_quiet_model(watch, root):
    text = watch("funnel@1")
    assert max(map(len, text.splitlines())) <= 80
    assert text.startswith("funnel@1: 700 predictions from ")
    assert "Score: accuracy 1 by 700 labels, 33.3% better than 0.75" in text
    assert "Nothing is past its threshold." in text
    assert not (root / "funnel" / "incidents").exists()


def test_a_drifted_model_opens_an_incident_and_the_next_call_says_already_done(watch):
    text = watch("funnel", code=1)
    assert max(map(len, text.splitlines())) <= 80
    assert "hits*" in text
    assert "input hits: psi" in text
    assert "Incident funnel-2-drift-1: opened now\n  line: done: funnel@2: drift past its threshold" in text
    again = watch("funnel", code=1)
    assert "Incident funnel-2-drift-1: open since" in again
    assert "line: already done" in again


def test_a_dry_run_changes_nothing(watch, root):
    before = sorted(root.rglob("*"))
    assert "Incident" not in watch("funnel", "--dry-run", code=1)
    assert sorted(root.rglob("*")) == before


def test_json_has_every_measure(watch):
    found = json.loads(watch("funnel", "--format", "json", code=1))
    observation = found["observation"]
    assert (observation["model"], observation["version"], observation["rows"]) == ("funnel", 2, 600)
    hits = next(column for column in observation["columns"] if column["name"] == "hits")
    assert hits["drift"]["kolmogorov_smirnov"] == 1.0
    assert {finding["kind"] for finding in observation["findings"]} == {"drift", "outliers"}
    assert [made["outcome"] for made in found["result"]["made"]] == ["done", "done"]
    assert json.loads(watch("funnel", "--format", "json", "--dry-run", code=1))["result"] is None


def test_it_rolls_back_with_a_reason(watch, root):
    policy = {"thresholds": {"outliers": None}, "responses": {"drift": ["rollback"]}}
    assert "rollback: done: the champion is version 1 again" in watch("funnel", policy=policy, code=1)
    assert (root / "funnel" / "aliases" / "champion").read_text() == "1\n"
    text = watch("funnel", policy=policy)
    assert text.startswith("funnel@1:")
    assert "Incident funnel-2-drift-1: closed" in text


def block_of(language):
    """The only block of that language in the document."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    return found


def test_the_policy_of_the_document_is_the_default_with_places_for_alerts():
    found = Policy.from_json(block_of("json"))
    assert replace(found, webhook="", mail=None) == Policy()
    assert found.webhook
    assert found.mail


def test_a_request_is_what_the_documents_coordinator_waits_for(watch, root, tmp_path):
    app, state = tmp_path / "on-request", tmp_path / "state"
    app.mkdir()
    (app / "coordinator.xml").write_text(block_of("xml"))
    (app / "job.properties").write_text(block_of("properties"))
    assert CliRunner().invoke(howdah, ["validate", str(app)]).exit_code == 0
    home = state / "hdfs" / "user" / "refinedzone"
    (home / "funnel").mkdir(parents=True)
    (home / "funnel" / "workflow.xml").write_text(WORKFLOW)
    (home / "models").symlink_to(root)
    policy = {"thresholds": {"outliers": None}, "responses": {"drift": ["retrain"]}}
    text = watch("funnel", policy=policy, code=1)
    day = re.search(r"retrain: done: asked for, on (\S+)", text)[1]
    assert "retrain: already done" in watch("funnel", policy=policy, code=1)

    expected = f"expected=hdfs://local/user/refinedzone/models/funnel/retraining/{day}"
    arguments = ["run", str(app), "--state", str(state), "--nominal-time", f"{day}T00:00Z", "--set", expected]
    done = CliRunner().invoke(howdah, arguments)
    assert done.exit_code == 0, done.output
    assert "SUCCEEDED" in done.output


def test_an_alert_goes_to_the_webhook_and_by_mail_once(watch, receiver):
    with smtp_server() as smtp:
        mail = {"host": "127.0.0.1", "port": smtp.server_address[1], "sender": "howdah@shop", "to": ["ops@shop"]}
        policy = {"thresholds": {"outliers": None}, "webhook": f"{receiver.url}/hook", "mail": mail}
        text = watch("funnel", policy=policy, code=1)
        watch("funnel", policy=policy, code=1)
    assert "webhook: done: the webhook answered 200" in text
    assert "mail: done: mail to ops@shop" in text
    ((path, headers, body),) = receiver.got
    document = json.loads(body)
    assert (path, headers["Idempotency-Key"], document["incident"]) == ("/hook", "funnel-2-drift-1", "funnel-2-drift-1")
    assert document["findings"][0].startswith("input hits: psi ")
    (message,) = smtp.messages
    assert b"Message-ID: <funnel-2-drift-1@howdah>" in message
    assert b"Subject: funnel@2: drift past its threshold" in message
    assert smtp.recipients == ["ops@shop"]


def test_an_alert_that_does_not_arrive_is_told_and_waits(watch, receiver):
    receiver.status = 500
    policy = {"thresholds": {"outliers": None}, "webhook": receiver.url}
    assert "webhook: failed: H783 the webhook answered 500" in watch("funnel", policy=policy, code=1)
    assert "webhook: waiting" in watch("funnel", policy=policy, code=1)
    assert len(receiver.got) == 1
    mail = {"host": "127.0.0.1", "port": 9, "sender": "a@b", "to": "c@d"}
    text = watch("funnel", policy={"thresholds": {"outliers": None}, "mail": mail}, code=1)
    assert "mail: failed: H783 127.0.0.1 does not take the mail" in text


def test_a_services_errors_count(watch, receiver):
    receiver.answer = {"versions": [{"version": 1, "usage": 90, "errors": {"refused": 5, "failed": 10}}]}
    text = watch("funnel@1", "--service", receiver.url + "/", code=1, env={"HOWDAH_TOKEN": "secret"})
    assert "Requests: 90 answered, 10 failed (10.0%)" in text
    assert "Incident funnel-1-errors-1: opened now" in text
    ((path, headers, _),) = receiver.got
    assert (path, headers["Authorization"]) == ("/state/funnel", "Bearer secret")


@pytest.mark.parametrize(
    ("status", "answer", "message"),
    [(404, {}, "it answered 404"), (200, {"up": True}, "not howdah serve"), (200, [1], "not howdah serve")],
)
def test_what_is_no_service_is_named(watch, receiver, status, answer, message):
    receiver.status, receiver.answer = status, answer
    text = watch("funnel@1", "--service", receiver.url, code=1)
    assert text.startswith("H782")
    assert message in text


def test_nobody_there_is_named(watch):
    assert watch("funnel@1", "--service", "http://127.0.0.1:9", code=1).startswith(
        "H782 http://127.0.0.1:9/state/funnel: Connection refused\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("funnel", "--since", "7"), "no stretch of time"),
        (("funnel", "--since", "99999w"), "no stretch of time"),
        (("funnel", "--policy", "/nowhere.json"), "No such file"),
        (("funnel", "--service", "ftp://x"), "is not a URL"),
        ((), "Missing argument"),
    ],
)
def test_a_wrong_call_is_usage(watch, arguments, message):
    assert message in watch(*arguments, code=2)


def test_a_wrong_policy_is_usage(watch):
    text = watch("funnel", policy='{"minimum_row": 1}', code=2)
    assert "H263" in text
    assert "did you mean 'minimum_rows'?" in text


def test_a_model_that_is_not_there_and_one_that_nobody_asked(watch):
    assert watch("tunnel", code=1).startswith("H202")
    assert "There is too little to judge by." in watch("funnel@1", "--since", "30m")


def test_a_place_of_tracking_that_is_not_there_is_named(watch):
    assert "H781 there is no nowhere" in watch("funnel", "--tracked", "nowhere", code=1)


def test_predictions_may_be_tracked_elsewhere(watch, root, tmp_path):
    (tmp_path / "elsewhere" / "funnel").mkdir(parents=True)
    shutil.move(root / "funnel" / "predictions", tmp_path / "elsewhere" / "funnel" / "predictions")
    assert "0 predictions" in watch("funnel")
    assert "600 predictions" in watch("funnel", "--tracked", str(tmp_path / "elsewhere"), code=1)
