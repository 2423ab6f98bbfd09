"""How often one client may ask: so many requests a second, with a second's worth saved up."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

MOST_CLIENTS = 10_000


class RateLimit:
    """``per_s`` requests a second for each client; 0 is no limit.

    It remembers the last 10,000 clients: one that comes back after so many others starts anew.
    """

    def __init__(self, per_s: float, *, now: Callable[[], float] = time.monotonic) -> None:
        self._per_s = per_s
        self._most = max(1.0, per_s)
        self._now = now
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait_s(self, client: str) -> float:
        """0 when ``client``, a name or an address, may ask now, which is counted; else how long it has to wait."""
        if not self._per_s:
            return 0.0
        client = client_of(client)
        now = self._now()
        with self._lock:
            left, since = self._left.pop(client, (self._most, now))
            left = min(self._most, left + (now - since) * self._per_s)
            may = left >= 1
            self._left[client] = (left - 1 if may else left, now)
            if len(self._left) > MOST_CLIENTS:
                self._left.popitem(last=False)
        return 0.0 if may else (1 - left) / self._per_s


def client_of(address: str) -> str:
    """Whom an address stands for: of IPv6, where one client has many, the network."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return address
    return str(found.ipv4_mapped) if found.ipv4_mapped else f"{int(found) >> 64:x}::/64"
