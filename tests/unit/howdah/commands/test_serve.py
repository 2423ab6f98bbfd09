"""What ``howdah serve`` says of places before it serves; the service itself is tested in tests/unit/serving."""

from __future__ import annotations

import json

import click
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


def test_a_mistake_in_the_groups_is_said_before_anything_is_served(tmp_path):
    from serving.errors import ServingError

    file = tmp_path / "groups.json"
    file.write_text(json.dumps({"purchase": {"policy": "majority", "members": ["a", "b"], "deadline_ms": 50}}))
    with pytest.raises(ServingError, match=r"groups\.json purchase\.members are 2, majority takes 3 at least"):
        serve("--models", str(tmp_path), "--groups", str(file), "--port", "0")


def test_a_model_that_a_group_asks_cannot_be_left_out(tmp_path):
    file = tmp_path / "groups.json"
    file.write_text(json.dumps({"purchase": {"policy": "shadow", "members": ["a", "b"], "deadline_ms": 50}}))
    with pytest.raises(click.UsageError, match="--model leaves out 'b', a member of the group 'purchase'"):
        serve("--models", str(tmp_path), "--groups", str(file), "--model", "a", "--port", "0")
