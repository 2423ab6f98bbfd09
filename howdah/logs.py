"""The lines of logs: Oozie's own, and those of an action's containers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from howdah.errors import CommandError
from howdah.explaining import Explainer
from howdah.finding import find_action
from howdah.oozie_option import OozieServer, YarnAddresses
from oozie.client import OozieClient, kind_of
from oozie.client.errors import YarnError
from oozie.client.yarn import Container, Yarn, applications_of
from storage.errors import one_line

_DISABLED = "is disabled!!"
# A line of its own begins with a time and a level; all others belong to the one above them.
_LINE = re.compile(r"\d{4}-\d\d-\d\d \S+ +(?P<level>[A-Z]+) ")
_LEVELS = ("WARN", "ERROR", "FATAL")


def printable(line: str) -> str:
    """``line`` without what moves a terminal's cursor; tabs stay."""
    return "\t".join(one_line(part) for part in line.split("\t"))


def oozie_lines(client: OozieClient, job_id: str, action: str, *, errors_only: bool) -> Iterator[str]:
    """Oozie's log of a job, or of one action or instance of it, as it comes. Raises: OozieClientError."""
    instance = action if action and kind_of(job_id) == "coord" else ""
    # What an action's lines have in them; Oozie gives no log of an action by its id.
    mark = f"ACTION[{job_id}@{action}]" if action and not instance else ""
    if errors_only and not action and _keeps_errors(client, job_id):
        yield from client.error_log(job_id)
        return
    within = not errors_only
    with client.log(job_id, actions=instance) as lines:
        for line in lines:
            start = _LINE.match(line)
            if start:
                within = (not mark or mark in line) and (not errors_only or start["level"] in _LEVELS)
            if within:
                yield line


def _keeps_errors(client: OozieClient, job_id: str) -> bool:
    """Whether the server keeps its errors apart: most do not, and version 1 of the API cannot tell them."""
    if client.api_version() < 2:
        return False
    with client.error_log(job_id) as lines:
        return _DISABLED not in next(iter(lines), _DISABLED)


@dataclass(frozen=True)
class ActionLogs:
    """The logs of an action's applications: its children's first, its launcher's last."""

    yarn: Yarn
    applications: tuple[str, ...]

    @classmethod
    def of(
        cls, client: OozieClient, job_id: str, action: str, server: OozieServer, addresses: YarnAddresses
    ) -> ActionLogs | None:
        """None where the action has no application. Raises: OozieClientError, CommandError H770."""
        if kind_of(job_id) != "wf":
            return None
        found = find_action(client, job_id, action)
        applications = applications_of(found)
        return cls(Explainer(server, addresses).yarn(found), applications) if applications else None

    def __enter__(self) -> ActionLogs:
        return self

    def __exit__(self, *_: object) -> None:
        self.yarn.close()

    def listing(self) -> Iterator[str]:
        """Each application, its containers, and their files with sizes. Raises: YarnError."""
        for application_id in self.applications:
            application = self.yarn.application(application_id)
            result = "" if application.final_status == "UNDEFINED" else f" {application.final_status}"
            yield f"{application.id} {application.type} {application.state}{result}"
            for container in self.yarn.containers(application):
                yield f"  {container.id}"
                for file in self.yarn.files(container):
                    yield f"    {file.name:<24} {file.size:>12,}" if file.size >= 0 else f"    {file.name}"

    def files(self, container_id: str, names: Sequence[str]) -> Iterator[tuple[str, Iterator[str]]]:
        """A title and the lines of each file that there is. Raises: YarnError; CommandError H774: no such container."""
        for container in self._containers(container_id):
            for name in names:
                lines = self._lines(container, name, is_wanted=len(names) == 1)
                if lines is not None:
                    yield f"{name} of {container.id}", lines

    def _lines(self, container: Container, name: str, *, is_wanted: bool) -> Iterator[str] | None:
        """None where there is no such file and nobody asked for this one alone."""
        try:
            return self.yarn.lines(container, name)
        except YarnError as error:
            if error.code != "H809" or is_wanted:
                raise
            return None

    def _containers(self, container_id: str) -> Iterator[Container]:
        found = False
        for application_id in self.applications:
            application = self.yarn.application(application_id)
            if not container_id:
                yield from application.containers[:1]
                continue
            for container in self.yarn.containers(application):
                if container.id == container_id:
                    found = True
                    yield container
        if container_id and not found:
            hint = "--list names the containers"
            raise CommandError("H774", f"the action has no container '{container_id:.120}'", hint=hint)
