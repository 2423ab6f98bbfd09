"""Oozie's JSON into values; a shape that is not Oozie's is an error, a field that an older server lacks is empty.

Source: the toJSONObject methods of org.apache.oozie.{WorkflowJobBean,WorkflowActionBean,CoordinatorJobBean,
CoordinatorActionBean,BundleJobBean}.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any

from oozie.client.errors import OozieClientError
from oozie.client.values import (
    Attempt,
    Bundle,
    Coordinator,
    CoordinatorAction,
    Run,
    Waiting,
    Workflow,
    WorkflowAction,
)
from oozie.language.document import parse
from oozie.language.errors import AppError

_PROPERTY = "property"
# Between the dependencies of an instance, and before those that are only known when the others are there.
_SEPARATOR = re.compile("#|!!")
# What Oozie writes where an action has no id, tracker or page.
_NOTHING = "-"


def read_workflow(found: Mapping[str, Any]) -> Workflow:
    """Raises: OozieClientError H802."""
    actions = tuple(map(read_workflow_action, records(found, "actions")))
    return Workflow(
        id=text(found, "id"),
        app_name=text(found, "appName"),
        app_path=text(found, "appPath"),
        status=text(found, "status"),
        user=text(found, "user"),
        group=text(found, "group"),
        run=number(found, "run"),
        created=moment(found, "createdTime"),
        started=moment(found, "startTime"),
        ended=moment(found, "endTime"),
        last_modified=moment(found, "lastModTime"),
        parent_id=text(found, "parentId"),
        external_id=text(found, "externalId"),
        console_url=text(found, "consoleUrl"),
        configuration=read_configuration(text(found, "conf")),
        actions=actions,
    )


def read_workflow_action(found: Mapping[str, Any]) -> WorkflowAction:
    """Raises: OozieClientError H802."""
    return WorkflowAction(
        id=text(found, "id"),
        name=text(found, "name"),
        type=text(found, "type"),
        status=text(found, "status"),
        transition=text(found, "transition"),
        external_id=_known(found, "externalId"),
        external_status=text(found, "externalStatus"),
        external_child_ids=_ids(text(found, "externalChildIDs")),
        error_code=text(found, "errorCode"),
        error_message=text(found, "errorMessage"),
        retries=number(found, "retries"),
        user_retry_count=number(found, "userRetryCount"),
        user_retry_max=number(found, "userRetryMax"),
        user_retry_interval_minutes=number(found, "userRetryInterval"),
        configuration_xml=text(found, "conf"),
        data=text(found, "data"),
        stats=text(found, "stats"),
        credentials=text(found, "cred"),
        started=moment(found, "startTime"),
        ended=moment(found, "endTime"),
        tracker_uri=_known(found, "trackerUri"),
        console_url=_known(found, "consoleUrl"),
    )


def read_coordinator(found: Mapping[str, Any]) -> Coordinator:
    """Raises: OozieClientError H802."""
    return Coordinator(
        id=text(found, "coordJobId"),
        app_name=text(found, "coordJobName"),
        app_path=text(found, "coordJobPath"),
        status=text(found, "status"),
        user=text(found, "user"),
        group=text(found, "group"),
        frequency=text(found, "frequency"),
        time_unit=text(found, "timeUnit"),
        time_zone=text(found, "timeZone"),
        start=moment(found, "startTime"),
        end=moment(found, "endTime"),
        pause=moment(found, "pauseTime"),
        created=moment(found, "createdTime"),
        next_materialised=moment(found, "nextMaterializedTime"),
        last_action=moment(found, "lastAction"),
        concurrency=number(found, "concurrency"),
        throttle=number(found, "mat_throttling"),
        execution=text(found, "executionPolicy") or text(found, "execution"),
        timeout_minutes=number(found, "timeOut"),
        bundle_id=text(found, "bundleId"),
        external_id=text(found, "coordExternalId"),
        console_url=text(found, "consoleUrl"),
        configuration=read_configuration(text(found, "conf")),
        actions=tuple(map(read_coordinator_action, records(found, "actions"))),
        total=max(number(found, "total"), len(records(found, "actions"))),
    )


def read_coordinator_action(found: Mapping[str, Any]) -> CoordinatorAction:
    """Raises: OozieClientError H802."""
    return CoordinatorAction(
        id=text(found, "id"),
        job_id=text(found, "coordJobId") or text(found, "id").partition("@")[0],
        number=number(found, "actionNumber"),
        status=text(found, "status"),
        nominal=moment(found, "nominalTime"),
        created=moment(found, "createdTime"),
        last_modified=moment(found, "lastModifiedTime"),
        missing_dependencies=_dependencies(text(found, "missingDependencies")),
        push_missing_dependencies=_dependencies(text(found, "pushMissingDependencies")),
        external_id=text(found, "externalId"),
        external_status=text(found, "externalStatus"),
        error_code=text(found, "errorCode"),
        error_message=text(found, "errorMessage"),
        type=text(found, "type"),
        created_configuration=read_configuration(text(found, "createdConf")),
        run_configuration=read_configuration(text(found, "runConf")),
        tracker_uri=_known(found, "trackerUri"),
        console_url=_known(found, "consoleUrl"),
    )


def read_bundle(found: Mapping[str, Any]) -> Bundle:
    """Raises: OozieClientError H802."""
    return Bundle(
        id=text(found, "bundleJobId"),
        app_name=text(found, "bundleJobName"),
        app_path=text(found, "bundleJobPath"),
        status=text(found, "status"),
        user=text(found, "user"),
        group=text(found, "group"),
        kickoff=moment(found, "kickoffTime"),
        start=moment(found, "startTime"),
        end=moment(found, "endTime"),
        pause=moment(found, "pauseTime"),
        created=moment(found, "createdTime"),
        time_unit=text(found, "timeUnit"),
        timeout_minutes=number(found, "timeOut"),
        external_id=text(found, "bundleExternalId"),
        console_url=text(found, "consoleUrl"),
        configuration=read_configuration(text(found, "conf")),
        coordinators=tuple(map(read_coordinator, records(found, "bundleCoordJobs"))),
    )


def read_run(found: Mapping[str, Any]) -> Run:
    """Raises: OozieClientError H802."""
    return Run(text(found, "id"), text(found, "status"), moment(found, "startTime"), moment(found, "endTime"))


def read_attempt(found: Mapping[str, Any]) -> Attempt:
    """Raises: OozieClientError H802."""
    return Attempt(
        number=number(found, "attempt"),
        started=moment(found, "startTime"),
        ended=moment(found, "endTime"),
        external_child_ids=_ids(text(found, "externalChildIDs")),
        console_url=_known(found, "consoleUrl"),
    )


def read_waiting(found: Mapping[str, Any]) -> Waiting:
    """Raises: OozieClientError H802."""
    datasets: dict[str, tuple[str, ...]] = {}
    for dataset in records(found, "dataSets"):
        missing = dataset.get("missingDependencies")
        if not isinstance(missing, list):
            raise strange("missingDependencies")
        datasets[text(dataset, "dataSet")] = tuple(map(str, missing))
    return Waiting(number(found, "id"), text(found, "blockedOn"), datasets)


def read_configuration(xml: str) -> dict[str, str]:
    """Name and value of each property of a Hadoop configuration. Raises: OozieClientError H802."""
    if not xml.strip():
        return {}
    try:
        root = parse(xml.encode("utf-8", "replace"))
    except AppError as error:
        raise strange("conf") from error
    found = {}
    for entry in root.children:
        if entry.tag == _PROPERTY:
            fields = {child.tag: child.text for child in entry.children}
            found[fields.get("name", "").strip()] = fields.get("value", "")
    return found


def read_strings(found: Mapping[str, Any]) -> dict[str, str]:
    """A flat JSON object of texts, as of the server's configuration."""
    return {str(name): "" if value is None else str(value) for name, value in found.items()}


