"""Members that are an alias, ``funnel@challenger``: a source that has them beside its models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from models.errors import ModelError, ModelNotFoundError
from models.manifest import Manifest
from models.names import split_reference
from models.source import ModelSource
from serving.speculation.group import Group
from storage.errors import Diagnostic


def with_aliases(sources: Mapping[str, ModelSource], groups: Sequence[Group]) -> Mapping[str, ModelSource]:
    """``sources``, each with the members of ``groups`` that are an alias of one of its models."""
    references = sorted({member for group in groups for member in group.members if "@" in member})
    if not references:
        return sources
    return {label: AliasedSource(source, references) for label, source in sources.items()}


class AliasedSource:
    """A source in which each of ``references`` is a model too, with one version: the one that it means."""

    def __init__(self, source: ModelSource, references: Sequence[str]) -> None:
        self._source = source
        self._references = references

    def names(self) -> list[str]:
        """The models, and the references that mean a version."""
        return sorted([*self._source.names(), *filter(self._is_known, self._references)])

    def versions(self, name: str) -> list[int]:
        """The one version of a reference; a model's as they are."""
        return [self._source.resolve(name)] if "@" in name else self._source.versions(name)

    def latest(self, name: str) -> int:
        """The version of a reference, a model's highest one."""
        return self._source.resolve(name) if "@" in name else self._source.latest(name)

    def manifest(self, name: str, version: int) -> Manifest:
        """The manifest of the model itself, under its own name."""
        return self._source.manifest(_model(name), version)

    def aliases(self, name: str) -> Mapping[str, int]:
        """The model's aliases."""
        return self._source.aliases(_model(name))

    def alias(self, name: str, alias: str) -> int:
        """What an alias of the model means."""
        return self._source.alias(_model(name), alias)

    def earlier(self, name: str, alias: str) -> list[int]:
        """What an alias of the model meant before."""
        return self._source.earlier(_model(name), alias)

    def resolve(self, reference: str) -> int:
        """What a reference means; it is one with its ``@`` or without."""
        return self._source.resolve(reference)

    def signatures(self, name: str, version: int) -> list[bytes]:
        """What keys have signed the model's version with."""
        return self._source.signatures(_model(name), version)

    def verify(self, name: str, version: int) -> list[Diagnostic]:
        """What is wrong with the model's version."""
        return self._source.verify(_model(name), version)

    def fetch(self, name: str, version: int, target: Path) -> Path:
        """The model's version, on this machine."""
        return self._source.fetch(_model(name), version, target)

    def _is_known(self, reference: str) -> bool:
        try:
            self._source.resolve(reference)
        except ModelNotFoundError:
            return False
        except ModelError:
            return True  # which is said of this one alone, when its version is asked for
        return True


def _model(name: str) -> str:
    return split_reference(name)[0]
