"""The console in a real Chromium, over an Oozie that answers as a real one once did."""

from __future__ import annotations

import time

import pytest

from howdah.console.settings import Settings
from tests.browser.audit import find_faults
from tests.browser.console_process import running_console
from tests.browser.recorded_oozie import RecordedOozie
from tests.oozie_rest import serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def oozie():
    return RecordedOozie()


@pytest.fixture(autouse=True)
def _as_recorded(oozie):
    yield
    if oozie.states:
        time.sleep(2 * Settings(oozie="").fresh_s)  # the console shows what it knows for that long
    oozie.__init__()


@pytest.fixture(scope="module")
def console(oozie, tmp_path_factory):
    with serving(oozie) as server, running_console(server.oozie, tmp_path_factory.mktemp("console")) as url:
        yield url


def shown(page, selector):
    return page.locator(selector).inner_text()


def names(page):
    return page.locator("td.name > a").all_inner_texts()


def test_a_job_is_found_opened_and_understood(console, oozie, open_page, screenshot):
    """From the list to why an action failed, by clicks alone."""
    page = open_page(console)
    assert {"nightly-import", "check-disk", "<script>alert(1)</script>"} <= set(names(page))
    page.get_by_label("Name holds").fill("disk")
    page.get_by_label("KILLED").check()
    page.get_by_role("button", name="Filter").click()
    page.wait_for_selector("#count:has-text('1 to 1 of 1')")
    assert names(page) == ["check-disk"]
    page.get_by_role("link", name="check-disk").click()
    page.locator("svg a[aria-label^='action, measure']").click()
    page.wait_for_selector(".telling")
    assert shown(page, ".telling") == "df: /data: No such file or directory"
    screenshot(page, "console-action")
    page.get_by_role("link", name="The whole log").click()
    page.wait_for_selector("h3:has-text('stderr')")
    assert "checking /data" in shown(page, "main")


def test_a_failure_that_was_passed_over_is_seen_everywhere(console, oozie, open_page, screenshot):
    page = open_page(console)
    page.wait_for_selector(".passed-over:has-text('summary-report')")
    screenshot(page, "console-jobs")
    page.get_by_role("link", name="nightly-import").click()
    page.wait_for_selector("#drawing svg")
    assert "SUCCEEDED does not mean that all of it did" in shown(page, ".passed-over-notice")
    assert page.locator("svg .node.passed").count() == 1
    screenshot(page, "console-workflow", full_page=True, clip={"x": 0, "y": 0, "width": 1400, "height": 1365})
    page.get_by_role("link", name="Time").click()
    assert page.locator("#gantt tbody tr").count() == 8
    screenshot(page, "console-time")


def test_texts_of_a_drawing_stay_in_their_boxes_and_apart(console, oozie, open_page):
    page = open_page(f"{console}/jobs/{oozie.id_of('nightly-import')}")
    assert page.locator("svg.flow text").count() > 20
    assert page.evaluate(COLLIDING) == []
    assert page.evaluate("[...document.querySelectorAll('svg.flow text')].every("
                         "text => parseFloat(getComputedStyle(text).fontSize) >= 12)")  # fmt: skip


def test_ten_thousand_jobs_are_leafed_through(console, oozie, open_page):
    oozie.copies = 10_000
    page = open_page(console)
    assert page.locator("#list tbody tr").count() == 50
    page.get_by_role("link", name="Older").click()
    page.wait_for_selector("#count:has-text('51 to 100 of 10,0')")
    page.locator(".pages li:last-child").get_by_role("link").click()
    page.wait_for_selector("#count:has-text('101 to 150')")
    assert page.locator("#list tbody tr").count() == 50


def test_killing_is_asked_about_and_can_be_left(console, oozie, open_page):
    job = oozie.id_of("wait-for-export")
    page = open_page(f"{console}/jobs/{job}")
    page.get_by_role("link", name="Kill…").click()
    page.wait_for_selector("h1:has-text('Kill this workflow?')")
    page.get_by_role("link", name="No, go back").click()
    page.wait_for_selector("#state:has-text('SUSPENDED')")
    assert oozie.changes == []
    page.get_by_role("link", name="Kill…").click()
    page.get_by_role("button", name="Kill").click()
    page.wait_for_selector("p.done:has-text('Killed.')")
    assert shown(page, "#state") == "KILLED"
    assert [(each, query["action"]) for each, query in oozie.changes] == [(job, "kill")]


def test_a_form_with_a_wrong_token_is_refused(console, oozie, open_page):
    page = open_page(f"{console}/jobs/{oozie.id_of('wait-for-export')}/do/kill")
    open_page.allowed.append("403")
    page.locator("input[name=token]").evaluate("field => { field.value = 'guessed'; }")
    page.get_by_role("button", name="Kill").click()
    page.wait_for_selector(".problem-page code:has-text('H753')")
    assert oozie.changes == []


