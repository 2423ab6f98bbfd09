from __future__ import annotations

import email
import email.policy

import pytest

from tests.smtp import smtp_server

MAIL = (
    '<email xmlns="uri:oozie:email-action:0.2"><to>{to}</to><cc>c@example.org</cc>'
    "<subject>Über ${{wf:name()}}</subject><body>{body}</body>{more}</email>"
)


@pytest.fixture
def server():
    with smtp_server() as server:
        yield server


def send(host, to="a@example.org, b@example.org", more="", body="line one\nline two", files=(), **settings):
    properties = {f"oozie.email.{name.replace('__', '.')}": value for name, value in settings.items()}
    return host.run(host.action("a", MAIL.format(to=to, more=more, body=body)), files=files, properties=properties)


def parse(data):
    return email.message_from_bytes(data, policy=email.policy.default)


def test_goes_into_the_outbox_without_a_server(host):
    send(host)
    [file] = (host.engine.state / "outbox").glob("*.eml")
    message = parse(file.read_bytes())
    assert (message["To"], message["Cc"]) == ("a@example.org, b@example.org", "c@example.org")
    assert message["Subject"] == "Über app"
    assert message.get_content().splitlines() == ["line one", "line two"]


def test_is_sent_over_smtp(host, server):
    job = send(host, smtp__host="127.0.0.1", smtp__port=str(server.server_address[1]), from__address="me@example.org")
    assert job.status.value == "SUCCEEDED", job.error_message
    assert server.recipients == ["a@example.org", "b@example.org", "c@example.org"]
    assert parse(server.messages[0])["From"] == "me@example.org"


def test_attaches_files_of_hdfs(host):
    (host.engine.root / "f.csv").write_text("x")
    send(host, more="<content_type>text/html</content_type><attachment>${nameNode}/f.csv</attachment>")
    [file] = (host.engine.state / "outbox").glob("*.eml")
    message = parse(file.read_bytes())
    assert message.get_body().get_content_type() == "text/html"
    assert [part.get_filename() for part in message.iter_attachments()] == ["f.csv"]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"to": "nobody at all"}, "EM004"),
        ({"from__address": "@@"}, "EM002"),
        ({"more": "<attachment>file:///etc/passwd</attachment>"}, "EM008"),
        ({"more": "<attachment>/nothing</attachment>"}, "EM007"),
        ({"smtp__host": "127.0.0.1", "smtp__port": "1"}, "EM007"),
    ],
)
def test_oozies_codes(host, options, code):
    assert send(host, **options).actions["a"].error_code == code


def test_a_long_error_stays_readable_in_the_outbox(host):
    send(host, body="x" * 300)
    [file] = (host.engine.state / "outbox").glob("*.eml")
    assert "x" * 300 in file.read_text()
