"""Refusals and failures: a code, a message, a hint, and nothing of the insides."""

import hashlib
from dataclasses import replace

import pytest
from lxml import html

from serving.app import create_app
from tests.unit.serving.conftest import problem_of

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
PAGES = ("/", "/docs", "/models/funnel/form", "/models/funnel/owner", "/models/funnel/drift")


def page_of(response, status):
    """The text of a page that refuses, after the checks that hold for all of them."""
    assert (response.status_code, response.mimetype) == (status, "text/html"), response.text
    assert "Traceback" not in response.text
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    page = html.fromstring(response.text)
    assert not page.xpath("//script | //style | //*[@style] | //*[starts-with(name(@*), 'on')]")
    return " ".join(page.xpath("//main")[0].text_content().split())


def test_other_methods_and_addresses(steady_client):
    response = steady_client.get("/predict")
    assert problem_of(response, 405)["code"] == "H505"
    assert "POST" in response.headers["Allow"]
    assert problem_of(steady_client.delete("/models/funnel"), 405)["code"] == "H505"
    assert problem_of(steady_client.get("/nothing"), 404)["code"] == "H504"
    assert problem_of(steady_client.get("/static/../app.py"), 404)["code"] == "H504"
    assert problem_of(steady_client.get("/static/%2e%2e/app.py"), 404)["code"] == "H504"


def test_a_failure_of_the_service_is_said_without_its_insides(client, serving, registry, record, caplog):
    registry.states["funnel"].loaded.scorer.score = lambda rows: 1 / 0
    error = problem_of(client.post("/predict", json=record), 500)
    assert error["code"] == "H500"
    assert "ZeroDivision" not in error["message"]
    assert "ZeroDivisionError" in caplog.text


def test_a_browser_that_may_not_see_a_page_gets_one_that_says_so(serving, registry, settings, tmp_path):
    tokens = tmp_path / "tokens"
    tokens.write_text(f"bob predict {hashlib.sha256(b'other').hexdigest()}\n")
    client = create_app(registry, replace(settings, tokens=tokens)).test_client()
    for address in PAGES:
        refused = client.get(address, headers=BROWSER)
        assert "A token is needed." in page_of(refused, 401)
        assert "funnel" not in refused.text
        assert refused.headers.getlist("WWW-Authenticate") == ['Bearer realm="howdah"', 'Basic realm="howdah"']
    for address in PAGES[-2:]:
        refused = client.get(address, headers={**BROWSER, "Authorization": "Bearer other"})
        assert "H535 The token of bob may not do that. It needs the role admin." in page_of(refused, 403)


def test_a_refusal_of_drift_is_a_page_to_a_browser(shop, client, serving, registry):
    refused = client.get("/models/funnel/drift?hours=<b>", headers=BROWSER)
    assert page_of(refused, 400).endswith("H512 'hours' is '<b>'. One of 1, 24, 168.")
    shop.publish("other")
    shop.spoil(1, "other")
    registry.look()
    page = page_of(client.get("/models/other/drift", headers=BROWSER), 503)
    assert page.startswith("This did not work H511 Model 'other' has no version to answer with: version 1 cannot serve")


def test_a_name_that_is_not_this_service_s_is_refused_as_a_page_too(client, serving):
    refused = client.get("/", headers={**BROWSER, "Host": "<b>.example"})
    assert "This service is not called '<b>.example'." in page_of(refused, 400)
    assert "funnel" not in refused.text


def test_a_page_that_fails_says_where_the_reason_is(serving, registry, settings, caplog):
    client = create_app(registry, settings, open_sources=lambda: 1 / 0).test_client()
    failed = client.get("/models/funnel/owner", headers={**BROWSER, "X-Request-Id": "visit-7"})
    assert "its log has the reason beside visit-7." in page_of(failed, 500)
    assert "ZeroDivision" not in failed.text
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("address", ["/models/x", "/state/x", "/v2/models/x"])
def test_an_address_of_programs_refuses_them_in_json_whatever_they_accept(client, serving, address):
    assert client.get(address, headers=BROWSER).mimetype == "application/json"


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/nope", 404, "H504 There is nothing at /nope."),
        ("/%3Cb%3E", 404, "H504 There is nothing at /<b>."),
        ("/predict", 405, "H505 GET is not possible at /predict."),
    ],
)
def test_where_no_address_is_a_browser_gets_a_page(steady_client, address, status, words):
    assert words in page_of(steady_client.get(address, headers=BROWSER), status)


@pytest.mark.parametrize("accepted", ["*/*", "application/json", "application/json, text/html;q=0.9", ""])
def test_a_program_is_refused_in_json_at_a_page_too(client, serving, accepted):
    for address, code in (("/models/x/form", "H506"), ("/nope", "H504")):
        assert problem_of(client.get(address, headers={"Accept": accepted}), 404)["code"] == code
