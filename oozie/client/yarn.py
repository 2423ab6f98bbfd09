"""The logs of an action's YARN applications: of running containers by their node, of others by the JobHistory server.

Everything is found from what Oozie says of the action: its application, and the ResourceManager's page of it. The
ResourceManager names the containers; a node that no longer has a log redirects to the server that keeps it.

Source: the REST interfaces of ResourceManager, NodeManager and HistoryServer of Hadoop 2.8 and newer.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.exceptions import RequestException
from urllib3.exceptions import HTTPError

from oozie.client.errors import YarnError
from oozie.client.transport import Authentication, split_lines, web_session
from oozie.client.values import WorkflowAction

_APPLICATION = re.compile(r"(?:application|job)_(\d+)_(\d+)\Z")
_CONTAINER = re.compile(r"container_(?:e\d+_)?\d+_\d+_\d+_\d+\Z")
_FILE = re.compile(r"[A-Za-z0-9_.-]{1,200}\Z")
# Around a log in an answer of Hadoop's REST interfaces.
_BEGIN = "LogContents:"
_END = "End of LogType:"
_HEADER_LINES = 12
_NOTHING = ("Can not find logs for container", "Can not find any log file")
_FINISHED = frozenset({"FINISHED", "FAILED", "KILLED"})
# Of the JobHistory server's page, which is all that there is before Hadoop 3.
_LINK = re.compile(r'href="([^"]{1,2000})"')
_LOG_LINK = re.compile(r".*/([A-Za-z0-9_.-]+)/\?start=-?\d+")
_NOT_FOUND = 404
_MOVED = range(300, 400)
_LONGEST_PAGE = 32 << 20
_LONGEST_NUMBER = 20
_HINT = "give the ResourceManager's web address with --yarn, as http://host:8088"


@dataclass(frozen=True)
class Container:
    """Where one container ran; ``log_link`` is its node's page of logs."""

    id: str
    node: str = ""
    log_link: str = ""


@dataclass(frozen=True)
class LogFile:
    """One file of a container's log. Units: ``size`` in bytes, -1 where it is not told."""

    name: str
    size: int = -1


@dataclass(frozen=True)
class Application:
    """An application as the ResourceManager knows it; the containers are those of its masters, the last one first.

    A master is what matters: Oozie's launcher, or the driver of a Spark job in cluster mode.
    """

    id: str
    name: str = ""
    type: str = ""
    user: str = ""
    state: str = ""
    final_status: str = ""
    diagnostics: str = ""
    containers: tuple[Container, ...] = ()

    @property
    def is_finished(self) -> bool:
        """Whether its logs are no longer with the nodes."""
        return self.state in _FINISHED


def applications_of(action: WorkflowAction) -> tuple[str, ...]:
    """The applications that an action started: its children first, whose logs tell most, and its launcher last."""
    found = [*action.external_child_ids, action.external_id]
    matches = (_APPLICATION.match(each) for each in found)
    return tuple(dict.fromkeys(f"application_{match[1]}_{match[2]}" for match in matches if match))


