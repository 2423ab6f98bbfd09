"""Whether and where a service tracks its predictions: the options of ``howdah serve`` for that."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from howdah.errors import CommandError
from serving.tracking.settings import Privacy, TrackingSettings
from storage.local import LocalDisk
from storage.resolve import connect

_FILE = click.Path(path_type=Path, dir_okay=False, exists=True)
_OPTIONS = (
    click.option("--track", "track_root", metavar="ROOT",
                 help="Keep predictions and labels below there: a folder or WebHDFS URL (docs/tracking.md)."),
    click.option("--track-spool", "track_spool", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
                 default=Path(".howdah/spool"), show_default=True,
                 help="Where they wait on this machine."),
    click.option("--track-seconds", "track_deliver_s", type=click.FloatRange(1, 86400), metavar="S", default=60.0,
                 show_default=True, help="How long they wait at most."),
    click.option("--track-key", "track_key_field", metavar="INPUT", default="",
                 help="The input that labels know a row by."),
    click.option("--track-without", "track_left_out", metavar="INPUT", multiple=True,
                 help="Do not track this input (may be given again)."),
    click.option("--track-hashed", "track_hashed", metavar="INPUT", multiple=True,
                 help="Track a keyed hash of this input alone (may be given again)."),
    click.option("--track-secret", "track_secret", type=_FILE, metavar="FILE",
                 help="The secret of those hashes: 16 bytes or more."),
    click.option("--track-days", "track_keep_days", type=click.IntRange(1, 36500), metavar="N",
                 help="Delete tracked days after N days. Default: never."),
)  # fmt: skip
_PREFIX = "track_"


def tracking_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options, handed on as one: ``tracking``, settings or None. Raises: CommandError, StorageError H108."""

    @functools.wraps(function)
    def with_tracking(*arguments: Any, **options: Any) -> Any:
        own = {name: options.pop(name) for name in list(options) if name.startswith(_PREFIX)}
        return function(*arguments, **options, tracking=_settings(**own))

    for option in reversed(_OPTIONS):
        with_tracking = option(with_tracking)
    return with_tracking


def _settings(
    *,
    track_root: str | None,
    track_spool: Path,
    track_deliver_s: float,
    track_key_field: str,
    track_left_out: tuple[str, ...],
    track_hashed: tuple[str, ...],
    track_secret: Path | None,
    track_keep_days: int | None,
) -> TrackingSettings | None:
    if track_root is None:
        if track_key_field or track_left_out or track_hashed or track_secret or track_keep_days:
            raise click.UsageError("options of --track without --track ROOT")
        return None
    if bool(track_hashed) != (track_secret is not None):
        raise click.UsageError("--track-hashed and --track-secret go together")
    _check_root(track_root)
    settings = TrackingSettings(
        root=_absolute(track_root),
        spool=track_spool.absolute(),
        privacy=Privacy(frozenset(track_left_out), frozenset(track_hashed), _read_secret(track_secret)),
        key_field=track_key_field,
        deliver_s=track_deliver_s,
        keep_days=track_keep_days,
    )
    try:
        settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        hint = "name a folder on a local disk with --track-spool"
        raise CommandError("H786", f"{settings.folder} cannot be had: {error.strerror}", hint=hint) from error
    return settings


def _check_root(root: str) -> None:
    """What is wrong with it is said now, not in a process of its own. Raises: CommandError H713, StorageError H108."""
    filesystem, path = connect(root)
    # A cluster is not asked: it may be down, and what is tracked waits for it.
    if isinstance(filesystem, LocalDisk) and filesystem.exists(path) and not filesystem.status(path).is_directory:
        raise CommandError("H713", f"'{root}' is a file", hint="name a folder: what is tracked lies below it")


def _absolute(root: str) -> str:
    """What waits for a folder waits for it wherever the next service is started from."""
    return root if ":/" in root else str(Path(root).absolute())


def _read_secret(path: Path | None) -> bytes:
    return path.read_bytes() if path else b""
