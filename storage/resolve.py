"""From a path or URL as people write it to the file system that has it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from storage.errors import StorageError
from storage.filesystem import FileSystem, clean_path
from storage.local import LocalDisk
from storage.webhdfs import Authentication, WebHdfs

# As Hadoop reads them: nothing is escaped, and neither ? nor # ends a path.
_URL = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):(?=/)(?://(?P<authority>[^/]*))?(?P<path>.*)", re.DOTALL)


def connect(
    url: str,
    *,
    spark: Any = None,
    user: str = "",
    authentication: Authentication = "none",
    token: str = "",
) -> tuple[FileSystem, str]:
    """The file system of ``url`` and the path on it.

    With a Spark session, whatever Spark can open, a plain path being one of its default file system. Without: a plain
    path or ``file:`` on the local disk, ``webhdfs://host:port/path`` or ``swebhdfs:`` (``nn1:9870,nn2:9870`` for two
    NameNodes), where ``user``, ``authentication`` and ``token`` say who asks. As in Hadoop, nothing is escaped.

    Raises: StorageError H108 for another scheme.
    """
    if spark is not None:
        from storage.jvm import connect_jvm

        return connect_jvm(spark, url)
    parts = _URL.fullmatch(url)
    if parts is None:
        return LocalDisk(), clean_path(os.path.normpath(Path.cwd() / url))
    scheme, authority, path = parts["scheme"].lower(), parts["authority"] or "", parts["path"] or "/"
    if scheme in ("webhdfs", "swebhdfs"):
        filesystem = WebHdfs(f"{scheme}://{authority}", user=user, authentication=authentication, token=token)
        return filesystem, clean_path(path)
    if scheme != "file":
        raise StorageError("H108", f"no file system is known here for '{url}'", hint=_hint(scheme, authority, path))
    if authority not in ("", "localhost"):
        raise StorageError("H108", f"'{url}' names another machine", hint="write file:///path, with three slashes")
    return LocalDisk(), clean_path(path)


def _hint(scheme: str, authority: str, path: str) -> str:
    if scheme != "hdfs":
        return "use a plain path, file: or webhdfs://host:port/path"
    host = authority.partition(":")[0] or "HOST"
    return f"outside of Spark, HDFS is reached by the NameNode's web port: webhdfs://{host}:9870{path} (2.x: 50070)"
