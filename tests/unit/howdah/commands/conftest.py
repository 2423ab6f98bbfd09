"""A recorded Oozie, and a way to call a command on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner, Result

from howdah.__main__ import howdah
from howdah.errors import EXIT_FAILURE
from storage.errors import HowdahError
from tests.oozie_rest import Recording, Server, serving

Call = Callable[..., Result]


@pytest.fixture
def recording() -> Recording:
    return Recording()


@pytest.fixture
def oozie(recording: Recording) -> Iterator[Server]:
    with serving(recording) as server:
        yield server


def called(url: str, *arguments: str) -> Result:
    """A command at ``url``, its errors as the program shows them."""
    result = CliRunner().invoke(howdah, list(arguments), env={"OOZIE_URL": url, "COLUMNS": "80"})
    if isinstance(result.exception, HowdahError):
        lines = "\n".join(line for each in result.exception.diagnostics for line in each.lines)
        result.stdout_bytes += lines.encode()
        result.output_bytes += lines.encode()
        result.exit_code = EXIT_FAILURE
    return result


@pytest.fixture
def living() -> Iterator[Server]:
    """The same, whose jobs go on from their beginning with each look at them."""
    with serving(Recording(from_the_start=True)) as server:
        yield server


@pytest.fixture
def call(oozie: Server) -> Call:
    """``call("jobs", "-n", "3")``."""
    return lambda *arguments: called(oozie.oozie, *arguments)
