"""Who runs this program."""

import os
import pwd

import pytest

from storage.errors import AccessDeniedError
from storage.login import login_name

VARIABLES = ("LOGNAME", "USER", "LNAME", "USERNAME")


def test_the_environment_says_it_before_the_system(monkeypatch):
    monkeypatch.setenv("LOGNAME", "alice")
    assert login_name() == "alice"
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    assert login_name() == pwd.getpwuid(os.getuid()).pw_name


def test_somebody_without_a_name_is_told_what_to_do(monkeypatch):
    def unknown(uid):
        raise KeyError(f"getpwuid(): uid not found: {uid}")

    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    assert login_name(otherwise="x") == "x"
    with pytest.raises(AccessDeniedError) as caught:
        login_name()
    assert "set $USER" in caught.value.diagnostics[0].hint
