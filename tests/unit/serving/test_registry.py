"""Versions taken up, refused, kept and released."""

import gc
import resource
import shutil
import threading
import time
import weakref
from contextlib import contextmanager

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from models.errors import UnsettledModelError
from models.lifecycle import Lifecycle
from models.retention import Policy
from models.signing import key_id, sign
from serving.loading import Loader
from serving.registry import Registry, find_problems
from tests.unit.serving.conftest import StubScorer


def version_of(registry, name="funnel"):
    loaded = registry.states[name].loaded
    return loaded.manifest.version if loaded else None


def test_nothing_published_is_no_state_and_no_error(registry):
    registry.look()
    assert dict(registry.states) == {}
    assert registry.sources["repository"].problem is None


def test_the_champion_serves(shop, registry):
    shop.publish()
    shop.publish(aliases=[])
    registry.look()
    state = registry.states["funnel"]
    assert (state.word, version_of(registry), state.wanted, state.versions) == ("serving", 1, 1, (1, 2))


def test_without_a_champion_the_latest_serves(shop, registry):
    shop.publish(aliases=[])
    shop.publish(aliases=[])
    registry.look()
    assert version_of(registry) == 2


def test_a_new_version_is_swapped_in_and_a_roll_back_too(shop, registry):
    shop.publish()
    registry.look()
    shop.publish()
    registry.look()
    assert version_of(registry) == 2
    shop.repository.set_alias("funnel", "champion", 1)
    registry.look()
    assert (version_of(registry), registry.states["funnel"].problem) == (1, None)


def test_versions_are_promoted_retired_and_deleted_under_a_service(shop, registry):
    for _ in range(4):
        shop.publish(aliases=[])
    registry.look()
    lifecycle = Lifecycle(shop.repository, "ann")
    for version, change in (
        (2, lambda: lifecycle.promote("funnel", 2, "why", verify=False)),
        (2, lambda: lifecycle.retire("funnel", 4, "why")),
        (3, lambda: lifecycle.promote("funnel", 3, "why", verify=False)),
        (3, lambda: lifecycle.collect("funnel", Policy(newest=1, days=0))),
    ):
        change()
        registry.look()
        assert (version_of(registry), registry.states["funnel"].problem) == (version, None)
    assert registry.states["funnel"].versions == (2, 3)
    shop.spoil(3)
    registry.look()
    assert version_of(registry) == 3  # what answers needs the repository's files no more


def test_a_retired_version_stands_in_for_nobody(shop, registry):
    for _ in range(3):
        shop.publish()
    Lifecycle(shop.repository, "ann").retire("funnel", 2, "leaks")
    shop.spoil(3)
    registry.look()
    assert (version_of(registry), registry.states["funnel"].word) == (1, "degraded")


def test_a_version_is_warmed_with_the_example_before_it_serves(shop, registry):
    shop.publish()
    registry.look()
    assert registry.states["funnel"].loaded.scorer.rows == [
        {"hits": 12, "revenue": 1.5, "medium": "organic", "direct": True}
    ]


def test_what_stands_is_not_loaded_again(shop, registry):
    shop.publish()
    registry.look()
    before = registry.states["funnel"]
    registry.look()
    assert registry.states["funnel"] is before


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


def test_the_first_look_passes_over_a_damaged_champion(shop, registry):
    shop.publish()
    shop.publish()
    shop.spoil(2)
    registry.look()
    assert (version_of(registry), registry.states["funnel"].word) == (1, "degraded")


def test_a_damaged_version_is_tried_ever_more_rarely_and_taken_up_when_mended(shop, registry, source):
    shop.publish()
    shop.publish()
    good = (shop.root / "funnel/2/spark/answer.json").read_text()
    shop.spoil(2)
    fetched = []
    fetch = source._source.fetch
    source.fetch = lambda name, version, target: fetched.append(version) or fetch(name, version, target)
    for _ in range(19):
        registry.look()
    assert fetched.count(2) == 4  # at looks 1, 3, 6 and 11
    shop.spoil(2, text=good)
    registry.look()
    assert (version_of(registry), registry.states["funnel"].problem) == (2, None)


