"""``howdah console``: a web page over any Oozie."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import click

from howdah.console.server import log_to_stderr, serve
from howdah.console.settings import Settings
from howdah.errors import CommandError
from howdah.explaining import Explainer
from howdah.oozie_option import OozieServer, YarnAddresses, oozie_options, yarn_options
from serving.server import bind, url_of
from serving.settings import Settings as ServingSettings


@click.command()
@oozie_options
@yarn_options
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", type=click.IntRange(0, 65535), default=8600, show_default=True, help="0 takes a free one.")
@click.option("--allow-host", metavar="NAME", multiple=True, help="A name that browsers may call this console by.")
@click.option("--read-only", is_flag=True, help="Show only: no suspend, resume, kill, rerun.")
@click.option("--open-to-all", is_flag=True, help="Yes, listen at an address that other machines reach.")
@click.option("--patience-seconds", type=click.FloatRange(0.1, 60), default=8.0, show_default=True,
              help="How long a page waits for Oozie before it says so.")  # fmt: skip
@click.option("--ready-file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Write URL and process there, as JSON, once the console answers.")  # fmt: skip
def command(
    oozie: OozieServer,
    addresses: YarnAddresses,
    host: str,
    port: int,
    allow_host: tuple[str, ...],
    read_only: bool,
    open_to_all: bool,
    patience_seconds: float,
    ready_file: Path | None,
) -> None:
    """Show the jobs of an Oozie in a browser: drawn, with logs and reasons, and what can be done about them.

    It acts as the user that it asks Oozie as: so it listens on this machine alone. With --auth kerberos or token, and
    without --read-only, it lets in who has the address that it prints; else it asks nobody who he is. Ctrl-C ends it.
    """
    settings = Settings(
        oozie=oozie.url, host=host, port=port, allowed_hosts=allow_host, is_read_only=read_only,
        patience_s=patience_seconds,
        secret="" if oozie.authentication == "none" or read_only else secrets.token_urlsafe(32),
    )  # fmt: skip
    if not settings.is_loopback and not open_to_all:
        hint = "use a tunnel (ssh -L 8600:localhost:8600), or say --open-to-all, best with --read-only"
        raise CommandError("H759", f"at {host} whoever reaches this console could act as {_who(oozie)}", hint=hint)
    oozie.client().close()  # for its errors only: a URL that is none is said before anything starts
    listener = bind(ServingSettings(host=host, port=port))
    url = url_of(listener)
    settings = replace(settings, port=listener.getsockname()[1])
    if not settings.is_loopback:
        settings = replace(settings, allowed_hosts=(*allow_host, host))
    log_to_stderr()
    master = os.getpid()

    def tell() -> None:
        entrance = f"{url}/?token={settings.secret}" if settings.secret else url
        print(f"Console of {oozie.url} at {entrance}  (Ctrl-C ends it)", flush=True)
        if settings.secret:
            print("  Keep the address to yourself: who has it acts as you.", flush=True)
        elif not settings.is_loopback:
            can = "see" if read_only else "see, suspend, kill and rerun"
            print(f"  EVERYBODY who reaches this address can {can} jobs as {_who(oozie)}.", flush=True)
        if ready_file is not None:
            found = {"url": url, "pid": master, "token": settings.secret}
            _write_ready(ready_file, {name: value for name, value in found.items() if value})

    serve(listener, settings, oozie.client, Explainer(oozie, addresses).yarn, tell)


def _who(oozie: OozieServer) -> str:
    return f"'{oozie.do_as or oozie.user}'" if oozie.do_as or oozie.user else "you"


def _write_ready(path: Path, found: Mapping[str, object]) -> None:
    """In one step, so that who waits for the file never reads a half; the user alone can. Raises: CommandError H712."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        draft.touch(0o600, exist_ok=False)
        draft.write_text(json.dumps(found) + "\n")
        draft.replace(path)
    except OSError as error:
        hint = "name a file in a folder that exists and is yours"
        raise CommandError("H712", f"the ready file {path} cannot be written: {error.strerror}", hint=hint) from error
