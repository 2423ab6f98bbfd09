"""What must hold of a version before it is in memory: its files, its classes, its signature, its first answer."""

from __future__ import annotations

import gc
import hashlib
import json
import resource
import shutil
import time
import weakref
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from models.manifest import Manifest
from models.repository import Repository
from models.signing import key_id, sign
from serving.errors import ServingError
from serving.loading import Loader
from serving.registry import Registry, utc_now
from storage.local import LocalDisk
from tests.unit.serving.conftest import StubScorer, version_of
from tests.unit.serving.service_process import CASES, FIELDS, FIXTURES, RECORD, ask


def test_a_version_is_warmed_with_the_example_before_it_serves(shop, registry):
    shop.publish()
    registry.look()
    assert registry.states["funnel"].loaded.scorer.rows == [
        {"hits": 12, "revenue": 1.5, "medium": "organic", "direct": True}
    ]


def test_the_old_version_leaves_memory_and_disk_with_its_last_request(shop, registry, tmp_path):
    shop.publish()
    registry.look()
    held = registry.states["funnel"].loaded  # as a request holds it
    released = weakref.ref(held.scorer)
    shop.publish()
    registry.look()
    gc.collect()
    assert released() is not None
    assert len(list((tmp_path / "cache").iterdir())) == 2
    del held
    gc.collect()
    assert released() is None
    assert len(list((tmp_path / "cache").iterdir())) == 1


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda shop: shop.spoil(2), "SHA-256 differs"),
        (lambda shop: (shop.root / "funnel/2/spark/answer.json").unlink(), "missing"),
        (lambda shop: shop.spoil(2, file="manifest.json", text="{"), "JSON"),
        (lambda shop: shop.spoil(2, file="spark/more", text="x"), "was not published"),
    ],
)
def test_a_damaged_version_leaves_the_old_one_serving_and_is_named(shop, registry, damage, message):
    shop.publish()
    registry.look()
    shop.publish()
    damage(shop)
    registry.look()
    state = registry.states["funnel"]
    assert (state.word, version_of(registry), state.wanted) == ("degraded", 1, 2)
    assert "version 2 cannot serve" in state.problem.message
    assert message in state.problem.message


@pytest.mark.parametrize(
    ("published", "code", "message"),
    [
        ({"prediction": "failure"}, "H520", "fails on its example: RuntimeError"),
        ({"prediction": 5.0}, "H521", "predicts 5.0, its manifest has 2 classes"),
        ({"prediction": 0.5}, "H521", "predicts 0.5"),
        ({"probability": (0.2, 0.3, 0.5)}, "H521", "gives 3 probabilities"),
        ({"probability": 7}, "H520", "cannot be read: TypeError"),
    ],
)
def test_a_version_that_answers_nonsense_never_serves(shop, registry, published, code, message):
    shop.publish()
    registry.look()
    shop.publish(**published)
    registry.look()
    state = registry.states["funnel"]
    assert version_of(registry) == 1
    assert (state.problem.code, message in state.problem.message) == (code, True), state.problem


def test_a_stage_of_a_class_that_is_not_allowed_is_never_opened(shop, make_registry, registry, source, tmp_path):
    shop.publish()
    shop.publish(stage="com.example.Evil")
    opened = []
    loader = Loader(lambda folder: opened.append(folder), tmp_path / "cache")
    watching = Registry({"repository": source}, loader)
    watching.look()
    assert watching.states["funnel"].problem.code == "H208"
    assert [folder.parent.name.split("-")[0] for folder in opened] == ["1"]


def test_a_file_that_no_manifest_names_keeps_a_version_from_serving(shop, registry):
    shop.publish()
    registry.look()
    version = shop.publish()
    shop.spoil(version, file="spark/metadata/part-00001", text='{"class": "com.example.Evil"}')
    registry.look()
    assert (version_of(registry), registry.states["funnel"].problem.code) == (1, "H206")


