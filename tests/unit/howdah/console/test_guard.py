"""What another site, or another name, can make a browser do here: nothing."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from tests.browser.recorded_oozie import RecordedOozie
from tests.unit.howdah.console.conftest import OpenConsole


@pytest.fixture
def kill(oozie: RecordedOozie) -> str:
    job = oozie.id_of("wait-for-export")
    oozie.states[job] = "RUNNING"
    return f"/jobs/{job}/do/kill"


def token_of(client: FlaskClient, address: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', client.get(address).get_data(as_text=True))
    assert found
    return found[1]


@pytest.mark.parametrize("host", ["localhost", "localhost:8600", "127.0.0.1:1", "[::1]:8600", "a.localhost"])
def test_names_of_this_machine_are_the_consoles(console: FlaskClient, host: str) -> None:
    assert console.get("/workflows", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8600", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1", ""]
)
def test_a_name_that_only_points_here_is_not(console: FlaskClient, oozie: RecordedOozie, host: str) -> None:
    """DNS rebinding: the browser holds a foreign page and this console for one site."""
    for address in ("/workflows", "/static/console.css", "/style/flow.css"):
        answer = console.get(address, headers={"Host": host})
        assert answer.status_code == 421
        assert "H752" in answer.get_data(as_text=True)


def test_a_name_may_be_allowed(open_console: OpenConsole) -> None:
    client = open_console(allowed_hosts=("Console.Example",))

    assert client.get("/workflows", headers={"Host": "console.example:8600"}).status_code == 200
    assert client.get("/workflows", headers={"Host": "other.example"}).status_code == 421


def test_a_change_needs_the_token_of_the_session(console: FlaskClient, oozie: RecordedOozie, kill: str) -> None:
    for form in ({}, {"token": ""}, {"token": "x" * 43}, {"token": "é"}):
        answer = console.post(kill, data=form)
        assert answer.status_code == 403
        assert "H753" in answer.get_data(as_text=True)
    assert oozie.changes == []

    assert console.post(kill, data={"token": token_of(console, kill)}).status_code == 303
    assert [query["action"] for _, query in oozie.changes] == ["kill"]


def test_the_token_of_another_session_is_none(open_console: OpenConsole, oozie: RecordedOozie, kill: str) -> None:
    client = open_console()
    stolen = token_of(client, kill)
    client.delete_cookie("howdah-console-8600", domain="localhost")

    assert client.post(kill, data={"token": stolen}).status_code == 403
    assert oozie.changes == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:9999"},  # another service of this machine
        {"Referer": "http://evil.example/page"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_a_form_of_another_site_changes_nothing(
    console: FlaskClient, oozie: RecordedOozie, kill: str, headers: dict[str, str]
) -> None:
    answer = console.post(kill, data={"token": token_of(console, kill)}, headers=headers)

    assert answer.status_code == 403
    assert oozie.changes == []


def test_a_form_of_its_own_does(console: FlaskClient, oozie: RecordedOozie, kill: str) -> None:
    headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}

    assert console.post(kill, data={"token": token_of(console, kill)}, headers=headers).status_code == 303
    assert len(oozie.changes) == 1


def test_looking_changes_nothing(console: FlaskClient, oozie: RecordedOozie, kill: str) -> None:
    """A picture's or a link's address on another site is a GET, which brings the cookie along."""
    token = token_of(console, kill)
    for method in (console.get, console.head, console.options):
        method(kill, query_string={"token": token}, data={"token": token})
        assert oozie.changes == []


def test_a_console_that_only_looks_offers_and_does_nothing(
    open_console: OpenConsole, oozie: RecordedOozie, kill: str
) -> None:
    client = open_console(is_read_only=True)

    assert "do-kill" not in client.get(kill.removesuffix("/do/kill")).get_data(as_text=True)
    assert client.get(kill).status_code == 403
    answer = client.post(kill, data={"token": "x"})
    assert (answer.status_code, "H754" in answer.get_data(as_text=True)) == (403, True)
    assert oozie.changes == []


def test_the_cookie_stays_with_its_site_and_out_of_scripts(console: FlaskClient, kill: str) -> None:
    cookie = console.get(kill).headers["Set-Cookie"]

    assert cookie.startswith("howdah-console-8600=")
    assert "SameSite=Strict" in cookie
    assert "HttpOnly" in cookie


@pytest.mark.parametrize(
    "address", ["/workflows", "/nothing", "/static/console.css", "/style/look.css", "/signs/good.svg"]
)
def test_a_browser_is_told_what_to_keep_to(console: FlaskClient, address: str) -> None:
    headers = console.get(address, buffered=True).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))

    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_pages_hold_nothing_that_the_policy_forbids(console: FlaskClient, oozie: RecordedOozie) -> None:
    job = oozie.id_of("nightly-import")
    for address in ("/workflows", f"/jobs/{job}", f"/jobs/{job}/time", f"/actions/{job}@summary-report"):
        page = console.get(address).get_data(as_text=True)
        assert not re.search(
            r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:|https?://(?!localhost|www\.w3)", page
        )


def test_a_form_that_is_too_large(console: FlaskClient, kill: str) -> None:
    answer = console.post(kill, data={"token": "x" * 100_000})

    assert answer.status_code == 413
    assert "H757" in answer.get_data(as_text=True)


SECRET = "a-secret-of-forty-three-letters"


def test_who_has_no_secret_sees_nothing_and_changes_nothing(
    open_console: OpenConsole, oozie: RecordedOozie, kill: str
) -> None:
    client = open_console(secret=SECRET)
    for address in ("/", "/workflows", kill, "/nothing", "/workflows?token=", "/workflows?token=x", "/?token=%C3%A9"):
        answer = client.get(address)
        assert answer.status_code == 403, address
        assert "H775" in answer.get_data(as_text=True)
        assert "nightly-import" not in answer.get_data(as_text=True)
    assert client.post(kill, data={"token": SECRET}).status_code == 403
    assert oozie.changes == []
    assert client.get("/style/flow.css").status_code == 200  # of the page that says so


def test_who_has_the_secret_is_let_in_and_his_address_shows_it_no_more(
    open_console: OpenConsole, oozie: RecordedOozie, kill: str
) -> None:
    client = open_console(secret=SECRET)
    entered = client.get("/", query_string={"token": SECRET})

    assert (entered.status_code, entered.headers["Location"]) == (303, "/")
    cookie = entered.headers["Set-Cookie"]
    assert SECRET not in cookie
    assert "SameSite=Strict" in cookie
    assert "HttpOnly" in cookie
    assert client.get("/workflows").status_code == 200
    assert client.post(kill, data={"token": token_of(client, kill)}).status_code == 303
    assert len(oozie.changes) == 1


def test_a_cookie_of_another_console_is_no_entrance(open_console: OpenConsole) -> None:
    first, other = (open_console(secret=SECRET).application.test_client() for _ in range(2))
    first.get("/", query_string={"token": SECRET})
    cookie = first.get_cookie("howdah-console-8600")
    assert cookie

    other.set_cookie(cookie.key, cookie.value)
    assert other.get("/workflows").status_code == 403
    first.delete_cookie(cookie.key)
    assert first.get("/workflows").status_code == 403
    first.set_cookie(cookie.key, cookie.value)
    assert first.get("/workflows").status_code == 200
