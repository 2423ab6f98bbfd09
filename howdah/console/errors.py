"""What the console refuses.

=====  ==========================================================================
H750   no such page
H751   Oozie takes longer to answer than a page may wait
H752   a Host that is not this console's
H753   a form that did not come from this console's own page
H754   the console was started to look only
H755   something that cannot be done with a job as it is now
H756   a fault of the console itself
H757   a request that HTTP itself forbids
H758   a filter that cannot be understood
H775   somebody who does not have the address that the console printed
=====  ==========================================================================
"""

from __future__ import annotations

from storage.errors import HowdahError


class ConsoleError(HowdahError):
    """The console cannot show or do what it was asked (H75x, H775)."""


# code -> HTTP status; Oozie's own refusals have a table in howdah.console.app
STATUS = {
    "H750": 404,
    "H751": 504,
    "H752": 421,
    "H753": 403,
    "H754": 403,
    "H755": 409,
    "H756": 500,
    "H757": 400,
    "H758": 400,
    "H775": 403,
}
