from __future__ import annotations

import importlib.util
import json
import pwd
import socket
import threading
from collections.abc import Callable

import pytest

from oozie.client import OozieAwayError, OozieClient, OozieClientError
from storage.errors import AccessDeniedError
from tests.oozie_rest import Answer, Asked, serving

VERSIONS = Answer(body="[0,1,2]")
PAGE = Answer(200, "<html><body>Welcome to the portal</body></html>", {"Content-Type": "text/html"})
JOB = "0000001-261121120000000-oozie-root-W"


def always(answer: Answer, versions: Answer = VERSIONS) -> Callable[[Asked], Answer]:
    return lambda asked: versions if asked.target.partition("?")[0] == "/oozie/versions" else answer


def refusal(answer: Answer, versions: Answer = VERSIONS, **options: object) -> OozieClientError:
    with (
        serving(always(answer, versions)) as server,
        OozieClient(server.oozie, **options) as client,
        pytest.raises(OozieClientError) as caught,
    ):
        client.workflow(JOB)
    return caught.value


@pytest.mark.parametrize(
    ("answer", "code", "hint"),
    [
        (PAGE, "H802", "http://host:11000/oozie"),
        (Answer(200, '{"id": "0000'), "H802", "http://host:11000/oozie"),
        (Answer(200, "[1, 2]"), "H802", "/oozie"),
        (Answer(200, "[" * 100_000), "H802", "/oozie"),
        (Answer(200, '{"actions": {"a": 1}}'), "H802", "/oozie"),
        (Answer(200, '{"createdTime": "yesterday"}'), "H802", "/oozie"),
        (Answer(404, "not here", {"Content-Type": "text/plain"}), "H802", "http://host:11000/oozie"),
        (Answer(302, "", {"Location": "https://sso.example/login?next=%2Foozie"}), "H802", "--auth"),
        (Answer(401, "", {"WWW-Authenticate": "Negotiate"}), "H803", "kinit"),
        (Answer(401, ""), "H803", "--user"),
        (Answer(403, "User root is not allowed to impersonate alice"), "H803", "--auth"),
        (Answer(500, "<html>oops</html>", {"Content-Type": "text/html"}), "H802", "log"),
        (Answer(502, ""), "H801", "try again"),
        (Answer(503, ""), "H801", "try again"),
    ],
)
def test_an_answer_that_is_not_oozies_is_an_error_with_a_hint(answer: Answer, code: str, hint: str) -> None:
    error = refusal(answer)

    assert error.code == code
    assert hint in error.diagnostics[0].hint
    assert len(str(error).splitlines()) == 1


def test_where_a_redirect_leads_is_said_without_what_it_carries() -> None:
    error = refusal(Answer(302, "", {"Location": "https://sso.example/login?ticket=secret"}))

    assert "https://sso.example/login" in str(error)
    assert "secret" not in str(error)


def test_a_redirect_to_what_is_no_page() -> None:
    assert "sends us on to another page" in str(refusal(Answer(302, "", {"Location": "http://[bad"})))


def test_oozies_own_refusal_keeps_its_code_and_message() -> None:
    headers = {"Content-Type": "application/json", "oozie-error-code": "E0803", "oozie-error-message": "garbled"}
    body = {"errorMessage": "E0803: IO error, &lt;name&gt; caf\u00e9 [&quot;x&quot;]", "httpStatusCode": 400}

    error = refusal(Answer(400, json.dumps(body, ensure_ascii=False), headers))

    assert str(error) == 'E0803 IO error, <name> caf\u00e9 ["x"]'


def test_an_older_servers_page_of_an_error_is_told_by_its_headers() -> None:
    headers = {"Content-Type": "text/html", "oozie-error-code": "E0604", "oozie-error-message": "Job does not exist"}

    assert str(refusal(Answer(404, "<html>", headers))) == "E0604 Job does not exist"


@pytest.mark.parametrize("versions", [PAGE, Answer(body='{"a": 1}'), Answer(body="nonsense")])
def test_what_does_not_tell_its_versions_is_no_oozie(versions: Answer) -> None:
    assert refusal(Answer(body="{}"), versions).code == "H802"


def test_a_server_of_version_0_is_too_old() -> None:
    assert refusal(Answer(body="{}"), Answer(body="[0]")).code == "H804"


def test_a_server_of_version_1_is_asked_in_its_version_and_refused_what_it_has_not() -> None:
    with serving(always(Answer(body=f'{{"id": "{JOB}"}}'), Answer(body="[0,1]"))) as server:
        with OozieClient(server.oozie) as client:
            assert client.workflow(JOB).id == JOB
            with pytest.raises(OozieClientError) as caught:
                client.update("0000001-261121120000000-oozie-root-C")

        assert [each.target.partition("?")[0] for each in server.asked] == ["/oozie/versions", f"/oozie/v1/job/{JOB}"]
    assert caught.value.code == "H804"


@pytest.mark.parametrize(
    "url", ["", "localhost:11000", "ftp://host/oozie", "http://", "http://user:password@host/oozie", "http://h:x/oozie"]
)
def test_a_url_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(OozieClientError) as caught:
        OozieClient(url)
    assert caught.value.code == "H800"


def test_nobody_at_the_port() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with OozieClient(f"http://localhost:{port}/oozie") as client, pytest.raises(OozieAwayError) as caught:
        client.system_mode()
    assert caught.value.code == "H801"


def test_a_server_that_says_nothing_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://localhost:{silent.getsockname()[1]}/oozie"
        with OozieClient(url, timeout_s=(1.0, 0.2)) as client, pytest.raises(OozieAwayError) as caught:
            client.system_mode()
    assert "does not answer" in str(caught.value)


