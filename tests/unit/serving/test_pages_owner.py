"""The owner's page: what it shows, to whom, and what it says where there is nothing to show."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import pytest
from lxml import html

from models.lifecycle import Lifecycle
from models.manifest import Scoring
from models.plain import PlainFolder
from models.profile.document import PROFILE_NAME, Profile
from models.profile.histograms import CategoryHistogram, NumberHistogram
from models.tracked.partitions import write
from models.tracked.schema import Answered, predictions_table
from serving.app import create_app
from serving.pages_owner import report_drift
from serving.registry import utc_now
from serving.tracking.settings import TrackingSettings
from storage.local import LocalDisk

NOW = datetime(2026, 11, 21, 12, tzinfo=timezone.utc)
TOKEN = {"Authorization": "Bearer secret"}
PROFILE = Profile(
    {
        "hits": NumberHistogram.empty((0.0, 10.0, 20.0)).of(range(20)),
        "medium": CategoryHistogram(("cpc", "email"), (9, 1)),
    },
    {"prediction": CategoryHistogram(("leave", "buy"), (10, 10))},
)


@pytest.fixture
def tokens(tmp_path, settings):
    """The settings of a service that ann looks after, and bob may ask."""
    path = tmp_path / "tokens"
    lines = {"ann admin": b"secret", "bob predict": b"other"}
    path.write_text("".join(f"{who} {hashlib.sha256(token).hexdigest()}\n" for who, token in lines.items()))
    return replace(settings, tokens=path)


@pytest.fixture
def open_service(shop, registry):
    def open_service(settings):
        registry.look()
        return create_app(registry, settings, open_sources=lambda: {"repository": shop.repository}).test_client()

    return open_service


def cells(page, identity):
    rows = page.xpath(f"//*[@id='{identity}']//tbody/tr")
    return [[" ".join(cell.text_content().split()) for cell in row.xpath("th|td")] for row in rows]


def test_versions_metrics_traffic_and_log(shop, open_service, tokens, record):
    shop.publish(metrics={"accuracy": 0.8, "rmse": 2.0})
    described = {"description": "Will <b>they</b> buy?", "aliases": ["challenger"]}
    shop.publish(metrics={"accuracy": 0.9, "rmse": 3.0}, **described)
    Lifecycle(shop.repository, "ann").promote("funnel", 2, "better <i>recall</i>")
    client = open_service(tokens)
    for _ in range(3):
        client.post("/predict", json=record, headers=TOKEN)
    text = client.get("/models/funnel/owner", headers=TOKEN).text
    page = html.fromstring(text)
    versions = cells(page, "versions")
    assert [row[0] for row in versions] == ["2", "1"]
    assert versions[0][2] == "answers challenger champion"
    assert (versions[0][3], versions[1][3]) == ("3", "0")
    assert cells(page, "metrics") == [["accuracy", "0.9 ★", "0.8"], ["rmse", "3", "2 ★"]]
    assert page.xpath("//*[@id='traffic']//svg/rect")
    assert "better <i>recall</i>" in page.xpath("//*[@id='log']")[0].text_content()
    assert "Will <b>they</b> buy?" in page.xpath("//p[@class='lead']/bdi/text()")
    assert page.xpath("//select[@id='promote-version']/option/@value") == ["2", "1"]
    assert page.xpath("//select[@id='promote-as']//option/text()") == [
        "champion (now 2)", "challenger (now 2)", "shadow (none yet)", "qa (none yet)", "prod, the champion (now 2)",
    ]  # fmt: skip
    assert page.xpath("//select[@id='rollback-as']//option/@value") == ["champion", "challenger", "stage:prod"]


def test_a_model_with_stages_goes_by_them(shop, open_service, tokens):
    for _ in range(4):
        shop.publish(aliases=[])
    lifecycle = Lifecycle(shop.repository, "ann")
    for version, alias in ((2, "qa"), (2, "champion"), (3, "qa"), (3, "mine")):
        lifecycle.promote("funnel", version, "why", alias=alias)
    lifecycle.retire("funnel", 1, "leaks")
    page = html.fromstring(open_service(tokens).get("/models/funnel/owner", headers=TOKEN).text)
    assert [row[2] for row in cells(page, "versions")] == ["dev", "qa mine", "answers prod champion", "retired"]
    assert page.xpath("//select[@id='promote-as']/optgroup/@label") == ["Stages", "Aliases"]
    assert page.xpath("//select[@id='promote-as']//option/@value") == [
        "stage:qa", "stage:prod", "champion", "challenger", "shadow", "mine",
    ]  # fmt: skip
    assert page.xpath("//select[@id='rollback-as']//option/@value") == ["stage:qa", "stage:prod", "champion", "mine"]
    assert page.xpath("//select[@id='retire-version']/option/@value") == ["4"]


def test_that_spark_itself_answers_is_said_with_the_reason(shop, open_service, tokens, make_scorer, monkeypatch):
    shop.publish(scoring=Scoring("spark", 10, reason="its stage is in no table of ours"))
    client = open_service(tokens)
    hidden = html.fromstring(client.get("/models/funnel/owner", headers=TOKEN).text).get_element_by_id("engine")
    assert hidden.get("hidden") is not None  # the scorer of these tests is another one
    monkeypatch.setattr(make_scorer, "engine", "spark")
    told = html.fromstring(client.get("/models/funnel/owner", headers=TOKEN).text).get_element_by_id("engine")
    assert told.get("hidden") is None
    assert told.text_content() == "Spark itself answers: its stage is in no table of ours."


def test_the_page_needs_nothing_inline_and_ties_its_labels(shop, open_service, tokens):
    shop.publish()
    client = open_service(tokens)
    for address in ("/models/funnel/owner", "/models/funnel/drift"):
        page = html.fromstring(client.get(address, headers=TOKEN).text)
        assert not page.xpath("//script[not(@src)] | //style | //*[@style] | //*[starts-with(name(@*), 'on')]")
        for one in page.xpath("//form[@data-action]//input | //form[@data-action]//select"):
            assert page.xpath(f"//label[@for='{one.get('id')}']")
            for identity in (one.get("aria-describedby") or "").split():
                assert page.xpath(f"//*[@id='{identity}']")
        for follows in page.xpath("//*[@data-follows]"):
            assert follows.get("id")


def test_who_may_only_ask_finds_no_way_there(shop, open_service, tokens):
    shop.publish()
    client = open_service(tokens)
    other = {"Authorization": "Bearer other"}
    assert client.get("/models/funnel/owner", headers=other).status_code == 403
    assert client.get("/models/funnel/drift", headers=other).status_code == 403
    assert "/models/funnel/owner" not in client.get("/", headers=other).text
    assert "/models/funnel/owner" in client.get("/", headers=TOKEN).text


def test_without_tokens_the_page_shows_all_and_changes_nothing(shop, open_service, settings):
    shop.publish()
    client = open_service(settings)
    assert "/models/funnel/owner" in client.get("/").text
    page = html.fromstring(client.get("/models/funnel/owner").text)
    assert cells(page, "versions")
    assert not page.xpath("//form[@data-action]")
    assert "start it with --tokens FILE" in page.text_content()


def test_one_spoilt_version_hides_no_other(shop, open_service, tokens):
    shop.publish()
    shop.publish()
    shop.spoil(1, file="manifest.json")
    page = html.fromstring(open_service(tokens).get("/models/funnel/owner", headers=TOKEN).text)
    assert [row[0] for row in cells(page, "versions")] == ["2", "1"]
    assert page.xpath("//select[@id='promote-version']/option/@value") == ["2"]


def test_a_repository_that_is_away_leaves_the_traffic(shop, source, registry, settings, record):
    shop.publish()
    registry.look()
    client = create_app(registry, settings, open_sources=lambda: {"folder": PlainFolder(LocalDisk(), "/x", "y")})
    page = html.fromstring(client.test_client().get("/models/funnel/owner").text)
    assert "no repository has a model 'funnel'" in page.xpath("//*[@id='notices']")[0].text_content()
    assert page.xpath("//*[@id='traffic']")
    assert "There is nothing to choose from." in page.text_content()


# -- drift --


@pytest.fixture
def loaded(shop, registry):
    with shop.repository.stage("funnel") as staging:
        staging.add(PROFILE_NAME, PROFILE.to_json().encode())
        _write_model(staging)
    registry.look()
    return registry.states["funnel"].loaded


def _write_model(staging):
    model = Path(staging.model_path)
    (model / "metadata").mkdir(parents=True)
    (model / "metadata" / "part-00000").write_text('{"class": "org.apache.spark.ml.PipelineModel"}')
    (model / "answer.json").write_text('{"prediction": 1.0, "probability": [0.25, 0.75]}')
    staging.publish(classes=("leave", "buy"), inputs=(), metrics={}, aliases=["champion"])


def track(root, rows, *, hours_ago=1.0, version=1, now=NOW):
    moment = int((now.timestamp() - hours_ago * 3600) * 1e6)
    answered = Answered(
        "r", moment, "s", "funnel", version, "d", ("leave", "buy"), rows, [(1.0, (0.25, 0.75))] * len(rows)
    )
    write(LocalDisk(durable=False), str(root), "funnel", "predictions", now.date(), f"p{hours_ago}",
          predictions_table([answered]))  # fmt: skip


def test_columns_stand_in_the_order_of_their_distance(loaded, tmp_path):
    tracking = TrackingSettings(str(tmp_path / "tracked"), tmp_path / "spool")
    assert "with some delay" in report_drift(loaded, tracking, 24, lambda: NOW).why
    track(tmp_path / "tracked", [{"hits": number % 20, "medium": "email"} for number in range(600)])
    track(tmp_path / "tracked", [{"hits": 5, "medium": "cpc"}] * 50, hours_ago=30)
    found = report_drift(loaded, tracking, 24, lambda: NOW)
    assert (found.rows, found.why) == (600, "")
    assert [(each.name, each.role, each.is_far) for each in found.columns] == [
        ("medium", "input", True), ("prediction", "output", True), ("hits", "input", False),
    ]  # fmt: skip
    assert found.columns[2].psi == pytest.approx(0, abs=0.01)
    assert report_drift(loaded, tracking, 1, lambda: NOW).rows == 600
    assert report_drift(loaded, tracking, 168, lambda: NOW).rows == 650


def test_of_few_predictions_nothing_is_said_but_that(loaded, tmp_path):
    track(tmp_path, [{"hits": 1, "medium": "cpc"}] * 4)
    found = report_drift(loaded, TrackingSettings(str(tmp_path), tmp_path / "spool"), 24, lambda: NOW)
    assert found.why.startswith("Too few to say how far they are from training")
    assert [(each.psi, each.is_far) for each in found.columns] == [(None, False)] * 3


def test_the_page_of_few_predictions_calls_no_column_far(loaded, open_service, settings, tmp_path):
    track(tmp_path, [{"hits": 1, "medium": "cpc"}] * 4, hours_ago=0.001, now=utc_now())
    tracking = TrackingSettings(str(tmp_path), tmp_path / "spool")
    page = html.fromstring(open_service(replace(settings, tracking=tracking)).get("/models/funnel/drift").text)
    text = page.xpath("//*[@id='drift']")[0].text_content()
    assert "4 predictions of version 1" in text and "Too few to say" in text
    assert not [word for word in ("PSI", "is far") if word in text]
    assert len(page.xpath("//*[@id='drift']//article")) == 3


def test_what_there_is_no_drift_of_is_said(shop, open_service, settings, registry, tmp_path):
    shop.publish()
    client = open_service(settings)
    assert "This service tracks no predictions" in client.get("/models/funnel/drift").text
    tracking = TrackingSettings(str(tmp_path / "tracked"), tmp_path / "spool")
    no_profile = report_drift(registry.states["funnel"].loaded, tracking, 24, lambda: NOW)
    assert no_profile.why == "Training wrote no profile of this version: publish it again."
    assert client.get("/models/funnel/drift?hours=2").json["error"]["code"] == "H512"
