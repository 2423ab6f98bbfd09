"""What every test may rely on: no environment of the caller's, and one closing line about what was not run."""

from __future__ import annotations

import os
import signal

import pytest

# With HOWDAH_REQUIRE_ALL=1 (CI sets it) a test that is skipped for want of a service fails the run.
REQUIRE_ALL = bool(os.environ.get("HOWDAH_REQUIRE_ALL"))

# A shell starts what runs in its background with Ctrl-C ignored, and children inherit that: not those of the tests.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _no_settings_of_the_caller(monkeypatch):
    """Tests find the product as a newcomer does: without the variables that steer it."""
    for name in ("HOWDAH_STATE", "HOWDAH_HDFS_ROOT", "SPARK_HOME", "HADOOP_CONF_DIR", "SPARK_CONF_DIR",
                 "OOZIE_URL", "OOZIE_TOKEN", "HOWDAH_WEBHDFS"):  # fmt: skip
        monkeypatch.delenv(name, raising=False)


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
