"""What a reader of models needs of the place that keeps them: the repository, or the article's plain folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from models.manifest import Manifest
from models.names import is_version, split_reference
from storage.errors import Diagnostic

CHAMPION = "champion"
QA = "qa"


class ModelSource(Protocol):
    """Models by name and version. A version, once seen, never changes."""

    def names(self) -> list[str]:
        """The models that have a version, sorted."""

    def versions(self, name: str) -> list[int]:
        """A model's versions, rising; empty when there is none. Raises: ModelNameError."""

    def latest(self, name: str) -> int:
        """The highest version. Raises: ModelNotFoundError."""

    def manifest(self, name: str, version: int) -> Manifest:
        """What was written beside the model. Raises: ModelNotFoundError, ManifestError."""

    def aliases(self, name: str) -> Mapping[str, int]:
        """Alias → version. Raises: ModelNameError."""

    def alias(self, name: str, alias: str) -> int:
        """The version that ``alias`` means. Raises: ModelNotFoundError."""

    def earlier(self, name: str, alias: str) -> list[int]:
        """What ``alias`` meant before and a rollback would go to, the last one first. Raises: TransitionError H244."""

    def resolve(self, reference: str) -> int:
        """The version of ``funnel@champion``, ``funnel@3`` or ``funnel`` (its champion, else its qa, else its latest).

        Raises: ModelNameError, ModelNotFoundError.
        """

    def signatures(self, name: str, version: int) -> list[bytes]:
        """What keys have signed the version with; see models.signing. Raises: ModelNameError."""

    def verify(self, name: str, version: int) -> list[Diagnostic]:
        """Every file that is missing, strange or changed; empty when the version is whole."""

    def fetch(self, name: str, version: int, target: Path) -> Path:
        """A local folder below ``target`` with the version's files and manifest.json, each hash checked.

        Raises: CorruptModelError, ModelNotFoundError, NoSpaceError.
        """


def resolve_reference(source: ModelSource, reference: str) -> int:
    """The version that ``reference`` means in ``source``. Raises: ModelNameError, ModelNotFoundError."""
    name, selector = split_reference(reference)
    if is_version(selector):
        source.manifest(name, int(selector))
        return int(selector)
    if selector:
        return source.alias(name, selector)
    answering = find_answering(source.aliases(name))
    return source.latest(name) if answering is None else answering


def find_answering(aliases: Mapping[str, int]) -> int | None:
    """The version that answers for the model by its aliases: prod's, else qa's; None where that is the latest."""
    return aliases.get(CHAMPION, aliases.get(QA))
