"""An instance of a coordinator on a real Oozie, from the moment in which Oozie begins it to its end."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from rich.text import Text

from howdah.action_lines import ActionLines
from howdah.errors import CommandError
from howdah.explaining import Explainer
from howdah.watching import Watch
from oozie.client import CoordinatorAction, Job, OozieAwayError, OozieClient, Workflow

_POLL_S = 0.5


@dataclass(frozen=True)
class Patience:
    """How long to wait, in seconds: for an instance to begin, for it to end, for an Oozie that is away.

    After ``silence_s`` of waiting for the beginning, that is said.
    """

    begin_s: float = 600.0  # a busy Oozie takes minutes to make an instance
    end_s: float = 1_800.0
    away_s: float = 180.0
    silence_s: float = 15.0


@dataclass(frozen=True)
class Hook:
    """What to do once, as soon as all of these actions have ended well."""

    actions: frozenset[str]
    call: Callable[[], None]


class Follower:
    """Tells of instances as they go, and why an action failed."""

    def __init__(
        self, oozie: OozieClient, lines: ActionLines, explainer: Explainer, patience: Patience | None = None
    ) -> None:
        self._oozie = oozie
        self._lines = lines
        self._explainer = explainer
        self._patience = patience or Patience()

    def follow(self, coordinator_id: str, number: int, hook: Hook | None = None) -> Workflow:
        """Instance ``number`` to its end; ``hook`` is called on the way.

        Raises: CommandError H747 when it does not begin, or does not end; OozieClientError.
        """
        instance = self._begin(coordinator_id, number)
        nominal = f"{instance.nominal:%Y-%m-%dT%H:%MZ}" if instance.nominal else "unknown"
        self._lines.console.print(Text(f"  job {instance.external_id}, nominal time {nominal}", "dim"), soft_wrap=True)
        deadline = time.monotonic() + self._patience.end_s
        watched = _Watched(number, hook, deadline)
        watch = Watch(
            self._oozie, self._lines, self._explainer, patience_s=self._patience.away_s, deadline=deadline,
            observe=watched.look,
        )  # fmt: skip
        job = watch.follow(instance.external_id)
        if not isinstance(job, Workflow):
            raise CommandError("H747", f"instance {number} is {job.id}, no workflow", hint=f"howdah show {job.id}")
        return job

    def _begin(self, coordinator_id: str, number: int) -> CoordinatorAction:
        """The instance once it has a workflow job; an Oozie that is away is waited for meanwhile."""
        began = time.monotonic()
        status, said = "nothing yet", False
        while (waited := time.monotonic() - began) < self._patience.begin_s:
            if not said and waited > self._patience.silence_s:
                self._lines.console.print(Text(f"  waiting for Oozie to begin it: {status}", "dim"), soft_wrap=True)
                said = True
            try:
                coordinator = self._oozie.coordinator(coordinator_id)
            except OozieAwayError as error:
                status = str(error)
                time.sleep(_POLL_S)
                continue
            instance = next((each for each in coordinator.actions if each.number == number), None)
            if instance is not None and instance.external_id:
                return instance
            status = instance.status if instance else f"not there; its coordinator is {coordinator.status}"
            if (instance or coordinator).is_ended:
                why = f": {instance.error_code} {instance.error_message}" if instance and instance.error_code else ""
                raise CommandError(
                    "H747", f"instance {number} never ran, it is {status}{why}", hint=f"howdah log {coordinator_id}"
                )
            time.sleep(_POLL_S)
        raise CommandError(
            "H747",
            f"instance {number} does not begin within {self._patience.begin_s:.0f} s: {status}",
            hint=f"howdah show {coordinator_id}",
        )


class _Watched:
    """What is done with each answer of Oozie on an instance's job."""

    def __init__(self, number: int, hook: Hook | None, deadline: float) -> None:
        self._number = number
        self._hook = hook
        self._deadline = deadline

    def look(self, job: Job) -> None:
        """Call the hook when it is time. Raises: CommandError H747 for a job that goes on no more, or for too long."""
        if isinstance(job, Workflow) and self._hook is not None:
            done = {action.name for action in job.actions if action.status == "OK"}
            if self._hook.actions <= done:
                call, self._hook = self._hook.call, None
                call()
        if job.status == "SUSPENDED":
            hint = f"howdah show {job.id} says why; mend it, then howdah resume {job.id}"
            raise CommandError("H747", f"instance {self._number} is suspended: {job.id}", hint=hint)
        if not job.is_ended and time.monotonic() > self._deadline:
            raise CommandError("H747", f"instance {self._number} does not end", hint=f"howdah show {job.id}")
