"""The form that a model's inputs make."""

import pytest
from lxml import html

from models.manifest import Field
from serving.app import create_app
from serving.pages import build_controls


def control(field, *, accept_unknown_categories=False):
    (made,) = build_controls([field], accept_unknown_categories=accept_unknown_categories)
    return made


@pytest.mark.parametrize(
    ("field", "kind", "value", "hint"),
    [
        (Field("a", "long", minimum=0, maximum=1200, example=3), "number", "3", "whole number, trained on 0 to 1,200"),
        (
            Field("a", "double", minimum=-0.25, maximum=0.5, example=0.1),
            "number",
            "0.1",
            "number, trained on -0.25 to 0.5",
        ),
        (Field("a", "double"), "number", "", "number"),
        (
            Field("a", "double", minimum=-1e-7, maximum=1_000_000.5),
            "number",
            "",
            "number, trained on -1e-07 to 1,000,000",
        ),
        (Field("a", "double", minimum=0.00025, maximum=1.5e30), "number", "", "number, trained on 0.00025 to 1.5e+30"),
        (Field("a", "double", minimum=9.9999999, maximum=512.75), "number", "", "number, trained on 10 to 512.75"),
        (Field("a", "double", minimum=7, maximum=7, example=7.0), "number", "7", "number, always 7 in training"),
        (Field("a", "string", example="x"), "text", "x", ""),
        (Field("a", "string", categories=("x", "y"), example="y"), "choice", "y", ""),
        (
            Field("a", "string", categories=("", "y"), example="y"),
            "text",
            "y",
            "one of 2 known values: type a part of it",
        ),
        (Field("a", "boolean", example=False), "choice", "false", ""),
    ],
)
def test_one_control_for_each_kind_of_input(field, kind, value, hint):
    made = control(field)
    assert (made.kind, made.value, made.hint) == (kind, value, hint)


def test_a_choice_offers_unknown_only_where_null_is_allowed():
    options = [option.value for option in control(Field("a", "string", categories=("x",))).options]
    assert options == ["", "x"]
    options = [option.value for option in control(Field("a", "string", nullable=False, categories=("x",))).options]
    assert options == ["x"]


def test_many_categories_and_an_open_service_take_a_text_that_is_completed():
    many = control(Field("a", "string", categories=tuple(f"{number:03}" for number in range(61))))
    assert (many.kind, len(many.options)) == ("text", 61)
    assert control(Field("a", "string", categories=("x",)), accept_unknown_categories=True).kind == "text"


@pytest.fixture
def page(shop, registry, settings):
    shop.publish(description="Will <b>they</b> buy?", target="action")
    registry.look()
    return html.fromstring(create_app(registry, settings).test_client().get("/").text)


def test_every_control_has_its_label_and_its_descriptions(page):
    controls = page.xpath("//*[@data-type]")
    assert [one.get("name") for one in controls] == ["hits", "revenue", "medium", "direct"]
    for one in controls:
        assert page.xpath(f"//label[@for='{one.get('id')}']")
        for identity in one.get("aria-describedby").split():
            assert page.xpath(f"//*[@id='{identity}']"), identity


def test_the_form_starts_with_the_example(page):
    assert page.xpath("//input[@name='hits']/@value") == ["12"]
    assert page.xpath("//select[@name='medium']/option[@selected]/@value") == ["organic"]
    assert page.xpath("//select[@name='direct']/option[@selected]/@value") == ["true"]


def test_what_a_model_says_of_itself_is_text_not_markup(page):
    assert page.xpath("//p[contains(@class, 'lead')]/bdi/text()") == ["Will <b>they</b> buy?"]


def test_the_page_needs_nothing_from_elsewhere_and_nothing_inline(page):
    for address in page.xpath("//script/@src | //link/@href | //img/@src"):
        assert address.startswith("/static/")
    assert not page.xpath("//script[not(@src)] | //style | //*[@style] | //*[starts-with(name(@*), 'on')]")


def test_a_model_that_is_not_there_is_a_page_that_leads_to_the_others(shop, registry, settings):
    client = create_app(registry, settings).test_client()
    browser = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
    assert "None is served yet." in client.get("/models/funnel/form", headers=browser).text
    shop.publish("funnel")
    registry.look()
    for endpoint in ("form", "owner", "drift"):
        answer = client.get(f"/models/%3Cb%3E/{endpoint}", headers=browser)
        assert (answer.status_code, answer.mimetype) == (404, "text/html")
        page = html.fromstring(answer.text)
        assert "No model '<b>' is served." in page.text_content()
        assert page.xpath("//main//a/@href") == [f"/models/funnel/{endpoint}"]
        assert client.get(f"/models/other/{endpoint}", headers={"Accept": "*/*"}).json["error"]["code"] == "H506"


def test_several_models_are_linked(shop, registry, settings):
    shop.publish("funnel")
    shop.publish("redemption")
    registry.look()
    text = create_app(registry, settings).test_client().get("/models/redemption/form").text
    page = html.fromstring(text)
    assert page.xpath("//nav//a/@href") == ["/models/funnel/form", "/models/redemption/form"]
    assert page.xpath("//nav//a[@aria-current]/text()") == ["redemption"]
