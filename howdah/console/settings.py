"""How a console is set up."""

from __future__ import annotations

from dataclasses import dataclass, field

from serving.settings import is_loopback


@dataclass(frozen=True)
class Settings:
    """The console's options.

    ``allowed_hosts`` are names, besides loopback's own, that a request's Host header may carry. ``patience_s`` is how
    long a page waits for Oozie, ``fresh_s`` how old what it shows may be: so many browsers ask Oozie once.
    Who has not shown the ``secret`` sees nothing; "" is none.
    """

    oozie: str
    host: str = "127.0.0.1"
    port: int = 8600
    allowed_hosts: tuple[str, ...] = ()
    is_read_only: bool = False
    threads: int = 32
    patience_s: float = 8.0
    fresh_s: float = 1.5
    secret: str = field(default="", repr=False)

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the console."""
        return is_loopback(self.host)
