"""What the machine itself must have: a JDK 17, MariaDB and, to fetch the rest, Maven."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from howdah.errors import CommandError
from storage.errors import Diagnostic, HowdahError

JAVA_VERSION = 17
_JVMS = Path("/usr/lib/jvm")
_SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_MARIADB = ("mariadbd", "mariadb-install-db", "mariadb")
# The package of each, by the program that installs packages.
_PACKAGES = {
    "apt-get": {"java": "openjdk-17-jdk-headless", "maven": "maven", "mariadb": "mariadb-server"},
    "dnf": {"java": "java-17-openjdk-devel", "maven": "maven", "mariadb": "mariadb-server"},
    "zypper": {"java": "java-17-openjdk-devel", "maven": "maven", "mariadb": "mariadb"},
    "apk": {"java": "openjdk17-jdk", "maven": "maven", "mariadb": "mariadb mariadb-client"},
}
_INSTALL = {"apk": "apk add", "apt-get": "apt-get install -y", "dnf": "dnf install -y", "zypper": "zypper install -y"}


def search_path(environment: Mapping[str, str] = os.environ) -> str:
    """PATH with the system's folders behind it: a user's PATH may lack /usr/sbin, where MariaDB is."""
    own = environment.get("PATH", "")
    return f"{own}:{_SYSTEM_PATH}" if own else _SYSTEM_PATH


def find_program(name: str, environment: Mapping[str, str] = os.environ) -> str | None:
    """The path of a program."""
    return shutil.which(name, path=search_path(environment))


def find_jdk(environment: Mapping[str, str] = os.environ, jvms: Path = _JVMS) -> Path | None:
    """The home of a JDK 17: JAVA_HOME, else the java on PATH, else one of the system's."""
    return next((home for home in _java_homes(environment, jvms) if _is_fitting(home)), None)


def _java_homes(environment: Mapping[str, str], jvms: Path) -> Iterator[Path]:
    if environment.get("JAVA_HOME"):
        yield Path(environment["JAVA_HOME"])
    java = find_program("java", environment)
    if java:
        yield Path(java).resolve().parent.parent
    if jvms.is_dir():
        yield from sorted(jvms.iterdir())


def _version(home: Path) -> int:
    """As the file ``release`` beside a Java says; 0 where there is none."""
    try:
        found = re.search(r'^JAVA_VERSION="(?:1\.)?(\d+)', (home / "release").read_text("utf-8"), re.MULTILINE)
    except (OSError, ValueError):
        return 0
    return int(found[1]) if found else 0


def _is_fitting(home: Path) -> bool:
    """A JDK, not a JRE: Sqoop compiles what it imports."""
    return _version(home) == JAVA_VERSION and all(os.access(home / "bin" / tool, os.X_OK) for tool in ("java", "javac"))


def check(*, maven: bool, environment: Mapping[str, str] = os.environ, jvms: Path = _JVMS) -> Path:
    """The home of the JDK, when everything is there. Raises: HowdahError with an H721 for each thing that is not."""
    home = find_jdk(environment, jvms)
    missing: list[tuple[str, str]] = []
    if home is None:
        others = sorted({version for each in _java_homes(environment, jvms) if (version := _version(each))})
        found = f" (only Java {', '.join(map(str, others))})" if others else ""
        missing.append(("java", f"the stack needs a JDK {JAVA_VERSION}, with javac, and none is found{found}"))
    if maven and find_program("mvn", environment) is None:
        missing.append(("maven", "Maven, which fetches Hadoop and Oozie, is not installed (no mvn)"))
    absent = [name for name in _MARIADB if find_program(name, environment) is None]
    if absent:
        missing.append(("mariadb", f"MariaDB is not installed (no {', '.join(absent)})"))
    if missing or home is None:
        command = install_command([what for what, _ in missing], environment)
        diagnostics = [Diagnostic("H721", message) for _, message in missing]
        diagnostics[-1] = Diagnostic("H721", missing[-1][1], command)
        raise HowdahError.of(diagnostics)
    return home


def install_command(what: Iterable[str], environment: Mapping[str, str] = os.environ) -> str:
    """The one command that installs ``what`` (java, maven, mariadb)."""
    installer = next((name for name in _PACKAGES if find_program(name, environment)), "apt-get")
    packages = " ".join(_PACKAGES[installer][each] for each in what)
    as_root = "" if os.geteuid() == 0 else "sudo "
    return f"{as_root}{_INSTALL[installer]} {packages}"


def find_mariadb(name: str) -> str:
    """The path of one of MariaDB's programs. Raises: CommandError H721."""
    found = find_program(name)
    if found is None:
        raise CommandError("H721", f"MariaDB is not installed (no {name})", hint=install_command(["mariadb"]))
    return found
