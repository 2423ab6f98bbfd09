"""What the machine itself must have: a JDK 17, MariaDB and, to fetch the rest, Maven."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
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


@dataclass(frozen=True)
class Machine:
    """Where this machine's programs are looked for."""

    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    jvms: Path = _JVMS
    system_path: str = _SYSTEM_PATH

    @property
    def search_path(self) -> str:
        """PATH with the system's folders behind it: a user's PATH may lack /usr/sbin, where MariaDB is."""
        own = self.environment.get("PATH", "")
        return f"{own}:{self.system_path}" if own else self.system_path

    def find_program(self, name: str) -> str | None:
        """The path of a program."""
        return shutil.which(name, path=self.search_path)

    def find_jdk(self) -> Path | None:
        """The home of a JDK 17: JAVA_HOME, else the java on PATH, else one of the system's."""
        return next((home for home in self._java_homes() if _is_fitting(home)), None)

    def _java_homes(self) -> Iterator[Path]:
        if self.environment.get("JAVA_HOME"):
            yield Path(self.environment["JAVA_HOME"])
        java = self.find_program("java")
        if java:
            yield Path(java).resolve().parent.parent
        if self.jvms.is_dir():
            yield from sorted(self.jvms.iterdir())

    def check(self, *, maven: bool) -> Path:
        """The home of the JDK, when everything is there. Raises: HowdahError, an H721 for each thing that is not."""
        home = self.find_jdk()
        missing: list[tuple[str, str]] = []
        if home is None:
            others = sorted({version for each in self._java_homes() if (version := _version(each))})
            found = f" (only Java {', '.join(map(str, others))})" if others else ""
            missing.append(("java", f"the stack needs a JDK {JAVA_VERSION}, with javac, and none is found{found}"))
        if maven and self.find_program("mvn") is None:
            missing.append(("maven", "Maven, which fetches Hadoop and Oozie, is not installed (no mvn)"))
        absent = [name for name in _MARIADB if self.find_program(name) is None]
        if absent:
            missing.append(("mariadb", f"MariaDB is not installed (no {', '.join(absent)})"))
        if missing or home is None:
            diagnostics = [Diagnostic("H721", message) for _, message in missing]
            command = self.install_command([what for what, _ in missing])
            raise HowdahError.of([*diagnostics[:-1], replace(diagnostics[-1], hint=command)])
        return home

    def install_command(self, what: Iterable[str]) -> str:
        """The one command that installs ``what`` (java, maven, mariadb)."""
        installer = next((name for name in _PACKAGES if self.find_program(name)), "apt-get")
        packages = " ".join(_PACKAGES[installer][each] for each in what)
        as_root = "" if os.geteuid() == 0 else "sudo "
        return f"{as_root}{_INSTALL[installer]} {packages}"

    def require(self, name: str, what: str) -> str:
        """The path of a program, of the package ``what``. Raises: CommandError H721."""
        found = self.find_program(name)
        if found is None:
            raise CommandError("H721", f"{name} is not installed", hint=self.install_command([what]))
        return found


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
