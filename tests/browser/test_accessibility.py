"""Each page of the service, in each state that people meet: what the audit finds, and the way of the keyboard."""

from __future__ import annotations

import pytest

from tests.browser.audit import find_faults
from tests.browser.test_owner_page import ask, open_owner, owned, wait_for_drift  # noqa: F401 (a fixture)
from tests.browser.test_serving import predict
from tests.browser.test_table import give, table_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SCHEMES = pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        ("document.querySelector('label[for=field-0]').remove()", "no name: #field-0"),
        ("document.querySelector('#field-1').id = 'field-0'", "twice: #field-0"),
        ("document.querySelector('h1').style.color = 'rgb(170, 170, 170)'", "contrast 2.1"),
        ("document.querySelector('h1').style.opacity = 0.4", "contrast 2."),
        ("document.querySelector('#field-2-hint').remove()", "aria-describedby of nothing: field-2-hint"),
        ("document.querySelector('h1').remove()", "headings 2"),
        ("document.querySelector('h2').outerHTML = '<h3>What</h3>'", "a level left out"),
        ("document.querySelector('#field-3').tabIndex = 4", "out of its order"),
        ("document.querySelector('#ask').style.minWidth = '2000px'", "wider than its window"),
    ],
)
def test_the_audit_finds_what_it_is_there_for(steady, open_page, spoil, fault):
    page = open_page(steady)
    assert find_faults(page) == []
    page.evaluate(f"void ({spoil})")
    assert any(each.startswith(fault) for each in find_faults(page)), find_faults(page)


@SCHEMES
def test_the_form_and_all_that_it_answers(steady, open_page, scheme, width):
    page = open_page(steady, scheme=scheme, width=width)
    open_page.allowed.append("422")  # the browser reports every refusal
    assert find_faults(page) == []
    page.get_by_label("age").fill("300")
    predict(page)
    page.wait_for_selector("#answer .reasons li")
    page.get_by_text("About this version").click()
    assert find_faults(page) == []
    assert page.locator("#answer").get_attribute("aria-live") == "polite"
    page.get_by_label("constant").fill("")
    predict(page)
    page.wait_for_selector("#answer .failed")
    assert find_faults(page) == []
    give(page, table_of(3, spoilt=2))
    page.wait_for_selector("#table-problem:not(:empty)")
    assert find_faults(page) == []
    give(page, table_of(3))
    page.wait_for_selector("#table-download:not(.absent)")
    assert find_faults(page) == []


@SCHEMES
def test_what_stands_where_there_is_no_model_or_none_that_loads(publish, start, open_page, scheme, width):
    url = start().url
    page = open_page(url, scheme=scheme, width=width)
    assert find_faults(page) == []
    publish(breaking=True)
    page.wait_for_selector("#notice:not([hidden])")
    assert find_faults(page) == []
    open_page.allowed.extend(("400", "404"))  # the browser reports every refusal
    for address in ("/docs", "/nope", "/models/another/form", "/models/funnel/drift?hours=2"):
        assert find_faults(open_page(f"{url}{address}", scheme=scheme, width=width)) == []


@SCHEMES
def test_the_owner_and_the_drift(owned, open_page, scheme, width):  # noqa: F811
    page = open_owner(open_page, owned, scheme=scheme, width=width)
    wait_for_drift(page)
    for summary in page.locator("summary").all():
        summary.click()
    assert find_faults(page) == []
    page.locator("#promote button").click()
    page.wait_for_selector("#promote-problem:not(:empty)")
    assert find_faults(page) == []
    page.locator("#promote-reason").fill("why")
    page.locator("#promote button").click()
    page.wait_for_selector("dialog[open]")
    assert find_faults(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("link", name="last hour").click()
    page.goto(f"{owned}/models/funnel/drift?hours=1")
    assert find_faults(page) == []


def test_the_keyboard_goes_through_the_owner_page_as_the_eye_does(owned, open_page):  # noqa: F811
    page = open_owner(open_page, owned)
    places = []
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        places.append(page.evaluate(WHERE))
    assert len(places) > 20
    assert all(place["outline"] for place in places), places
    cards = [place["card"] for place in places if place["card"] is not None]
    assert cards == sorted(cards)


WHERE = """() => {
  const element = document.activeElement;
  const cards = [...document.querySelectorAll("#owner .card")];
  const card = cards.findIndex(each => each.contains(element));
  return { outline: getComputedStyle(element).outlineStyle !== "none", card: card < 0 ? null : card };
}"""
