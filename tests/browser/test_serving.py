"""The prediction page in a real Chromium, over the real service and real models."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from models.manifest import Field

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def predict(page):
    page.get_by_role("button", name="Predict").click()
    page.wait_for_selector("#answer .source, #answer .failed")


def shown(page, selector):
    return page.locator(selector).inner_text()


def test_a_prediction_and_a_new_version_without_a_reload(publish, start, open_page, screenshot):
    publish()
    page = open_page(start().url)
    page.evaluate("window.untouched = true")
    assert shown(page, "#version") == "version 1"
    page.get_by_label("age").fill("31")
    page.get_by_label("channel").select_option("organic")
    predict(page)
    bars = page.locator("#answer .chances").first  # the reasons, which come a moment later, are drawn alike
    assert bars.locator("li").count() == 3
    chances = [float(text.removesuffix(" %")) for text in bars.locator(".number").all_inner_texts()]
    assert chances == sorted(chances, reverse=True)
    assert sum(chances) == pytest.approx(100, abs=0.2)
    widths = [bar.bounding_box()["width"] for bar in bars.locator(".fill").all()]
    track = bars.locator(".bar").first.bounding_box()["width"]
    assert widths == pytest.approx([track * chance / 100 for chance in chances], abs=3)
    assert bars.locator(".chosen .name span").first.inner_text() == shown(page, "#answer .verdict")
    assert "version 1" in shown(page, "#answer .source")
    page.wait_for_selector("#answer .reasons li")
    screenshot(page, "serving-desktop")

    publish("tree-categorical")
    page.wait_for_selector("#version:text-is('version 2')")
    assert "new" in page.locator("#version").get_attribute("class")
    assert "Answered by version 1. Version 2 is in use now" in shown(page, "#answer .overtaken")
    assert page.get_by_label("age").input_value() == "31"
    assert page.get_by_label("channel").input_value() == "organic"
    predict(page)
    page.wait_for_selector("#answer .source:has-text('version 2')")
    assert page.evaluate("window.untouched")


def test_a_new_input_joins_the_form(publish, start, open_page):
    publish()
    page = open_page(start().url)
    page.get_by_label("spend").fill("77")
    publish(more=True)
    page.wait_for_selector("#version:text-is('version 2')")
    assert page.get_by_label("device").input_value() == "phone"
    assert page.get_by_label("spend").input_value() == "77"
    predict(page)
    assert "version 2" in shown(page, "#answer .source")


def test_a_bad_version_is_named_and_the_old_one_goes_on(publish, start, open_page):
    publish()
    page = open_page(start().url)
    publish(breaking=True)
    page.wait_for_selector("#notice:not([hidden])")
    assert "Version 2 cannot serve: " in shown(page, "#notice")
    assert "Version 1 goes on answering." in shown(page, "#notice")
    predict(page)
    assert "version 1" in shown(page, "#answer .source")


def test_problems_stand_beside_their_fields(steady, open_page, screenshot):
    page = open_page(steady)
    open_page.allowed.append("422")  # the browser reports every refusal
    page.get_by_label("constant").fill("")
    predict(page)
    field = page.get_by_label("constant")
    assert field.get_attribute("aria-invalid") == "true"
    assert "must have a value" in shown(page, f"#{field.get_attribute('id')}-problem")
    assert shown(page, "#answer .failed") == "One field needs another value"
    assert page.evaluate("document.activeElement.name") == "constant"
    field.fill("7")
    assert field.get_attribute("aria-invalid") is None
    predict(page)
    page.wait_for_selector("#answer .source")


def test_a_number_outside_of_the_training_range_is_answered_with_a_remark(steady, open_page):
    page = open_page(steady)
    age = page.get_by_label("age")
    age.fill("130")
    predict(page)
    assert "outside of what training saw (18 to 79.5)" in shown(page, f"#{age.get_attribute('id')}-problem")
    assert page.locator("#answer .verdict").count() == 1


def test_unknown_values_are_sent_as_null(steady, open_page):
    page = open_page(steady)
    page.get_by_label("age").fill("")
    page.get_by_label("city").select_option("")
    with page.expect_request("**/predict**") as sent:
        predict(page)
    assert sent.value.post_data_json == {
        "age": None, "spend": 120, "constant": 7, "channel": "paid", "city": None,
    }  # fmt: skip


def test_the_keyboard_is_enough(steady, open_page):
    page = open_page(steady)
    reached = []
    for _ in range(30):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.name || document.activeElement.innerText"))
        if reached[-1] == "Predict":
            break
    assert [name for name in reached if name in ("age", "spend", "constant", "channel", "city")] == [
        "age", "spend", "constant", "channel", "city",
    ]  # fmt: skip
    page.keyboard.press("Enter")
    page.wait_for_selector("#answer .source")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_is_cut_off(steady, open_page, screenshot, scheme):
    page = open_page(steady, width=390, height=844, scheme=scheme, device_scale_factor=2)
    predict(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for control in page.locator("input, select, button").all():
        box = control.bounding_box()
        assert box["height"] >= 40
        assert box["x"] + box["width"] <= 390
    answer = page.locator("#answer .verdict").bounding_box()
    assert 0 <= answer["y"] <= 844  # brought into view
    screenshot(page, "serving-phone" if scheme == "light" else "serving-phone-dark", full_page=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read_against_its_ground(steady, open_page, scheme):
    page = open_page(steady, scheme=scheme)
    predict(page)
    texts = page.locator("h1, h2, p, label, button, dt, summary, .number, .brand span")
    assert texts.count() > 20
    assert texts.evaluate_all(FAINT) == []


def test_the_three_inputs_that_moved_an_answer_stand_below_it_and_move_nothing(steady, open_page):
    page = open_page(steady)
    page.get_by_label("age").fill("")
    before = page.evaluate("document.getElementById('answer').getBoundingClientRect().top")
    predict(page)
    place = page.locator("#answer .reasons").bounding_box()
    page.wait_for_selector("#answer .reasons li")
    assert page.locator("#answer .reasons").bounding_box()["height"] == pytest.approx(place["height"], abs=40)
    told = page.evaluate(EXPLAIN)
    rows = page.locator("#answer .reasons li").all_inner_texts()
    assert len(rows) == 3
    values = {"age": "unknown", "spend": "120", "constant": "7", "channel": "paid", "city": "city-3"}
    for row, each in zip(rows, told["inputs"], strict=True):
        assert row.startswith(f"{each['input']}: {values[each['input']]}")
        assert f"{abs(each['amount']) * 100:.1f} points" in row
        assert ("\u2212" in row) == (each["amount"] < 0)
    assert f"“{shown(page, '#answer .verdict')}”" in shown(page, "#answer .reasons h3")
    assert page.evaluate("document.getElementById('answer').getBoundingClientRect().top") == before


def test_a_model_that_cannot_be_explained_says_so_quietly(publish, start, open_page):
    numbers, texts = ("age", "spend", "visits"), ("channel", "city")
    inputs = [*(Field(name, "double", example=20.0) for name in numbers), Field("member", "boolean", example=True)]
    inputs += [Field(name, "string", example=f"{name}-1") for name in texts]
    publish("../stages-spark-3.5/bayes-gaussian", inputs=inputs)
    open_page.allowed.append("422")  # the browser reports every refusal
    page = open_page(start().url)
    for _ in range(2):
        predict(page)
        page.wait_for_selector("#answer .reasons:has-text('not available for this kind of model')")


def table_of(rows, *, spoilt=None):
    lines = [f'{18 + row % 60},{row % 500},7,organic,"city-{row % 12}"' for row in range(rows)]
    if spoilt is not None:
        lines[spoilt] = "old,1,7,organic,city-1"
    return "\ufeff" + "\n".join(["age,spend,constant,channel,city", *lines]) + "\n"


def give(page, text, name="sessions.csv"):
    page.get_by_label("CSV file").set_input_files({"name": name, "mimeType": "text/csv", "buffer": text.encode()})
    page.get_by_role("button", name="Answer the file").click()


def test_a_table_goes_in_pieces_and_comes_back_whole(steady, open_page, screenshot):
    page = open_page(steady)
    top = page.locator(".facts").bounding_box()["y"]
    with page.expect_request("**/predict**") as sent:
        give(page, table_of(25_000))
    assert sent.value.headers["content-type"] == "text/csv"
    page.wait_for_selector("#table-download:not(.absent)", timeout=60_000)
    assert shown(page, "#table-told") == "25,000 rows, answered by version 1."
    assert page.evaluate("document.activeElement.id") == "table-download"
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "sessions.predictions.csv"
    answered = list(csv.reader(Path(download.value.path()).read_text().splitlines()))
    assert answered[0] == [
        "age", "spend", "constant", "channel", "city", "prediction",
        "probability.leave", "probability.browse", "probability.buy",
    ]  # fmt: skip
    assert len(answered) == 25_001
    assert [int(row[1]) for row in answered[1:]] == [row % 500 for row in range(25_000)]
    assert page.locator(".facts").bounding_box()["y"] == top  # nothing moved
    screenshot(page, "serving-table", full_page=True)


def test_an_error_in_a_table_names_the_line_of_the_file(steady, open_page):
    page = open_page(steady)
    open_page.allowed.append("422")
    give(page, table_of(12_000, spoilt=11_000))
    page.wait_for_selector("#table-problem:has-text('Line 11002, field')", timeout=60_000)
    assert page.get_by_label("CSV file").get_attribute("aria-invalid") == "true"
    assert page.locator("#table-download.absent").count() == 1
    open_page.allowed.append("400")
    give(page, "a,a\n1,2\n")
    page.wait_for_selector("#table-problem:has-text('Line 1: the column')")
    page.get_by_label("CSV file").set_input_files([])
    page.get_by_role("button", name="Answer the file").click()
    page.wait_for_selector("#table-problem:has-text('Choose a file first.')")


def test_a_table_can_be_cancelled_and_a_row_may_have_lines(steady, open_page):
    page = open_page(steady)
    page.route("**/predict**", lambda route: None)  # never answered
    give(page, table_of(20))
    page.get_by_role("button", name="Cancel").click()
    page.wait_for_selector("#table-told:has-text('Cancelled. Nothing was kept.')")
    page.unroute("**/predict**")
    give(page, 'age,spend,constant,channel,"city"\n1,2,7,organic,"no\nwhere"\n30,2,7,paid,city-2')
    page.wait_for_selector("#table-problem:has-text('Line 3, field')")
    open_page.allowed.append("422")


def test_a_version_that_comes_in_the_middle_of_a_table_answers_all_of_it(publish, start, open_page):
    publish()
    page = open_page(start().url)
    seen = []

    def between(route):
        seen.append(route.request.post_data_buffer)
        if len(seen) == 2:
            publish("tree-categorical")
            page.wait_for_timeout(3000)
        route.continue_()

    page.route("**/predict**", between)
    give(page, table_of(15_000))
    page.wait_for_selector("#table-told:has-text('15,000 rows, answered by version 2.')", timeout=60_000)
    assert len(seen) == 4


def test_without_a_model_the_page_waits_and_then_shows_it(publish, start, open_page):
    page = open_page(start().url)
    assert "No model yet" in shown(page, "h1")
    publish()
    page.wait_for_selector("#version:text-is('version 1')")


def test_several_models_are_chosen_by_name(publish, start, open_page, root):
    publish()
    (root / "funnel").rename(root / "redemption")
    text = next(root.glob("redemption/1/manifest.json"))
    text.write_text(re.sub('"name": "funnel"', '"name": "redemption"', text.read_text()))
    publish()
    page = open_page(start().url)
    assert shown(page, "h1") == "funnel"
    page.get_by_role("link", name="redemption").click()
    assert shown(page, "h1") == "redemption"
    predict(page)
    assert shown(page, "#answer .source").startswith("redemption, version 1")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_addresses_are_a_page_that_a_phone_shows(steady, open_page, screenshot, scheme):
    page = open_page(steady, width=390, height=844, scheme=scheme, device_scale_factor=2)
    page.get_by_role("link", name="Addresses").click()
    page.wait_for_selector("h1:text-is('Addresses')")
    asking = page.locator("dd", has_text="Ask a model: one record or many.")
    asking.get_by_text("What to send").click()
    assert "funnel.record" in page.locator("#schema-Question pre").text_content()
    assert asking.get_by_role("link", name="Question").get_attribute("href") == "#schema-Question"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("h1, h2, p, dt, dd, summary, pre, a").evaluate_all(FAINT) == []
    if scheme == "light":
        screenshot(page, "serving-addresses")


EXPLAIN = """async () => (await fetch("/explain", {
  method: "POST", headers: {"Content-Type": "application/json"}, body: recordText(),
})).json()"""

# The texts whose colour is less than 4.5 times as light, or dark, as the first ground behind them that is not
# transparent (WCAG 2's formula).
FAINT = """elements => {
  const numbers = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([red, green, blue]) => [red, green, blue].map(part => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }).reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
  const contrast = element => {
    let ground = element;
    while (numbers(getComputedStyle(ground).backgroundColor)[3] === 0) ground = ground.parentElement;
    const one = light(numbers(getComputedStyle(element).color));
    const other = light(numbers(getComputedStyle(ground).backgroundColor));
    return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
  };
  const seen = elements.filter(element => element.checkVisibility() && element.textContent.trim());
  return seen.filter(element => contrast(element) < 4.5).map(element => element.textContent);
}"""
