"""Whether a submit lives is asked of the kernel."""

import os
import signal
import tempfile
from pathlib import Path

import pytest

from oozie.client.deployment.errors import DeploymentError
from oozie.client.deployment.life import LifeSign, forget, is_alive


def test_a_submit_lives_until_its_end():
    with LifeSign() as life:
        assert is_alive(life.name) is True
    assert is_alive(life.name) is None


def test_one_that_could_not_tidy_up_is_dead_at_its_end():
    with LifeSign() as life:
        life.leave()
        assert is_alive(life.name) is True
    assert is_alive(life.name) is False
    forget(life.name)


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_one_that_was_killed_is_dead():
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        life = LifeSign()
        os.write(writing, life.name.encode())
        signal.pause()
    name = os.read(reading, 100).decode()
    assert is_alive(name) is True
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)

    assert is_alive(name) is False
    forget(name)
    assert is_alive(name) is None
    os.close(reading)
    os.close(writing)


def test_of_another_machine_nothing_is_known():
    assert is_alive("0" * 32) is None
    assert is_alive("../../etc/passwd") is None


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """The folder for temporary files, and no session."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    return tmp_path


def foreign(folder):
    folder.mkdir(mode=0o700)
    os.chown(folder, 12345, 12345)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda folder: folder.symlink_to(folder.parent), "it is no folder"),
        (lambda folder: folder.symlink_to("nowhere"), "File exists"),
        (lambda folder: folder.write_text(""), "File exists"),
        (lambda folder: (folder.mkdir(), folder.chmod(0o777)), "others may go into it"),
        pytest.param(
            foreign, "another user", marks=pytest.mark.skipif(os.getuid() != 0, reason="only root can give away")
        ),
    ],
)
def test_a_folder_of_somebody_else_is_refused(temporary, make, said):
    make(temporary / f"howdah-submits-{os.getuid()}")

    with pytest.raises(DeploymentError, match=said) as caught:
        LifeSign()
    assert caught.value.code == "H827"
    assert "$TMPDIR" in caught.value.diagnostics[0].hint
    assert is_alive("x") is None


@pytest.mark.parametrize(("mode", "is_used"), [(0o700, True), (0o755, False)])
def test_the_folder_of_the_session_is_better(temporary, monkeypatch, mode, is_used):
    session = temporary / "session"
    session.mkdir()
    session.chmod(mode)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(session))
    with LifeSign() as life:
        assert (session / "howdah-submits" / life.name).exists() is is_used
        assert is_alive(life.name) is True


def test_who_has_no_session_is_seen_from_one(temporary, monkeypatch):
    session = temporary / "session"
    session.mkdir(mode=0o700)
    with LifeSign() as life:
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(session))
        assert is_alive(life.name) is True


def test_a_link_or_a_pipe_is_no_sign(temporary):
    with LifeSign():
        (folder,) = temporary.iterdir()
        os.mkfifo(folder / "pipe")
        (folder / "link").symlink_to(Path(__file__))
        assert is_alive("link") is None
        assert is_alive("pipe") is False
