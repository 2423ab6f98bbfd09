"""What every page works with."""

from __future__ import annotations

from dataclasses import dataclass

from howdah.console.logs import OpenYarn
from howdah.console.settings import Settings
from howdah.console.source import Source
from oozie.client import Bundle, Coordinator, Job, Workflow, kind_of

_ENDED_FRESH_S = 4.0


@dataclass(frozen=True)
class Desk:
    """Where answers come from, how the console is set up, and where logs are."""

    source: Source
    settings: Settings
    open_yarn: OpenYarn

    def workflow(self, job_id: str) -> Workflow:
        """A workflow as it is now. Raises: as :meth:`Source.ask`."""
        return self.source.ask(("workflow", job_id), lambda oozie: oozie.workflow(job_id), fresh_s=self._fresh_s)

    def bundle(self, job_id: str) -> Bundle:
        """A bundle as it is now. Raises: as :meth:`Source.ask`."""
        return self.source.ask(("bundle", job_id), lambda oozie: oozie.bundle(job_id), fresh_s=self._fresh_s)

    def coordinator(self, job_id: str) -> Coordinator:
        """A coordinator as it is now, with its latest instance. Raises: as :meth:`Source.ask`."""
        return self.source.ask(
            ("coordinator", job_id),
            lambda oozie: oozie.coordinator(job_id, length=1, newest_first=True),
            fresh_s=self._fresh_s,
        )

    def job(self, job_id: str) -> Job:
        """A job of whatever kind. Raises: as :meth:`Source.ask`."""
        kind = kind_of(job_id)
        if kind == "wf":
            return self.workflow(job_id)
        return self.coordinator(job_id) if kind == "coord" else self.bundle(job_id)

    def definition(self, job: Job) -> str:
        """The XML that the present run of ``job`` follows. Raises: as :meth:`Source.ask`."""
        run = job.run if isinstance(job, Workflow) else 0
        return self.source.ask(
            ("definition", job.id, run), lambda oozie: oozie.definition(job.id), fresh_s=_ENDED_FRESH_S * 15
        )

    @property
    def _fresh_s(self) -> float:
        return self.settings.fresh_s