class Yarn:
    """The logs of one cluster's applications.

    ``resource_manager`` is its web address, which :meth:`near` finds where Oozie links to it; ``history`` that of the
    JobHistory server, for applications that the ResourceManager has forgotten. Units: ``timeout_s`` in seconds.
    """

    def __init__(
        self,
        resource_manager: str = "",
        *,
        history: str = "",
        user: str = "",
        authentication: Authentication = "none",
        timeout_s: tuple[float, float] = (5.0, 30.0),
    ) -> None:
        """Raises: YarnError H807 for an address that is none."""
        for each in (resource_manager, history):
            if each and not _origin(each):
                raise YarnError("H807", f"'{each:.120}' is not the web address of a server", hint=_HINT)
        self._resource_manager = resource_manager.rstrip("/")
        self._history = history.rstrip("/")
        self._timeout_s = timeout_s
        addresses = [each for each in (resource_manager, history) if each]
        self._session = web_session(addresses[0] if addresses else "", authentication)
        self._user = {"user.name": user} if user and authentication == "none" else {}

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()

    def __enter__(self) -> Yarn:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @classmethod
    def near(
        cls,
        action: WorkflowAction,
        *,
        resource_manager: str = "",
        history: str = "",
        user: str = "",
        authentication: Authentication = "none",
    ) -> Yarn:
        """Where the action ran: at ``resource_manager``, else at the one to whose page Oozie links."""
        return cls(
            resource_manager or _origin(action.console_url), history=history, user=user, authentication=authentication
        )

    def application(self, application_id: str) -> Application:
        """What the ResourceManager knows. Raises: YarnError H807 without an address, H808, H809 when forgotten."""
        if not _APPLICATION.match(application_id):
            raise YarnError("H807", f"'{application_id:.120}' is not the id of an application", hint=_HINT)
        if not self._resource_manager:
            raise YarnError("H807", f"nobody says where the log of {application_id} is", hint=_HINT)
        place = f"{self._resource_manager}/ws/v1/cluster/apps/{application_id}"
        app = _part(self._json(place, application_id), "app")
        attempts = _records(_part(self._json(f"{place}/appattempts", application_id), "appAttempts"), "appAttempt")
        containers = [
            Container(str(each["containerId"]), str(each.get("nodeId", "")), str(each.get("logsLink", "")))
            for each in attempts
            if _CONTAINER.match(str(each.get("containerId", "")))
        ]
        return Application(
            id=application_id,
            name=str(app.get("name", "")),
            type=str(app.get("applicationType", "")),
            user=str(app.get("user", "")),
            state=str(app.get("state", "")),
            final_status=str(app.get("finalStatus", "")),
            diagnostics=str(app.get("diagnostics") or "").strip(),
            containers=tuple(reversed(containers)),
        )

    def containers(self, application: Application) -> tuple[Container, ...]:
        """Every container of a finished application, its executors too; of a running one the masters only.

        Raises: YarnError.
        """
        history = self._history_of(application.containers)
        if not application.is_finished or not history:
            return application.containers
        answer = self._get(f"{history}/ws/v1/history/aggregatedlogs?appid={application.id}", stream=True)
        with answer:
            if answer.status_code == _NOT_FOUND:
                return application.containers
            found = _read_json(answer, application.id)
        infos = _records(found, "containerLogsInfo")
        masters = {container.id: container for container in application.containers}
        ids = dict.fromkeys(str(_part(each, "containerLogsInfo", inner=True).get("containerId", "")) for each in infos)
        return tuple(masters.get(each, Container(each)) for each in ids if _CONTAINER.match(each)) or tuple(
            application.containers
        )

    def files(self, container: Container) -> tuple[LogFile, ...]:
        """The files of a container's log. Raises: YarnError H809 where there is none any more, or not yet."""
        place, answer = self._found(container, lambda place: f"{place}/logs" if "/ws/" in place else place)
        with answer:
            if "/ws/" in place:
                return _files(_read_json(answer, container.id))
            return tuple(map(LogFile, _linked_logs(b"".join(_start_of(answer)))))

    def lines(self, container: Container, name: str, *, last_bytes: int = 0) -> Iterator[str]:
        """A file of a container's log, line by line, or its last bytes. Raises: YarnError."""
        if not _FILE.match(name) or name.strip(".") == "":
            raise YarnError("H809", f"'{name:.120}' is not a file of a log", hint="such as stderr, stdout, syslog")
        place, answer = self._found(container, lambda place: _file_url(place, container, name, last_bytes), name)
        if "/ws/" in place:
            return _unwrapped(self._read(answer))
        with answer:
            page = b"".join(_start_of(answer)).decode("utf-8", "replace")
        found = (part.partition("</pre>") for part in page.split("<pre>")[1:])
        return iter(html.unescape("".join(text for text, end, _ in found if end)).splitlines())

    def _found(
        self, container: Container, url_of: Callable[[str], str], name: str = ""
    ) -> tuple[str, requests.Response]:
        """The first place that has it, and its answer, still to be read and closed; one that is away is passed by."""
        trouble: YarnError | None = None
        for place in self._places(container):
            answer = self._tried(url_of(place))
            if isinstance(answer, YarnError):
                trouble = trouble or answer
            elif answer.ok and answer.status_code not in _MOVED:
                return place, answer
            else:
                answer.close()
        raise trouble or self._no_log(container, name)

    def _tried(self, url: str) -> requests.Response | YarnError:
        try:
            return self._get(url, stream=True)
        except YarnError as error:
            return error

    def tail(self, container: Container, name: str, *, last_bytes: int = 256 << 10) -> list[str]:
        """The last lines of a file, none where the container has no such file. Raises: YarnError H808."""
        try:
            return list(self.lines(container, name, last_bytes=last_bytes))
        except YarnError as error:
            if error.code == "H809":
                return []
            raise

    def _places(self, container: Container) -> Iterator[str]:
        """Where a log may be: with the container's node, then with the server that keeps it, newer way and older."""
        if not _CONTAINER.match(container.id):
            raise YarnError("H809", f"'{container.id:.120}' is not the id of a container", hint="see --yarn's list")
        if node := _origin(container.log_link):
            yield f"{node}/ws/v1/node/containers/{container.id}"
        kept = self._kept_at(container)
        history = self._history = self._history or _origin(kept)
        if history:
            yield f"{history}/ws/v1/history/containers/{container.id}"
        if kept:
            yield kept.rstrip("/")

    def _kept_at(self, container: Container) -> str:
        """The page to which a container's node sends us when it has the log no more; "" where it still has it."""
        if not _origin(container.log_link):
            return ""
        answer = self._tried(container.log_link)
        if isinstance(answer, YarnError):
            return ""  # a node that is gone; who keeps the logs may be known without it
        with answer:
            location = answer.headers.get("Location", "") if answer.status_code in _MOVED else ""
            return location if _origin(location) else ""

    def _history_of(self, containers: Iterable[Container]) -> str:
        found = next((_origin(kept) for kept in map(self._kept_at, containers) if kept), "")
        self._history = self._history or found
        return self._history

    def _get(self, url: str, *, stream: bool = False) -> requests.Response:
        try:
            return self._session.get(
                url, params=self._user, timeout=self._timeout_s, allow_redirects=False, stream=stream
            )
        except (RequestException, HTTPError) as error:
            raise _away(url, error) from error

    def _read(self, answer: requests.Response) -> Iterator[str]:
        try:
            with answer:
                for line in split_lines(answer.iter_content(1 << 16)):
                    yield line.decode("utf-8", "replace").rstrip("\r")
        except (RequestException, HTTPError) as error:
            raise _away(answer.url, error) from error

    def _json(self, url: str, what: str) -> Any:
        with self._get(url, stream=True) as answer:
            if answer.status_code == _NOT_FOUND:
                hint = "it is forgotten after a while; yarn logs -applicationId may still have its logs"
                raise YarnError("H809", f"the ResourceManager does not know {what}", hint=hint)
            return _read_json(answer, what)

    def _no_log(self, container: Container, name: str = "") -> YarnError:
        what = f"no {name} of {container.id}" if name else f"no log of {container.id}"
        hint = "logs move when an application ends (try again in a minute) and are deleted after some days"
        return YarnError("H809", f"YARN has {what}", hint=hint)


