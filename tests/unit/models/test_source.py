import pytest

from models.errors import ModelNameError, ModelNotFoundError
from models.plain import PlainFolder
from models.source import ModelSource, resolve_reference


def test_a_reference_means_a_version(repository, publish):
    for _ in range(3):
        publish()
    assert resolve_reference(repository, "funnel@2") == 2
    assert resolve_reference(repository, "funnel") == 3  # no champion yet: the latest
    repository.set_alias("funnel", "champion", 1)
    assert resolve_reference(repository, "funnel") == 1
    assert resolve_reference(repository, "funnel@champion") == 1


@pytest.mark.parametrize("reference", ["funnel@4", "funnel@challenger", "other", "other@1", "other@champion"])
def test_a_reference_to_nothing_is_an_error(repository, publish, reference):
    publish()
    with pytest.raises(ModelNotFoundError) as caught:
        repository.resolve(reference)
    assert caught.value.diagnostics[0].hint


@pytest.mark.parametrize("reference", ["../x", "funnel@", "funnel@../x", "funnel@-1"])
def test_a_reference_never_becomes_a_path_unchecked(repository, reference):
    with pytest.raises(ModelNameError):
        repository.resolve(reference)


def test_both_places_are_sources(repository, disk):
    sources: list[ModelSource] = [repository, PlainFolder(disk, "/plain")]
    for source in sources:
        assert source.names() == []
        assert source.versions("funnel") == []
        with pytest.raises(ModelNotFoundError):
            source.latest("funnel")
