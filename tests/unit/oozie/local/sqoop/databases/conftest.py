from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.contract.sqoop.servers import free_port, missing_mariadb, private_mariadb


@pytest.fixture(scope="session")
def mariadb():
    """A MariaDB of the session's own."""
    if reason := missing_mariadb():
        pytest.skip(reason)
    with private_mariadb() as server:
        yield server


def _postgres_programs() -> Path | None:
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return folders[-1] if folders else None


@pytest.fixture(scope="session")
def postgresql():
    """The port of a PostgreSQL of the session's own, user postgres, no password asked."""
    programs = _postgres_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed here: apt-get install postgresql")
    as_user: dict[str, object] = {}
    with tempfile.TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as base:
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
            shutil.chown(base, "postgres")
        port = free_port()
        subprocess.run([programs / "initdb", "-D", f"{base}/data", "-A", "trust", "-U", "postgres"],
                       check=True, capture_output=True, cwd=base, **as_user)  # fmt: skip
        control = [programs / "pg_ctl", "-D", f"{base}/data", "-w", "-l", f"{base}/log"]
        options = f"-p {port} -k {base} -c listen_addresses=127.0.0.1 -c fsync=off"
        subprocess.run([*control, "-o", options, "start"], check=True, stdout=subprocess.DEVNULL, cwd=base, **as_user)
        yield port
        subprocess.run([*control, "-m", "immediate", "stop"], check=True, capture_output=True, cwd=base, **as_user)
