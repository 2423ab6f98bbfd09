"""What is told of a repository, to programs and to tables: its models, versions, metrics, findings and its log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from models.comparison import compare
from models.errors import CorruptModelError, ManifestError, ModelNameError, TransitionError
from models.manifest import Manifest
from models.names import check_name, split_reference
from models.source import CHAMPION
from models.stages import stage_of
from models.transitions import Transition
from models.verification import find_unsettled, inspect
from storage.errors import Diagnostic

if TYPE_CHECKING:
    from models.lifecycle import Lifecycle
    from models.repository import Repository
    from models.retention import Policy


def describe_models(repository: Repository) -> list[dict[str, Any]]:
    """Every model in short; ``problem`` where its latest manifest cannot be read."""
    return [
        {
            "name": name,
            "versions": repository.versions(name),
            "latest": repository.latest(name),
            "published": manifest.created if manifest else None,
            "aliases": repository.readable_aliases(name),
            "problem": problem,
        }
        for name in repository.names()
        for manifest, problem in [_read(repository, name, repository.latest(name))]
    ]


def describe_versions(repository: Repository, name: str) -> dict[str, Any]:
    """A model with each of its versions. Raises: ModelNameError, ModelNotFoundError."""
    repository.latest(name)
    usable = repository.versions(name)
    aliases = repository.readable_aliases(name)
    versions = [
        {
            "version": version,
            "published": manifest.created if manifest else None,
            "aliases": _aliases_of(repository, name, version),
            "stage": stage_of(aliases, version),
            "retired": version not in usable,
            "metrics": manifest.metrics if manifest else {},
            "description": manifest.description if manifest else "",
            "problem": problem,
        }
        for version in repository.all_versions(name)
        for manifest, problem in [_read(repository, name, version)]
    ]
    return {"name": name, "aliases": aliases, "versions": versions}


def describe_version(repository: Repository, reference: str) -> dict[str, Any]:
    """All of one version: ``funnel@3``, ``funnel@champion``. Raises: ModelNameError, ModelNotFoundError."""
    name, _ = split_reference(reference)
    version = repository.resolve(reference)
    manifest = repository.manifest(name, version)
    return {
        "manifest": manifest,
        "digest": manifest.digest,
        "aliases": _aliases_of(repository, name, version),
        "stage": stage_of(repository.readable_aliases(name), version),
        "retired": version not in repository.versions(name),
    }


def describe_comparison(repository: Repository, name: str, selectors: Sequence[str] = ()) -> dict[str, Any]:
    """The metrics of some versions; without ``selectors`` of the champion, else the one before, and the latest.

    Raises: ModelNameError, ModelNotFoundError.
    """
    check_name(name)
    chosen = selectors or _to_compare(repository, name)
    versions = list(dict.fromkeys(repository.resolve(f"{name}@{each}") for each in chosen))
    rows = compare([repository.manifest(name, version) for version in versions])
    return {"name": name, "versions": versions, "metrics": rows}


def describe_soundness(repository: Repository, references: Sequence[str] = ()) -> list[dict[str, Any]]:
    """What is not as it was published, of the versions named, else of all: each with its findings.

    Raises: ModelNameError, ModelNotFoundError.
    """
    checked: list[dict[str, Any]] = []
    for reference in references or repository.names():
        name, selector = split_selector(reference)
        if not selector:
            repository.latest(name)
        versions = [repository.resolve(reference)] if selector else repository.all_versions(name)
        checked += [
            {"name": name, "version": version, "findings": _inspect(repository, name, version)} for version in versions
        ]
        checked += [
            {"name": name, "version": None, "findings": found} for found in [find_unsettled(repository, name)] if found
        ]
    return checked


def describe_log(repository: Repository, name: str, count: int) -> list[Transition]:
    """The newest ``count`` entries, the newest last. Raises: ModelNotFoundError, TransitionError H244."""
    entries = repository.log(name)
    found = [entries.read(number) for number in entries.numbers()[-count:]]
    if not found:
        repository.latest(name)  # no such model is another thing than one without a past
    return found


def describe_transition(entry: Transition) -> dict[str, Any]:
    """An entry without the state, which is how the repository remembers, and nobody's question."""
    return {name: value for name, value in vars(entry).items() if name != "state"}


def describe_collection(
    repository: Repository, lifecycle: Lifecycle, names: Sequence[str], policy: Policy, *, delete: bool
) -> list[dict[str, Any]]:
    """What ``policy`` keeps and what would go, or went with ``delete``, of each model of ``names``, else of all.

    Raises: ModelNotFoundError, TransitionError.
    """
    found: list[dict[str, Any]] = []
    for name in names or repository.names():
        verdicts = lifecycle.judge(name, policy)
        sizes = {each.version: repository.size(name, each.version) for each in verdicts if not each.kept}
        if delete:
            lifecycle.collect(name, policy)
        standing = repository.all_versions(name)
        found.append(
            {
                "name": name,
                "versions": [{**vars(each), "bytes": sizes.get(each.version)} for each in verdicts],
                "deleted": sorted(sizes.keys() - standing),
            }
        )
    return found


def split_selector(reference: str) -> tuple[str, str]:
    """Name and selector; ``funnel@`` has none. Raises: ModelNameError."""
    name, selector = split_reference(reference)
    if reference.endswith("@"):
        raise ModelNameError("H201", f"'{reference}' names no version", hint=f"{name}@3, or {name}@champion")
    return name, selector


def _read(repository: Repository, name: str, version: int) -> tuple[Manifest | None, str]:
    """The manifest, or why there is none to read: one spoilt version must not hide the others."""
    try:
        return repository.manifest(name, version), ""
    except (ManifestError, CorruptModelError) as error:
        return None, str(error.diagnostics[0])


def _inspect(repository: Repository, name: str, version: int) -> list[Diagnostic]:
    try:
        return inspect(repository, name, version)
    except (ManifestError, CorruptModelError, TransitionError) as error:
        return list(error.diagnostics)


def _to_compare(repository: Repository, name: str) -> list[str]:
    """The champion, else the version before the latest, and the latest."""
    latest = repository.latest(name)
    champion = repository.readable_aliases(name).get(CHAMPION, latest)
    before = [version for version in repository.versions(name) if version < latest]
    return [str(champion if champion != latest or not before else before[-1]), str(latest)]


def _aliases_of(repository: Repository, name: str, version: int) -> list[str]:
    return sorted(alias for alias, meant in repository.readable_aliases(name).items() if meant == version)
