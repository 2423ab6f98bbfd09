"""The shop behind the sample: its channels, its products, and how each kind of visit walks from action to action.

Action types: 0 unknown, 1 click on a product list, 2 product details, 3 add to cart, 4 remove from cart, 5 check out,
6 purchase, 7 refund, 8 checkout options.
"""

from __future__ import annotations

from dataclasses import dataclass

PURCHASE = 6
LEAVE = -1
ACTIONS_WITHOUT_PRODUCT = frozenset({0, 7, 8})
ACTIONS_WITH_LIST = frozenset({1})


@dataclass(frozen=True)
class Channel:
    """How visits arrive: share of the traffic, pull towards buying, size of the basket (1 is usual)."""

    source: str
    medium: str
    weight: float
    pull: float
    basket: float
    referer: str | None = None
    hidden_keywords: float = 0.0


CHANNELS = (
    Channel("(direct)", "(none)", 26, 1.2, 1.0),
    Channel("google", "organic", 34, 0.9, 0.95, "https://www.google.com/", 0.93),
    Channel("bing", "organic", 4, 0.9, 1.05, "https://www.bing.com/", 0.8),
    Channel("google", "cpc", 10, 1.5, 1.1, "https://www.google.com/aclk", 0.15),
    Channel("newsletter", "email", 5, 1.9, 1.3),
    Channel("youtube.com", "referral", 9, 0.3, 0.8, "https://www.youtube.com/"),
    Channel("facebook.com", "social", 6, 0.5, 0.85, "https://m.facebook.com/"),
    Channel("partner-deals.example", "affiliate", 4, 0.7, 0.7, "https://partner-deals.example/offers"),
    Channel("dfa", "cpm", 2, 0.4, 1.2),
)

HOUR_WEIGHTS = (3, 2, 1, 1, 1, 2, 3, 5, 7, 8, 9, 9, 10, 9, 9, 9, 9, 10, 11, 12, 13, 12, 9, 5)
KEYWORDS = ("travel mug", "canvas bag", "steel bottle", "wool socks", "gift for hikers", "notebook recycled")
LISTS = ("Category", "Search Results", "Related Products", "Recently Viewed")

_MATERIALS = (("Canvas", 1.0), ("Linen", 1.3), ("Steel", 1.5), ("Bamboo", 1.1), ("Wool", 1.8), ("Recycled", 0.9))
_THINGS = (("Tote Bag", 14.9), ("Travel Mug", 12.5), ("Bottle", 18.0), ("Cap", 16.0), ("Notebook", 7.9))
_MORE_THINGS = (
    ("Hoodie", 44.0),
    ("Socks, 3 Pairs", 11.5),
    ("Desk Lamp", 39.0),
    ('13" Sleeve', 27.0),
    ("Backpack", 69.0),
)
PRODUCTS = tuple(
    (f"{material} {thing}", round(price * factor, 2))
    for material, factor in _MATERIALS
    for thing, price in _THINGS + _MORE_THINGS
)

SECONDS_ON_ACTION = {0: 18, 1: 12, 2: 35, 3: 9, 4: 8, 5: 40, 6: 25, 7: 20, 8: 30}
QUALITY = {0: 8, 1: 18, 2: 30, 3: 55, 4: 45, 5: 75, 6: 95, 7: 40, 8: 82}  # what a session that came so far is worth

INTENTS = ("browse", "compare", "buy")
PACE = {"browse": 0.6, "compare": 1.0, "buy": 1.7}  # how long a visit stays on an action, 1 is usual
LANDINGS = (0, 1, 2)  # the action of a session's first hit
LANDING_WEIGHTS = {"browse": (76, 8, 16), "compare": (58, 22, 20), "buy": (52, 18, 30)}

# For each intent and action: the actions that may follow, and how often.
NEXT_ACTIONS: dict[str, dict[int, tuple[tuple[int, ...], tuple[int, ...]]]] = {
    "browse": {
        0: ((0, 1, 2, LEAVE), (52, 22, 8, 18)),
        1: ((2, 1, 0, LEAVE), (48, 24, 16, 12)),
        2: ((2, 1, 0, 3, LEAVE), (20, 26, 28, 2, 24)),
        3: ((2, 0, 4, 5, LEAVE), (30, 30, 16, 4, 20)),
        4: ((0, 1, 2, LEAVE), (30, 20, 20, 30)),
        5: ((0, 8, 6, LEAVE), (30, 20, 10, 40)),
        6: ((0, LEAVE), (20, 80)),
        7: ((0, LEAVE), (30, 70)),
        8: ((6, 0, LEAVE), (20, 30, 50)),
    },
    "compare": {
        0: ((0, 1, 2, LEAVE), (14, 50, 32, 4)),
        1: ((2, 1, 0, LEAVE), (66, 22, 8, 4)),
        2: ((2, 1, 0, 3, LEAVE), (30, 30, 6, 28, 6)),
        3: ((2, 0, 4, 5, LEAVE), (38, 14, 24, 6, 18)),
        4: ((0, 1, 2, 3, LEAVE), (14, 26, 34, 8, 18)),
        5: ((8, 6, 0, 4, LEAVE), (24, 6, 16, 14, 40)),
        6: ((0, LEAVE), (30, 70)),
        7: ((0, LEAVE), (30, 70)),
        8: ((6, 0, 5, LEAVE), (34, 18, 10, 38)),
    },
    "buy": {
        0: ((0, 1, 2, 3, LEAVE), (24, 36, 32, 4, 4)),
        1: ((2, 1, 0, LEAVE), (74, 14, 8, 4)),
        2: ((2, 1, 0, 3, LEAVE), (16, 16, 8, 54, 6)),
        3: ((5, 2, 3, 1, 0, 4, LEAVE), (48, 16, 6, 10, 8, 4, 8)),
        4: ((2, 3, 0, LEAVE), (42, 26, 18, 14)),
        5: ((8, 6, 0, LEAVE), (52, 36, 4, 8)),
        6: ((0, 7, LEAVE), (34, 2, 64)),
        7: ((0, LEAVE), (40, 60)),
        8: ((6, 5, 0, LEAVE), (80, 6, 4, 10)),
    },
}
