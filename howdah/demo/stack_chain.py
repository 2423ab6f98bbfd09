"""One case's chain on a real stack: rows in its MariaDB, the app for its addresses, a coordinator of some instances."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

from generator.app import generate
from generator.loader import load_workflow
from generator.profiles import STACK, Profile
from generator.schedule import Schedule, every
from generator.tree import walk
from generator.values import ActionStep, Workflow
from generator.writing import write_app
from howdah.demo.cases import Case
from howdah.demo.scenes import MODELS
from howdah.demo.source import open_database
from howdah.errors import CommandError
from howdah.explaining import Explainer
from howdah.oozie_option import OozieServer, YarnAddresses
from howdah.stack.addresses import Addresses
from oozie.client import OozieClient
from oozie.client.deployment.jobs import same_schedules
from oozie.client.deployment.source import AppSource, read_source
from oozie.client.deployment.submission import Order, Submission
from storage.webhdfs import WebHdfs

# The demo's own: what a user has submitted from /user/refinedzone/<name> is never touched.
FOLDER = "/user/refinedzone/demo"
PASSWORD_FILE = f"{FOLDER}/source.password"
EVERY_MINUTES = 150  # the article's
_END_TIMEOUT_S = 120.0
_POLL_S = 0.5
_INSTANT = "%Y-%m-%dT%H:%MZ"


def profile_of(addresses: Addresses) -> Profile:
    """The profile ``stack`` at the addresses of one that runs."""
    database = open_database(addresses.database, "", Path())
    profile = STACK.but(
        nameNode=addresses.name_node,
        jobTracker=addresses.resource_manager,
        sparkPython=addresses.python,
        hiveUrl=addresses.hive_jdbc,
        jdbcUrl=addresses.jdbc,
        dbUser=database.user or None,
        passwordFile="${nameNode}" + PASSWORD_FILE if database.password else None,
    )
    return replace(profile, folder=FOLDER)


def past_instances(declaration: Workflow, count: int, now: datetime | None = None) -> Workflow:
    """``declaration`` with ``count`` nominal times that have just passed, all of them to be run, in their order."""
    end = (now or datetime.now(timezone.utc)).replace(second=0, microsecond=0)
    start = end - timedelta(minutes=count * EVERY_MINUTES)
    schedule = Schedule(every(minutes=EVERY_MINUTES), start=start.strftime(_INSTANT), end=end.strftime(_INSTANT))
    return replace(declaration, schedule=schedule)


class StackChain:
    """The chain of ``case`` on the stack at ``addresses``; the app goes to ``app``, a folder on this machine, too."""

    def __init__(self, case: Case, addresses: Addresses, app: Path) -> None:
        self.case = case
        self.addresses = addresses
        self.app = app
        self.hdfs = WebHdfs(addresses.webhdfs, user=addresses.user)
        self.oozie = OozieClient(addresses.oozie, user=addresses.user)
        self.database = open_database(addresses.database, case.database, app)

    @property
    def models_url(self) -> str:
        """The model repository as ``howdah serve`` takes it."""
        return self.hdfs.uri(MODELS)

    @property
    def imports(self) -> frozenset[str]:
        """The names of the actions that read the database."""
        steps = walk(load_workflow(self.case.folder).steps)
        return frozenset(step.name for step in steps if isinstance(step, ActionStep) and step.body.tag == "sqoop")

    def load(self, batch: int) -> int:
        """Put the history (0, which takes everything else out) or newer rows (1) into MariaDB; their number."""
        if batch == 0:
            self.case.clear(self.database.url)
        return self.case.load(self.database.url, batch)

    def generate(self, declaration: Workflow | None = None, *, instances: int = 2) -> dict[str, bytes]:
        """The app of the case's workflow, or of ``declaration``, for this stack; written to :attr:`app`."""
        chain = past_instances(declaration or load_workflow(self.case.folder), instances)
        files = generate(chain, profile_of(self.addresses), folder=self.case.folder)
        write_app(files, self.app, force=True)
        return files

    def write_password(self) -> None:
        """Put the database's password where the import looks for it, for its owner alone, with no line end."""
        with self.hdfs.create(PASSWORD_FILE, overwrite=True, permission="400") as file:
            file.write(self.database.password.encode())

    def submit(self) -> str:
        """Put what was generated into HDFS and submit its coordinator, whose id this is."""
        source = self._source()
        order = Order(source, source.files())
        observe, say = _look_away, _look_away
        return Submission(self.oozie, self.hdfs, order, observe=observe, say=say).run().job_id

    def end_earlier(self) -> int:
        """Kill what earlier runs of this chain have left unfinished; how many coordinators that were."""
        found = same_schedules(self.oozie, self._source(), self.case.name)
        for job in found:
            self.end(job.id)
        return len(found)

    def end(self, coordinator_id: str) -> None:
        """Kill a coordinator unless it has ended. Raises: CommandError H748 when its jobs go on all the same."""
        if not self.oozie.coordinator(coordinator_id).is_ended:
            self.oozie.kill(coordinator_id)
        self.await_end(coordinator_id)

    def await_end(self, coordinator_id: str, timeout_s: float = _END_TIMEOUT_S) -> str:
        """The status of a coordinator that ends, once its instances have ended too. Raises: CommandError H748."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            job = self.oozie.coordinator(coordinator_id)
            if job.is_ended and all(instance.is_ended for instance in job.actions):
                return job.status
            time.sleep(_POLL_S)
        raise CommandError(
            "H748",
            f"{coordinator_id} has still not ended, but is {job.status}",
            hint=f"see howdah log {coordinator_id}",
        )

    @property
    def explainer(self) -> Explainer:
        """Asks this stack's YARN why an action failed."""
        addresses = self.addresses
        return Explainer(
            OozieServer(addresses.oozie, addresses.user),
            YarnAddresses(addresses.resource_manager_web, addresses.history_web),
        )

    def _source(self) -> AppSource:
        return read_source(self.app, {}, user=self.addresses.user)


def _look_away(*_: object) -> None:
    """The demo shows the outcome alone."""