@contextmanager
def full_disk():
    """No file may grow beyond a few bytes; the system says so as it does for a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_leaves_what_serves_and_is_named(shop, registry):
    shop.publish("first")
    registry.look()
    shop.publish("first")
    shop.publish("second")
    with full_disk():
        registry.look()
    assert version_of(registry, "first") == 1
    assert {name: state.problem.code for name, state in registry.states.items()} == {"first": "H105", "second": "H105"}
    assert registry.states["second"].word == "unavailable"
    for _ in range(3):
        registry.look()
    assert (version_of(registry, "first"), version_of(registry, "second")) == (2, 1)


def test_a_cache_that_cannot_be_is_named_and_one_that_was_swept_away_is_made_anew(shop, source, tmp_path, make_scorer):
    cache = tmp_path / "cache" / "here"
    watching = Registry({"repository": source}, Loader(make_scorer, cache))
    cache.parent.write_text("in the way")
    shop.publish()
    watching.look()
    assert watching.states["funnel"].problem.code in ("H101", "H102")
    cache.parent.unlink()
    for _ in range(3):
        watching.look()
    assert version_of(watching) == 1
    shutil.rmtree(cache.parent)
    shop.publish()
    watching.look()
    assert version_of(watching) == 2


def test_a_manifest_that_changes_between_two_looks_lets_no_other_file_in(shop, tmp_path):
    shop.publish()
    shop.publish(stage="com.example.Evil")
    opened = []

    class Swapped:
        """A repository whose second version takes the place of the first between the look at it and its fetching."""

        def __getattr__(self, name):
            return getattr(shop.repository, name)

        def fetch(self, name, version, target):
            first, second = (Path(shop.repository.folder(name, each)) for each in (1, 2))
            shutil.rmtree(first)
            shutil.copytree(second, first)
            text = (first / "manifest.json").read_text()
            (first / "manifest.json").write_text(text.replace('"version": 2', '"version": 1'))
            return shop.repository.fetch(name, version, target)

    with pytest.raises(ServingError, match="H520 the manifest has changed"):
        Loader(opened.append, tmp_path / "cache").load(Swapped(), shop.repository.manifest("funnel", 1), utc_now())
    assert opened == []
    assert list((tmp_path / "cache").iterdir()) == []


def test_where_keys_are_trusted_only_what_one_of_them_has_signed_is_served(shop, tmp_path):
    mine, other = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    pem = mine.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    registry = Registry({"repository": shop.repository}, Loader(StubScorer, tmp_path / "cache", trusted_keys=[pem]))
    for version, key in ((1, mine), (2, other)):
        shop.publish()
        manifest = shop.repository.manifest("funnel", version)
        shop.repository.add_signature("funnel", version, key_id(key.public_key()), sign(manifest, key))
    registry.look()
    assert version_of(registry) == 1
    assert registry.states["funnel"].problem.code == "H271"
    shop.repository.add_signature("funnel", 2, key_id(mine.public_key()), sign(manifest, mine))
    for _ in range(3):
        registry.look()
    assert (version_of(registry), registry.states["funnel"].problem) == (2, None)


def rewrite(folder, change):
    """Forge a manifest: change it, and give it the hashes of the files as they are."""
    file = folder / "manifest.json"
    manifest = json.loads(file.read_text())
    change(manifest)
    for path in manifest["files"]:
        manifest["files"][path] = hashlib.sha256((folder / path).read_bytes()).hexdigest()
    file.write_text(Manifest.from_json(json.dumps(manifest)).to_json())


def attack(root):
    """Models by name, each published as it should be and then spoilt in a way of its own; and the code that says so."""
    mine, other = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    repository = Repository(LocalDisk(durable=False), str(root))

    def signed(name, key=mine):
        with repository.stage(name) as staging:
            shutil.copytree(FIXTURES / CASES[0] / "model", staging.model_path)
            staging.publish(inputs=FIELDS, classes=("a", "b", "c"), metrics={}, aliases=["champion"])
        version = repository.latest(name)
        if key:
            place = key_id(key.public_key())
            repository.add_signature(name, version, place, sign(repository.manifest(name, version), key))
        return root / name / str(version)

    def metadata(folder):
        return next((folder / "spark" / "metadata").glob("part-*"))

    signed("good")
    shutil.copytree(signed("linked") / "spark", root.parent / "aside")
    shutil.rmtree(root / "linked" / "1" / "spark")
    (root / "linked" / "1" / "spark").symlink_to(root.parent / "aside")  # the same bytes, wherever they lie
    file = metadata(signed("changed"))
    file.write_bytes(file.read_bytes() + b" ")
    (signed("added") / "spark" / "metadata" / "part-00009").write_text('{"class": "com.example.Evil"}')
    metadata(signed("missing")).unlink()
    (signed("circle") / "loop").symlink_to(".")
    (root / "circle" / "1" / "twin").symlink_to("/")
    folder = signed("forged")
    rewrite(folder, lambda manifest: manifest.update(description="mine, now"))
    folder = signed("strange", key=None)
    metadata(folder).write_text(metadata(folder).read_text().replace("org.apache.spark.ml", "com.example"))
    rewrite(folder, lambda manifest: None)
    manifest = repository.manifest("strange", 1)
    repository.add_signature("strange", 1, key_id(mine.public_key()), sign(manifest, mine))
    signed("unsigned", key=None)
    signed("others", key=other)
    signed("replayed")
    signed("replayed", key=None)
    signatures = root / "replayed" / "signatures"
    shutil.copy(signatures / f"1-{key_id(mine.public_key())}", signatures / f"2-{key_id(mine.public_key())}")
    shutil.rmtree(root / "replayed" / "1")
    shutil.copytree(root / "good", root / "renamed")
    rewrite(root / "renamed" / "1", lambda manifest: manifest.update(name="renamed"))
    shutil.copytree(root / "good", root / "moved")
    (signed("deep") / "manifest.json").write_text("[" * 100_000 + "]" * 100_000)
    with (signed("huge") / "manifest.json").open("wb") as stream:
        stream.truncate(65 << 20)
    for name, target in (("endless", "/dev/zero"), ("elsewhere", "/etc/hostname")):
        (signed(name) / "manifest.json").unlink()
        (root / name / "1" / "manifest.json").symlink_to(target)
    pem = mine.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (root.parent / "public.pem").write_bytes(pem)
    return {
        **dict.fromkeys(("good", "linked")),
        "changed": "H204", "added": "H206", "missing": "H205", "circle": "H206", "strange": "H208",
        **dict.fromkeys(("forged", "unsigned", "others", "replayed", "renamed"), "H271"),
        **dict.fromkeys(("moved", "deep", "huge", "elsewhere"), "H203"), "endless": "H107",
    }  # fmt: skip


@pytest.mark.slow
def test_nothing_is_served_from_an_unverified_file(root, start_service, tmp_path):
    expected = attack(root)
    service = start_service("--trust", str(tmp_path / "public.pem"))
    end = time.monotonic() + 60
    while len(found := {each["name"]: each for each in service.get("/models")[1]["models"]}) < len(expected):
        assert time.monotonic() < end, sorted(found)
        time.sleep(0.1)
    problems = {name: each["problem"]["code"] if each["problem"] else None for name, each in found.items()}
    assert problems == expected
    connection = service.connect()
    for name, code in expected.items():
        status, answer = ask(connection, {"model": name, "records": [RECORD]})
        assert status == (503 if code else 200), (name, answer)
    connection.close()
    assert service.get("/health")[1]["status"] == "degraded"
    assert "Traceback" not in service.log.read_text()
