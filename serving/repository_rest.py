"""The repository over HTTP: the words of ``howdah models``, and the name of a token in the log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask, Response, g, request

from models.description import (
    describe_collection,
    describe_comparison,
    describe_log,
    describe_models,
    describe_soundness,
    describe_transition,
    describe_version,
    describe_versions,
)
from models.errors import ModelNotFoundError
from models.lifecycle import Lifecycle
from models.names import check_alias, check_name
from models.repository import Repository
from models.retention import Policy
from models.source import CHAMPION, ModelSource
from models.stages import find_alias
from models.transitions import Transition
from serving.access import needs
from serving.errors import ServingError
from serving.receiving import receive_fields
from serving.registry import Registry
from serving.replies import as_json, describe_request
from serving.settings import Settings

# Opened anew for each request: no connection is shared by two threads.
OpenSources = Callable[[], Mapping[str, ModelSource]]

_MOST_ENTRIES = 1000
_MOST_DAYS = 36500


def add_repository(app: Flask, registry: Registry, settings: Settings, open_sources: OpenSources) -> None:
    """The addresses below ``/repository``."""
    _add_reports(app, open_sources)
    _add_transitions(app, registry, settings, open_sources)


def _add_reports(app: Flask, open_sources: OpenSources) -> None:
    @app.get("/repository")
    @needs("admin")
    def repository_list() -> Response:
        found = [
            {**each, "source": label}
            for label, repository in _repositories(open_sources)
            for each in describe_models(repository)
        ]
        return as_json({"models": found, **describe_request()})

    @app.get("/repository/<name>")
    @needs("admin")
    def repository_show(name: str) -> Response:
        return as_json({**describe_versions(find_repository(open_sources, name), name), **describe_request()})

    @app.get("/repository/<name>/versions/<version>")
    @needs("admin")
    def repository_show_version(name: str, version: str) -> Response:
        found = describe_version(find_repository(open_sources, name), f"{name}@{version}")
        return as_json({**found, **describe_request()})

    @app.get("/repository/<name>/compare")
    @needs("admin")
    def repository_compare(name: str) -> Response:
        found = describe_comparison(find_repository(open_sources, name), name, request.args.getlist("version"))
        return as_json({**found, **describe_request()})

    @app.get("/repository/<name>/verify")
    @needs("admin")
    def repository_verify(name: str) -> Response:
        selector = request.args.get("version")
        reference = name if selector is None else f"{name}@{selector}"
        found = describe_soundness(find_repository(open_sources, name), [reference])
        is_sound = not any(each["findings"] for each in found)
        return as_json({"sound": is_sound, "versions": found, **describe_request()})

    @app.get("/repository/<name>/log")
    @needs("admin")
    def repository_log(name: str) -> Response:
        count = request.args.get("count", "20")
        if not (count.isascii() and count.isdigit() and 1 <= int(count) <= _MOST_ENTRIES):
            raise ServingError("H512", f"'count' is {count[:50]!r}", hint=f"a number from 1 to {_MOST_ENTRIES}")
        entries = describe_log(find_repository(open_sources, name), name, int(count))
        return as_json({"name": name, "log": list(map(describe_transition, entries)), **describe_request()})


def _add_transitions(app: Flask, registry: Registry, settings: Settings, open_sources: OpenSources) -> None:
    def fields(**kinds: Any) -> dict[str, Any]:
        return receive_fields(settings.max_body_bytes, kinds)

    def tell(made: Transition | None) -> Response:
        registry.renew(0)  # the service follows at once; how it goes, GET /models says
        return as_json({"transition": describe_transition(made) if made else None, **describe_request()})

    @app.post("/repository/<name>/promote")
    @needs("admin")
    def repository_promote(name: str) -> Response:
        asked = fields(version=(int, str), reason=str, stage=str, force=bool, **{"as": str})
        repository, alias, force = find_repository(open_sources, name), _alias(asked), asked.get("force", False)
        if force and alias != CHAMPION:
            raise ServingError("H512", "only prod, the champion, can be forced", hint="leave 'force' out")
        version, reason = _version(repository, name, asked), asked.get("reason", "")
        lifecycle = Lifecycle(repository, _who())
        return tell(lifecycle.promote(name, version, reason, alias=alias, staged="stage" in asked, force=force))

    @app.post("/repository/<name>/rollback")
    @needs("admin")
    def repository_rollback(name: str) -> Response:
        asked = fields(reason=str, stage=str, **{"as": str})
        repository, alias = find_repository(open_sources, name), _alias(asked)
        return tell(Lifecycle(repository, _who()).rollback(name, asked.get("reason", ""), alias=alias))

    @app.post("/repository/<name>/retire")
    @needs("admin")
    def repository_retire(name: str) -> Response:
        asked = fields(version=(int, str), reason=str)
        repository = find_repository(open_sources, name)
        version = _version(repository, name, asked)
        return tell(Lifecycle(repository, _who()).retire(name, version, asked.get("reason", "")))

    @app.post("/repository/<name>/gc")
    @needs("admin")
    def repository_gc(name: str) -> Response:
        asked = fields(keep=int, days=(int, float), delete=bool)
        policy, delete = _policy(asked), asked.get("delete", False)
        lifecycle = Lifecycle(find_repository(open_sources, name), _who() if delete else "")
        found = describe_collection(find_repository(open_sources, name), lifecycle, [name], policy, delete=delete)
        return as_json({**found[0], **describe_request()})


def _repositories(open_sources: OpenSources) -> list[tuple[str, Repository]]:
    return [(label, source) for label, source in open_sources().items() if isinstance(source, Repository)]


def find_repository(open_sources: OpenSources, name: str) -> Repository:
    """The repository that has the model: the first one, as the service itself takes it. Raises: ModelNotFoundError."""
    check_name(name)
    found = next((repository for _, repository in _repositories(open_sources) if name in repository.names()), None)
    if found is None:
        raise ModelNotFoundError("H202", f"no repository has a model '{name}'", hint="GET /repository lists them")
    return found


def _who() -> str:
    """The name that the log gets. Raises: ServingError H535."""
    if g.caller is None:
        hint = "start the service with --tokens FILE, or use howdah models"
        raise ServingError("H535", "a change is logged under the name of a token, and there are none", hint=hint)
    return str(g.caller.name)


def _alias(asked: Mapping[str, Any]) -> str:
    """The alias that 'as' or 'stage' names, else the champion. Raises: ServingError H512, ModelNameError."""
    if "stage" not in asked:
        return check_alias(asked.get("as", CHAMPION))
    if "as" in asked:
        raise ServingError("H512", "both 'as' and 'stage' are given", hint="a stage is an alias; name one of them")
    return find_alias(asked["stage"])


def _version(repository: Repository, name: str, asked: Mapping[str, Any]) -> int:
    if "version" not in asked:
        raise ServingError("H512", "the field 'version' is missing", hint='a number, or an alias: "challenger"')
    return repository.resolve(f"{name}@{asked['version']}")


def _policy(asked: Mapping[str, Any]) -> Policy:
    keep, days = asked.get("keep", 5), asked.get("days", 30.0)
    if keep < 1 or not 0 <= days <= _MOST_DAYS:
        hint = f"'keep' is 1 or more, 'days' a number from 0 to {_MOST_DAYS}"
        raise ServingError("H512", "that is no policy", hint=hint)
    return Policy(keep, float(days))
