"""A whole CSV file answered on the page: progress, errors with their line, what spreadsheets send."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def shown(page, selector):
    return page.locator(selector).inner_text()


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
    answered = list(csv.reader(Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()))
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


def problem_of(page, text, name="sessions.csv"):
    give(page, text, name)
    page.wait_for_selector("#table-problem:not(:empty)")
    return shown(page, "#table-problem")


def test_what_a_spreadsheet_does_to_a_file_is_named_in_its_own_words(steady, open_page):
    page = open_page(steady)
    open_page.allowed += ["422", "400"]  # the browser reports every refusal
    rows = table_of(3)
    assert "separated by semicolons: save the file with commas" in problem_of(page, rows.replace(",", ";"))
    assert "separated by tabs: save the file with commas" in problem_of(page, rows.replace(",", "\t"))
    assert "is a spreadsheet" in problem_of(page, "PK\x03\x04 and so on", "sessions.xlsx")
    assert problem_of(page, "") == "The file is empty"
    unknown = problem_of(page, rows.replace("organic", "nowhere"))
    assert 'Hint: known are "organic", "paid", "partner"' in unknown
    assert "GET" not in unknown
    assert problem_of(page, "spend,more\n1,2\n3,4\n") == "Line 1 names no column age, constant, channel, city"


def test_the_example_file_is_one_that_is_answered(steady, open_page):
    page = open_page(steady)
    page.get_by_label("age").fill("31")
    page.get_by_label("city").select_option("")
    with page.expect_download() as download:
        page.get_by_role("button", name="Example file").click()
    assert download.value.suggested_filename == "funnel.example.csv"
    text = Path(download.value.path()).read_bytes().decode()
    assert text == "\ufeffage,spend,constant,channel,city\r\n31,120,7,paid,\r\n"
    give(page, text)
    page.wait_for_selector("#table-told:has-text('1 row, answered by version 1.')")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the answers").click()
    assert Path(download.value.path()).read_bytes().startswith("\ufeffage,".encode())


def test_blank_lines_are_no_rows_and_strange_values_are_counted(steady, open_page):
    page = open_page(steady)
    give(page, "age,spend,constant,channel,city\n99,2,7,paid,city-1\n\n20,9999,7,paid,city-1\n\n")
    page.wait_for_selector("#table-told:has-text('answered')")
    assert shown(page, "#table-told") == ("2 rows, answered by version 1. 2 values are outside of what training saw.")