def test_while_the_source_is_away_the_service_goes_on_and_then_catches_up(shop, registry, source, clock):
    shop.publish()
    registry.look()
    source.is_away = True
    shop.publish()
    clock.advance(minutes=1)
    registry.look()
    away = registry.sources["repository"]
    assert (version_of(registry), away.problem.code, away.since) == (1, "H104", clock())
    clock.advance(minutes=1)
    registry.look()
    assert registry.sources["repository"].since == away.since
    source.is_away = False
    registry.look()
    assert (version_of(registry), registry.sources["repository"].problem) == (2, None)


def test_a_source_that_goes_away_while_it_is_read_says_nothing_of_the_version(shop, registry, source):
    shop.publish()
    whole = source._source.fetch

    def fetch(name, version, target):
        source.is_away = True
        return source.versions(name)

    source.fetch = fetch
    registry.look()
    assert registry.sources["repository"].problem.code == "H104"
    source.is_away, source.fetch = False, whole
    registry.look()  # no pause: the version was not to blame
    assert version_of(registry) == 1


def test_an_unsettled_folder_is_looked_at_again_at_once(shop, registry, source):
    shop.publish()
    whole = source._source.fetch

    def fetch(name, version, target):
        raise UnsettledModelError("H220", "it is being written")

    source.fetch = fetch
    registry.look()
    assert registry.states["funnel"].problem.code == "H220"
    source.fetch = whole
    registry.look()
    assert (version_of(registry), registry.states["funnel"].problem) == (1, None)


def test_a_surprise_while_looking_does_not_end_the_watch(shop, registry, source):
    shop.publish()
    source.names = lambda: 1 / 0
    registry.look()
    assert "ZeroDivisionError" in registry.sources["repository"].problem.message
    del source.names
    registry.look()
    assert version_of(registry) == 1


def test_a_version_serves_from_its_first_valid_moment_to_its_last(shop, registry, clock):
    shop.publish()
    shop.publish(valid_from="2026-11-21T10:00:00Z", valid_to="2026-11-21T11:00:00Z")
    registry.look()
    assert (version_of(registry), registry.states["funnel"].word) == (1, "serving")
    clock.advance(hours=1)
    registry.look()
    assert (version_of(registry), registry.states["funnel"].word) == (2, "serving")
    clock.advance(hours=1, seconds=1)
    registry.look()
    state = registry.states["funnel"]
    assert (version_of(registry), state.word, state.problem.code) == (1, "degraded", "H522")


def test_an_expired_version_answers_no_more_even_while_the_source_is_away(shop, registry, source, clock):
    shop.publish(valid_to="2026-11-21T11:00:00Z")
    registry.look()
    source.is_away = True
    clock.advance(hours=3)
    registry.look()
    state = registry.states["funnel"]
    assert (state.word, state.problem.code) == ("unavailable", "H522")


def test_a_deleted_model_goes_on_serving_and_says_so(shop, registry):
    shop.publish()
    registry.look()
    (shop.root / "funnel").rename(shop.root / ".gone")
    registry.look()
    state = registry.states["funnel"]
    assert (version_of(registry), state.problem.code) == (1, "H523")
    (shop.root / ".gone").rename(shop.root / "funnel")
    registry.look()
    assert registry.states["funnel"].problem is None


def test_only_the_named_models_are_loaded(shop, make_registry):
    shop.publish("funnel")
    shop.publish("redemption")
    registry = make_registry(only=("redemption", "later"))
    registry.look()
    assert {name: state.word for name, state in registry.states.items()} == {
        "later": "unavailable",
        "redemption": "serving",
    }
    assert [about for about, _ in find_problems(registry, registry._now())] == ["later"]


