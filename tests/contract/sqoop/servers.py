"""The real things that an import is measured against: a private MariaDB, and Sqoop 1.4.7 in Hadoop's local mode.

Both run from what Debian and Maven Central ship; nothing is installed by this module.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DATABASE, USER, PASSWORD = "funnel_db", "funnel", "fu nnel:@/%"
POM = Path(__file__).with_name("sqoop-pom.xml")

_START_S = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def missing_mariadb() -> str:
    """Why a private MariaDB cannot run here, or nothing."""
    names = ("mariadbd", "mariadb-install-db", "mariadb")
    missing = [name for name in names if _program(name) is None]
    return f"MariaDB is not installed here (no {', '.join(missing)}): apt-get install mariadb-server" if missing else ""


def _program(name: str) -> str | None:
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


class MariaDb:
    """A server of our own, on the loopback, with its data in a directory of our own."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.port = free_port()
        self._socket = base / "s.sock"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def jdbc_url(self) -> str:
        return f"jdbc:mysql://127.0.0.1:{self.port}/{DATABASE}"

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def _as_user(self) -> dict[str, object]:
        """MariaDB refuses to run as root; Debian's package makes a user for it."""
        if os.geteuid() != 0:
            return {}
        user = pwd.getpwnam("mysql")
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}

    def install(self) -> None:
        self.base.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            shutil.chown(self.base, "mysql")
        subprocess.run(
            [_program("mariadb-install-db"), "--no-defaults", f"--datadir={self.base}/data",
             "--auth-root-authentication-method=normal", "--skip-test-db"],
            check=True, capture_output=True, **self._as_user(),
        )  # fmt: skip

    def start(self, *options: str) -> None:
        self._process = subprocess.Popen(
            [_program("mariadbd"), "--no-defaults", f"--datadir={self.base}/data", f"--socket={self._socket}",
             f"--pid-file={self.base}/pid", "--bind-address=127.0.0.1", f"--port={self.port}",
             f"--log-error={self.base}/err.log", "--innodb-doublewrite=0", "--innodb-flush-log-at-trx-commit=2",
             "--skip-log-bin", "--local-infile=1", "--character-set-server=utf8mb4", *options],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **self._as_user(),
        )  # fmt: skip
        deadline = time.monotonic() + _START_S
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise RuntimeError((self.base / "err.log").read_text()[-2000:])
            if self._client("SELECT 1").returncode == 0:
                return
            time.sleep(0.1)
        raise RuntimeError("MariaDB does not answer")

    def create_user(self) -> None:
        self.run(
            f"CREATE DATABASE {DATABASE}; CREATE USER {USER}@'127.0.0.1' IDENTIFIED BY '{PASSWORD}'; "
            f"CREATE USER {USER}@localhost IDENTIFIED BY '{PASSWORD}'; "
            f"GRANT ALL ON {DATABASE}.* TO {USER}@'127.0.0.1'; GRANT ALL ON {DATABASE}.* TO {USER}@localhost"
        )

    def _client(self, sql: str, database: str = "mysql") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["mariadb", "--no-defaults", "-uroot", f"--socket={self._socket}", "--local-infile=1",
             "--default-character-set=utf8mb4", database],
            input=sql, text=True, capture_output=True, check=False,
        )  # fmt: skip

    def run(self, sql: str, database: str = "mysql") -> str:
        done = self._client(sql, database)
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(_START_S)


@contextmanager
def private_mariadb(*options: str) -> Iterator[MariaDb]:
    # Unix sockets have short names, and the server's user must be able to enter.
    with tempfile.TemporaryDirectory(prefix="mdb", ignore_cleanup_errors=True) as base:
        Path(base).chmod(0o755)
        server = MariaDb(Path(base) / "m")
        server.install()
        server.start(*options)
        server.create_user()
        try:
            yield server
        finally:
            server.stop()


def cache_folder() -> Path:
    """Where downloads are kept between runs."""
    return Path(os.environ.get("HOWDAH_CACHE") or Path.home() / ".cache" / "howdah")


class RealSqoop:
    """Sqoop 1.4.7 from Maven Central, its MapReduce jobs run in the same JVM."""

    def __init__(self, work: Path) -> None:
        self.work = work
        self.library = cache_folder() / "sqoop-1.4.7"

    def fetch(self) -> None:
        """Download once; complete only when renamed."""
        if self.library.is_dir():
            return
        self.library.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.library.parent) as folder:
            shutil.copy(POM, Path(folder) / "pom.xml")
            subprocess.run(
                ["mvn", "-q", "-B", "dependency:copy-dependencies", f"-DoutputDirectory={folder}/lib"],
                cwd=folder, check=True, stdin=subprocess.DEVNULL,
            )  # fmt: skip
            (Path(folder) / "lib").rename(self.library)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """``sqoop import``; paths are local ones."""
        with self.command(*arguments) as (command, options):
            return subprocess.run(
                command, text=True, capture_output=True, check=False, stdin=subprocess.DEVNULL, **options
            )

    @contextmanager
    def command(self, *arguments: str, heap: str = "512m") -> Iterator[tuple[list[str], dict[str, object]]]:
        """The command line of an import, and where and with what environment to start it."""
        with tempfile.TemporaryDirectory(dir=self.work) as folder:
            base = Path(folder)
            conf = base / "conf"
            conf.mkdir()
            for name, settings in _settings(base).items():
                (conf / name).write_text(_configuration(settings))
            (conf / "log4j.properties").write_text(_LOG4J)
            library = str(self.library)
            # Generic options (-D) must come first, as Hadoop has it.
            generic = [word for word in arguments if word.startswith("-D")]
            own = [word for word in arguments if not word.startswith("-D")]
            java = ["java", f"-Xmx{heap}", "-cp", f"{conf}:{library}/*", "org.apache.sqoop.Sqoop", "import"]
            homes = dict.fromkeys(("HADOOP_MAPRED_HOME", "HADOOP_COMMON_HOME", "HADOOP_HOME"), library)
            generated = f"{base}/gen"
            yield (
                [*java, *generic, "--bindir", generated, "--outdir", generated, *own],
                {"cwd": base, "env": {**os.environ, **homes}},
            )


_LOG4J = """log4j.rootLogger=INFO,e
log4j.appender.e=org.apache.log4j.ConsoleAppender
log4j.appender.e.target=System.err
log4j.appender.e.layout=org.apache.log4j.PatternLayout
log4j.appender.e.layout.ConversionPattern=%p %c{1}: %m%n
"""


def _settings(base: Path) -> dict[str, dict[str, str]]:
    return {
        "core-site.xml": {"fs.defaultFS": "file:///", "hadoop.tmp.dir": f"{base}/tmp"},
        "mapred-site.xml": {
            "mapreduce.framework.name": "local",
            # Without it the generated class is not found, and one split is made instead of four.
            "mapreduce.jobtracker.address": "local",
            "mapreduce.local.map.tasks.maximum": "2",
            "mapreduce.cluster.local.dir": f"{base}/tmp/mr",
        },
    }


def _configuration(values: dict[str, str]) -> str:
    properties = "".join(f"<property><name>{k}</name><value>{v}</value></property>" for k, v in values.items())
    return f"<configuration>{properties}</configuration>"
