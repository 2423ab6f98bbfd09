"""Following a job until it ends: what changed between two answers of Oozie, told as it happens."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone

from rich.console import Group
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from howdah.action_lines import ActionLines
from howdah.explaining import Explainer, explained
from howdah.job_tables import colour, in_order, moment
from oozie.client import Bundle, Coordinator, CoordinatorAction, Job, OozieAwayError, OozieClient, Workflow
from oozie.client.values import WorkflowAction
from storage.errors import one_line

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 5.0
_SLOWER = 1.3
_PATIENCE_S = 300.0
# Of a coordinator; Oozie makes 12 ahead where nobody says otherwise.
_MOST_INSTANCES = 100
_DEEPEST = 4
_UNENDED = ("WAITING", "READY", "SUBMITTED", "RUNNING", "SUSPENDED")
_RUNNING = frozenset({"RUNNING", "PREP", "USER_RETRY", "START_RETRY", "END_RETRY"})


def _look_away(_: Job) -> None:
    """Nobody else wants to know."""


class Watch:
    """Follows one job and all that it begins; each change is told once."""

    def __init__(
        self,
        client: OozieClient,
        lines: ActionLines,
        explainer: Explainer | None,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        patience_s: float = _PATIENCE_S,
        deadline: float = math.inf,
        observe: Callable[[Job], None] = _look_away,
    ) -> None:
        """``observe`` is shown each answer of Oozie on the job, once its changes are told.

        Without ``explainer``, failures are told in Oozie's own words. An Oozie that is away is waited for
        ``patience_s`` by ``clock``, and not beyond its ``deadline``.
        """
        self._client = client
        self._lines = lines
        self._explainer = explainer
        self._sleep = sleep
        self._clock = clock
        self._patience_s = patience_s
        self._deadline = deadline
        self._observe = observe
        self._told: dict[str, tuple[str, ...]] = {}
        self._running: dict[str, tuple[WorkflowAction, str]] = {}
        self._open: dict[str, dict[str, CoordinatorAction]] = {}
        self._ended: set[str] = set()
        self._live: Live | None = None

    def follow(self, job_id: str) -> Job:
        """The job as it ended. Raises: OozieClientError; OozieAwayError when Oozie stays away longer than patience."""
        pause_s, gone = _FIRST_PAUSE_S, math.inf
        with self._moving():
            while True:
                before, asked = dict(self._told), self._clock()
                try:
                    job = self._look(self._client.job(job_id), 0)
                except OozieAwayError as error:
                    if self._clock() >= min(min(gone, asked) + self._patience_s, self._deadline):
                        raise
                    if gone == math.inf:
                        self._print(f"{error}; still trying", "yellow")
                    gone = min(gone, asked)
                    pause_s *= _SLOWER
                else:
                    if gone < math.inf:
                        self._print("Oozie answers again", "yellow")
                    gone = math.inf
                    self._observe(job)
                    if job.is_ended:
                        return job
                    pause_s = _FIRST_PAUSE_S if self._told != before else pause_s * _SLOWER
                pause_s = min(pause_s, _LONGEST_PAUSE_S)
                self._sleep(pause_s)

    def _look(self, job: Job, depth: int) -> Job:
        if isinstance(job, Workflow):
            self._workflow(job, depth)
        elif isinstance(job, Coordinator):
            self._coordinator(job, depth)
        else:
            self._bundle(job, depth)
        return job

    def _bundle(self, bundle: Bundle, depth: int) -> None:
        for each in bundle.coordinators:
            if each.id in self._ended:
                continue
            if self._is_news(each.id, each.status):
                self._print(
                    f"{_indent(depth)}coordinator {each.app_name} {each.status}  {each.id}", colour(each.status)
                )
            self._coordinator(each, depth + 1)
            if each.is_ended:
                self._ended.add(each.id)

    def _coordinator(self, coordinator: Coordinator, depth: int) -> None:
        """Those of its instances that have not ended, and those that had not when we looked last."""
        if depth == 0 and self._is_news(coordinator.id, coordinator.status):
            self._state(coordinator.status, depth)
        found = self._client.coordinator(coordinator.id, filters={"status": _UNENDED}, length=_MOST_INSTANCES)
        now = {action.id: action for action in found.actions}
        gone = [each for each in self._open.get(coordinator.id, {}) if each not in now]
        for action in [*map(self._client.coordinator_action, gone), *now.values()]:
            self._instance(action, depth)
        self._open[coordinator.id] = now

    def _instance(self, action: CoordinatorAction, depth: int) -> None:
        waits = [*action.missing_dependencies, *action.push_missing_dependencies]
        waits = [] if action.is_ended or action.external_id else waits
        if self._is_news(action.id, action.status, action.external_id, *waits[:1]):
            line = f"{_indent(depth)}instance {action.number} of {moment(action.nominal)} {action.status}"
            self._print(f"{line}  {action.external_id}".rstrip(), colour(action.status))
            for dependency in waits:
                self._lines.reason(f"waits for {dependency}")
            if action.error_message:
                self._lines.reason(f"{action.error_code}: {action.error_message}", "red")
        if action.external_id and action.external_id not in self._ended:
            self._child(action.external_id, depth + 1)

    def _child(self, job_id: str, depth: int) -> None:
        if depth > _DEEPEST or not job_id.endswith("-W"):
            return
        job = self._client.workflow(job_id)
        self._workflow(job, depth)
        if job.is_ended:
            self._ended.add(job_id)

    def _workflow(self, job: Workflow, depth: int) -> None:
        if self._is_news(job.id, job.status) and job.status in ("SUSPENDED", "PREP"):
            self._state(job.status, depth)
        for action in in_order(job.actions):
            if action.type == "sub-workflow" and action.external_id and action.external_id not in self._ended:
                self._child(action.external_id, depth + 1)
            if not self._is_news(action.id, action.status, str(action.user_retry_count), str(job.run)):
                continue
            if action.is_control:
                if action.type == "switch" and action.transition:
                    self._print(f"{_indent(depth)}→ {action.name}: {action.transition}", "dim")
            elif action.is_ended:
                self._action_ended(action, depth)
            elif action.status in _RUNNING:
                self._action_runs(action, depth)
        if job.is_ended:
            mine = [each for each, (action, _) in self._running.items() if action.id.startswith(f"{job.id}@")]
            for each in mine:
                del self._running[each]

    def _action_runs(self, action: WorkflowAction, depth: int) -> None:
        again = f" (attempt {action.user_retry_count + 1})" if action.user_retry_count else ""
        is_new = action.id not in self._running
        self._running[action.id] = (action, _indent(depth))
        if action.status == "USER_RETRY":
            self._lines.ended(action.name, action.type, action.status, _seconds(action), indent=_indent(depth))
            self._why(action, "yellow")
        elif self._live is None and (is_new or again):
            self._print(f"{_indent(depth)}… {self._lines.title(action.name, action.type)} started{again}")

    def _action_ended(self, action: WorkflowAction, depth: int) -> None:
        self._running.pop(action.id, None)
        self._lines.ended(action.name, action.type, action.status, _seconds(action), indent=_indent(depth))
        # A sub-workflow fails for the reason that stands above it already.
        if action.has_failed and not (action.type == "sub-workflow" and action.external_id in self._ended):
            self._why(action, "red")

    def _why(self, action: WorkflowAction, style: str) -> None:
        explanation = explained(action, self._explainer)
        for line in explanation.lines:
            self._lines.reason(line, style)
        if explanation.trouble is not None:
            self._lines.reason(f"no log: {explanation.trouble.diagnostics[0]}", "dim")

    def _state(self, status: str, depth: int) -> None:
        what = {
            "SUSPENDED": "suspended; howdah resume lets it go on",
            "PREP": "submitted, not started yet",
            "PAUSED": "paused",
        }
        if status in what:
            self._print(f"{_indent(depth)}{what[status]}", "yellow")

    def _is_news(self, what: str, *state: str) -> bool:
        if self._told.get(what) == state:
            return False
        self._told[what] = state
        return True

    def _print(self, text: str, style: str = "") -> None:
        self._lines.console.print(Text(one_line(text), style), soft_wrap=True)

    @contextmanager
    def _moving(self) -> Iterator[None]:
        """Keep the moving lines up, where there is a terminal."""
        if not self._lines.console.is_terminal:
            yield
            return
        with Live(
            get_renderable=self._spinners, console=self._lines.console, refresh_per_second=8, transient=True
        ) as self._live:
            yield
        self._live = None

    def _spinners(self) -> Group:
        running = list(self._running.values())
        spinners: list[Spinner] = [
            self._lines.running(action.name, action.type, _seconds(action)) for action, _ in running
        ]
        return Group(*spinners)


def _indent(depth: int) -> str:
    return "  " * (depth + 1)


def _seconds(action: WorkflowAction) -> float:
    if action.started is None:
        return 0.0
    return max(((action.ended or datetime.now(timezone.utc)) - action.started).total_seconds(), 0.0)
