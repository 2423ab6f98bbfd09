"""Which model repository, and who asks: the options that the commands on models share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from howdah.errors import CommandError
from models.repository import Repository
from storage.errors import PathNotFoundError
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
    """The repository at ``root``. Raises: CommandError H713, H781, StorageError."""
    filesystem, path = connect(root, user=user)
    try:
        is_folder = filesystem.status(path).is_directory
    except PathNotFoundError as error:
        hint = "name the folder below which models are published, as howdah serve --models takes it"
        raise CommandError("H781", f"there is no {root}", hint=hint) from error
    if not is_folder:
        raise CommandError("H713", f"'{root}' is a file", hint="name the folder that holds the models")
    return Repository(filesystem, path)


def who_asks(user: str) -> str:
    """The name for the log. Raises: AccessDeniedError for somebody without one."""
    return user or login_name()
