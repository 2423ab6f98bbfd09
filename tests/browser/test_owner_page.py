"""The owner's page in a real Chromium, over the real service with tokens, tracking and real models."""

from __future__ import annotations

import hashlib
import itertools
import json
import urllib.request

import pytest

from models.profile.document import Profile
from models.profile.histograms import CategoryHistogram, NumberHistogram
from tests.browser.audit import find_faults

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


def test_versions_traffic_and_drift_stand_side_by_side(owned, open_page):
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


def test_a_promotion_wants_a_reason_and_a_yes_and_needs_no_mouse(owned, open_page):
    page = open_owner(open_page, owned)
    page.locator("#promote-version").focus()
    page.locator("#promote-version").select_option("3")
    for _ in range(4):
        page.keyboard.press("Tab")  # as, force, reason, button
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
    page.wait_for_selector("#promote button[type=submit]:not([aria-disabled])")  # the dialog tells of its end later
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


def decide(page, form):
    page.locator(f"#{form} button[type=submit]").click()
    page.get_by_role("button", name="Yes, do it").click()


def test_versions_go_through_the_stages_and_what_skips_one_is_forced(owned, open_page, screenshot):
    page = open_owner(open_page, owned)
    open_page.allowed.append("409")  # the browser reports every refusal
    as_, force = page.get_by_label("As", exact=True), page.get_by_label("Force", exact=True)
    version, reason = page.locator("#promote-version"), page.locator("#promote-reason")
    assert force.is_enabled()  # champion
    as_.select_option("stage:qa")
    assert force.is_disabled()
    version.select_option("1")
    reason.fill("its f1 is above the baseline's")
    page.locator("#promote button").click()
    page.wait_for_selector("dialog[open]:has-text('Let the stage qa of funnel mean version 1?')")
    assert "Reason: its f1 is above" in page.locator("#confirm-reason").inner_text()
    page.get_by_role("button", name="Yes, do it").click()
    page.wait_for_selector("#changed:text-is('Done: version 1 is in qa now.')")
    page.wait_for_selector("#versions tr:has-text('dev')")
    words = [row.split("\t")[2].split() for row in page.locator("#versions tbody tr").all_inner_texts()]
    assert words == [["dev", "challenger"], ["answers", "prod", "champion"], ["qa"]]

    version.select_option("3")
    as_.select_option("stage:prod")
    reason.fill("2 leaks the label")
    decide(page, "promote")
    page.wait_for_selector("#promote-problem:has-text('was not in qa')")
    assert "(promote it to qa first, or tick Force)" in page.locator("#promote-problem").inner_text()
    page.locator("#promote label.choice").click()
    decide(page, "promote")
    page.wait_for_selector("#changed:text-is('Done: version 3 is in prod now.')")
    page.wait_for_selector("#version:text-is('version 3 answers')")
    assert "forced, was not in qa: 2 leaks the label" in page.locator("#log li").first.inner_text()

    page.locator("#rollback-as").select_option("stage:prod")
    page.locator("#rollback-reason").fill("alarms")
    decide(page, "rollback")
    page.wait_for_selector("#version:text-is('version 2 answers')")
    page.wait_for_selector("#log li:first-child:has-text('Rolled back champion: 3 → 2')")
    wait_for_drift(page)
    screenshot(page, "serving-owner", full_page=True)


def test_a_version_is_retired_with_a_reason(owned, open_page):
    page = open_owner(open_page, owned)
    assert page.locator("#retire-version option").all_inner_texts() == ["1"]
    page.locator("#retire-reason").fill("leaks the label")
    decide(page, "retire")
    page.wait_for_selector("#changed:text-is('Done: version 1 is retired.')")
    page.wait_for_selector("#versions tr:last-child:has-text('retired')")
    assert "Retired: 1" in page.locator("#log li").first.inner_text()
    page.wait_for_selector("#promote-version:not(:has(option[value='1']))")
    page.locator("#retire-reason").fill("another one")
    page.locator("#retire button[type=submit]").click()
    assert page.locator("#retire-problem").inner_text() == "There is nothing to choose from."


def test_what_the_repository_refuses_is_said_beside_the_button(owned, open_page, root):
    page = open_owner(open_page, owned)
    open_page.allowed.append("409")  # the browser reports every refusal
    (root / "funnel" / "3" / "spark" / "metadata" / "part-00000").write_text("{}")
    page.locator("#promote-version").select_option("3")
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
    for control in page.locator("input:not([type=checkbox]), label.choice, select, button").all():
        if control.is_visible():
            box = control.bounding_box()
            assert box["height"] >= 40
            assert box["x"] + box["width"] <= 390
    assert find_faults(page) == []
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
