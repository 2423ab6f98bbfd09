import sqlite3
from collections import defaultdict
from contextlib import closing
from datetime import datetime, timezone
from itertools import islice

import pytest

from workflows.funnel.sample import FUNNEL, SESSIONS_OF_LATER_BATCH, load, rows

NAMES = [name for name, _ in FUNNEL.columns]


@pytest.fixture(scope="module")
def hits():
    return [dict(zip(NAMES, row, strict=True)) for row in rows(3, 1_000)]


@pytest.fixture(scope="module")
def sessions(hits):
    grouped = defaultdict(list)
    for hit in hits:
        grouped[hit["fullVisitorId"], hit["visitId"]].append(hit)
    return list(grouped.values())


def test_the_columns_are_the_article_s():
    assert len(NAMES) == 24
    assert NAMES[:4] == ["source", "isTrueDirect", "sourceKeyword", "medium"]
    assert NAMES[-1] == "totalTransactionRevenue"


def test_the_same_seed_gives_the_same_rows_and_another_one_others(hits):
    again = [dict(zip(NAMES, row, strict=True)) for row in rows(3, 1_000)]
    assert again == hits
    assert next(rows(4, 1_000)) != next(rows(3, 1_000))


def test_hits_have_a_key_and_come_in_order_of_time(hits, sessions):
    assert len(sessions) == 1_000
    assert len({tuple(hit[name] for name in FUNNEL.primary_key) for hit in hits}) == len(hits)
    assert [hit["visitId"] for hit in hits] == sorted(hit["visitId"] for hit in hits)
    for session in sessions:
        assert [hit["hitNumber"] for hit in session] == list(range(1, len(session) + 1))
        times = [hit["timeMicroSec"] for hit in session]
        assert times == sorted(times)
        assert times[0] == 0


def test_revenue_is_in_millionths_and_only_where_something_was_bought(sessions):
    bought = [session for session in sessions if any(hit["hitAction_type"] == 6 for hit in session)]
    assert 50 < len(bought) < 250
    for session in sessions:
        revenues = {hit["totalTransactionRevenue"] for hit in session}
        assert len(revenues) == 1
        assert (revenues != {None}) == (session in bought)
    assert all(session[0]["totalTransactionRevenue"] % 10_000 == 0 for session in bought)
    assert all(5_000_000 < session[0]["totalTransactionRevenue"] < 2_000_000_000 for session in bought)


def test_nulls_are_where_an_export_has_them(hits, sessions):
    always = {"source", "medium", "fullVisitorId", "visitId", "date", "hitType", "hitNumber", "hitAction_type"}
    share = {name: sum(hit[name] is None for hit in hits) / len(hits) for name in NAMES}
    assert all(share[name] == 0 for name in always)
    assert all(0.05 < share[name] < 1 for name in ("sourceKeyword", "newVisits", "timeOnScreen", "sessionQualityDim"))
    assert {hit["isTrueDirect"] for hit in hits} == {None, "true"}
    assert all(session[0]["timeOnSite"] is None for session in sessions if len(session) == 1)


def test_visitors_come_back(sessions):
    visitors = [session[0]["fullVisitorId"] for session in sessions]
    assert 0.5 < len(set(visitors)) / len(visitors) < 0.8
    new = [session[0]["fullVisitorId"] for session in sessions if session[0]["newVisits"]]
    assert len(new) == len(set(new)) == len(set(visitors))


def test_rows_are_made_one_after_the_other():
    since = datetime(2026, 5, 1, tzinfo=timezone.utc)
    first = next(islice(rows(1, 10**9, since=since), 1))
    assert first[NAMES.index("date")] == "2026-05-01"


def test_loading_a_batch_again_changes_nothing_and_a_later_one_adds_newer_rows(tmp_path):
    path = tmp_path / "funnel.sqlite"

    def content():
        with closing(sqlite3.connect(path)) as connection:
            return connection.execute("SELECT count(*), max(visitId), sum(timeMicroSec) FROM mysql_funnel").fetchone()

    url = f"sqlite:///{path}"
    count = load(url, sessions=1_000)
    first = content()
    assert first[0] == count
    more = load(url, batch=1, sessions=1_000)
    second = content()
    assert second[0] == count + more > count + SESSIONS_OF_LATER_BATCH
    assert second[1] > first[1]
    load(url, batch=1, sessions=1_000)
    load(url, sessions=1_000)
    assert content() == second


@pytest.mark.slow
@pytest.mark.spark
def test_the_report_is_the_average_revenue_by_medium_and_the_quality_of_every_column(
    hits, sessions, run_hive, write_import, read_output
):
    uri = write_import("hits", [tuple(hit.values()) for hit in hits])
    run_hive("workflows/funnel/summary_report.hql", input=uri, output=uri.replace("hits", "report"))
    by_medium = {row[0]: row[1:] for row in read_output("report/revenue_by_medium")}
    organic = [session[0] for session in sessions if session[0]["medium"] == "organic"]
    revenues = [first["totalTransactionRevenue"] / 1e6 for first in organic if first["totalTransactionRevenue"]]
    sums = (f"{sum(revenues):.2f}", f"{sum(revenues) / len(organic):.2f}", f"{sum(revenues) / len(revenues):.2f}")
    assert by_medium["organic"] == (str(len(organic)), str(len(revenues)), *sums)
    quality = read_output("report/data_quality")
    assert [row[1] for row in quality] == NAMES
    for _, name, count, nulls, distinct, low, high in quality:
        values = [hit[name] for hit in hits if hit[name] is not None]
        assert int(count) == len(hits)
        assert int(nulls) == len(hits) - len(values)
        assert int(distinct) == len(set(values))
        assert (low, high) == (str(min(values)), str(max(values)))
