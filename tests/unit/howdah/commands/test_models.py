"""``howdah models`` on a repository on this disk, as a person and as a program see it."""

from __future__ import annotations

import json
import shutil

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from howdah.__main__ import howdah
from models.repository import Repository
from storage.errors import HowdahError
from storage.local import LocalDisk
from tests.unit.models.conftest import DESCRIBED, write_model

METRICS = ({"f1": 0.5, "rmse": 2.0}, {"f1": 0.75, "rmse": 2.5}, {"f1": 0.625, "rmse": 1.5})


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Three versions of funnel; champion was 1 and is 2."""
    root = tmp_path_factory.mktemp("models")
    repository = Repository(LocalDisk(durable=False), str(root))
    for number, metrics in enumerate(METRICS):
        with repository.stage("funnel") as staging:
            write_model(staging.spark_path, str(number))
            more = {"metrics": metrics, "better": {"f1": "higher"}, "description": "who buys", "run": {"id": "0000-W"}}
            staging.publish(**{**DESCRIBED, **more}, aliases=("champion",) if number < 2 else ())
    return root


@pytest.fixture
def root(made, tmp_path):
    return shutil.copytree(made, tmp_path / "models")


@pytest.fixture
def models(root):
    """Call a command; its exit code and its output, errors as the program shows them."""

    def call(*arguments, code=0, place=root):
        result = CliRunner().invoke(
            howdah, ["models", *arguments], env={"HOWDAH_MODELS": str(place), "COLUMNS": "80", "LOGNAME": "ann"}
        )
        found, text = result.exit_code, result.output
        if isinstance(result.exception, HowdahError):
            found, text = 1, "\n".join(line for each in result.exception.diagnostics for line in each.lines)
        assert found == code, text
        lines = [line for line in text.splitlines() if str(root.parent) not in line]
        assert code or "json" in arguments or max(map(len, lines), default=0) <= 80
        return text

    return call


def as_json(models, *arguments, code=0):
    return json.loads(models(*arguments, "--format", "json", code=code))


def words(text):
    return [line.split() for line in text.splitlines()]


def test_the_models_and_their_aliases(models):
    assert words(models("list"))[1][:3] == ["funnel", "3", "3"]
    assert words(models("list"))[1][-2:] == ["champion", "2"]
    (found,) = as_json(models, "list")
    assert (found["name"], found["versions"], found["aliases"]) == ("funnel", [1, 2, 3], {"champion": 2})


def test_the_versions_of_a_model(models):
    lines = words(models("show", "funnel"))
    assert [line[0] for line in lines[1:4]] == ["1", "2", "3"]
    assert lines[2][2:] == ["champion", "f1", "0.75", "rmse", "2.5"]
    found = as_json(models, "show", "funnel")
    assert [each["aliases"] for each in found["versions"]] == [[], ["champion"], []]


@pytest.mark.parametrize("reference", ["funnel@2", "funnel@champion"])
def test_one_version(models, reference):
    text = models("show", reference)
    for part in ("funnel, version 2", "who buys", "none, purchase", "id=0000-W", "0.75", "hits", "1 to 90"):
        assert part in text
    found = as_json(models, "show", reference)
    assert (found["manifest"]["version"], found["aliases"], found["retired"]) == (2, ["champion"], False)


def test_versions_side_by_side(models):
    assert words(models("compare", "funnel", "1", "champion", "3")) == [
        ["metric", "funnel@1", "funnel@2", "funnel@3", "better"],
        ["f1", "0.5", "0.75*", "0.625", "higher"],
        ["rmse", "2", "2.5", "1.5*", "lower"],
    ]
    found = as_json(models, "compare", "funnel", "--metric", "rmse")
    assert found["versions"] == [2, 3]
    assert found["metrics"] == [{"metric": "rmse", "values": [2.5, 1.5], "better": "lower", "best": [3]}]
    assert "H780" in models("compare", "funnel", "--metric", "gain", code=1)
    models("promote", "funnel@3", "--reason", "x")
    assert as_json(models, "compare", "funnel")["versions"] == [2, 3]


def test_promote_and_roll_back_with_who_and_why(models):
    assert models("promote", "funnel@3", "--reason", "lower rmse") == "funnel: champion is version 3, before 2\n"
    assert models("promote", "funnel@3", "--reason", "x") == "funnel@champion is version 3 already.\n"
    assert models("promote", "funnel@champion", "--as", "shadow", "--reason", "try") == "funnel: shadow is version 3\n"
    text = models("rollback", "funnel", "--reason", "alarms\n\x1b[2J", "--user", "bob")
    assert text == "funnel: rolled back: champion is version 2, before 3\n"
    assert as_json(models, "list")[0]["aliases"] == {"champion": 2, "shadow": 3}
    lines = models("log", "funnel", "-n", "3").splitlines()
    assert [line.split("  ", 2)[2] for line in lines[::2]] == [
        "ann  champion is version 3, before 2",
        "ann  shadow is version 3",
        "bob  rolled back: champion is version 2, before 3",
    ]
    assert lines[1::2] == ["    lower rmse", "    try", "    alarms\\n\\x1b[2J"]
    entry = as_json(models, "log", "funnel")[-1]
    assert (entry["number"], entry["action"], entry["versions"], entry["before"]) == (5, "rollback", [2], 3)
    assert as_json(models, "rollback", "funnel", "--reason", "more")["versions"] == [1]
    assert "H241" in models("rollback", "funnel", "--reason", "more", code=1)


def test_a_reason_there_must_be(models):
    assert "--reason" in models("promote", "funnel@3", code=2)
    assert "H240" in models("promote", "funnel@3", "--reason", " ", code=1)
    assert "H201" in models("promote", "funnel", "--reason", "x", code=1)
    assert len(as_json(models, "log", "funnel")) == 2


def test_retire(models):
    assert "H243" in models("retire", "funnel@champion", "--reason", "x", code=1)
    assert models("retire", "funnel@3", "--reason", "leaks") == "funnel: version 3 retired\n"
    assert models("retire", "funnel@3", "--reason", "leaks") == "funnel@3 is retired already.\n"
    assert as_json(models, "retire", "funnel@3", "--reason", "leaks") is None
    assert "retired" in models("show", "funnel")
    assert "H242" in models("promote", "funnel@3", "--reason", "x", code=1)


def test_verify(models, root):
    assert models("verify") == "funnel@1  OK\nfunnel@2  OK\nfunnel@3  OK\n"
    (root / "funnel/2/spark/metadata/part-00000").write_text('{"class": "com.evil.Model"}')
    (root / "funnel/3/manifest.json").unlink()
    (root / "funnel/aliases/champion").write_text("1\n")
    text = models("verify", code=1)
    assert [line.split()[0] for line in text.splitlines() if not line.startswith("   ")] == [
        "funnel@1", "funnel@2", "H204", "H208", "funnel@3", "H205", "funnel", "H245",
    ]  # fmt: skip
    found = as_json(models, "verify", "funnel@2", code=1)
    assert [each["code"] for each in found[0]["findings"]] == ["H204", "H208"]
    models("verify", "funnel@1", code=1)  # an alias that does not follow the log is of the model
    assert "H204" in models("promote", "funnel@2", "--as", "shadow", "--reason", "x", code=1)
    assert "H205" in models("show", "funnel").replace("\n", " ")


def test_gc_says_first_and_deletes_when_told(models, root):
    models("promote", "funnel@3", "--reason", "x")
    text = models("gc", "--keep", "1", "--days", "0")
    assert [line[:4] for line in words(text)[1:-1]] == [
        ["funnel", "1", "0.0", "goes"],
        ["funnel", "2", "stays:", "what"],
        ["funnel", "3", "stays:", "champion"],
    ]
    assert text.endswith("Would go: 1 version, 0.0 MiB. To delete: the same with --delete\n")
    assert (root / "funnel/1").exists()
    assert "Nothing to delete." in models("gc")
    found = as_json(models, "gc", "funnel", "--keep", "1", "--days", "0", "--delete")
    assert found[0]["deleted"] == [1]
    assert not (root / "funnel/1").exists()
    assert "deleted 1" in models("log", "funnel")
    assert models("gc", "--keep", "1", "--days", "0", "--delete").endswith("Nothing to delete.\n")


def test_what_is_not_there(models, tmp_path):
    for arguments in (("show",), ("compare",), ("log",), ("gc",), ("verify",)):
        assert "H202 no model 'churn'" in models(*arguments, "churn", code=1)
    assert "H202" in models("show", "funnel@9", code=1)
    assert "H201" in models("show", "../x", code=1)
    assert "H201" in models("show", "funnel@", code=1)
    assert "H781" in models("list", place=tmp_path / "none", code=1)
    assert "H713" in models("list", place=__file__, code=1)
    assert "H108" in models("list", place="s3://bucket", code=1)
    assert "--models" in models("list", place="", code=2)


def test_no_place_is_not_this_one(models):
    assert "--models is empty" in models("list", "--models", "", code=2)


def test_a_folder_below_a_repository_is_not_an_empty_one(models, root):
    assert "H788" in models("list", "--models", str(root / "funnel"), code=1)
    assert "--plain" in models("list", "--models", str(root / "funnel" / "1" / "spark"), code=1)


def test_an_empty_repository(models, tmp_path):
    (tmp_path / "empty").mkdir()
    for name in ("list", "verify"):
        assert models(name, place=tmp_path / "empty").startswith("No model was published in ")
    assert models("gc", place=tmp_path / "empty") == "Nothing to delete.\n"


def test_a_model_without_a_past(models, tmp_path, root):
    shutil.rmtree(root / "funnel/log")
    assert models("log", "funnel") == "Nothing has happened to funnel yet.\n"


def test_a_spoilt_version_hides_no_other(models, root):
    (root / "funnel/3/manifest.json").write_text("{")
    assert as_json(models, "list")[0]["problem"].startswith("H203")
    assert as_json(models, "show", "funnel")["versions"][0]["metrics"] == {"f1": 0.5, "rmse": 2.0}


def test_a_version_is_signed_and_verified_by_key(models, tmp_path):
    for name in ("mine", "other"):
        key = Ed25519PrivateKey.generate()
        (tmp_path / f"{name}.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        (tmp_path / f"{name}.pub").write_bytes(public)
    mine, other = str(tmp_path / "mine.pub"), str(tmp_path / "other.pub")
    assert "funnel@2 is signed by " in models("sign", "funnel@2", "--key", str(tmp_path / "mine.pem"))
    models("verify", "funnel@2", "--key", mine)
    models("verify", "funnel@2", "--key", other, "--key", mine)
    assert "H271" in models("verify", "funnel@2", "--key", other, code=1)
    assert "funnel@1 not signed by any key" in models("verify", "funnel@1", "--key", mine, code=1)
    assert "H270" in models("sign", "funnel@1", "--key", mine, code=1)
    assert "H270" in models("verify", "--key", str(tmp_path / "none.pem"), code=1)
    assert "H201" in models("sign", "funnel", "--key", str(tmp_path / "mine.pem"), code=1)


def test_what_is_damaged_is_not_signed(models, root, tmp_path):
    key = Ed25519PrivateKey.generate()
    (tmp_path / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    next((root / "funnel" / "2" / "spark").rglob("part-*")).write_text("changed")
    assert "H204" in models("sign", "funnel@2", "--key", str(tmp_path / "key.pem"), code=1)


def test_versions_go_through_stages(models):
    refused = models("promote", "funnel@3", "--stage", "prod", "--reason", "why", code=1)
    assert "H248" in refused
    assert "--stage qa" in refused
    assert models("promote", "funnel@3", "--stage", "qa", "--reason", "it fits") == "funnel: qa is version 3\n"
    assert [row[2] for row in words(models("show", "funnel"))[1:4]] == ["dev", "prod,", "qa"]
    found = as_json(models, "show", "funnel")
    assert [each["stage"] for each in found["versions"]] == ["dev", "prod", "qa"]
    assert models("promote", "funnel@qa", "--stage", "prod", "--reason", "it held") == (
        "funnel: champion is version 3, before 2\n"
    )
    assert "prod, champion, qa" in models("show", "funnel@3")
    assert models("rollback", "funnel", "--stage", "prod", "--reason", "worse") == (
        "funnel: rolled back: champion is version 2, before 3\n"
    )
    assert "H241" in models("rollback", "funnel", "--stage", "qa", "--reason", "worse", code=1)


def test_force_is_in_the_log(models):
    models("promote", "funnel@2", "--stage", "qa", "--reason", "it fits")
    models("retire", "funnel@1", "--reason", "leaks")
    assert "H248" in models("promote", "funnel@3", "--reason", "why", code=1)
    models("promote", "funnel@3", "--force", "--reason", "the shop is down")
    assert "forced, was not in qa: the shop is down" in models("log", "funnel")


def test_a_stage_is_named_once_and_force_is_for_prod(models):
    for arguments in (
        ("promote", "funnel@3", "--as", "qa", "--stage", "qa"),
        ("rollback", "funnel", "--as", "qa", "--stage", "qa"),
        ("promote", "funnel@3", "--stage", "dev"),
        ("promote", "funnel@3", "--stage", "qa", "--force"),
    ):
        assert models(*arguments, "--reason", "why", code=2)
