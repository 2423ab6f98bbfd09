"""Where the cluster's paths lie on this machine.

An app says ``hdfs://hw1:8020/user/refinedzone`` or ``/user/refinedzone``; here every HDFS authority is one folder, the
*HDFS root*, so that the same XML runs unchanged. Python parts resolve paths with :func:`to_local`; a JVM does the same
through Hadoop's view file system, set up by :func:`hadoop_settings`.
"""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath

from storage.errors import StorageError
from storage.login import login_name

HDFS_ROOT_VARIABLE = "HOWDAH_HDFS_ROOT"
DEFAULT_HOST = "local"

# As Hadoop's Path reads it: nothing is unescaped, and ? and # are characters like any other.
_URL = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):(?=/)(?://(?P<host>[^/]*))?(?P<path>.*)", re.DOTALL)
_CLUSTER_SCHEMES = frozenset(
    {"hdfs", "webhdfs", "swebhdfs", "viewfs", "maprfs", "s3", "s3a", "s3n", "gs", "wasb", "abfs"}
)


def hdfs_root() -> Path:
    """The HDFS root that the engine hands to its action processes.

    Raises: StorageError H106 when this process was not started by the engine.
    """
    root = os.environ.get(HDFS_ROOT_VARIABLE)
    if not root:
        raise StorageError("H106", f"{HDFS_ROOT_VARIABLE} is not set", hint="it names the folder that stands for HDFS")
    return Path(root)


def to_local(uri: str, root: Path) -> Path:
    """The file on this machine that ``uri`` means.

    A cluster's URI and an absolute path lie under ``root``, a relative path in the user's HDFS home, ``file:`` where
    it says.

    Raises: StorageError H107 for ``..`` above the root, H108 for an unknown scheme.
    """
    url = _URL.fullmatch(uri)
    scheme = url["scheme"].lower() if url else ""
    if url and scheme == "file":
        return Path(url["path"] or "/")
    if scheme and scheme not in _CLUSTER_SCHEMES:
        raise StorageError("H108", f"no file system is known for '{uri}'", hint="use hdfs:, file: or a plain path")
    path = PurePosixPath("/", url["path"] if url else uri)
    if not url and not uri.startswith("/"):
        path = PurePosixPath("/user", login_name(), uri)
    local = Path(os.path.normpath(root / str(path).lstrip("/")))
    if not local.is_relative_to(root):
        raise StorageError("H107", f"'{uri}' leads out of the HDFS root")
    return local


def hadoop_settings(root: Path, hosts: frozenset[str]) -> dict[str, str]:
    """Hadoop properties with which a JVM sees ``root`` behind ``hdfs://HOST`` (any port) for each of ``hosts``.

    Source: Hadoop's ViewFsOverloadScheme guide; the fallback link makes the whole tree one mount.
    """
    settings = {
        "fs.defaultFS": f"hdfs://{DEFAULT_HOST}/",
        "fs.hdfs.impl": "org.apache.hadoop.fs.viewfs.ViewFileSystemOverloadScheme",
        "fs.AbstractFileSystem.hdfs.impl": "org.apache.hadoop.fs.viewfs.ViewFs",
        # Python parts write here too and keep no .crc files beside theirs: a stale one would fail a read.
        "fs.file.impl": "org.apache.hadoop.fs.RawLocalFileSystem",
        # Else Hadoop asks DNS for a host that exists only on the cluster.
        "hadoop.security.token.service.use_ip": "false",
    }
    for host in sorted(hosts | {DEFAULT_HOST}):
        settings[f"fs.viewfs.mounttable.{host}.linkFallback"] = root.as_uri()
    return settings