def _file_url(place: str, container: Container, name: str, last_bytes: int) -> str:
    if "/ws/" in place:
        # containerlogs, unlike containers/.../logs, stands in every version since 2.8.
        base = place.rpartition("/containers/")[0]
        return f"{base}/containerlogs/{container.id}/{name}" + (f"?size=-{last_bytes}" if last_bytes else "")
    return f"{place}/{name}/?start={-last_bytes}"


def _unwrapped(lines: Iterator[str]) -> Iterator[str]:
    """A log without what Hadoop writes around it."""
    head: list[str] = []
    for line in lines:
        head.append(line)
        if line.startswith(_BEGIN):
            first = line.removeprefix(_BEGIN)
            head = [first] if first else []
            break
        if len(head) >= _HEADER_LINES or line.startswith(_NOTHING):
            break
    if head and head[-1].startswith(_NOTHING):
        return
    held: str | None = None
    for line in chain(head, lines):
        if line.startswith(_END):
            break
        if held is not None:
            yield held
        held = line
    if held:  # the blank line before the end is Hadoop's
        yield held


def _linked_logs(page: bytes) -> list[str]:
    matches = (_LOG_LINK.match(link) for link in _LINK.findall(page.decode("utf-8", "replace")))
    return list(dict.fromkeys(match[1] for match in matches if match))


def _files(found: Any) -> tuple[LogFile, ...]:
    files: dict[str, LogFile] = {}
    for info in _records(found, "containerLogsInfo"):
        for each in _records(_part(info, "containerLogsInfo", inner=True), "containerLogInfo"):
            name, size = str(each.get("fileName", "")), str(each.get("fileSize", ""))
            files[name] = LogFile(name, int(size) if size.isdecimal() and len(size) < _LONGEST_NUMBER else -1)
    return tuple(files.values())


def _records(found: Any, name: str) -> list[Mapping[str, Any]]:
    """The objects under ``name``, or in ``found`` where that is the list itself; one alone may stand without a list."""
    part = found.get(name) if isinstance(found, dict) else found
    listed = [part] if isinstance(part, dict) else part or []
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise YarnError("H808", f"what answers is not YARN: its '{name}' is of another shape", hint=_HINT)
    return listed


def _part(found: Any, name: str, *, inner: bool = False) -> Mapping[str, Any]:
    """The object under ``name``; with ``inner``, ``found`` itself where it has no such part."""
    part = found.get(name, found if inner else None) if isinstance(found, dict) else None
    if not isinstance(part, dict):
        raise YarnError("H808", f"what answers is not YARN: there is no '{name}' in it", hint=_HINT)
    return part


def _start_of(answer: requests.Response) -> Iterator[bytes]:
    """A page, of which no more is read than a page may have."""
    length = 0
    try:
        for chunk in answer.iter_content(1 << 16):
            yield chunk[: _LONGEST_PAGE - length]
            length += len(chunk)
            if length >= _LONGEST_PAGE:
                return
    except (RequestException, HTTPError) as error:
        raise _away(answer.url, error) from error


def _read_json(answer: requests.Response, what: str) -> Any:
    try:
        return json.loads(b"".join(_start_of(answer)).decode("utf-8"))
    except (ValueError, RecursionError) as error:
        message = (
            f"what answers at {_origin(answer.url)} about {what} is not YARN ({answer.status_code} {answer.reason})"
        )
        raise YarnError("H808", message, hint=_HINT) from error


def _origin(url: str) -> str:
    """Scheme, host and port; "" of what is no web address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") and parts.netloc else ""


def _away(url: str, error: Exception) -> YarnError:
    hint = (
        "logs are read from the ResourceManager, the nodes and the JobHistory server: all must be reachable from here"
    )
    return YarnError("H808", f"{_origin(url) or url} does not answer ({type(error).__name__})", hint=hint)
