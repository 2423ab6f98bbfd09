"""JDBC drivers: which one an app's Sqoop actions need, who has it, and where it comes from."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from oozie.client.sharelib.errors import LibraryError
from oozie.client.sharelib.jars import Jar
from oozie.language.model import Workflow
from oozie.language.sqoop_options import options_of
from storage.errors import Diagnostic

_FETCH_S = 300


@dataclass(frozen=True)
class Driver:
    """The driver for URLs of one kind, as it lies on Maven Central; ``accepted`` are artifacts that serve as well."""

    database: str
    group: str
    artifact: str
    version: str
    sha256: str
    class_name: str
    accepted: tuple[str, ...]

    @property
    def file_name(self) -> str:
        """The name of its jar."""
        return f"{self.artifact}-{self.version}.jar"


_MARIADB = "mariadb-java-client"
_MARIADB_CLASS = "org.mariadb.jdbc.Driver"
DRIVERS = {
    "jdbc:mysql:": Driver(
        "MySQL", "com.mysql", "mysql-connector-j", "8.4.0",
        "d77962877d010777cff997015da90ee689f0f4bb76848340e1488f2b83332af5", "com.mysql.jdbc.Driver",
        ("mysql-connector-j", _MARIADB),
    ),
    "jdbc:mariadb:": Driver(
        "MariaDB", "org.mariadb.jdbc", _MARIADB, "2.7.12",
        "ccf16f38a7bc5bd55e59aa5e3590d74faebb2fb92d111ed5641d5175c4a3624a", _MARIADB_CLASS, (_MARIADB,),
    ),
    "jdbc:postgresql:": Driver(
        "PostgreSQL", "org.postgresql", "postgresql", "42.7.4",
        "188976721ead8e8627eb6d8389d500dccc0c9bebd885268a3047180274a6031e", "org.postgresql.Driver", ("postgresql",),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Import:
    """A Sqoop action: the start of its URL, which tells the database, and the class of the driver if it names one."""

    action: str
    line: int
    url_kind: str
    class_name: str


def imports_of(app: Workflow, properties: Mapping[str, str]) -> Iterator[Import]:
    """The Sqoop actions of a workflow that read from, or write to, a database whose driver is known here."""
    for action in app.actions:
        if action.type == "sqoop":
            options = options_of(action.body, properties)
            kind = next((prefix for prefix in DRIVERS if options["connect"].lower().startswith(prefix)), "")
            if kind:
                yield Import(action.name, action.line, kind, options["driver"])


def check_drivers(imports: Iterable[Import], jars: Iterable[Jar]) -> tuple[list[Driver], list[Diagnostic]]:
    """The drivers that no jar holds, and what keeps Sqoop from using those that are there (H826)."""
    missing: list[Driver] = []
    found: list[Diagnostic] = []
    all_jars = list(jars)
    for each in imports:
        driver = DRIVERS[each.url_kind]
        able = [jar for jar in all_jars if jar.key in driver.accepted]
        if not able:
            if driver not in missing:
                missing.append(driver)
            continue
        trap = _trap(each, driver, able)
        if trap:
            found.append(Diagnostic("H826", *trap, line=each.line, node=each.action, severity="lint"))
    return missing, found


def _trap(each: Import, driver: Driver, jars: list[Jar]) -> tuple[str, str] | None:
    """What Sqoop trips over, and the way round it."""
    if each.url_kind == "jdbc:mysql:" and all(jar.key == _MARIADB for jar in jars):
        if all(jar.age >= ((3, ""),) for jar in jars):
            return (
                f"action '{each.action}': {_MARIADB} {jars[0].version} refuses jdbc:mysql URLs",
                f"take {_MARIADB} 2.7, mysql-connector-j, or a URL with jdbc:mariadb: and --driver {_MARIADB_CLASS}",
            )
        if each.class_name != _MARIADB_CLASS:
            return (
                f"action '{each.action}': for jdbc:mysql Sqoop wants {driver.class_name}, which {_MARIADB} has not",
                f"add --driver {_MARIADB_CLASS} to the action, or take mysql-connector-j",
            )
    if each.url_kind == "jdbc:mariadb:" and not each.class_name:
        return (
            f"action '{each.action}': Sqoop 1.4.7 knows no jdbc:mariadb URLs",
            f"add --driver {_MARIADB_CLASS}, or write jdbc:mysql: with mysql-connector-j",
        )
    return None


def find_driver(driver: Driver, cache: Path, repository: Path) -> Path | None:
    """The driver's jar in Howdah's cache or Maven's, whole; None where neither has it."""
    in_maven = repository.joinpath(*driver.group.split("."), driver.artifact, driver.version, driver.file_name)
    return next((path for path in (cache / driver.file_name, in_maven) if _is_whole(path, driver)), None)


def fetch_driver(
    driver: Driver, cache: Path, run: Callable[..., subprocess.CompletedProcess[str]] = subprocess.run
) -> Path:
    """Fetch the driver from Maven Central into ``cache``. Raises: LibraryError H825."""
    hint = missing_hint(driver)
    maven = shutil.which("mvn")
    if maven is None:
        raise LibraryError("H825", f"{driver.file_name} cannot be fetched: there is no Maven (mvn) here", hint=hint)
    artifact = f"{driver.group}:{driver.artifact}:{driver.version}"
    command = [maven, "-q", "-B", "dependency:copy", f"-Dartifact={artifact}", f"-DoutputDirectory={cache}"]
    try:
        cache.mkdir(parents=True, exist_ok=True)
        done = run(command, capture_output=True, text=True, timeout=_FETCH_S, cwd=cache)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise LibraryError("H825", f"{artifact} could not be fetched: {error}", hint=hint) from error
    path = cache / driver.file_name
    if done.returncode or not path.is_file():
        said = next(
            (line for line in (done.stdout + done.stderr).splitlines() if "ERROR" in line), "Maven says no more"
        )
        raise LibraryError("H825", f"{artifact} could not be fetched: {said.strip()}", hint=hint)
    if not _is_whole(path, driver):
        path.unlink(missing_ok=True)
        raise LibraryError("H825", f"{artifact} is not what it was: its checksum is another one", hint=hint)
    return path


def missing_hint(driver: Driver) -> str:
    """What to do without Maven."""
    return f"put {driver.file_name} (or another version) into the app's lib/, or name it: --lib FILE"


def _is_whole(path: Path, driver: Driver) -> bool:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() == driver.sha256
    except OSError:
        return False
