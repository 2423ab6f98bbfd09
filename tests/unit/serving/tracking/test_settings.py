from pathlib import Path

import pytest

from serving.errors import ServingError
from serving.tracking.settings import Privacy, TrackingSettings

SECRET = b"0123456789abcdef"


def test_inputs_are_left_out_or_hashed():
    privacy = Privacy(frozenset({"email"}), frozenset({"customer", "visits"}), SECRET)

    (first, second) = privacy.conceal(
        [
            {"email": "a@x", "customer": "c7", "visits": 7.0, "hits": 1},
            {"email": None, "customer": "c7", "visits": None},
        ]
    )

    assert first.keys() == {"customer", "visits", "hits"}
    assert first["customer"] == second["customer"] == privacy.hash("customer", "c7")
    assert first["customer"].startswith("hmac:") and "c7" not in first["customer"]
    assert (first["visits"], second["visits"]) == (privacy.hash("visits", 7), None)


def test_another_secret_gives_another_hash():
    hashed = frozenset({"customer"})

    assert Privacy(hashed=hashed, secret=SECRET).hash("customer", "c7") != Privacy(
        hashed=hashed, secret=SECRET[::-1]
    ).hash("customer", "c7")


def test_a_hash_without_a_secret_is_refused():
    with pytest.raises(ServingError, match="H543"):
        Privacy(hashed=frozenset({"customer"}), secret=b"short")


def test_the_secret_is_not_shown():
    assert "0123" not in repr(Privacy(hashed=frozenset({"customer"}), secret=SECRET))


def test_two_roots_never_share_a_folder():
    folders = {TrackingSettings(root, Path("/spool")).folder for root in ("webhdfs://a/m", "webhdfs://b/m")}

    assert len(folders) == 2
