from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from howdah.tracking_option import tracking_options
from storage.errors import HowdahError


@pytest.fixture
def told(tmp_path, monkeypatch):
    """The settings that a command is given, or the error that its user sees."""
    monkeypatch.chdir(tmp_path)
    seen = []

    @click.command()
    @tracking_options
    def command(tracking):
        seen.append(tracking)

    def call(*options):
        result = CliRunner().invoke(command, options)
        if isinstance(result.exception, HowdahError):
            return str(result.exception)
        return seen.pop() if result.exit_code == 0 else result.output

    return call


def test_nothing_is_tracked_unless_it_is_asked_for(told):
    assert told() is None


def test_a_root_is_enough(told, tmp_path):
    settings = told("--track", "models")

    assert (settings.root, settings.spool) == (str(tmp_path / "models"), tmp_path / ".howdah" / "spool")
    assert (settings.deliver_s, settings.keep_days, settings.key_field) == (60.0, None, "")
    assert settings.folder.is_dir()


def test_a_file_is_no_root(told):
    Path("models").write_text("")

    assert "H713" in told("--track", "models")


def test_all_options(told):
    Path("secret").write_bytes(b"0123456789abcdef")
    settings = told(
        *("--track", "webhdfs://nn:9870/models", "--track-spool", "waiting", "--track-seconds", "5"),
        *("--track-key", "customer", "--track-without", "email", "--track-hashed", "customer"),
        *("--track-secret", "secret", "--track-days", "90"),
    )

    assert (settings.root, settings.deliver_s, settings.keep_days) == ("webhdfs://nn:9870/models", 5.0, 90)
    assert settings.privacy.left_out == {"email"}
    assert str(settings.privacy.hash("customer", "c7")).startswith("hmac:")


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("--track-days", "3"), "without --track ROOT"),
        (("--track", "m", "--track-hashed", "a"), "go together"),
        (("--track", "ftp://host/m"), "H108"),
        (("--track", "m", "--track-spool", "file/spool"), "H786"),
        (("--track", "m", "--track-hashed", "a", "--track-secret", "file"), "H543"),
    ],
)
def test_what_cannot_be_is_said(told, options, problem):
    Path("file").write_text("short")

    assert problem in told(*options)
