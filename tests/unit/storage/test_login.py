"""Who runs this program."""

import os
import pwd
import subprocess
import sys

import pytest

from storage.login import login_name

NOBODY = 54321  # a number that no user has


def test_the_environment_says_it_before_the_system(monkeypatch):
    monkeypatch.setenv("LOGNAME", "alice")
    assert login_name() == "alice"
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    assert login_name() == pwd.getpwuid(os.getuid()).pw_name


@pytest.mark.skipif(os.getuid() != 0, reason="only root may become somebody without a name")
def test_somebody_without_a_name_is_told_what_to_do():
    program = (
        f"import os; from storage.login import login_name; os.setuid({NOBODY}); print(login_name('x')); login_name()"
    )
    environment = {name: value for name, value in os.environ.items() if name not in ("LOGNAME", "USER", "LNAME")}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert done.stdout == "x\n"
    assert "AccessDeniedError" in done.stderr
    assert "set $USER" in done.stderr
