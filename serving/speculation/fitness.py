"""Whether the members of a group fit together, and its policy: they take the same records, and say the same things."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.comparison import direction
from models.manifest import Manifest
from serving.speculation.group import Group, Manifests

_SHOWN = 5


@dataclass(frozen=True)
class Fit:
    """For each place what is wrong with its member, "" where nothing is; and why the group as a whole cannot answer."""

    problems: tuple[str, ...]
    refusal: str = ""


def check_fit(group: Group, manifests: Manifests) -> Fit:
    """Compare the versions that are loaded; one that is None is not judged.

    The first one that predicts what the policy takes says what the group takes and gives; one that differs is left out.
    """
    wrong = {place: _wrong_target(group, manifest) for place, manifest in enumerate(manifests) if manifest}
    reference = next((manifests[place] for place, problem in wrong.items() if not problem), None)
    problems = []
    for place, manifest in enumerate(manifests):
        found = wrong.get(place, "")
        if manifest and reference and not found:
            found = _unlike(reference, manifest)
        problems.append(found)
    return Fit(tuple(problems), _refusal(group, manifests, problems))


def _wrong_target(group: Group, manifest: Manifest) -> str:
    target = "class" if manifest.classes else "number"
    if group.kind.target and group.kind.target != target:
        return f"does not fit: it predicts a {target}, {group.policy} needs a {group.kind.target}"
    return ""


def _unlike(reference: Manifest, manifest: Manifest) -> str:
    wanted, found = _types(reference), _types(manifest)
    unlike = [f"does not take '{name}'" for name in wanted.keys() - found.keys()]
    unlike += [f"takes '{name}' besides" for name in found.keys() - wanted.keys()]
    unlike += [
        f"takes '{name}' as {found[name]}, not {wanted[name]}"
        for name in wanted.keys() & found.keys()
        if wanted[name] != found[name]
    ]
    if set(reference.classes) != set(manifest.classes):
        unlike.append(f"predicts {_outcomes(manifest)}, not {_outcomes(reference)}")
    if not unlike:
        return ""
    more = f" and {len(unlike) - _SHOWN} more" if len(unlike) > _SHOWN else ""
    told = ", ".join(sorted(unlike)[:_SHOWN])
    return f"does not fit {reference.name} {reference.version}: it {told}{more}"


def _types(manifest: Manifest) -> Mapping[str, str]:
    return {item.name: item.type for item in manifest.inputs}


def _outcomes(manifest: Manifest) -> str:
    shown = "/".join(manifest.classes[:_SHOWN]) + ("/..." if len(manifest.classes) > _SHOWN else "")
    return shown or "a number"


def _refusal(group: Group, manifests: Manifests, problems: Sequence[str]) -> str:
    fitting = [manifest for manifest, problem in zip(manifests, problems, strict=True) if manifest and not problem]
    if any(problems) and len(fitting) < (1 if group.kind.alone else 2):
        return "its members do not fit together"
    if not fitting:
        return ""
    if group.metric:
        if not any(group.metric in manifest.metrics for manifest in fitting):
            return f"no member's manifest has the metric '{group.metric}'"
        if not direction(group.metric, fitting):
            return f"the manifests do not say whether a higher or a lower '{group.metric}' is better"
    if group.default is not None and isinstance(group.default, str) != bool(fitting[0].classes):
        return f"its default {group.default!r:.60} is not what its members predict ({_outcomes(fitting[0])})"
    return ""