CHANGES = [
    lambda client: client.submit({"oozie.wf.application.path": "/x"}),
    lambda client: client.kill(JOB),
]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("lost", ["silent", "closed", "gateway"])
def test_whether_a_change_that_was_sent_is_made_is_not_known(
    change: Callable[[OozieClient], object], lost: str
) -> None:
    over = threading.Event()

    def respond(asked: Asked) -> Answer:
        if "versions" in asked.target:
            return VERSIONS
        if lost == "silent":
            over.wait(10)
        if lost == "closed":
            raise ConnectionResetError
        return Answer(504, "")

    with serving(respond) as server, OozieClient(server.oozie, timeout_s=(1.0, 0.2)) as client:
        try:
            with pytest.raises(OozieClientError, match="is not known") as caught:
                change(client)
        finally:
            over.set()
    assert caught.value.code == "H828"
    assert not isinstance(caught.value, OozieAwayError)
    assert "howdah jobs" in caught.value.diagnostics[0].hint


@pytest.mark.parametrize(
    "ask", [lambda client: client.dry_run({"oozie.wf.application.path": "/x"}), lambda client: client.workflow(JOB)]
)
def test_what_changes_nothing_is_only_not_answered(ask: Callable[[OozieClient], object]) -> None:
    with (
        serving(always(Answer(504, ""))) as server,
        OozieClient(server.oozie) as client,
        pytest.raises(OozieAwayError, match="504"),
    ):
        ask(client)


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_that_was_never_sent_is_not_made(change: Callable[[OozieClient], object]) -> None:
    closing = {"Content-Type": "application/json", "Connection": "close"}
    with serving(always(Answer(body="{}", headers=closing), Answer(body="[2]", headers=closing))) as server:
        client = OozieClient(server.oozie)
        client.system_mode()
    with client, pytest.raises(OozieAwayError):  # the server listens no more
        change(client)


def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    with serving(always(Answer(body='{"systemMode": "NORMAL"}'))) as server, OozieClient(server.oozie) as client:
        assert client.system_mode() == "NORMAL"


@pytest.mark.parametrize(
    ("options", "expected", "cookie"),
    [
        ({"user": "ann"}, {"user.name=ann"}, None),
        ({"user": "ann", "do_as": "bob"}, {"user.name=ann", "doAs=bob"}, None),
        ({"authentication": "token", "token": "AAdqb2h"}, {"delegation=AAdqb2h"}, None),
        (
            {"authentication": "token", "token": "u=ann&p=ann@X&t=kerberos&e=1&s=x="},
            set(),
            'hadoop.auth="u=ann&p=ann@X&t=kerberos&e=1&s=x="',
        ),
    ],
)
def test_who_asks(options: dict[str, str], expected: set[str], cookie: str | None) -> None:
    with serving(always(Answer(body='{"systemMode": "NORMAL"}'))) as server, OozieClient(server.oozie, **options) as c:
        c.system_mode()
        asked = server.asked[-1]

    assert {part for part in asked.target.partition("?")[2].split("&") if part} == expected
    assert asked.headers.get("Cookie") == cookie


def test_a_user_without_a_name_is_told_how_to_give_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(uid: int) -> None:
        raise KeyError(f"getpwuid(): uid not found: {uid}")

    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    with pytest.raises(AccessDeniedError) as caught:
        OozieClient("http://localhost:1/oozie")
    assert "--user" in caught.value.diagnostics[0].hint
    assert OozieClient("http://localhost:1/oozie", user="ann").user == "ann"


def test_a_token_that_is_empty_is_missing() -> None:
    with pytest.raises(OozieClientError) as caught:
        OozieClient("http://localhost:1/oozie", authentication="token")
    assert caught.value.code == "H803"


@pytest.mark.skipif(importlib.util.find_spec("requests_kerberos") is not None, reason="requests-kerberos is installed")
def test_kerberos_without_its_package_names_the_command() -> None:
    with pytest.raises(OozieClientError) as caught:
        OozieClient("http://localhost:1/oozie", authentication="kerberos")
    assert (caught.value.code, caught.value.diagnostics[0].hint) == ("H806", "pip install 'howdah[kerberos]'")


def test_a_log_is_read_as_it_comes_and_its_lines_are_whole() -> None:
    lines = [f"line {number} caf\u00e9" for number in range(20_000)]
    answer = Answer(200, "\n".join(lines), {"Content-Type": "text/plain"})
    with serving(always(answer)) as server, OozieClient(server.oozie) as client:
        assert list(client.log(JOB)) == lines
        with client.log(JOB) as some:
            assert next(some) == lines[0]


def test_a_log_that_breaks_off_is_an_error() -> None:
    headers = {"Content-Type": "text/plain", "Content-Length": "100000", "Connection": "close"}

    def respond(asked: Asked) -> Answer:
        return VERSIONS if "versions" in asked.target else Answer(200, "one\ntwo\n", headers)

    with serving(respond) as server, OozieClient(server.oozie, timeout_s=(1.0, 0.5)) as client:
        lines = client.log(JOB)
        with pytest.raises(OozieAwayError):
            list(lines)


def test_a_client_may_be_used_by_one_thread_after_another() -> None:
    with serving(always(Answer(body='{"systemMode": "NORMAL"}'))) as server, OozieClient(server.oozie) as client:
        modes: list[str] = []
        for _ in range(3):
            thread = threading.Thread(target=lambda: modes.append(client.system_mode()))
            thread.start()
            thread.join()
    assert modes == ["NORMAL"] * 3
