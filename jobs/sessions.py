"""From a web shop's hits to one row a session, as a model may know it while the session is still going on.

**The moment of prediction** is right after a session's fifth hit, and only for sessions that have not begun to check
out by then (no action 5, 6, 7 or 8). Known at that moment, and so a feature: how the visit arrived, what the visitor
did in *earlier* sessions, and these five hits. The label ``outcome`` is what happens in the hits after them:

- ``purchase``: an order is placed;
- ``cart``: no order, but something is put into the cart or the check-out is begun;
- ``leave``: neither.

Left out on purpose, since the export repeats in every hit what is known only at the session's end: sessionQualityDim,
timeOnSite, totalTransactionRevenue. The last one stays beside the features as ``revenue``, for reports.
"""

from __future__ import annotations

from collections.abc import Callable

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812

from jobs.errors import unknown_column
from jobs.features import Feature

OPENING_HITS = 5
MICRO = 1_000_000

ACTIONS = ("other", "list", "details", "add", "remove", "checkout", "purchase", "refund", "options")
_ADD, _CHECKOUT, _PURCHASE, _REFUND, _OPTIONS = 3, 5, 6, 7, 8
_PAST_THE_CART = (_CHECKOUT, _PURCHASE, _REFUND, _OPTIONS)
_NOTHING = ("(not set)", "(not provided)", "")

GROUP = "visitor"
DATE = "date"
FEATURES = (
    Feature("source", "category", "where the visit came from"),
    Feature("medium", "category", "by which kind of channel"),
    Feature("is_direct", "flag", "typed the address or used a bookmark"),
    Feature("is_video_ad", "flag", "came by a video advertisement"),
    Feature("has_keyword", "flag", "the search keyword is known"),
    Feature("is_referred", "flag", "another page led here"),
    Feature("is_new_visitor", "flag", "first visit ever"),
    Feature("earlier_visits", "number", "sessions of this visitor before"),
    Feature("earlier_purchases", "number", "sessions of this visitor before that ended with an order"),
    Feature("weekday", "category", "day of the week on which the visit began"),
    Feature("hour", "number", "hour of the day in which the visit began, 0 to 23"),
    Feature("first_action", "category", "what the first hit was"),
    Feature("last_action", "category", "what the fifth hit was"),
    Feature("action_difference", "number", "type number of the fifth hit's action less the first one's"),
    Feature("action_sequence", "category", "the actions in order, repeats left out"),
    Feature("list_clicks", "number", "clicks on a product list"),
    Feature("details", "number", "product pages seen"),
    Feature("adds", "number", "products put into the cart"),
    Feature("removes", "number", "products taken out again"),
    Feature("events", "number", "hits that are no page"),
    Feature("impressions", "number", "hits that showed a list of products"),
    Feature("products", "number", "different products met"),
    Feature("seconds", "number", "from the first hit to the fifth"),
    Feature("longest_pause", "number", "most seconds between two hits"),
    Feature("last_pause", "number", "seconds between the last two hits"),
    Feature("screen_seconds", "number", "mean time on a screen, where it was measured"),
)

_REQUIRED = (
    *("source", "isTrueDirect", "sourceKeyword", "medium", "isVideoAd", "fullVisitorId", "visitId", "date"),
    *("newVisits", "hitReferer", "hitType", "hitAction_type", "hitNumber", "hitHour", "timeMicroSec"),
    *("v2ProductName", "isImpression", "timeOnScreen", "totalTransactionRevenue"),
)


def prepare(hits: DataFrame) -> DataFrame:
    """Sessions with the columns of ``FEATURES``, and ``outcome``, ``visitor``, ``date`` and ``revenue``.

    Units: ``revenue`` in whole units of the currency, times in seconds.

    Raises: jobs.errors.JobError H604 for a column that the hits lack.
    """
    for name in _REQUIRED:
        if name not in hits.columns:
            raise unknown_column(name, hits.columns)
    sessions = _with_history(_by_session(clean(hits)))
    opening_actions = F.col("opening.action")
    is_open = (F.size("opening") == OPENING_HITS) & ~F.arrays_overlap(opening_actions, _codes(*_PAST_THE_CART))
    return sessions.where(is_open).select(
        "visitor",
        "date",
        "revenue",
        _outcome().alias("outcome"),
        *["source", "medium", "is_direct", "is_video_ad", "has_keyword", "is_referred", "is_new_visitor"],
        *["earlier_visits", "earlier_purchases"],
        F.date_format("date", "E").alias("weekday"),
        F.col("opening")[0]["hour"].alias("hour"),
        *_action_features(opening_actions),
        *_hit_features(),
        *_time_features(F.col("opening.seconds")),
    )


