from __future__ import annotations

from pathlib import Path

import pytest

from howdah.demo.service import Service
from howdah.errors import CommandError


def test_a_service_without_a_model_refuses_and_stops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A proxy that nobody answers at must not stand between the demo and its own service.
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    service = Service(str(tmp_path / "models"), tmp_path)
    try:
        with pytest.raises(CommandError, match=r"H741 the service refused: .*H506"):
            service.ask("funnel", {"medium": "email"})
    finally:
        service.stop()

    with pytest.raises(OSError, match="refused"):
        service.ask("funnel", {"medium": "email"})


def test_a_service_that_does_not_start_is_one_line_with_its_log(tmp_path: Path) -> None:
    # Models in a place of no known file system.
    with pytest.raises(CommandError, match=r"^H740 the prediction service did not start: H108 ") as caught:
        Service("hdfs:/x", tmp_path)

    assert caught.value.diagnostics[0].hint == f"its log is {tmp_path}/serve.log"
