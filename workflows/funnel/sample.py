"""A web shop's hits as its analytics export has them: the article's 24 columns, one row a hit, the same for a seed.

Visitors come back, arrive by a channel, and want to look around, to compare or to buy; what they want shows in the path
of their hits, but never quite. Batch 0 is the history, every later batch some days more of the same shop.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from math import ceil
from random import Random

from workflows.funnel.shop import (
    ACTIONS_WITH_LIST,
    ACTIONS_WITHOUT_PRODUCT,
    CHANNELS,
    HOUR_WEIGHTS,
    INTENTS,
    KEYWORDS,
    LANDING_WEIGHTS,
    LANDINGS,
    LEAVE,
    LISTS,
    NEXT_ACTIONS,
    PACE,
    PRODUCTS,
    PURCHASE,
    QUALITY,
    SECONDS_ON_ACTION,
    Channel,
)
from workflows.source import Row, Table, connect

FUNNEL = Table(
    "mysql_funnel",
    (
        ("source", "VARCHAR(64)"),
        ("isTrueDirect", "VARCHAR(5)"),
        ("sourceKeyword", "VARCHAR(64)"),
        ("medium", "VARCHAR(16)"),
        ("isVideoAd", "VARCHAR(5)"),
        ("fullVisitorId", "VARCHAR(20)"),
        ("visitId", "BIGINT"),
        ("date", "DATE"),
        ("newVisits", "SMALLINT"),
        ("hitReferer", "VARCHAR(255)"),
        ("hitType", "VARCHAR(8)"),
        ("hitAction_type", "SMALLINT"),
        ("hitNumber", "INTEGER"),
        ("hitHour", "SMALLINT"),
        ("hitMin", "SMALLINT"),
        ("timeMicroSec", "BIGINT"),
        ("v2ProductName", "VARCHAR(64)"),
        ("productListName", "VARCHAR(32)"),
        ("isClick", "VARCHAR(5)"),
        ("isImpression", "VARCHAR(5)"),
        ("sessionQualityDim", "SMALLINT"),
        ("timeOnScreen", "INTEGER"),
        ("timeOnSite", "INTEGER"),
        ("totalTransactionRevenue", "BIGINT"),
    ),
    primary_key=("fullVisitorId", "visitId", "hitNumber"),
)

SEED = 2021
SESSIONS = 13_000  # of batch 0: about 100,000 hits
SESSIONS_OF_LATER_BATCH = 2_000
SINCE = datetime(2025, 12, 1, tzinfo=timezone.utc)

_SESSIONS_PER_DAY = 500
_NEW_VISITORS = 0.65  # share of sessions
_REMEMBERED = 5_000  # how many earlier visitors may come back
_LONGEST = 60  # hits of one session
_MICRO = 1_000_000


def load(url: str, *, batch: int = 0, seed: int = SEED, sessions: int = SESSIONS) -> int:
    """Put one batch into table mysql_funnel of the database at ``url``; loading it again changes nothing.

    Batch 0 has ``sessions`` sessions from ``SINCE`` on; then ``SESSIONS_OF_LATER_BATCH`` a batch. Gives the number
    of rows.

    Raises: workflows.errors.SampleError.
    """
    count = SESSIONS_OF_LATER_BATCH if batch else sessions
    first = sessions + (batch - 1) * SESSIONS_OF_LATER_BATCH if batch else 0
    since = SINCE + timedelta(days=-(-first // _SESSIONS_PER_DAY))
    until = since + timedelta(days=-(-count // _SESSIONS_PER_DAY))
    with connect(url) as source:
        source.create(FUNNEL)
        source.delete(FUNNEL, "visitId", int(since.timestamp()), int(until.timestamp()))
        return source.insert(FUNNEL, rows(seed, count, since=since, first_session=first))


def rows(seed: int, sessions: int, *, since: datetime = SINCE, first_session: int = 0) -> Iterator[Row]:
    """The hits of ``sessions`` sessions in order of time, as many a day, columns as in ``FUNNEL``; nothing is kept.

    ``first_session`` is how many sessions the shop had before ``since``: their visitors may come back.
    """
    random = Random(f"{seed}/{first_session}")  # noqa: S311 a sample, not a secret
    for day_start in range(0, sessions, _SESSIONS_PER_DAY):
        day = since + timedelta(days=day_start // _SESSIONS_PER_DAY)
        count = min(_SESSIONS_PER_DAY, sessions - day_start)
        seconds: set[int] = set()
        while len(seconds) < count:  # no two sessions start in the same second: visitId is that second
            seconds.add(random.choices(range(24), HOUR_WEIGHTS)[0] * 3600 + random.randrange(3600))
        for offset, second in enumerate(sorted(seconds)):
            yield from _session(random, seed, first_session + day_start + offset, day + timedelta(seconds=second))


def _session(random: Random, seed: int, session: int, start: datetime) -> Iterator[Row]:
    """All hits of one session; what is known only at its end (revenue, time on site, quality) stands in each."""
    visitors = ceil(session * _NEW_VISITORS)  # who have come before
    is_new = ceil((session + 1) * _NEW_VISITORS) > visitors
    number = visitors if is_new else random.randrange(max(0, visitors - _REMEMBERED), visitors)
    visitor, loyalty, home = _visitor(seed, number)
    channel = home if random.random() < 0.6 else _channel(random)
    intent = _intent(random, channel, start.hour, 0.0 if is_new else loyalty)
    path = _path(random, intent)
    seconds = [0.0]
    for action in path[:-1]:
        pace = SECONDS_ON_ACTION[action] * PACE[intent]
        seconds.append(seconds[-1] + round(random.lognormvariate(0.0, 0.6) * pace, 6))
    products = _products(random, path, intent)
    prices = [product[1] for action, product in zip(path, products, strict=True) if product and action == PURCHASE]
    revenue = sum(int(price * random.choice((1, 1, 1, 2)) * channel.basket * 100) * 10_000 for price in prices)
    shared: Row = (
        channel.source,
        "true" if channel.medium == "(none)" and random.random() < 0.8 else None,
        _keyword(random, channel),
        channel.medium,
        "true" if channel.medium == "cpc" and random.random() < 0.12 else None,
        visitor,
        int(start.timestamp()),
        start.date().isoformat(),
        1 if is_new else None,
    )
    ended = (int(seconds[-1]) if len(path) > 1 else None, revenue or None)
    quality = _quality(random, path) if random.random() < 0.7 else None
    for index, (action, product) in enumerate(zip(path, products, strict=True)):
        moment = start + timedelta(seconds=seconds[index])
        yield (
            *shared,
            channel.referer if index == 0 else None,
            "EVENT" if action in (3, 4) and random.random() < 0.9 else "PAGE",
            action,
            index + 1,
            moment.hour,
            moment.minute,
            int(seconds[index] * _MICRO),
            *_product_columns(random, action, product),
            quality,
            random.randint(1, 90) if random.random() < 0.15 else None,
            *ended,
        )


@lru_cache(maxsize=2 * _REMEMBERED)
def _visitor(seed: int, number: int) -> tuple[str, float, Channel]:
    """Identifier, liking for the shop (-1 to 2) and usual channel of a visitor."""
    random = Random(f"{seed}/visitor/{number}")  # noqa: S311
    return str(random.randrange(10**17, 10**19)), random.triangular(-1.0, 2.0, 0.6), _channel(random)


def _channel(random: Random) -> Channel:
    return random.choices(CHANNELS, [channel.weight for channel in CHANNELS])[0]


def _intent(random: Random, channel: Channel, hour: int, loyalty: float) -> str:
    evening = 1.3 if 18 <= hour <= 22 else 1.0
    buy = 0.3 * channel.pull * evening * 3.0**loyalty
    return random.choices(INTENTS, (1.0, 0.45 * channel.pull, buy))[0]


def _path(random: Random, intent: str) -> list[int]:
    """Action types from the first hit to the last."""
    action = random.choices(LANDINGS, LANDING_WEIGHTS[intent])[0]
    path = [action]
    while len(path) < _LONGEST:
        following, weights = NEXT_ACTIONS[intent][action]
        action = random.choices(following, weights)[0]
        if action == LEAVE:
            break
        path.append(action)
    return path


def _products(random: Random, path: list[int], intent: str) -> list[tuple[str, float] | None]:
    """What each hit is about: buyers stay with one product, others wander."""
    stay = {"browse": 0.2, "compare": 0.45, "buy": 0.75}[intent]
    current = random.choice(PRODUCTS)
    products: list[tuple[str, float] | None] = []
    for action in path:
        if action in ACTIONS_WITHOUT_PRODUCT:
            products.append(None)
            continue
        if action == 1 and random.random() > stay:
            current = random.choice(PRODUCTS)
        products.append(current)
    return products


def _product_columns(random: Random, action: int, product: tuple[str, float] | None) -> Row:
    """v2ProductName, productListName, isClick, isImpression."""
    name = product[0] if product else None
    if action in ACTIONS_WITH_LIST:
        return name, random.choice(LISTS), "true", None
    if action == 0 and random.random() < 0.35:
        return random.choice(PRODUCTS)[0], random.choice(LISTS), None, "true"
    return name, None, None, None


def _keyword(random: Random, channel: Channel) -> str | None:
    if channel.medium not in ("organic", "cpc"):
        return None
    return "(not provided)" if random.random() < channel.hidden_keywords else random.choice(KEYWORDS)


def _quality(random: Random, path: list[int]) -> int:
    """1 to 100: how near the session came to a purchase."""
    return max(1, min(100, int(random.gauss(max(QUALITY[action] for action in path), 12))))
