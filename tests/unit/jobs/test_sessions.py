import pytest

from jobs.errors import JobError
from jobs.sessions import FEATURES, prepare
from workflows.funnel.sample import FUNNEL

pytestmark = pytest.mark.spark

NAMES = [name for name, _ in FUNNEL.columns]
DEFAULTS = {
    "source": "google",
    "medium": "cpc",
    "fullVisitorId": "42",
    "visitId": 1_000,
    "date": "2026-01-05",  # a Monday
    "hitType": "PAGE",
    "hitHour": 9,
    "hitMin": 0,
    "sourceKeyword": "(not provided)",
}


def session(actions, **values):
    """The hits of one session, ten seconds apart."""
    return [
        {**DEFAULTS, "hitNumber": i + 1, "hitAction_type": action, "timeMicroSec": i * 10_000_000, **values}
        for i, action in enumerate(actions)
    ]


@pytest.fixture
def run(spark):
    def run(hits):
        schema = ", ".join(f"{name} STRING" for name in NAMES)
        rows = [[None if hit.get(name) is None else str(hit[name]) for name in NAMES] for hit in hits]
        table = spark.createDataFrame(rows, schema)
        casts = [f"cast({column.rpartition(' ')[0]} as {column.rpartition(' ')[2]})" for column in _columns()]
        return [row.asDict() for row in prepare(table.selectExpr(*casts)).orderBy("visitor", "date").collect()]

    return run


def _columns():
    return [column.strip() for column in FUNNEL.spark_columns.split(",")]


def test_a_session_is_told_by_its_first_five_hits_in_order(run):
    hits = session([0, 1, 1, 2, 3, 2, 6])
    hits[1].update(v2ProductName="Cap", isImpression="true", timeMicroSec=15_000_000)
    hits[3].update(v2ProductName="Mug", timeOnScreen=8)
    hits[4].update(v2ProductName="Cap", hitType="EVENT", timeOnScreen=4)
    (row,) = run(hits[::-1])
    expected = {
        "visitor": "42",
        "outcome": "purchase",
        "first_action": "other",
        "last_action": "add",
        "action_difference": 3,
        "action_sequence": "other > list > details > add",
        "list_clicks": 2,
        "details": 1,
        "adds": 1,
        "removes": 0,
        "events": 1,
        "impressions": 1,
        "products": 2,
        "seconds": 40.0,
        "longest_pause": 15.0,
        "last_pause": 10.0,
        "screen_seconds": 6.0,
        "weekday": "Mon",
        "hour": 9,
        "has_keyword": False,
        "is_direct": False,
        "is_new_visitor": False,
        "earlier_visits": 0,
    }
    assert {name: row[name] for name in expected} == expected


def test_the_outcome_is_what_happens_after_the_fifth_hit(run):
    cases = {
        "buys": [0, 1, 2, 3, 2, 6],
        "fills the cart": [0, 1, 2, 2, 1, 3],
        "goes to the check-out": [0, 1, 2, 3, 2, 5],
        "filled the cart before": [0, 1, 2, 3, 2, 0, 1],  # what was put into it before the fifth hit is no outcome
        "looks on": [0, 1, 2, 2, 0],
    }
    rows = run([hit for visitor, actions in cases.items() for hit in session(actions, fullVisitorId=visitor)])
    assert {row["visitor"]: row["outcome"] for row in rows} == {
        "buys": "purchase",
        "fills the cart": "cart",
        "goes to the check-out": "cart",
        "filled the cart before": "leave",
        "looks on": "leave",
    }


def test_no_prediction_for_sessions_that_are_too_short_or_already_at_the_check_out(run):
    cases = [[0, 1, 2, 3], [0, 2, 3, 5, 6, 0], [0, 2, 3, 8, 0, 0], [0, 6, 7, 1, 2, 1]]
    assert run([hit for i, actions in enumerate(cases) for hit in session(actions, fullVisitorId=str(i))]) == []


def test_nothing_of_the_future_reaches_a_feature(run):
    opening = [0, 1, 2, 1, 2]
    future = {"sessionQualityDim": 99, "timeOnSite": 900, "totalTransactionRevenue": 12_500_000}
    bought = session([*opening, 3, 5, 6], fullVisitorId="43", **future)
    left, bought = run([*session([*opening, 0], fullVisitorId="42"), *bought])
    names = [feature.name for feature in FEATURES]
    assert [left[name] for name in names] == [bought[name] for name in names]
    assert (left["outcome"], bought["outcome"]) == ("leave", "purchase")
    assert (left["revenue"], bought["revenue"]) == (0.0, 12.5)


def test_only_earlier_sessions_are_history(run):
    first = session([0, 1, 2, 3, 2, 6], visitId=1_000, date="2026-01-01", newVisits=1)
    second = session([0, 1, 2, 1, 2, 0], visitId=2_000, date="2026-01-02")
    third = session([0, 1, 2, 1, 2, 0], visitId=3_000, date="2026-01-03")
    rows = run([*third, *first, *second, *session([0, 1, 2, 1, 2], fullVisitorId="43", date="2026-01-09")])
    assert [(r["visitor"], r["earlier_visits"], r["earlier_purchases"], r["is_new_visitor"]) for r in rows] == [
        ("42", 0, 0, True),
        ("42", 1, 1, False),
        ("42", 2, 1, False),
        ("43", 0, 0, False),
    ]


def test_texts_that_say_nothing_are_null_and_flags_never_are(run):
    (row,) = run(session([0, 1, 2, 1, 2], medium="(not set)", source=None, isTrueDirect="true", sourceKeyword="mug"))
    assert (row["medium"], row["source"]) == (None, None)
    assert (row["is_direct"], row["is_video_ad"], row["has_keyword"]) == (True, False, True)


def test_every_feature_is_a_column(run):
    (row,) = run(session([0, 1, 2, 1, 2]))
    assert set(row) == {feature.name for feature in FEATURES} | {"outcome", "visitor", "date", "revenue"}


def test_hits_that_lack_a_column_are_refused_with_the_nearest_name(spark):
    table = spark.createDataFrame([], FUNNEL.spark_columns).withColumnRenamed("hitNumber", "hit_number")
    with pytest.raises(JobError, match="H604 there is no column 'hitNumber'") as caught:
        prepare(table)
    assert caught.value.diagnostics[0].hint == "did you mean 'hit_number'?"
