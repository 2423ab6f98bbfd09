"""Which Oozie a command talks to and as whom, the same for every command that takes ``--oozie``."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from oozie.client import OozieClient
    from oozie.client.transport import Authentication

URL_VARIABLE = "OOZIE_URL"
TOKEN_VARIABLE = "OOZIE_TOKEN"  # noqa: S105  the variable's name

CommandT = TypeVar("CommandT", bound=Callable[..., Any])


@dataclass(frozen=True)
class OozieServer:
    """What the options say; nothing is asked before :meth:`client` is used."""

    url: str
    user: str = ""
    authentication: Authentication = "none"
    do_as: str = ""

    def client(self) -> OozieClient:
        """Raises: OozieClientError H800, H803 without a token, H806 without the package for Kerberos."""
        from oozie.client import OozieClient

        return OozieClient(
            self.url,
            user=self.user,
            authentication=self.authentication,
            token=os.environ.get(TOKEN_VARIABLE, ""),
            do_as=self.do_as,
        )


def oozie_options(command: CommandT, *, required: bool = True) -> CommandT:
    """``--oozie``, ``--user``, ``--auth`` and ``--do-as``; the command is given ``oozie: OozieServer``.

    Where it is not ``required``, the URL may be "".
    """

    @click.option("--oozie", "url", envvar=URL_VARIABLE if required else None, metavar="URL", required=required,
                  default=None if required else "",
                  help=f"The Oozie server, as http://host:11000/oozie (or ${URL_VARIABLE}).")  # fmt: skip
    @click.option("--user", envvar="OOZIE_USER", metavar="NAME", default="",
                  help="Ask as this user, where nobody checks (default: yours).")  # fmt: skip
    @click.option("--auth", "authentication", envvar="OOZIE_AUTH", default="none", show_default=True,
                  type=click.Choice(["none", "kerberos", "token"]),
                  help=f"How to say who asks; a token stands in ${TOKEN_VARIABLE}.")  # fmt: skip
    @click.option("--do-as", metavar="NAME", default="", help="Ask for this user, where yours may.")
    @functools.wraps(command)
    def with_server(url: str, user: str, authentication: Authentication, do_as: str, **others: Any) -> Any:
        if required and not url:
            raise click.UsageError(f"which Oozie? Give --oozie URL, or set ${URL_VARIABLE}")
        return command(oozie=OozieServer(url, user, authentication, do_as), **others)

    return with_server  # type: ignore[return-value]


@dataclass(frozen=True)
class YarnAddresses:
    """Where YARN's pages are, for whom Oozie's links do not lead there; empty: as Oozie links."""

    resource_manager: str = ""
    history: str = ""


def yarn_options(command: CommandT) -> CommandT:
    """``--yarn`` and ``--history``; the command is given ``addresses: YarnAddresses``."""

    @click.option("--yarn", "resource_manager", envvar="HOWDAH_YARN", metavar="URL", default="",
                  help="The ResourceManager's web address (default: where Oozie links to).")  # fmt: skip
    @click.option("--history", envvar="HOWDAH_HISTORY", metavar="URL", default="",
                  help="The JobHistory server's (default: where the nodes send us).")  # fmt: skip
    @functools.wraps(command)
    def with_addresses(resource_manager: str, history: str, **others: Any) -> Any:
        return command(addresses=YarnAddresses(resource_manager, history), **others)

    return with_addresses  # type: ignore[return-value]
