"""Which model repository, and who asks: the options that the commands on models share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from howdah.errors import CommandError
from models.integrity import MANIFEST_NAME
from models.repository import Repository
from storage.errors import PathNotFoundError
from storage.filesystem import FileSystem, join_path
from storage.login import login_name
from storage.resolve import connect

ROOT_VARIABLE = "HOWDAH_MODELS"

_user = click.option(
    "--user", metavar="NAME", default="", help="Who you are, to HDFS and in the log. Default: your login."
)


def repository_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """``--models`` as ``root``, and ``--user``."""
    return click.option(
        "--models", "root", metavar="ROOT", envvar=ROOT_VARIABLE, required=True,
        help=f"The model repository: a folder, or a WebHDFS URL (or ${ROOT_VARIABLE}).",
    )(_user(function))  # fmt: skip


def open_repository(root: str, user: str) -> Repository:
    """The repository at ``root``. Raises: CommandError H713, H781, H788, StorageError."""
    if not root:
        raise click.UsageError(f"--models is empty: name a folder, or a WebHDFS URL (or ${ROOT_VARIABLE})")
    filesystem, path = connect(root, user=user)
    try:
        is_folder = filesystem.status(path).is_directory
    except PathNotFoundError as error:
        hint = "name the folder below which models are published; an empty folder begins a new repository"
        raise CommandError("H781", f"there is no {root}", hint=hint) from error
    if not is_folder:
        raise CommandError("H713", f"'{root}' is a file", hint="name the folder that holds the models")
    check_layout(filesystem, path, root)
    return Repository(filesystem, path)


def check_layout(filesystem: FileSystem, path: str, root: str) -> None:
    """Refuse a folder that is a level below a repository, which would look like an empty one. Raises: CommandError."""
    below = {each.name for each in filesystem.list(path)}
    if "metadata" in below and filesystem.exists(join_path(path, "metadata", "_SUCCESS")):
        hint = f"serve it as it is: --plain NAME={root}; or give it versions: howdah models publish NAME {root}"
        raise CommandError("H788", f"{root} is one model that Spark saved, not a repository", hint=hint)
    if any(name.isdecimal() and filesystem.exists(join_path(path, name, MANIFEST_NAME)) for name in below):
        raise CommandError("H788", f"{root} holds the versions of one model", hint="name the folder above it")


def who_asks(user: str) -> str:
    """The name for the log. Raises: AccessDeniedError for somebody without one."""
    return user or login_name()
