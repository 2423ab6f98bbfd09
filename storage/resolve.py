"""From a path or URL as people write it to the file system that has it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from storage.errors import StorageError
from storage.filesystem import FileSystem, clean_path
from storage.local import LocalDisk
from storage.webhdfs import Authentication, WebHdfs


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
    NameNodes), where ``user``, ``authentication`` and ``token`` say who asks.

    Raises: StorageError H108 for another scheme.
    """
    if spark is not None:
        from storage.jvm import connect_jvm

        return connect_jvm(spark, url)
    parts = urlsplit(url)
    if parts.scheme in ("webhdfs", "swebhdfs"):
        filesystem = WebHdfs(f"{parts.scheme}://{parts.netloc}", user=user, authentication=authentication, token=token)
        return filesystem, clean_path(unquote(parts.path) or "/")
    if parts.scheme == "file":
        if parts.netloc not in ("", "localhost"):
            raise StorageError("H108", f"'{url}' names another machine", hint="write file:///path, with three slashes")
        return LocalDisk(), clean_path(unquote(parts.path))
    if parts.scheme and "://" in url:
        raise StorageError("H108", f"no file system is known here for '{url}'", hint=_hint(parts.scheme, url))
    return LocalDisk(), clean_path(os.path.normpath(Path.cwd() / url))


def _hint(scheme: str, url: str) -> str:
    if scheme == "hdfs":
        parts = urlsplit(url)
        return (
            f"outside of Spark, HDFS is reached by the NameNode's web port: webhdfs://{parts.hostname or 'HOST'}:9870"
            f"{parts.path} (50070 before Hadoop 3)"
        )
    return "use a plain path, file: or webhdfs://host:port/path"