def test_a_name_in_two_sources_is_served_from_the_first_and_named(shop, make_registry):
    shop.publish()
    registry = make_registry(sources={"one": shop.repository, "two": shop.repository})
    registry.look()
    assert version_of(registry) == 1
    assert registry.sources["one"].problem is None
    assert registry.sources["two"].problem.code == "H525"


def test_a_source_that_hangs_is_named(shop, registry, source, clock):
    asked, answer = threading.Event(), threading.Event()
    names = source._source.names

    def hang():
        asked.set()
        answer.wait(10)
        return names()

    source.names = hang
    looking = threading.Thread(target=registry.look)
    looking.start()
    assert asked.wait(10)
    clock.advance(seconds=31)
    ((about, problem),) = find_problems(registry, clock())
    answer.set()
    looking.join()
    assert (about, problem.code) == ("repository", "H524")
    assert list(find_problems(registry, clock())) == []


def test_a_started_registry_follows_by_itself_and_stops(shop, source, tmp_path, make_scorer):
    registry = Registry({"repository": source}, Loader(make_scorer, tmp_path / "cache"), poll_s=0.01)
    shop.publish()
    registry.start(wait_s=10)
    try:
        assert version_of(registry) == 1
        shop.publish()
        end = time.monotonic() + 10
        while version_of(registry) != 2 and time.monotonic() < end:
            time.sleep(0.01)
        assert version_of(registry) == 2
    finally:
        registry.stop()
    shop.publish()
    time.sleep(0.05)
    assert version_of(registry) == 2


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


# -- stages -----------------------------------------------------------------------------------------------------------


def test_qa_answers_until_something_is_trained_in_prod_and_says_so(shop, registry):
    shop.publish(aliases=["qa"])
    shop.publish(aliases=[])
    registry.look()
    state = registry.states["funnel"]
    assert (version_of(registry), state.word, state.problem.code) == (1, "degraded", "H528")
    assert "version 1 of qa: no version is in prod" in state.fallback.message
    assert [about for about, _ in find_problems(registry, registry._now())] == ["funnel"]
    shop.publish()
    registry.look()
    assert (version_of(registry), registry.states["funnel"].word) == (3, "serving")
    assert registry.states["funnel"].fallback is None


def test_when_prod_has_expired_because_its_training_failed_qa_answers(shop, registry, clock):
    shop.publish(aliases=["qa"])
    shop.publish(valid_to="2026-11-21T10:00:00Z")
    registry.look()
    assert version_of(registry) == 2
    clock.advance(hours=2)
    for _ in range(3):
        registry.look()
        state = registry.states["funnel"]
        assert (version_of(registry), state.word, state.wanted) == (1, "degraded", 2)
        assert "fallback to version 1 of qa: version 2 was valid until" in state.fallback.message


def test_what_was_in_prod_goes_before_qa_and_dev_never_answers(shop, make_registry):
    shop.publish()
    shop.publish(aliases=["qa"])
    shop.publish(aliases=[])
    shop.publish()
    shop.spoil(4)
    registry = make_registry()
    registry.look()
    state = registry.states["funnel"]
    assert (version_of(registry), state.wanted, state.problem.code, state.fallback) == (1, 4, "H204", None)
    shop.spoil(1)
    registry = make_registry()
    registry.look()
    assert (version_of(registry), registry.states["funnel"].problem.code) == (2, "H528")
    shop.spoil(2)
    registry = make_registry()
    registry.look()
    assert (version_of(registry), registry.states["funnel"].word) == (None, "unavailable")


def test_a_new_version_in_prod_that_does_not_load_leaves_the_old_one_there(shop, registry):
    shop.publish(aliases=["qa"])
    shop.publish()
    registry.look()
    shop.publish()
    shop.spoil(3)
    registry.look()
    assert (version_of(registry), registry.states["funnel"].problem.code) == (2, "H204")
