"""Puts an action's files into its current directory, as YARN's distributed cache does.

Source: org.apache.oozie.action.hadoop.JavaActionExecutor.addToCache; Hadoop's DistributedCache.
"""

from __future__ import annotations

import shutil
import tarfile
import zipfile
from pathlib import Path

from oozie.local.actions.executor import ActionRun
from oozie.local.errors import ActionError, failure


def localise(run: ActionRun) -> None:
    """Put what the action may use into its work folder.

    That is, the later over the earlier: the folders of ``oozie.libpath``, the app's ``lib/``, each ``<file>`` and
    ``<archive>`` under the name after ``#``.

    Raises: ActionError JA008 for a file that does not exist, JA009 for an archive that cannot be unpacked.
    """
    for uri in filter(None, (part.strip() for part in run.setting("oozie.libpath").split(","))):
        shared = run.local(uri)
        for file in sorted(shared.iterdir()) if shared.is_dir() else ():
            if file.is_file():
                _link(file, run.work / file.name)
    library = run.app / "lib"
    for file in sorted(library.iterdir()) if library.is_dir() else ():
        if file.is_file():
            _put(file, run.work / file.name)
    for text in run.texts("file"):
        source, name = _split(run, text)
        _put(source, run.work / name)
    for text in run.texts("archive"):
        source, name = _split(run, text)
        _unpack(source, run.work / name)


def _split(run: ActionRun, text: str) -> tuple[Path, str]:
    uri, _, name = text.partition("#")
    source = run.local(uri)
    target = Path(name or source.name)
    if not source.exists():
        raise failure("JA008", f"File does not exist: {_full(run, uri)}#{target}")
    if target.is_absolute() or ".." in target.parts:
        raise ActionError("JA009", f"'{text}' would lie outside of the action's folder")
    return source, str(target)


def _full(run: ActionRun, uri: str) -> str:
    """``uri`` with the name node, a relative one in the app's folder."""
    if ":" in uri:
        return uri
    if uri.startswith("/"):
        return run.text("name-node") + uri
    app = run.job.app_path if not run.job.app_path.endswith(".xml") else run.job.app_path.rpartition("/")[0]
    return f"{app}/{uri}"


def _link(source: Path, target: Path) -> None:
    """A shared library is large, and a password beside it has its own permissions: no copies."""
    target.unlink(missing_ok=True)
    target.symlink_to(source)


def _put(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_symlink():  # of a shared library: what it names is not ours to write
        target.unlink()
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    else:
        shutil.copyfile(source, target)
        target.chmod(0o755)  # as YARN: a script may be executed without a chmod of its own


def _unpack(source: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    try:
        if zipfile.is_zipfile(source):
            with zipfile.ZipFile(source) as archive:
                archive.extractall(target)  # noqa: S202 (zipfile keeps inside)
        else:
            with tarfile.open(source) as archive:
                _check_members(archive)
                # Pythons of before 2023 know no filters; what leads outside is refused above in any case.
                if hasattr(tarfile, "data_filter"):
                    archive.extractall(target, filter="data")
                else:
                    archive.extractall(target)  # noqa: S202 (checked)
    except (OSError, tarfile.TarError, zipfile.BadZipFile) as error:
        raise ActionError("JA009", f"{source.name} cannot be unpacked: {error}") from error


def _check_members(archive: tarfile.TarFile) -> None:
    for member in archive.getmembers():
        for name in (member.name, member.linkname):
            if Path(name).is_absolute() or ".." in Path(name).parts:
                raise ActionError("JA009", f"the archive's member '{member.name}' leads out of its folder")