def clean(hits: DataFrame) -> DataFrame:
    """Hits with flags that are true or false, texts that say nothing as null, times in seconds and revenue in units."""
    return hits.select(
        F.col("fullVisitorId").cast("string").alias("visitor"),
        F.col("visitId").cast("bigint").alias("visit"),
        F.col("date").cast("date").alias("date"),
        _text("source"),
        _text("medium"),
        _flag("isTrueDirect").alias("is_direct"),
        _flag("isVideoAd").alias("is_video_ad"),
        _text("sourceKeyword").isNotNull().alias("has_keyword"),
        _text("hitReferer").isNotNull().alias("is_referred"),
        (F.coalesce(F.col("newVisits").cast("int"), F.lit(0)) == 1).alias("is_new_visitor"),
        F.col("hitNumber").cast("int").alias("number"),
        F.coalesce(F.col("hitAction_type").cast("int"), F.lit(0)).alias("action"),
        F.col("hitHour").cast("int").alias("hour"),
        (F.col("timeMicroSec") / MICRO).alias("seconds"),
        _text("v2ProductName").alias("product"),
        (F.col("hitType") == "EVENT").alias("is_event"),
        _flag("isImpression").alias("is_impression"),
        F.col("timeOnScreen").cast("double").alias("screen_seconds"),
        F.coalesce(F.col("totalTransactionRevenue") / MICRO, F.lit(0.0)).alias("revenue"),
    )


def _by_session(hits: DataFrame) -> DataFrame:
    """One row a session: what its first hit says of the visit, its first five hits, the action types after them."""
    hit = F.struct("number", "action", "hour", "seconds", "product", "is_event", "is_impression", "screen_seconds")
    arrival = ["source", "medium", "is_direct", "is_video_ad", "has_keyword", "is_referred", "is_new_visitor"]
    sessions = hits.groupBy("visitor", "visit").agg(
        F.min("date").alias("date"),
        F.max("revenue").alias("revenue"),  # of the whole session, in each of its hits
        *[F.min_by(name, "number").alias(name) for name in arrival],
        F.array_sort(F.collect_list(hit)).alias("hits"),  # by number, the struct's first field
    )
    return sessions.select(
        *["visitor", "visit", "date", "revenue", *arrival],
        F.slice("hits", 1, OPENING_HITS).alias("opening"),
        F.expr(f"slice(hits.action, {OPENING_HITS + 1}, greatest(size(hits), 1))").alias("rest"),
        F.array_contains("hits.action", _PURCHASE).alias("purchased"),
    )


def _with_history(sessions: DataFrame) -> DataFrame:
    """What the visitor had done before each session began."""
    before = Window.partitionBy("visitor").orderBy("visit").rowsBetween(Window.unboundedPreceding, -1)
    purchases = F.coalesce(F.sum(F.col("purchased").cast("int")).over(before), F.lit(0))
    return sessions.withColumns(
        {"earlier_visits": F.count(F.lit(1)).over(before), "earlier_purchases": purchases},
    )


def _outcome() -> Column:
    return (
        F.when(F.array_contains("rest", _PURCHASE), "purchase")
        .when(F.arrays_overlap("rest", _codes(_ADD, _CHECKOUT, _OPTIONS)), "cart")
        .otherwise("leave")
    )


def _action_features(actions: Column) -> list[Column]:
    first, last = actions[0], actions[OPENING_HITS - 1]
    changes = F.filter(actions, lambda action, i: (i == 0) | (action != F.get(actions, i - 1)))
    return [
        _action_name(first).alias("first_action"),
        _action_name(last).alias("last_action"),
        (last - first).alias("action_difference"),
        F.array_join(F.transform(changes, _action_name), " > ").alias("action_sequence"),
        *[
            F.size(F.filter(actions, _equals(code))).alias(name)
            for name, code in (("list_clicks", 1), ("details", 2), ("adds", 3), ("removes", 4))
        ],
    ]


def _hit_features() -> list[Column]:
    screens = F.filter("opening.screen_seconds", lambda seconds: seconds.isNotNull())
    total = F.aggregate(screens, F.lit(0.0), lambda sum_, seconds: sum_ + seconds)
    return [
        F.size(F.filter("opening.is_event", lambda flag: flag)).alias("events"),
        F.size(F.filter("opening.is_impression", lambda flag: flag)).alias("impressions"),
        F.size(F.array_distinct(F.filter("opening.product", lambda name: name.isNotNull()))).alias("products"),
        F.when(F.size(screens) > 0, total / F.size(screens)).alias("screen_seconds"),
    ]


def _time_features(seconds: Column) -> list[Column]:
    earlier, later = F.slice(seconds, 1, OPENING_HITS - 1), F.slice(seconds, 2, OPENING_HITS - 1)
    pauses = F.zip_with(earlier, later, lambda before, after: after - before)
    return [
        (seconds[OPENING_HITS - 1] - seconds[0]).alias("seconds"),
        F.array_max(pauses).alias("longest_pause"),
        pauses[OPENING_HITS - 2].alias("last_pause"),
    ]


def _action_name(code: Column) -> Column:
    return F.coalesce(F.get(F.array(*map(F.lit, ACTIONS)), code), F.lit(ACTIONS[0]))


def _equals(code: int) -> Callable[[Column], Column]:
    return lambda action: action == code


def _codes(*codes: int) -> Column:
    return F.array(*map(F.lit, codes))


def _flag(name: str) -> Column:
    """The export writes 'true' or nothing."""
    return F.coalesce(F.lower(F.col(name)) == "true", F.lit(False))


def _text(name: str) -> Column:
    text = F.trim(F.col(name))
    return F.when(~text.isin(*_NOTHING), text).alias(name)
