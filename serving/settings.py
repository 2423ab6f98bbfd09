"""How a prediction service is set up."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from models.stages import Stage
from serving.speculation.group import Group
from serving.tracking.settings import TrackingSettings


@dataclass(frozen=True)
class Settings:
    """The service's options.

    ``models`` are the only names to serve (all when empty), ``stage`` whose versions answer. ``allowed_hosts`` are
    names, besides loopback's own, that a request's Host header may carry; on an address other than loopback every name
    is taken unless some are given. ``accept_unknown_categories`` answers, with a warning, where a category is one that
    training never saw. ``tokens`` is the file of those that may ask. ``rate_per_s`` is how many requests a second each
    worker takes of one client, 0 for any number. ``groups`` are names under which several models answer. ``tracking``
    says where predictions are kept, None for nowhere. ``trusted_keys`` are public keys in PEM, one of which must have
    signed what is served; where there are none, nothing has to be signed.
    """

    host: str = "127.0.0.1"
    port: int = 8500
    workers: int = 1
    threads: int = 8
    poll_s: float = 2.0
    models: tuple[str, ...] = ()
    stage: Stage = "prod"
    allowed_hosts: tuple[str, ...] = ()
    accept_unknown_categories: bool = False
    max_body_bytes: int = 1_000_000
    max_records: int = 10_000
    read_timeout_s: float = 15.0
    reload_timeout_s: float = 30.0
    tokens: Path | None = None
    is_open_to_all: bool = False
    rate_per_s: float = 0.0
    groups: tuple[Group, ...] = ()
    tracking: TrackingSettings | None = None
    trusted_keys: tuple[bytes, ...] = ()

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the service."""
        return is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """Whether ``host`` (a name or an address) means this machine alone."""
    if host.lower() == "localhost" or host.lower().endswith(".localhost"):
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
