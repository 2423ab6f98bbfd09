"""Tokens: read, found by their hash, taken back; and what a file of them may not be."""

import base64
import hashlib

import pytest

from serving.access import Caller, Tokens, check_exposure, needs, role_for
from serving.errors import ServingError
from serving.settings import Settings


def line(name, role, token):
    return f"{name} {role} {hashlib.sha256(token.encode()).hexdigest()}\n"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "tokens"
    path.write_text("# who may ask\n\n" + line("web", "predict", "s3cret") + line("ann", "admin", "hunter2"))
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
        Tokens(path)
    assert message in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_a_file_that_is_missing_or_that_anybody_may_write(file, tmp_path):
    with pytest.raises(ServingError, match="No such file"):
        Tokens(tmp_path / "none")
    file.chmod(0o666)
    with pytest.raises(ServingError, match="anybody may write"):
        Tokens(file)


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
