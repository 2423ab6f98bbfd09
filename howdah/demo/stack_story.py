"""The demo on the real stack: the coordinator's own schedule runs the chain twice, the service follows over WebHDFS."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from howdah.action_lines import ActionLines
from howdah.demo.cases import Case
from howdah.demo.following import Follower, Hook
from howdah.demo.scenes import Scenes
from howdah.demo.stack_chain import StackChain
from howdah.demo.telling import Teller
from howdah.errors import CommandError
from howdah.stack.addresses import Addresses
from models.manifest import Manifest
from oozie.client import OozieClientError, Workflow
from oozie.language.check import check_folder


class StackDemo:
    """One workflow's chain on the stack at ``addresses``.

    The app goes to ``<build>/stack/<name>/``, pictures and the service's log to ``<build>/demo/stack/<name>/``.
    """

    def __init__(self, case: Case, addresses: Addresses, build: Path, teller: Teller, closing: str) -> None:
        self._case = case
        self._teller = teller
        self._closing = closing
        self._chain = StackChain(case, addresses, build / "stack" / case.name)
        self._scenes = Scenes(case, self._chain.hdfs, build / "demo" / "stack" / case.name, teller)
        self._follower = Follower(self._chain.oozie, ActionLines(teller.console), self._chain.explainer)

    def tell(self, *, keep: bool) -> None:
        """Do it all. Raises: HowdahError for what went wrong, KeyboardInterrupt."""
        self._scenes.start_afresh()
        with self._teller.step("Oozie app", f"generated from workflows/{self._case.name}/workflow.py for the stack"):
            self._generate()
        with self._teller.step("Source database", "the history alone"):
            self._prepare()
        with self._teller.step("Coordinator", "two nominal times that have just passed, run in their order"):
            coordinator_id = self._submit()
        try:
            self._run_twice(coordinator_id, keep=keep)
        finally:
            with suppress(OozieClientError):  # what went wrong before is what is told
                self._chain.end(coordinator_id)

    def _run_twice(self, coordinator_id: str, *, keep: bool) -> None:
        # The second instance begins as soon as the first has ended: its rows must be there by then.
        hook = Hook(self._chain.imports, self._load_newer)
        self._run(coordinator_id, 1, "First instance", "import, report, training; newer rows come meanwhile", hook)
        self._scenes.show_report()
        with self._scenes.serving(self._chain.models_url, keep=keep) as service:
            record = self._scenes.ask(service)
            newer = self._run(
                coordinator_id, 2, "Second instance", "trains on them, while the service goes on answering"
            )
            self._scenes.show_swap(service, newer, record)
            self._teller.keep_in_mind("coordinator", f"{coordinator_id} {self._chain.await_end(coordinator_id)}")
            self._teller.summary(service, keep=keep, closing=self._closing)

    def _generate(self) -> None:
        files = self._chain.generate()
        self._teller.generated(list(files), self._chain.app)
        lints = [finding for checked in check_folder(files) for finding in checked.findings]
        self._teller.checked(len(lints))

    def _prepare(self) -> None:
        if ended := self._chain.end_earlier():
            self._teller.say(f"{ended} coordinator(s) of an earlier demo killed")
        self._chain.write_password()
        self._teller.loaded(self._chain.database.shown, self._chain.load(0))

    def _load_newer(self) -> None:
        self._teller.loaded(self._chain.database.shown, self._chain.load(1))

    def _submit(self) -> str:
        coordinator_id = self._chain.submit()
        self._teller.say(f"{coordinator_id} at {self._chain.oozie.url}")
        return coordinator_id

    def _run(self, coordinator_id: str, number: int, title: str, says: str, hook: Hook | None = None) -> Manifest:
        with self._teller.step(title, says):
            job = self._follower.follow(coordinator_id, number, hook)
            self._teller.ran_on_oozie(job)
            if job.status != "SUCCEEDED":
                raise _failed(job, number, self._chain.oozie.url)
            return self._scenes.show_model()


def _failed(job: Workflow, number: int, url: str) -> CommandError:
    where = ", ".join(action.name for action in job.failures) or "no action"
    return CommandError(
        "H746",
        f"instance {number} ended as {job.status}: {where} failed",
        hint=f"the whole log: howdah log {job.id} --oozie {url}",
    )
