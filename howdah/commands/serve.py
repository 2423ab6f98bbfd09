"""``howdah serve``: the models of a repository behind HTTP, with a page."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from howdah.errors import CommandError
from howdah.key_files import read_trusted_key
from howdah.repository_option import ROOT_VARIABLE, check_layout
from howdah.scoring.engines import open_scorer
from howdah.tracking_option import tracking_options
from models.errors import ModelNameError
from models.names import check_name
from models.plain import PlainFolder
from models.repository import Repository
from models.source import ModelSource
from models.stages import Stage
from serving.access import check_exposure, check_tokens
from serving.loading import Loaded
from serving.registry import Registry
from serving.reports import report_models
from serving.server import bind, log_to_stderr, serve, url_of
from serving.settings import Settings, is_loopback
from serving.speculation.asking import find_group_problems
from serving.speculation.group import Group
from serving.speculation.groups_file import load_groups
from serving.tracking.settings import TrackingSettings
from storage.errors import PathNotFoundError, UnreachableError
from storage.resolve import connect

_REMOTE_RATE_PER_S = 100.0
_STAGES: Mapping[Stage, str] = {
    "qa": "what is in qa, and never from prod",
    "dev": "the latest version, whatever its stage",
}


@click.command()
@click.option(
    "--models", "roots", metavar="ROOT", multiple=True,
    help=f"A model repository: a folder, or a WebHDFS URL. Without it and --plain: ${ROOT_VARIABLE}.",
)  # fmt: skip
@click.option("--plain", metavar="NAME=PATH", multiple=True, help="A model in a plain folder, overwritten in place.")
@click.option("--model", "names", metavar="NAME", multiple=True, help="Serve this one only (may be given again).")
@click.option("--stage", type=click.Choice(["prod", "qa", "dev"]), default="prod", show_default=True,
              help="Whose versions answer: prod's, else qa's; qa's alone; or the latest (docs/models.md).")  # fmt: skip
@click.option("--groups", "groups_file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Names under which several models answer, as JSON (docs/speculative.md).")  # fmt: skip
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", type=click.IntRange(0, 65535), default=8500, show_default=True, help="0 takes a free one.")
@click.option("--allow-host", metavar="NAME", multiple=True, help="A name that clients may call this service by.")
@click.option("--tokens", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Who may ask: a name, predict or admin, and a token's SHA-256 in each line.")  # fmt: skip
@click.option("--open-to-all", is_flag=True, help="Yes, let everybody ask who reaches the address.")
@click.option("--rate", type=click.FloatRange(0, 1e6), default=None, metavar="N",
              help="Requests a second of one client, 0 for any. Default: 0 here, 100 from afar.")  # fmt: skip
@click.option("--poll-seconds", type=click.FloatRange(0.1, 3600), default=2.0, show_default=True,
              help="How often to look for new versions.")  # fmt: skip
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes.")
@click.option("--threads", type=click.IntRange(1, 256), default=8, show_default=True, help="Threads in each process.")
@click.option("--max-records", type=click.IntRange(1, 10_000_000), default=10_000, show_default=True,
              help="Records that one request may ask.")  # fmt: skip
@click.option("--max-megabytes", type=click.FloatRange(0.001, 1024), default=1.0, show_default=True,
              help="How large a request's body may be.")  # fmt: skip
@click.option("--read-timeout-seconds", type=click.FloatRange(0.1, 600), default=15.0, show_default=True,
              help="How long a client may fall silent within a request.")  # fmt: skip
@click.option("--accept-unknown-categories", is_flag=True,
              help="Answer, with a warning, where a category is one that training never saw.")  # fmt: skip
@click.option("--trust", "key_files", metavar="FILE", multiple=True, type=click.Path(path_type=Path, dir_okay=False),
              help="A public key: serve only what one of them has signed.")  # fmt: skip
@click.option("--ready-file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Write URL, process and models there, as JSON, once the service answers.")  # fmt: skip
@tracking_options
def command(
    roots: tuple[str, ...],
    plain: tuple[str, ...],
    names: tuple[str, ...],
    stage: Stage,
    groups_file: Path | None,
    host: str,
    port: int,
    allow_host: tuple[str, ...],
    tokens: Path | None,
    open_to_all: bool,
    rate: float | None,
    poll_seconds: float,
    workers: int,
    threads: int,
    max_records: int,
    max_megabytes: float,
    read_timeout_seconds: float,
    accept_unknown_categories: bool,
    key_files: tuple[Path, ...],
    ready_file: Path | None,
    tracking: TrackingSettings | None,
) -> None:
    """Serve the models of a repository over HTTP, with a page to ask them.

    New versions are taken up by themselves, without a restart. Ctrl-C ends the service.
    """
    places = _choose_places(roots, dict(map(_split_plain, plain)), stage)
    groups = load_groups(groups_file) if groups_file else ()
    _check_names(names, groups)
    settings = Settings(
        host=host,
        port=port,
        workers=workers,
        threads=threads,
        poll_s=poll_seconds,
        models=names,
        stage=stage,
        allowed_hosts=allow_host,
        accept_unknown_categories=accept_unknown_categories,
        max_records=max_records,
        max_body_bytes=int(max_megabytes * 1_000_000),
        read_timeout_s=read_timeout_seconds,
        tokens=tokens,
        is_open_to_all=open_to_all,
        groups=groups,
        tracking=tracking,
        trusted_keys=tuple(map(read_trusted_key, key_files)),
        rate_per_s=rate if rate is not None else 0.0 if is_loopback(host) else _REMOTE_RATE_PER_S,
    )
    check_exposure(settings)
    if tokens is not None:
        check_tokens(tokens)
    if ready_file is not None:
        _clear_ready(ready_file)
    _serve(places, settings, ready_file)


@dataclass(frozen=True)
class _Places:
    """Where the models lie: repositories, and plain folders by the name of their one model."""

    roots: tuple[str, ...]
    folders: Mapping[str, str]

    def find_missing(self) -> list[str]:
        """Those that are not there yet. Raises: StorageError, CommandError H713, H788."""
        found = [place for place in self.roots if not _is_there(place, is_root=True)]
        return [*found, *(place for place in self.folders.values() if not _is_there(place, is_root=False))]

    def open(self) -> dict[str, ModelSource]:
        """A source for each, of its own."""
        sources: dict[str, ModelSource] = {root: Repository(*connect(root)) for root in self.roots}
        for name, path in self.folders.items():
            sources[path] = PlainFolder(*connect(path), name)
        return sources


def _choose_places(roots: tuple[str, ...], folders: Mapping[str, str], stage: Stage) -> _Places:
    """What the options name, else the environment. Raises: UsageError."""
    if not roots and not folders:
        # Not the option's own variable: --plain alone serves nothing else, and a path may have a space in it.
        roots = tuple(filter(None, [os.environ.get(ROOT_VARIABLE)]))
    if not roots and not folders:
        raise click.UsageError(f"nothing to serve: give --models ROOT (or ${ROOT_VARIABLE}), or --plain NAME=PATH")
    if folders and stage != "prod":
        raise click.UsageError(f"--stage {stage} is of repositories: a plain folder has one version, in no stage")
    return _Places(roots, folders)


def _serve(places: _Places, settings: Settings, ready_file: Path | None) -> None:
    missing = places.find_missing()
    listener = bind(settings)
    url = url_of(listener)
    settings = replace(settings, port=listener.getsockname()[1])
    master = os.getpid()
    log_to_stderr()

    def tell(registry: Registry) -> None:
        _print_ready(url, registry, settings, missing)
        if ready_file is not None:
            _write_ready(ready_file, url, master, registry)

    serve(listener, settings, places.open, open_scorer, tell)


def _check_names(names: Sequence[str], groups: Sequence[Group]) -> None:
    """--model names models, and aliases that a group asks; it must not leave out what one does."""
    members = {member for group in groups for member in group.members}
    for name in names:
        if name not in members:
            check_name(name)
    for group in groups:
        absent = [member for member in group.members if names and member not in names]
        if absent:
            raise click.UsageError(f"--model leaves out '{absent[0]}', a member of the group '{group.name}'")


def _is_there(place: str, *, is_root: bool) -> bool:
    """Whether ``place`` exists; one that does not answer may come later. Raises: StorageError for no place at all."""
    filesystem, path = connect(place)
    try:
        if filesystem.status(path).is_directory:
            if is_root:
                check_layout(filesystem, path, place)
            return True
    except PathNotFoundError:
        return False
    except UnreachableError:
        return True
    raise CommandError("H713", f"'{place}' is a file", hint="name the folder that holds the models")


def _split_plain(text: str) -> tuple[str, str]:
    name, equals, path = text.partition("=")
    if not equals or not path:
        raise click.UsageError(f"--plain {text}: write NAME=PATH")
    try:
        return check_name(name), path
    except ModelNameError as error:
        raise CommandError(error.code, error.diagnostics[0].message, hint=error.diagnostics[0].hint) from error


def _print_ready(url: str, registry: Registry, settings: Settings, missing: Sequence[str]) -> None:
    """The URL first: who starts this wants to open it."""
    lines = [f"Serving at {url}  (Ctrl-C ends it)", f"  page: {url}/, health: {url}/health"]
    for state in registry.states.values():
        if state.loaded:
            lines.append(f"  {state.name} version {state.loaded.manifest.version}{_engine(state.loaded)}")
        if state.problem:
            lines.append(f"  {state.name}: {state.problem}")
        elif not state.loaded and state.versions:
            lines.append(f"  {state.name} is being loaded; GET /health says when it answers")
    if not any(state.loaded or state.versions for state in registry.states.values()):
        lines.append(f"  no model in {' or '.join(registry.sources)} yet; it is taken up when one is published")
    if settings.stage != "prod":
        lines.append(f"  Answers come from {_STAGES[settings.stage]}.")
    for group in settings.groups:
        lines.append(f"  {group.name}: {group.policy} of {', '.join(group.members)}")
        lines.extend(f"    {problem.message}" for problem in find_group_problems(group, registry))
    lines.extend(f"  there is no {place} yet: is it written right?" for place in missing)
    if not settings.is_loopback:
        who = "Who has a token" if settings.tokens else "EVERYBODY who reaches this address"
        lines.append(f"  {who} can ask; nothing is encrypted on the way unless a proxy does it.")
    print("\n".join(lines), flush=True)


def _engine(loaded: Loaded) -> str:
    """What is worth a word: a Java in each worker, and half a second for each answer."""
    if loaded.scorer.engine != "spark":
        return ""
    scoring = loaded.manifest.scoring
    return f", answered by Spark in a process of its own: {scoring.reason if scoring else ''}".rstrip(": ")


def _clear_ready(path: Path) -> None:
    """An older service's file must not be taken for this one's; and what cannot be written is said now."""
    draft = _draft_of(path)
    try:
        path.unlink(missing_ok=True)
        draft.touch()
        draft.unlink()
    except OSError as error:
        hint = "name a file in a folder that exists and is yours"
        raise CommandError("H712", f"the ready file {path} cannot be written: {error.strerror}", hint=hint) from error


def _draft_of(path: Path) -> Path:
    """Where the ready file is made: at its own name it appears whole or not at all."""
    return path.with_name(f"{path.name}.{os.getpid()}")


def _write_ready(path: Path, url: str, process: int, registry: Registry) -> None:
    """In one step, so that who waits for the file never reads a half."""
    told = {"url": url, "pid": process, **report_models(registry)}
    draft = _draft_of(path)
    draft.write_text(json.dumps(told, indent=2) + "\n")
    draft.replace(path)
