from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.contract.sqoop.servers import DATABASE, RealSqoop, missing_mariadb, private_mariadb


@pytest.fixture(scope="session")
def source():
    """MariaDB with the tables of source.sql."""
    if reason := missing_mariadb():
        pytest.skip(reason)
    with private_mariadb() as server:
        server.run(Path(__file__).with_name("source.sql").read_text(), DATABASE)
        yield server


@pytest.fixture(scope="session")
def real_sqoop(tmp_path_factory):
    """Sqoop 1.4.7, fetched by Maven into the cache folder."""
    for program in ("java", "javac", "mvn"):
        if shutil.which(program) is None:
            pytest.skip(f"the real Sqoop needs {program}: apt-get install openjdk-17-jdk-headless maven")
    sqoop = RealSqoop(tmp_path_factory.mktemp("sqoop"))
    sqoop.fetch()
    return sqoop
