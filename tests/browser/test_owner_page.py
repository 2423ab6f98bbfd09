"""The owner's page in a real Chromium, over the real service with tokens, tracking and real models."""

from __future__ import annotations

import hashlib
import itertools
import json
import urllib.request

import pytest

from models.profile.document import Profile
from models.profile.histograms import CategoryHistogram, NumberHistogram
from tests.browser.test_serving import FAINT

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TOKEN = "a-token-for-the-owner"
ANN = {"http_credentials": {"username": "ann", "password": TOKEN}}
PROFILE = Profile(
    {
        "age": NumberHistogram.empty((18.0, 25.0, 35.0, 45.0, 60.0, 79.5)).of([20 + age % 58 for age in range(1000)]),
        "spend": NumberHistogram.empty((0.0, 50.0, 120.0, 300.0, 512.75)).of([spend % 500 for spend in range(1000)]),
        "channel": CategoryHistogram(("organic", "paid", "partner"), (500, 400, 100)),
    },
    {"prediction": CategoryHistogram(("leave", "browse", "buy"), (500, 300, 200))},
)


@pytest.fixture
def owned(publish, start, root, tmp_path):
    """The address of a service with three versions, of which the second answers, and what was asked of it."""
    publish(metrics={"accuracy": 0.79, "f1.buy": 0.58})
    publish("tree-categorical", metrics={"accuracy": 0.82, "f1.buy": 0.64}, profile=PROFILE)
    publish(metrics={"accuracy": 0.84, "f1.buy": 0.61}, aliases=["challenger"])
    tokens = tmp_path / "tokens"
    tokens.write_text(f"ann admin {hashlib.sha256(TOKEN.encode()).hexdigest()}\n")
    tracking = ["--track", str(tmp_path / "tracked"), "--track-spool", str(tmp_path / "spool"), "--track-seconds", "1"]
    url = start("--tokens", str(tokens), *tracking).url
    for count, channel in itertools.product((1, 20, 400), ("organic", "paid")):
        records = [
            {"age": 30 + row % 40, "spend": row % 500, "constant": 7, "channel": channel, "city": "city-1"}
            for row in range(count)
        ]
        ask(url, records)
    return url


def ask(url, records):
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{url}/predict", json.dumps(records).encode(), headers)
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)


def open_owner(open_page, url, **options):
    page = open_page(f"{url}/models/funnel/owner", **ANN, **options)
    page.wait_for_selector("#drift:not(.waits), #drift:has-text('cannot be measured')")
    return page


def wait_for_drift(page):
    """Tracked predictions arrive a second after their answers, or two."""
    for _ in range(30):
        if page.locator("#drift article").count() == 4:
            return
        page.get_by_role("button", name="Look again").click()
        page.wait_for_timeout(500)
    pytest.fail(page.locator("#drift").inner_text())


def test_versions_traffic_and_drift_stand_side_by_side(owned, open_page, screenshot):
    page = open_owner(open_page, owned, height=1800)
    wait_for_drift(page)
    assert page.locator("#version").inner_text() == "version 2 answers"
    rows = [row.split("\t") for row in page.locator("#versions tbody tr").all_inner_texts()]
    assert [row[0].strip() for row in rows] == ["3", "2", "1"]
    assert rows[1][3] == "6"
    assert page.locator("#metrics td.best").all_inner_texts() == ["0.84 ★", "0.64 ★"]
    assert page.locator("#traffic svg rect").count() >= 1
    assert "842 predictions of version 2" in page.locator("#drift").inner_text()
    far = page.locator("#drift .far").all_inner_texts()
    assert far
    assert all("far from training" in text for text in far)
    page.get_by_role("link", name="last hour").click()
    page.wait_for_selector("#drift .hours a[aria-current]:text-is('last hour')")
    screenshot(page, "serving-owner", full_page=True)


def test_a_promotion_wants_a_reason_and_a_yes_and_needs_no_mouse(owned, open_page):
    page = open_owner(open_page, owned)
    page.get_by_label("Version", exact=True).focus()
    page.get_by_label("Version", exact=True).select_option("3")
    for _ in range(3):
        page.keyboard.press("Tab")  # as, reason, button
    page.keyboard.press("Enter")
    assert page.locator("#promote-problem").inner_text() == "Say why: the log keeps it."
    assert page.evaluate("document.activeElement.id") == "promote-reason"
    assert page.locator("#promote-reason").get_attribute("aria-invalid") == "true"
    page.keyboard.type("better <b>recall</b>")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open]:has-text('Let champion of funnel mean version 3?')")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog:not([open])", state="attached")
    assert page.locator("#log li").count() == 3  # the publications
    page.locator("#promote-reason").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open]")
    page.keyboard.press("Enter")  # the first button has the focus
    page.wait_for_selector("#changed:text-is('Done: champion means version 3 now.')")
    page.wait_for_selector("#version:text-is('version 3 answers')")
    entry = page.locator("#log li").first.inner_text()
    assert "Promoted champion: 2 → 3" in entry
    assert "better <b>recall</b>" in entry
    assert "ann" in entry

    page.locator("#rollback-reason").fill("alarms since Monday")
    page.locator("#rollback").get_by_role("button", name="Roll back").click()
    page.get_by_role("button", name="Yes, do it").click()
    page.wait_for_selector("#version:text-is('version 2 answers')")
    assert "Rolled back champion: 3 → 2" in page.locator("#log li").first.inner_text()
    assert page.locator("#promote-version option").all_inner_texts() == ["3 (challenger)", "2 (champion)", "1"]


def test_what_the_repository_refuses_is_said_beside_the_button(owned, open_page, root):
    page = open_owner(open_page, owned)
    open_page.allowed.append("409")  # the browser reports every refusal
    (root / "funnel" / "3" / "spark" / "metadata" / "part-00000").write_text("{}")
    page.get_by_label("Version", exact=True).select_option("3")
    page.locator("#promote-reason").fill("better recall")
    page.locator("#promote").get_by_role("button", name="Promote").click()
    page.get_by_role("button", name="Yes, do it").click()
    page.wait_for_selector("#promote-problem:not(:empty)")
    assert "its SHA-256 differs" in page.locator("#promote-problem").inner_text()
    assert page.locator("#version").inner_text() == "version 2 answers"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_is_cut_off_and_all_can_be_read(owned, open_page, screenshot, scheme):
    page = open_owner(open_page, owned, width=390, height=844, scheme=scheme, device_scale_factor=2)
    wait_for_drift(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for control in page.locator("input, select, button").all():
        if control.is_visible():
            box = control.bounding_box()
            assert box["height"] >= 40
            assert box["x"] + box["width"] <= 390
    texts = page.locator("h1, h2, h3, p, label, button, th, td, dt, dd, summary, figcaption span, .tag")
    assert texts.evaluate_all(FAINT) == []
    screenshot(page, f"serving-owner-phone{'' if scheme == 'light' else '-dark'}", full_page=True)


def test_without_tokens_nothing_can_be_changed(publish, start, open_page):
    publish()
    page = open_page(start().url)
    page.get_by_role("link", name="Versions and traffic").click()
    page.wait_for_selector("#drift:has-text('This service tracks no predictions')")
    assert page.locator("form[data-action]").count() == 0
    assert "start it with --tokens FILE" in page.locator("#owner").inner_text()
    page.get_by_role("link", name="Form").click()
    page.wait_for_selector("#ask")
