"""Tokens: read, found by their hash, taken back; and what a file of them may not be."""

import base64
import hashlib
import os
import signal
import time

import pytest

from serving.access import Caller, Tokens, check_exposure, check_tokens, needs, role_for
from serving.errors import ServingError
from serving.settings import Settings
from tests.unit.serving.service_process import publish


def line(name, role, token):
    return f"{name} {role} {hashlib.sha256(token.encode()).hexdigest()}\n"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "tokens"
    path.write_text("# who may ask\n\n" + line("web", "predict", "s3cret") + line("ann", "admin", "hunter2")
                    + line("jo", "predict", "clé"))  # fmt: skip
    return path


@pytest.mark.parametrize(
    ("header", "caller"),
    [
        ("Bearer s3cret", Caller("web", "predict")),
        ("bearer  hunter2 ", Caller("ann", "admin")),
        ("Basic " + base64.b64encode(b"anybody:hunter2").decode(), Caller("ann", "admin")),
        ("Basic " + base64.b64encode(b"anybody:").decode(), None),
        ("Basic ???", None),
        ("Basic \xff", None),
        ("Bearer", None),
        ("Bearer S3cret", None),
        ("Bearer \udcff", None),
        ("Bearer clé".encode().decode("latin-1"), Caller("jo", "predict")),  # as a server gets the bytes of a header
        ("Digest s3cret", None),
        ("s3cret", None),
        ("", None),
    ],
)
def test_a_token_is_found_by_its_hash(file, header, caller):
    assert Tokens(file).find(header) == caller


def test_a_token_that_is_taken_back_is_no_longer_found(file):
    tokens = Tokens(file, look_s=0)
    assert tokens.find("Bearer s3cret")
    file.write_text(line("ann", "admin", "hunter2"))
    assert tokens.find("Bearer s3cret") is None
    assert tokens.find("Bearer hunter2")
    file.write_text("nonsense\n")  # half an edit locks nobody out, and lets nobody in
    assert tokens.find("Bearer s3cret") is None
    assert tokens.find("Bearer hunter2")
    file.unlink()
    assert tokens.find("Bearer hunter2")


@pytest.mark.parametrize("text", ["", "# nobody any more\n\n"])
def test_a_file_without_tokens_takes_all_of_them_back(file, text):
    tokens = Tokens(file, look_s=0)
    assert tokens.find("Bearer hunter2")
    file.write_text(text)
    assert tokens.find("Bearer hunter2") is None
    file.write_text(line("ann", "admin", "hunter3"))
    assert tokens.find("Bearer hunter2") is None
    assert tokens.find("Bearer hunter3") == Caller("ann", "admin")


def test_a_worker_that_starts_while_the_file_is_broken_lets_nobody_in_until_it_is_mended(file):
    good = file.read_text()
    file.write_text("nonsense\n")
    tokens = Tokens(file, look_s=0)
    assert tokens.find("Bearer hunter2") is None
    file.write_text(good)
    assert tokens.find("Bearer hunter2")


def test_a_file_that_stays_broken_is_told_once(file, caplog):
    tokens = Tokens(file, look_s=0)
    good = file.read_text()
    for text in ("half an ed", good, "half an ed"):
        file.write_text(text)
        for _ in range(3):
            assert tokens.find("Bearer hunter2") == Caller("ann", "admin")
    assert [record.levelname for record in caplog.records].count("WARNING") == 2
    assert "the tokens stay as they were" in caplog.text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "holds no token"),
        (b"# nobody\n", "holds no token"),
        (b"ann admin\n", ":1 is no token"),
        (b"ann root " + b"0" * 64, ":1 is no token"),
        (b"ann open " + b"0" * 64, ":1 is no token"),
        (b"\nann admin hunter2\n", ":2 is no token"),
        (b"../x admin " + b"0" * 64, ":1 is no token"),
        (b"\xff", "is not text"),
    ],
)
def test_a_file_that_is_none(tmp_path, text, message):
    path = tmp_path / "tokens"
    path.write_bytes(text)
    with pytest.raises(ServingError, match="H532") as refused:
        check_tokens(path)
    assert message in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_a_file_that_is_missing_or_that_anybody_may_write(file, tmp_path):
    with pytest.raises(ServingError, match="No such file"):
        check_tokens(tmp_path / "none")
    file.chmod(0o666)
    with pytest.raises(ServingError, match="anybody may write"):
        check_tokens(file)


def test_an_address_without_a_word_needs_predict_to_read_and_admin_to_change():
    def view():
        return None

    assert (role_for(view, "GET"), role_for(view, "POST"), role_for(None, "POST")) == ("predict", "admin", "predict")
    assert role_for(needs("open")(view), "GET") == "open"


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "models.example"])
def test_an_address_that_others_reach_needs_a_word(host, tmp_path):
    with pytest.raises(ServingError, match="H531"):
        check_exposure(Settings(host=host))
    check_exposure(Settings(host=host, is_open_to_all=True))
    check_exposure(Settings(host=host, tokens=tmp_path))
    check_exposure(Settings())


@pytest.mark.slow
def test_tokens_are_taken_back_and_a_broken_file_lets_no_new_worker_answer(root, start_service, tmp_path):
    publish(root)
    tokens = tmp_path / "tokens"
    good = f"ann admin {hashlib.sha256(b'hunter2').hexdigest()}\n"
    tokens.write_text(good)
    service = start_service("--tokens", str(tokens))

    def status():
        connection = service.connect()
        try:
            connection.request("GET", "/models", headers={"Authorization": "Bearer hunter2"})
            return connection.getresponse().status
        except OSError:
            return 0  # no worker just now
        finally:
            connection.close()

    def becomes(wanted):
        end = time.monotonic() + 20
        while status() != wanted and time.monotonic() < end:
            time.sleep(0.05)
        return status() == wanted

    assert status() == 200
    tokens.write_text("")
    assert becomes(401)
    tokens.write_text(good)
    assert becomes(200)
    tokens.write_text("half an ed")
    time.sleep(1.2)  # it has been looked at
    assert status() == 200
    os.kill(service.workers()[0], signal.SIGKILL)
    assert becomes(401)
    tokens.write_text(good)
    assert becomes(200)
    assert service.process.poll() is None