def records(found: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The list of objects under ``name``; empty where there is none. Raises: OozieClientError H802."""
    value = found.get(name) or []
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise strange(name)
    return value


def text(found: Mapping[str, Any], name: str) -> str:
    """The text under ``name``; "" where there is none. Raises: OozieClientError H802 for an object or a list."""
    value = found.get(name)
    if isinstance(value, dict | list):
        raise strange(name)
    return "" if value is None else str(value)


def texts(found: Mapping[str, Any], name: str) -> list[str]:
    """The list of texts under ``name``; empty where there is none. Raises: OozieClientError H802."""
    values = found.get(name) or []
    if not isinstance(values, list):
        raise strange(name)
    return [str(value) for value in values]


def required(found: Mapping[str, Any], name: str) -> str:
    """The text under ``name``. Raises: OozieClientError H802 where there is none."""
    value = text(found, name)
    if not value:
        raise strange(name)
    return value


def number(found: Mapping[str, Any], name: str) -> int:
    """The whole number under ``name``; 0 where there is none. Raises: OozieClientError H802."""
    value = found.get(name)
    try:
        return 0 if value is None or value == "" else int(value)
    except (TypeError, ValueError, OverflowError):
        raise strange(name) from None


def moment(found: Mapping[str, Any], name: str) -> datetime | None:
    """The time under ``name``, such as ``Sat, 21 Nov 2026 12:00:00 GMT``. Raises: OozieClientError H802."""
    value = text(found, name)
    if not value:
        return None
    try:
        parsed = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        raise strange(name) from None
    return parsed.replace(tzinfo=timezone.utc) if parsed.tzinfo is None else parsed.astimezone(timezone.utc)


def strange(name: str) -> OozieClientError:
    """The error for a field that is not as Oozie writes it."""
    return OozieClientError(
        "H802",
        f"the answer is not Oozie's: its '{name}' is of another shape",
        hint="check the URL; it ends with /oozie, as http://host:11000/oozie",
    )


def _known(found: Mapping[str, Any], name: str) -> str:
    value = text(found, name)
    return "" if value == _NOTHING else value


def _ids(joined: str) -> tuple[str, ...]:
    return _without_blanks(joined.split(","))


def _dependencies(joined: str) -> tuple[str, ...]:
    return _without_blanks(_SEPARATOR.split(joined))


def _without_blanks(parts: Iterable[str]) -> tuple[str, ...]:
    return tuple(part.strip() for part in parts if part.strip() and part.strip() != _NOTHING)
