"""A console over an Oozie that answers as a real one once did."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import html

from tests.browser.recorded_oozie import RecordedOozie, console_over
from tests.oozie_rest import serving

OpenConsole = Callable[..., FlaskClient]


@pytest.fixture
def oozie() -> RecordedOozie:
    return RecordedOozie()


@pytest.fixture
def open_console(oozie: RecordedOozie) -> Iterator[OpenConsole]:
    """Opens a console with the given settings."""
    with ExitStack() as stack:
        server = stack.enter_context(serving(oozie))
        yield lambda **options: stack.enter_context(console_over(server.oozie, **options))


@pytest.fixture
def console(open_console: OpenConsole) -> FlaskClient:
    return open_console()


class Shown:
    """One page as a browser sees it."""

    def __init__(self, client: FlaskClient, address: str, **request: Any) -> None:
        self.response = client.get(address, **request)
        self.status = self.response.status_code
        self.text = self.response.get_data(as_text=True)
        self.root = html.fromstring(self.text)

    def all(self, path: str) -> list[str]:
        """The text of each element at an XPath, its blanks made one."""
        return [re.sub(r"\s+", " ", one if isinstance(one, str) else one.text_content()).strip()
                for one in self.root.xpath(path)]  # fmt: skip

    def one(self, path: str) -> str:
        (found,) = self.all(path)
        return found

    @property
    def main(self) -> str:
        """The text of the page without its head."""
        return self.one("//main")


@pytest.fixture
def look(console: FlaskClient) -> Callable[..., Shown]:
    return lambda address, **request: Shown(console, address, **request)
