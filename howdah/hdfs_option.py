"""Which HDFS a command writes to, the same for every command that takes ``--hdfs``."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import click

from howdah.errors import CommandError
from storage.filesystem import FileSystem
from storage.local import LocalDisk
from storage.resolve import connect
from storage.webhdfs import Authentication

URL_VARIABLE = "HOWDAH_WEBHDFS"
TOKEN_VARIABLE = "HOWDAH_WEBHDFS_TOKEN"  # noqa: S105  the variable's name
_WEB_PORT = 9870
_SCHEMES = {"http": "webhdfs", "https": "swebhdfs"}

hdfs_option = click.option(
    "--hdfs", envvar=URL_VARIABLE, metavar="URL", default="",
    help=f"WebHDFS, as http://host:9870 (or ${URL_VARIABLE}; default: port {_WEB_PORT} of the app's NameNode). "
         f"A delegation token stands in ${TOKEN_VARIABLE}. file:///FOLDER stands in for HDFS.",
)  # fmt: skip


def open_hdfs(
    url: str, authority: str, properties: Mapping[str, str], *, user: str, authentication: Authentication
) -> FileSystem:
    """The file system at ``url``, or that of the app's own ``authority`` (``hdfs://nn:8020``).

    Raises: CommandError H763 where nothing says where it is, or where a token would go to a host that only the app
    names; StorageError.
    """
    token = os.environ.get(TOKEN_VARIABLE, "")
    if not url:
        url = _web_address(authority or properties.get("nameNode", ""))
        if token:  # who holds it is its owner to HDFS, and job.properties may name any host
            message = f"${TOKEN_VARIABLE} is sent only to an address that you give, not to one out of job.properties"
            hint = f"--hdfs {url.replace('webhdfs', 'http')} (or https), or ${URL_VARIABLE}; or unset the token"
            raise CommandError("H763", message, hint=hint)
    scheme, separator, rest = url.partition("://")
    if scheme == "file" or not separator:
        filesystem, path = connect(url)
        return LocalDisk(Path(path), durable=False) if isinstance(filesystem, LocalDisk) else filesystem
    if token and authentication == "none":
        authentication = "token"
    netloc = rest.partition("/")[0]
    address = f"{_SCHEMES.get(scheme, scheme)}://{netloc}/"
    return connect(address, user=user, authentication=authentication, token=token)[0]


def _web_address(name_node: str) -> str:
    try:
        host = urlsplit(name_node).hostname or ""
    except ValueError:
        host = ""
    if not re.fullmatch(r"[\w.:-]+", host):
        hint = f"--hdfs http://NAMENODE:{_WEB_PORT}, or ${URL_VARIABLE}"
        raise CommandError("H763", "nothing says where HDFS is: the application path names no NameNode", hint=hint)
    return f"webhdfs://{host}:{_WEB_PORT}"
