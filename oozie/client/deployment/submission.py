"""A submission from its beginning to its end: deploy, ask Oozie whether it would take it, submit, tidy up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from oozie.client.client import OozieClient
from oozie.client.deployment.errors import DeploymentError
from oozie.client.deployment.in_place import InPlace, check_unused
from oozie.client.deployment.jobs import collect, same_schedules, texts_of
from oozie.client.deployment.life import LifeSign
from oozie.client.deployment.lock import locked
from oozie.client.deployment.relocation import Relocation
from oozie.client.deployment.source import AppSource, LocalFile, split_uri
from oozie.client.deployment.versions import Observer, VersionFolder, version_id, versions_in
from oozie.client.errors import OozieClientError, OutcomeUnknownError
from oozie.client.values import Bundle, Coordinator
from oozie.language.el.coordinator import CoordinatorState
from oozie.language.errors import AppError
from oozie.language.model import Coordinator as CoordinatorApp
from oozie.language.reader import examine
from oozie.language.submission import ResolvedCoordinator, configuration_of, resolve_coordinator
from storage.errors import AccessDeniedError, Diagnostic, HowdahError, StorageError
from storage.filesystem import FileSystem, join_path

LIBRARY_PATH = "oozie.libpath"
# Folder of a library's version that holds the jars and nothing else: Oozie ships all that lies in it.
JARS = "jars"
# Versions that stay although nothing reads them: for reruns, and to look at what ran yesterday.
KEPT_VERSIONS = 5

Existing = Literal["refuse", "replace", "update"]


@dataclass(frozen=True)
class Library:
    """Jars that go into a folder of their own, ``home``, beside other versions of it."""

    home: str
    jars: Mapping[str, LocalFile]

    @property
    def files(self) -> dict[str, LocalFile]:
        """The jars as files of a version."""
        return {f"{JARS}/{name}": file for name, file in self.jars.items()}


@dataclass(frozen=True)
class Order:
    """What is to be submitted, and how."""

    source: AppSource
    files: Mapping[str, LocalFile]
    library: Library | None = None
    in_place: bool = False
    existing: Existing = "refuse"
    start: bool = True


@dataclass
class Outcome:
    """What was done."""

    job_id: str = ""
    path: str = ""
    library_path: str = ""
    is_new: bool = True
    dry_run: str = ""
    difference: str = ""
    replaced: list[str] = field(default_factory=list)
    cleaned: list[str] = field(default_factory=list)
    collected: list[str] = field(default_factory=list)
    mended: list[str] = field(default_factory=list)
    passed_over: str = ""


def properties_for(order: Order, app_path: str, library_path: str) -> dict[str, str]:
    """What the job is submitted with when the app lies at ``app_path`` and its library at ``library_path``."""
    source = order.source
    moved = source.properties if order.in_place else Relocation(source, app_path).properties()
    properties = {name: value for name, value in moved.items() if name != "user.name"}
    if order.library is not None:
        others = [path.strip() for path in properties.get(LIBRARY_PATH, "").split(",")]
        rest = [path for path in others if path and _path_of(path) != order.library.home]
        properties[LIBRARY_PATH] = ",".join([library_path, *rest])
    return properties


def library_path_of(order: Order, version: str) -> str:
    """The value of oozie.libpath for a version of the library."""
    return f"{order.source.authority}{join_path(version, JARS)}"


def _path_of(uri: str) -> str:
    try:
        return split_uri(uri)[1]
    except StorageError:
        return uri


def schedule_name(source: AppSource) -> str:
    """The name that Oozie will give the job; "" where that cannot be told from here."""
    try:
        app = examine(source.read(source.definition), source.definition)[0]
    except AppError:
        return ""
    name = app.name if app is not None else ""
    for key, value in source.properties.items():
        name = name.replace(f"${{{key}}}", value)
    return "" if "${" in name else name


class Submission:
    """One submit: ``observe`` sees each file that is sent, ``say`` what is being done."""

    def __init__(
        self,
        client: OozieClient,
        filesystem: FileSystem,
        order: Order,
        *,
        observe: Observer,
        say: Callable[[str], None],
    ) -> None:
        self._client = client
        self._filesystem = filesystem
        self._order = order
        self._source = order.source
        self._observe = observe
        self._say = say
        self._name = schedule_name(order.source)
        self.outcome = Outcome()

    def run(self) -> Outcome:
        """All of it. Raises: DeploymentError, StorageError, OozieClientError."""
        try:
            return self._run()
        except AccessDeniedError as error:
            # The path is one of ours, that nobody has heard of.
            said = error.diagnostics[0].message.partition("Permission denied: ")[2]
            message = f"{self._client.user or 'you'} may not put an app into {self._source.root}"
            hint = "ask its owner, take another path (--set), or submit as another user (--user)"
            raise AccessDeniedError("H103", f"{message} ({said})" if said else message, hint=hint) from error

    def _run(self) -> Outcome:
        order, root = self._order, self._source.root
        self.running()
        if order.in_place:
            check_unused(self._client, root)
        with LifeSign() as life, ExitStack() as stack:
            app = VersionFolder(self._filesystem, root, life)
            home = order.library.home if order.library else root
            library = VersionFolder(self._filesystem, home, life) if home != root else app
            folders = {folder.root: folder for folder in (app, library)}
            put_app = self._put_in_place(app, stack) if order.in_place else self._put(app, order.files, stack)
            put_library = self._put(library, order.library.files, stack) if order.library else None
            for home in sorted(folders):  # always in the same order, so that two submits cannot wait for each other
                stack.enter_context(locked(self._filesystem, home, life))
            for folder in folders.values():
                self.outcome.cleaned += folder.clean()
            self.outcome.path = put_app()
            if put_library:
                self.outcome.library_path = put_library()
            self._submit(app, library)
            self.outcome.collected, self.outcome.passed_over = self._collect(list(folders.values()))
        return self.outcome

    def running(self) -> list[Coordinator | Bundle]:
        """The schedules that are there already, as far as the order allows. Raises: DeploymentError H820, H821."""
        found = same_schedules(self._client, self._source, self._name)
        existing, kind = self._order.existing, self._source.kind
        if existing == "update" and kind != "coordinator":
            raise DeploymentError("H821", f"Oozie updates coordinators only, not a {kind}", hint="submit it anew")
        if existing == "refuse" and found:
            first = found[0]
            hint = "--update gives it the new definition, --replace kills it and submits this one"
            if kind == "bundle":
                hint = "--replace kills it and submits this one"
            message = f"{first.id} ({first.app_name}, {first.status}) is the same {kind}: it would run twice"
            raise DeploymentError("H820", message, hint=hint)
        if existing == "update" and len(found) != 1:
            ids = ", ".join(job.id for job in found) or "none"
            hint = "submit it without --update" if not found else "end all but one: howdah kill ID"
            raise DeploymentError("H821", f"--update needs one {kind} that is not ended; there is {ids}", hint=hint)
        return found

    def _put(self, folder: VersionFolder, files: Mapping[str, LocalFile], stack: ExitStack) -> Callable[[], str]:
        """Send the files unless they are there; gives the step that publishes them under the lock."""
        if folder.find(files):
            for name, file in files.items():
                self._observe(name, file.length, False)
        staged = "" if folder.find(files) else folder.stage(files, self._observe)
        if staged:
            stack.callback(folder.discard, staged)

        def publish() -> str:
            place = staged
            if not place and not folder.find(files):  # it was collected meanwhile
                place = folder.stage(files, self._observe)
            if not place:
                self.outcome.is_new = False
                self.outcome.mended += folder.mend(files)
                return folder.path(version_id(files))
            version = folder.publish(files, place)
            self.outcome.mended += version.mended
            return version.path

        return publish

    def _put_in_place(self, folder: VersionFolder, stack: ExitStack) -> Callable[[], str]:
        place = InPlace(folder, self._order.files)
        for name, file in self._order.files.items():
            if name not in place.changed:
                self._observe(name, file.length, False)
        staged = place.stage(self._observe)
        stack.callback(folder.discard, staged)

        def publish() -> str:
            check_unused(self._client, folder.root)
            place.publish(staged)
            self.outcome.is_new = bool(place.changed or place.removed)
            return folder.root

        return publish

    def _submit(self, app: VersionFolder, library: VersionFolder) -> None:
        """Under the lock: nobody else submits this app between the look at what runs and the submission."""
        order, outcome = self._order, self.outcome
        running = self.running()
        library_path = library_path_of(order, outcome.library_path) if outcome.library_path else ""
        properties = properties_for(order, outcome.path, library_path)
        self._say("asking Oozie whether it would take it")
        if order.existing == "update":
            self._update(running[0], properties, app, library)
            return
        outcome.dry_run = self._client.dry_run(properties)
        self._dry_run_workflow(properties)
        for job in running:
            self._say(f"killing {job.id}")
            self._client.kill(job.id)
            outcome.replaced.append(job.id)
        try:
            outcome.job_id = self._client.submit(properties, start=order.start)
        except HowdahError as error:
            if not outcome.replaced:
                raise
            hint = "submit it again as soon as that is mended: no schedule of this app runs"
            if isinstance(error, OutcomeUnknownError):
                hint = "howdah jobs tells whether the new one runs; where it does not, submit it again"
            killed = Diagnostic("H821", f"{', '.join(outcome.replaced)} was killed already", hint)
            raise type(error).of([*error.diagnostics, killed]) from error

    def _update(
        self,
        job: Coordinator | Bundle,
        properties: Mapping[str, str],
        app: VersionFolder,
        library: VersionFolder,
    ) -> None:
        """Instances that were made already keep the version that they were made with."""
        self.outcome.job_id = job.id
        try:
            self.outcome.difference = self._client.update(job.id, properties, dry_run=True)
        except OozieClientError as error:  # such as another start or frequency, which Oozie never changes
            hint = f"nothing has changed, {job.id} goes on; --replace kills it and submits this one"
            raise type(error)(error.code, error.diagnostics[0].message, hint=hint) from error
        self._dry_run_workflow(properties)
        before = {path for text in texts_of(self._client.job(job.id)) for path in versions_in(text)}
        for folder in {app, library}:
            for version in folder.ids():
                if folder.path(version) in before:
                    folder.hold(version, job.id)
        self._client.update(job.id, properties)

    def _dry_run_workflow(self, properties: Mapping[str, str]) -> None:
        """The workflow of a coordinator with what its first instance has: Oozie itself would look at it only then."""
        found = first_instance(self._source, properties)
        if found is None:
            return
        try:
            self._client.dry_run(found)
        except HowdahError as error:
            first = error.diagnostics[0]
            message = f"the coordinator's workflow: {first.message}"
            raise type(error).of([replace(first, message=message), *error.diagnostics[1:]]) from error

    def _collect(self, folders: list[VersionFolder]) -> tuple[list[str], str]:
        """What no job reads any more; the job is submitted already, so that a failure here is only told."""
        try:
            return collect(self._client, folders, keep=KEPT_VERSIONS), ""
        except HowdahError as error:
            return [], error.diagnostics[0].message


def resolved_schedule(source: AppSource, properties: Mapping[str, str]) -> ResolvedCoordinator | None:
    """The coordinator with its properties put in; None for another kind, and where that cannot be told from here."""
    try:
        app = examine(source.read(source.definition), source.definition)[0]
        return resolve_coordinator(app, properties) if isinstance(app, CoordinatorApp) else None
    except HowdahError:
        return None


def first_instance(source: AppSource, properties: Mapping[str, str]) -> dict[str, str] | None:
    """What the workflow of a coordinator's first instance would be submitted with; None where that cannot be told."""
    resolved = resolved_schedule(source, properties)
    first: datetime | None = next(resolved.nominal_times(), None) if resolved else None
    if resolved is None or first is None or resolved.coordinator.inputs or resolved.coordinator.outputs:
        return None
    try:
        state = CoordinatorState(
            resolved.properties, processing=resolved.processing, name=resolved.name, zone=resolved.zone,
            nominal_time=first, actual_time=first,
        )  # fmt: skip
        found = configuration_of(resolved, state)
    except HowdahError:
        return None
    return {name: value for name, value in found.items() if name != source.application_path}
