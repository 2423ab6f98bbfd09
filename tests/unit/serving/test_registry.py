"""Which version answers: taken up, swapped, kept, fallen back to."""

import threading
import time

from models.errors import UnsettledModelError
from models.lifecycle import Lifecycle
from models.retention import Policy
from serving.loading import Loader
from serving.registry import Registry, find_problems
from tests.unit.serving.conftest import version_of


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


def test_what_stands_is_not_loaded_again(shop, registry):
    shop.publish()
    registry.look()
    before = registry.states["funnel"]
    registry.look()
    assert registry.states["funnel"] is before


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


def test_the_log_says_what_a_source_that_cannot_be_read_means(shop, registry, source, caplog):
    shop.publish()
    source.is_away = True
    registry.look()
    assert "does not answer" in caplog.text and "nothing of it is loaded" in caplog.text
    assert "goes on serving" not in caplog.text
    source.is_away = False
    registry.look()
    caplog.clear()
    source.is_away = True
    registry.look()
    assert "what is loaded goes on serving" in caplog.text


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


def test_a_service_for_qa_answers_with_qa_s_versions_alone(shop, make_registry):
    shop.publish()
    registry = make_registry(stage="qa")
    registry.look()
    state = registry.states["funnel"]
    assert (version_of(registry), state.problem.code) == (None, "H511")
    assert state.problem.message == "no version of 'funnel' is in qa"
    assert "howdah models promote funnel@VERSION --stage qa" in state.problem.hint
    shop.publish(aliases=["qa"])
    registry.look()
    assert (version_of(registry), registry.states["funnel"].word) == (2, "serving")
    shop.publish(aliases=["champion"])
    shop.publish(aliases=["qa"])
    shop.spoil(4)
    registry.look()
    state = registry.states["funnel"]
    assert (version_of(registry), state.wanted, state.problem.code, state.fallback) == (2, 4, "H204", None)


def test_a_service_for_dev_answers_with_the_latest_version_that_loads(shop, make_registry):
    shop.publish(aliases=["qa"])
    shop.publish()
    shop.publish(aliases=[])
    shop.publish(aliases=[])
    shop.spoil(4)
    registry = make_registry(stage="dev")
    registry.look()
    assert (version_of(registry), registry.states["funnel"].problem.code) == (3, "H204")


def test_a_new_version_in_prod_that_does_not_load_leaves_the_old_one_there(shop, registry):
    shop.publish(aliases=["qa"])
    shop.publish()
    registry.look()
    shop.publish()
    shop.spoil(3)
    registry.look()
    assert (version_of(registry), registry.states["funnel"].problem.code) == (2, "H204")


class Surprising:
    """A source that stumbles over the manifest of one model."""

    def __init__(self, source):
        self._source = source

    def __getattr__(self, name):
        return getattr(self._source, name)

    def manifest(self, name, version):
        if (name, version) == ("astray", 2):
            raise ZeroDivisionError("nobody thought of that")
        return self._source.manifest(name, version)


def test_a_surprise_of_one_model_keeps_no_other_from_being_looked_at(shop, make_registry):
    registry = make_registry(sources={"repository": Surprising(shop.repository)})
    shop.publish("astray")
    shop.publish()
    registry.look()
    shop.publish("astray")
    shop.publish()
    registry.look()
    assert (version_of(registry), version_of(registry, "astray")) == (2, 1)
    problem = registry.states["astray"].problem
    assert (problem.code, "ZeroDivisionError: nobody thought of that" in problem.message) == ("H520", True)
