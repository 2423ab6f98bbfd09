"""``howdah console`` as a command: whom it lets in, and that it ends; its pages are in tests/unit/howdah/console."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from howdah.__main__ import howdah
from howdah.errors import CommandError
from storage.errors import HowdahError
from tests.browser.console_process import running_console
from tests.browser.recorded_oozie import RecordedOozie
from tests.oozie_rest import Server, serving

NO_OOZIE = "http://localhost:9/oozie"


@pytest.fixture
def oozie() -> Iterator[Server]:
    with serving(RecordedOozie()) as server:
        yield server


def console(*arguments: str, oozie: str = NO_OOZIE) -> None:
    howdah.main(["console", "--oozie", oozie, "--user", "ann", *arguments], standalone_mode=False)


@pytest.mark.parametrize("host", ["0.0.0.0", "10.0.0.1", "::", "console.example"])
def test_it_listens_on_this_machine_alone_unless_told_twice(host: str) -> None:
    with pytest.raises(CommandError) as caught:
        console("--host", host)
    first = caught.value.diagnostics[0]
    assert first.code == "H759"
    assert "'ann'" in first.message
    assert "ssh -L" in first.hint


def test_a_url_that_is_none_is_said_before_anything_starts() -> None:
    with pytest.raises(HowdahError):
        console(oozie="localhost:11000")


def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with pytest.raises(HowdahError) as caught:
            console("--port", port)
    assert port in str(caught.value)


@pytest.mark.slow
def test_it_serves_the_loopback_and_ends(oozie: Server, tmp_path: Path) -> None:
    with running_console(oozie.oozie, tmp_path) as url:
        port = int(url.rpartition(":")[2])
        page = requests.get(f"{url}/bundles", timeout=20)
        # Linux keeps the addresses of listeners there; 0100007F is 127.0.0.1.
        listeners = re.findall(rf" (\w+):{port:04X} \w+:0000 0A ", Path("/proc/net/tcp").read_text("ascii"))

    assert page.status_code == 200
    assert "bundle" in page.text
    assert listeners == ["0100007F"]
    assert (tmp_path / "console.log").read_text("utf-8").startswith(f"Console of {oozie.oozie} at {url}  (Ctrl-C")
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=5)


@pytest.mark.slow
@pytest.mark.parametrize("read_only", [False, True])
def test_with_a_token_of_ones_own_other_users_of_the_machine_are_kept_out(
    oozie: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read_only: bool
) -> None:
    monkeypatch.setenv("OOZIE_TOKEN", "abc")
    options = ["--auth", "token", *(["--read-only"] if read_only else [])]
    with running_console(oozie.oozie, tmp_path, *options) as url, requests.Session() as browser:
        said = (tmp_path / "console.log").read_text("utf-8")
        ready = tmp_path / "ready.json"
        entrance = re.findall(rf"{re.escape(url)}/\?token=\S+", said)
        assert ready.stat().st_mode & 0o777 == 0o600
        if read_only:
            assert (entrance, "token" in json.loads(ready.read_text("utf-8"))) == ([], False)
            return
        assert requests.get(f"{url}/bundles", timeout=20).status_code == 403
        assert "Keep the address to yourself" in said
        assert entrance == [f"{url}/?token={json.loads(ready.read_text('utf-8'))['token']}"]
        assert browser.get(entrance[0], timeout=20).url == f"{url}/workflows"
        assert browser.get(f"{url}/bundles", timeout=20).status_code == 200


@pytest.mark.slow
def test_who_opens_it_to_all_is_told_what_all_can_do(oozie: Server, tmp_path: Path) -> None:
    with running_console(oozie.oozie, tmp_path, "--host", "0.0.0.0", "--open-to-all", "--read-only") as url:
        answer = requests.get(url.replace("0.0.0.0", "127.0.0.1"), headers={"Host": "evil.example"}, timeout=20)

    assert answer.status_code == 421
    assert "EVERYBODY who reaches this address can see jobs as 'root'" in (tmp_path / "console.log").read_text("utf-8")
