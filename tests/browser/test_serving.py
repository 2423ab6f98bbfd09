"""The prediction page in a real Chromium, over the real service and real models."""

from __future__ import annotations

import re

import pytest

from models.manifest import Field
from tests.browser.audit import find_faults
from tests.browser.conftest import FIELDS

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


def test_a_slow_answer_says_that_it_is_asked_and_the_keyboard_stays_where_it_is(steady, open_page):
    page = open_page(steady)
    waiting = []
    page.route("**/predict**", lambda route: waiting.append(route))
    page.route("**/explain**", lambda route: waiting.append(route))
    page.get_by_role("button", name="Predict").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#ask button[type=submit]:text-is('Asking …')")
    page.keyboard.press("Enter")  # once is enough
    assert len(waiting) == 1
    waiting.pop().continue_()
    page.wait_for_selector("#ask button[type=submit]:text-is('Predict')")
    assert page.evaluate("document.activeElement.type") == "submit"
    page.wait_for_selector("#answer .reasons:has-text('Looking for what moved it')")
    waiting.pop().continue_()
    page.wait_for_selector("#answer .reasons li")


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (100000, 6, "100,000"),
        (123400, 6, "123,400"),
        (8.926071, 6, "8.92607"),
        (1234567.8, 6, "1,234,568"),
        (-0.00025, 6, "-0.00025"),
        (0, 6, "0"),
        (12543.2, 3, "12,543"),
        (1.5e30, 6, "1.50000e+30"),
    ],
)
def test_a_number_is_shown_with_all_its_figures(steady, open_page, value, digits, text):
    assert open_page(steady).evaluate(f"shownNumber({value}, {digits})") == text


def test_of_very_many_classes_the_likeliest_are_shown_and_the_others_open(steady, open_page):
    page = open_page(steady)
    chances = {f"class-{number}": 0.5 if number == 0 else 0.5 / 39 for number in range(40)}
    answer = {"prediction": "class-0", "probabilities": chances, "model": "funnel", "version": 1, "time_ms": 2000.4,
              "engine": "spark", "request_id": "r"}  # fmt: skip
    page.evaluate("answer => drawAnswer(answer)", answer)
    assert page.locator("#answer .chances > li:visible").count() == 10
    page.get_by_text("30 others, 38.5 % together").click()
    assert page.locator("#answer .chances > li:visible").count() == 40
    assert "2000 ms · answered by Spark itself" in shown(page, "#answer .source")


def test_names_that_are_long_or_of_another_script_stay_in_their_place(publish, start, open_page):
    long = "příliš_žluťoučký_kůň_úpěl_ďábelské_ódy_a_ještě_mnohem_delší_jméno_sloupce"
    arabic = Field("المدينة", "string", categories=("القاهرة", "دبي"), example="دبي", description="مدينة الزائر")
    many = [Field(f"{long}_{number}", "string", example="<b>") for number in range(60)]
    publish(inputs=[*FIELDS, arabic, *many])
    page = open_page(start().url, width=390, height=844)
    predict(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("label bdi", has_text="المدينة").count() == 1
    page.get_by_text("The 66 columns").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    button = page.get_by_role("button", name="Predict").bounding_box()
    page.get_by_label(f"{long}_20").focus()
    field = page.get_by_label(f"{long}_20").bounding_box()
    button = page.get_by_role("button", name="Predict").bounding_box()
    assert 0 <= field["y"] + field["height"] <= button["y"] < 844  # in reach, and over no field


def test_a_category_typed_in_another_case_is_the_known_one_and_a_strange_one_is_met_with_advice(
    publish, start, open_page
):
    cities = Field("city", "string", categories=tuple(sorted(f"city-{number}" for number in range(2000))))
    publish(inputs=[*FIELDS[:4], cities])
    page = open_page(start().url)
    open_page.allowed.append("422")  # the browser reports every refusal
    city = page.get_by_label("city")
    city.fill(" City-7")
    predict(page)
    assert page.locator("#answer .verdict").count() == 1
    assert city.input_value() == "city-7"
    city.fill("cty-7")
    page.get_by_role("button", name="Predict").click()
    page.wait_for_selector("#answer .failed")
    assert "did you mean" in shown(page, f"#{city.get_attribute('id')}-problem")


def test_a_model_that_does_not_load_says_why_and_shows_when_it_does(publish, start, open_page):
    publish(breaking=True)
    page = open_page(start().url)
    assert "Version 1 cannot serve: " in shown(page, "#notice")
    assert "shows here by itself" in shown(page, "main")
    publish()
    page.wait_for_selector("#version:text-is('version 2')")
    predict(page)


def test_without_javascript_the_page_says_that_it_needs_it(steady, open_page):
    page = open_page(steady, java_script_enabled=False)
    assert "with JavaScript, which is off" in shown(page, "main")


def test_without_a_model_the_page_waits_and_then_shows_it(publish, start, open_page):
    page = open_page(start().url)
    assert "No model yet" in shown(page, "h1")
    publish()
    page.wait_for_selector("#version:text-is('version 1')")


def test_a_page_that_is_slow_to_come_is_asked_for_once(publish, start, open_page):
    page = open_page(start().url)
    held = []
    page.route("**/", lambda route: held.append(route))
    publish()
    page.wait_for_timeout(5000)  # several looks
    assert len(held) == 1
    held[0].continue_()
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
    assert find_faults(page) == []
    if scheme == "light":
        screenshot(page, "serving-addresses")


EXPLAIN = """async () => (await fetch("/explain", {
  method: "POST", headers: {"Content-Type": "application/json"}, body: recordText(),
})).json()"""
