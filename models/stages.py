"""Stages of a model's versions, dev, qa and prod: aliases with a rule, and a way back from prod to qa.

A version is in dev until it is promoted; ``qa`` is the alias of that name, and prod is the champion. A model has stages
from when one of its versions is its ``qa``; one without goes by its champion, else its latest version.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from models.errors import ModelNameError
from models.names import split_reference
from models.source import CHAMPION, QA, ModelSource

Stage = Literal["dev", "qa", "prod"]

ALIASES: Mapping[Stage, str] = {"qa": QA, "prod": CHAMPION}  # dev is what neither of them means

# Whose versions answer for a stage, the first one's before the others'.
_ANSWERING: Mapping[Stage, tuple[Stage, ...]] = {"prod": ("prod", "qa"), "qa": ("qa",)}


@dataclass(frozen=True)
class Candidate:
    """A version that may answer, and the stage by which; None where no stage was asked about.

    ``is_fallback`` is true where that is another stage than the one that is wanted.
    """

    version: int
    stage: Stage | None = None
    is_fallback: bool = False


def find_alias(stage: str) -> str:
    """The alias that is ``stage``. Raises: ModelNameError H201."""
    for known, alias in ALIASES.items():
        if known == stage:
            return alias
    hint = f"stages to promote to are {' and '.join(ALIASES)}; what is in neither is in dev"
    raise ModelNameError("H201", f"{stage!r:.80} is not a stage to promote to", hint=hint)


def stage_of(aliases: Mapping[str, int], version: int) -> Stage | None:
    """The highest stage of ``version``; None where the model has no stages."""
    if QA not in aliases:
        return None
    if aliases.get(CHAMPION) == version:
        return "prod"
    return "qa" if aliases[QA] == version else "dev"


def candidates(source: ModelSource, reference: str, stage: Stage = "prod") -> Iterator[Candidate]:
    """The versions that may answer for ``reference`` in ``stage``, the best first; each is looked for when asked for.

    In prod, with stages: what is in prod and what was, then what is in qa and what was, and never what is in dev.
    Without stages: the champion, else the latest, then the versions before it. In qa: what is in qa and what was. In
    dev: all versions, the latest first. A reference to an alias or a version has that one alone.

    Raises: ModelNameError, ModelNotFoundError, CorruptModelError, TransitionError H244.
    """
    name, selector = split_reference(reference)
    if selector:
        yield Candidate(source.resolve(reference))
        return
    if stage == "dev":
        yield from map(Candidate, reversed(source.versions(name)))
        return
    aliases = source.aliases(name)
    if stage == "prod" and QA not in aliases:
        preferred = aliases[CHAMPION] if CHAMPION in aliases else source.latest(name)
        yield Candidate(preferred)
        yield from (Candidate(each) for each in reversed(source.versions(name)) if each < preferred)
        return
    seen: set[int] = set()
    for each in _ANSWERING[stage]:
        for version in _meant(source, name, ALIASES[each], aliases):
            if version not in seen:
                seen.add(version)
                yield Candidate(version, each, each != stage)


def _meant(source: ModelSource, name: str, alias: str, aliases: Mapping[str, int]) -> Iterator[int]:
    if alias in aliases:
        yield aliases[alias]
        yield from source.earlier(name, alias)
