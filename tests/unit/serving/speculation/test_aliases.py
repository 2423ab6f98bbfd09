"""Aliases as members: they follow the repository as models do."""

import pytest

from models.errors import ModelNotFoundError
from models.plain import PlainFolder
from serving.loading import Loader
from serving.registry import Registry
from serving.speculation.aliases import with_aliases
from serving.speculation.group import Group
from storage.local import LocalDisk

GROUPS = [
    Group("canary", "canary", ("funnel", "funnel@challenger"), 1.0, weights={"funnel": 95, "funnel@challenger": 5}),
    Group("shadow", "shadow", ("funnel@2", "funnel@shadow"), 1.0),
]


@pytest.fixture
def registry(shop, tmp_path, clock, make_scorer):
    sources = with_aliases({"repository": shop.repository}, GROUPS)
    return Registry(sources, Loader(make_scorer, tmp_path / "cache"), now=clock)


def versions(registry):
    return {name: state.loaded and state.loaded.manifest.version for name, state in registry.states.items()}


def test_an_alias_is_served_beside_its_model_and_moves(shop, registry):
    shop.publish()
    shop.publish(aliases=["challenger"])
    shop.publish(aliases=[])
    registry.look()
    assert versions(registry) == {"funnel": 1, "funnel@challenger": 2, "funnel@2": 2}
    assert registry.states["funnel@challenger"].loaded.manifest.name == "funnel"
    shop.repository.set_alias("funnel", "challenger", 3)
    shop.repository.set_alias("funnel", "shadow", 1)
    registry.look()
    assert versions(registry) == {"funnel": 1, "funnel@challenger": 3, "funnel@2": 2, "funnel@shadow": 1}


def test_a_version_that_is_spoilt_is_not_replaced_by_another(shop, registry):
    shop.publish()
    shop.publish(aliases=["challenger"])
    shop.spoil(2)
    registry.look()
    assert versions(registry) == {"funnel": 1, "funnel@challenger": None, "funnel@2": None}
    assert "version 2 cannot serve" in registry.states["funnel@challenger"].problem.message


@pytest.mark.parametrize(
    ("file", "member", "code"), [("challenger", "funnel@challenger", "H207"), ("2/manifest.json", "funnel@2", "H203")]
)
def test_a_member_that_cannot_be_read_keeps_no_other_model_from_being_followed(shop, registry, file, member, code):
    shop.publish()
    shop.publish(aliases=["challenger"])
    registry.look()
    shop.publish("other")
    (spoilt,) = shop.root.rglob(file)
    whole = spoilt.read_text()
    spoilt.write_text("{")
    registry.look()
    assert versions(registry) == {"funnel": 1, "funnel@challenger": 2, "funnel@2": 2, "other": 1}
    assert registry.sources["repository"].problem is None
    assert registry.states[member].problem.code == code
    spoilt.write_text(whole)
    registry.look()
    assert registry.states[member].problem is None


def test_without_aliases_the_sources_are_as_they_were(shop):
    sources = {"repository": shop.repository}
    assert with_aliases(sources, []) is sources


def test_a_reference_is_read_as_its_model(shop, tmp_path):
    version = shop.publish(aliases=["challenger"])
    source = with_aliases({"repository": shop.repository}, GROUPS)["repository"]
    name = "funnel@challenger"
    assert source.names() == ["funnel", "funnel@challenger"]
    assert source.latest(name) == source.resolve(name) == source.alias(name, "challenger") == version
    assert source.latest("funnel") == version
    assert source.aliases(name) == {"challenger": 1}
    assert source.verify(name, version) == []
    assert (source.fetch(name, version, tmp_path / "here") / "manifest.json").exists()
    with pytest.raises(ModelNotFoundError):
        source.resolve("funnel@shadow")


def test_a_plain_folder_has_no_aliases(tmp_path):
    plain = PlainFolder(LocalDisk(durable=False), str(tmp_path / "none"), "funnel")
    assert with_aliases({"plain": plain}, GROUPS)["plain"].names() == []
