"""What ``howdah serve`` says of places before it serves; the service itself is tested in tests/unit/serving."""

from __future__ import annotations

import pytest

from howdah.__main__ import howdah
from howdah.errors import CommandError


def serve(*arguments):
    howdah.main(["serve", *arguments], standalone_mode=False)


def test_a_file_is_no_place_for_models(tmp_path):
    file = tmp_path / "model.zip"
    file.touch()
    with pytest.raises(CommandError, match="H713"):
        serve("--models", str(file), "--port", "0")


def test_a_url_of_no_known_file_system():
    from storage.errors import StorageError

    with pytest.raises(StorageError, match="H108"):
        serve("--models", "s3://bucket/models", "--port", "0")