def test_another_site_can_neither_kill_nor_look(console, oozie, open_page, tmp_path):
    """A page from elsewhere, open in the same browser as a console that has been used."""
    job = oozie.id_of("wait-for-export")
    page = open_page(f"{console}/jobs/{job}/do/kill")
    token = page.locator("input[name=token]").input_value()
    elsewhere = tmp_path / "elsewhere.html"
    elsewhere.write_text(
        f'<form method="post" action="{console}/jobs/{job}/do/kill"><input name="token" value="{token}">'
        f'<button>win a prize</button></form><iframe src="{console}/workflows"></iframe>'
    )
    other = page.context.new_page()
    other.goto(f"file://{elsewhere}")
    for method in ("GET", "HEAD", "POST"):
        other.evaluate(
            "([url, method]) => fetch(url, {method, mode: 'no-cors', credentials: 'include'}).catch(() => 0)",
            [f"{console}/jobs/{job}/do/kill", method],
        )
    assert other.evaluate(f"fetch('{console}/workflows').then(() => 'read', () => 'refused')") == "refused"
    assert other.frames[1].locator("#list").count() == 0
    other.get_by_role("button").click()
    other.wait_for_selector(".problem-page code:has-text('H753')")
    assert oozie.changes == []


def test_a_page_follows_the_job_and_keeps_its_place(console, oozie, open_page):
    job = oozie.id_of("wait-for-export")
    page = open_page(f"{console}/jobs/{job}")
    page.evaluate("window.untouched = true")
    page.locator("#do-kill").focus()
    oozie.states[job] = "RUNNING"
    page.wait_for_selector("#state:has-text('RUNNING')")
    assert page.evaluate("window.untouched")
    assert page.evaluate("document.activeElement.id") == "do-kill"


def test_an_oozie_that_goes_away_leaves_the_page_and_comes_back(console, oozie, open_page):
    page = open_page(f"{console}/jobs/{oozie.id_of('wait-for-export')}")
    open_page.allowed.append("503")
    page.wait_for_selector("#state:has-text('SUSPENDED')")
    oozie.is_away = True
    page.wait_for_selector("#away:not([hidden])")
    assert "What stands here is from before" in shown(page, "#away")
    assert shown(page, "#state") == "SUSPENDED"
    oozie.is_away = False
    page.wait_for_selector("#away", state="hidden")


def test_a_calendar_says_what_each_instance_waits_for(console, oozie, open_page, screenshot):
    page = open_page(f"{console}/jobs/{oozie.id_of('daily-load')}")
    assert "KILLED" in shown(page, "#at-3")
    assert "SUSPENDED" in shown(page, "#at-6")
    screenshot(page, "console-calendar")
    page.locator("#at-7").click()
    page.wait_for_selector("#waits")
    assert "raw/202611070100/_SUCCESS" in shown(page, "main")


def tab_to(page, text):
    """Goes on by the Tab key until the focus is on ``text``, where it must be seen."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText") == text:
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
            return
    pytest.fail(f"{text} is not reached")


def test_the_keyboard_is_enough(console, oozie, open_page):
    page = open_page(console)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    tab_to(page, "wait-for-export")
    page.keyboard.press("Enter")
    page.wait_for_selector("#drawing svg")
    tab_to(page, "Kill…")
    page.keyboard.press("Enter")
    page.wait_for_selector("form.ask")
    tab_to(page, "Kill")
    page.keyboard.press("Enter")
    page.wait_for_selector("p.done:has-text('Killed.')")
    assert len(oozie.changes) == 1


def addresses(oozie):
    job, coordinator = oozie.id_of("nightly-import"), oozie.id_of("daily-load")
    disk = oozie.id_of("check-disk")
    return ["/workflows", "/coordinators", "/bundles", "/nothing", f"/jobs/{job}", f"/jobs/{job}/time",
            f"/jobs/{job}/log", f"/jobs/{job}/definition", f"/jobs/{job}/configuration", f"/jobs/{coordinator}",
            f"/jobs/{coordinator}/instances", f"/actions/{coordinator}@7", f"/actions/{disk}@measure",
            f"/actions/{disk}@measure/log", f"/jobs/{job}/do/rerun-all"]  # fmt: skip


def test_on_a_phone_no_page_scrolls_sideways(console, oozie, open_page, screenshot):
    page = open_page(console, width=390, height=844, device_scale_factor=2)
    open_page.allowed.append("404")
    for address in addresses(oozie):
        page.goto(f"{console}{address}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
        assert page.evaluate(SMALL) == [], address
        if address.endswith(oozie.id_of("nightly-import")):
            start = page.locator("svg .node.start").bounding_box()
            assert 0 < start["x"] < 390  # the drawing begins in sight
            screenshot(page, "console-phone")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read_and_every_control_has_its_name(console, oozie, open_page, scheme):
    page = open_page(console, scheme=scheme)
    open_page.allowed.append("404")
    for address in addresses(oozie):
        page.goto(f"{console}{address}")
        assert find_faults(page) == [], address


# Pairs of texts in a drawing that lie on one another.
COLLIDING = """() => {
  const texts = [...document.querySelectorAll("svg.flow text")];
  const boxes = texts.map(text => [text.textContent, text.getBoundingClientRect()]);
  return boxes.flatMap(([one, a], index) => boxes.slice(index + 1)
    .filter(([, b]) => a.left < b.right && b.left < a.right && a.top + 2 < b.bottom && b.top + 2 < a.bottom)
    .map(([other]) => [one, other]));
}"""

# Buttons and links that look like ones, lower than a finger.
SMALL = """() => [...document.querySelectorAll("button, .button, .tabs a, .top nav a")]
  .filter(each => each.checkVisibility() && each.getBoundingClientRect().height < 36).map(each => each.innerText)"""
