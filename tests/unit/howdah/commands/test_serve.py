"""What ``howdah serve`` says of places before it serves; the service itself is tested in tests/unit/serving."""

from __future__ import annotations

import json

import click
import pytest

from howdah.__main__ import howdah
from howdah.errors import CommandError
from serving.errors import ServingError
from storage.errors import HowdahError, StorageError
from tests.unit.models.conftest import write_model


def serve(*arguments):
    howdah.main(["serve", *arguments], standalone_mode=False)


def test_a_file_is_no_place_for_models(tmp_path):
    file = tmp_path / "model.zip"
    file.touch()
    with pytest.raises(CommandError, match="H713"):
        serve("--models", str(file), "--port", "0")


def test_a_url_of_no_known_file_system():
    with pytest.raises(StorageError, match="H108"):
        serve("--models", "s3://bucket/models", "--port", "0")


def test_a_mistake_in_the_groups_is_said_before_anything_is_served(tmp_path):
    file = tmp_path / "groups.json"
    file.write_text(json.dumps({"purchase": {"policy": "majority", "members": ["a", "b"], "deadline_ms": 50}}))
    with pytest.raises(ServingError, match=r"groups\.json purchase\.members are 2, majority takes 3 at least"):
        serve("--models", str(tmp_path), "--groups", str(file), "--port", "0")


def test_a_model_that_a_group_asks_cannot_be_left_out(tmp_path):
    file = tmp_path / "groups.json"
    file.write_text(json.dumps({"purchase": {"policy": "shadow", "members": ["a", "b"], "deadline_ms": 50}}))
    with pytest.raises(click.UsageError, match="--model leaves out 'b', a member of the group 'purchase'"):
        serve("--models", str(tmp_path), "--groups", str(file), "--model", "a", "--port", "0")


def test_a_member_that_is_an_alias_can_be_named_beside_its_model(tmp_path):
    file = tmp_path / "groups.json"
    file.write_text(json.dumps({"both": {"policy": "shadow", "members": ["a", "a@new"], "deadline_ms": 50}}))
    elsewhere = ["--models", str(tmp_path), "--host", "192.0.2.1", "--open-to-all", "--port", "0", "--model", "a"]
    with pytest.raises(click.UsageError, match="--model leaves out 'a@new', a member of the group 'both'"):
        serve(*elsewhere, "--groups", str(file))
    with pytest.raises(ServingError, match="H530"):  # all else is well
        serve(*elsewhere, "--groups", str(file), "--model", "a@new")
    with pytest.raises(HowdahError, match="H201"):
        serve(*elsewhere, "--model", "a@new")


def test_a_plain_folder_is_in_no_stage(tmp_path):
    with pytest.raises(click.UsageError, match="--stage qa is of repositories"):
        serve("--plain", f"m={tmp_path}", "--stage", "qa", "--port", "0")
    with pytest.raises(click.UsageError, match="'staging' is not one of"):
        serve("--models", str(tmp_path), "--stage", "staging", "--port", "0")


def test_a_model_is_no_repository(tmp_path):
    write_model(tmp_path / "model")
    with pytest.raises(CommandError, match="H788") as refused:
        serve("--models", str(tmp_path / "model"), "--port", "0")
    assert f"--plain NAME={tmp_path / 'model'}" in refused.value.diagnostics[0].hint


def test_the_environment_names_the_repository_where_no_option_does(tmp_path, monkeypatch):
    model = tmp_path / "a model"
    write_model(model)
    monkeypatch.setenv("HOWDAH_MODELS", str(model))
    with pytest.raises(CommandError, match="H788"):
        serve("--port", "0")
    with pytest.raises(CommandError, match=r"H713.*other"):
        (tmp_path / "other").touch()
        serve("--plain", f"m={tmp_path / 'other'}", "--port", "0")
    monkeypatch.setenv("HOWDAH_MODELS", "")
    with pytest.raises(click.UsageError, match=r"nothing to serve: give --models ROOT \(or \$HOWDAH_MODELS\)"):
        serve("--port", "0")


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--models", "ftp://host/models"], "H108"),
        (["--plain", "../x=/model"], "H201"),
        (["--models", ".", "--model", "../x"], "H201"),
        (["--models", ".", "--ready-file", "/none/file"], "H712"),
        (["--models", ".", "--host", "192.0.2.1", "--open-to-all"], "H530"),
        (["--models", ".", "--host", "no such host", "--open-to-all"], "H530"),
        (["--models", ".", "--host", "0.0.0.0"], "H531"),
        (["--models", ".", "--tokens", "/none"], "H532"),
    ],
)
def test_what_cannot_be_served_is_said_before_anything_starts(options, code):
    with pytest.raises(HowdahError) as refused:
        serve("--port", "0", *options)
    assert refused.value.code == code
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("options", [[], ["--plain", "no-equals"]])
def test_a_call_without_anything_to_serve_is_a_wrong_call(options):
    with pytest.raises(click.UsageError):
        serve(*options)
