from __future__ import annotations

import os
import signal

import pytest

from howdah.surroundings import bypass_proxies, interrupt_on_term


def test_term_is_as_ctrl_c() -> None:
    before = signal.getsignal(signal.SIGTERM)
    try:
        interrupt_on_term()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)


def test_the_loopback_is_added_to_what_is_asked_directly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "intern")
    monkeypatch.delenv("NO_PROXY", raising=False)
    bypass_proxies()
    assert os.environ["no_proxy"] == "intern,localhost,127.0.0.1"
    assert os.environ["NO_PROXY"] == "localhost,127.0.0.1"
    monkeypatch.undo()
