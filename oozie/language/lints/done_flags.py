"""Done-flags that nobody writes: a coordinator waits for a file that the producing workflow never makes.

Which action leaves _SUCCESS behind is Hadoop's doing: its FileOutputCommitter writes it for MapReduce, Sqoop's imports
and Spark, unless mapreduce.fileoutputcommitter.marksuccessfuljobs is false. Hive has a committer of its own that writes
none. Source: CoordinatorFunctionalSpec 5.1 (done-flag), org.apache.hadoop.mapreduce.lib.output.FileOutputCommitter,
org.apache.hadoop.hive.ql.io.HiveFileFormatUtils.prepareJobOutput.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from oozie.language import reader
from oozie.language.inheritance import settings
from oozie.language.lints.expressions import Use, uses
from oozie.language.lints.subject import Subject, lint
from oozie.language.model import DEFAULT_DONE_FLAG, Action, Coordinator, DataEvent, Dataset, Workflow
from storage.errors import Diagnostic, HowdahError

_MARKS = "mapreduce.fileoutputcommitter.marksuccessfuljobs"
_HADOOP_WRITES = frozenset({"map-reduce", "sqoop", "spark"})
_QUERIES = frozenset({"hive", "hive2"})
_EMPTY_FLAG = "write <done-flag></done-flag> in the dataset, so that the directory is enough, or have a last action"


@dataclass(frozen=True)
class _Producer:
    """What makes a dataset: the coordinator, its data-out, and the workflow that it starts."""

    coordinator: Subject[Coordinator]
    event: DataEvent
    workflow: Subject[Workflow]

    def makers(self) -> list[Action]:
        """The actions that are handed the directory."""
        call = f"coord:dataOut('{self.event.name}')"
        names = {
            name.strip()
            for name, value in self.coordinator.app.configuration
            if call in value.replace('"', "'").replace(" ", "")
        }
        nodes = {use.node for use in uses(self.workflow.app) if _is_one_of(use, names)}
        return [a for a in self.workflow.app.actions if a.name in nodes and a.type != "email"]

    def leaves_none(self, flag: str) -> str:
        """Which actions make the directory and leave no ``flag`` in it; "" where one may, or nobody knows."""
        makers = self.makers()
        if not makers or any(self._may_write(action, flag) for action in self.workflow.app.actions):
            return ""
        if not any(action.type != "fs" or action.body.first("mkdir") is not None for action in makers):
            return ""  # who only deletes or moves it is not who makes it
        return ", ".join(f"'{action.name}' ({action.type})" for action in makers)

    def _may_write(self, action: Action, flag: str) -> bool:
        if any(flag in text for element in action.body.walk() for text in element.written):
            return True
        if action.type in ("fs", "email"):
            return False
        if action.type in _HADOOP_WRITES:
            marks = settings(self.workflow.app, action).get(_MARKS, "true").lower()
            return flag == DEFAULT_DONE_FLAG and marks != "false"
        if action.type in _QUERIES:
            script = self._script(action)
            return script is None or flag in script or "touchz" in script
        return True  # a program: nobody knows

    def _script(self, action: Action) -> str | None:
        """The queries of a Hive action; None where they are not here."""
        if query := action.body.text_of("query"):
            return query
        path = self.workflow.folder.local(action.body.text_of("script"))
        if path is None or path not in self.workflow.files:
            return None
        try:
            return self.workflow.files[path].decode("utf-8", "replace")
        except HowdahError:
            return None


def unwritten_flags(coordinators: Sequence[Subject[Coordinator]]) -> Iterator[tuple[str, Diagnostic]]:
    """H014, with the path of its file: done-flags of a data-out, and of the data-in that waits for the same directory.

    ``coordinators`` are all of a folder, since who waits and who makes are seldom one.
    """
    waiting: dict[str, list[tuple[Subject[Coordinator], DataEvent, Dataset]]] = {}
    for subject in coordinators:
        for event, dataset in _datasets(subject, subject.app.inputs):
            waiting.setdefault(_place(subject, dataset), []).append((subject, event, dataset))
    for subject in coordinators:
        for event, dataset in _datasets(subject, subject.app.outputs):
            workflow = _workflow_of(subject)
            if workflow is not None:
                waiters = waiting.get(_place(subject, dataset), [])
                yield from _of_producer(_Producer(subject, event, workflow), dataset, waiters)


def _of_producer(
    producer: _Producer,
    dataset: Dataset,
    waiters: Sequence[tuple[Subject[Coordinator], DataEvent, Dataset]],
) -> Iterator[tuple[str, Diagnostic]]:
    subject = producer.coordinator
    flag = _flag(subject, dataset)
    if flag and (makers := producer.leaves_none(flag)):
        message = f"whoever waits for dataset '{dataset.name}' waits for its done-flag {flag}, but {makers} writes none"
        yield subject.path, lint("H014", message, _hint(flag), dataset.line)
    for waiter, event, wanted in waiters:
        other = _flag(waiter, wanted)
        is_said = waiter.path == subject.path and other == flag
        if other and not is_said and (makers := producer.leaves_none(other)):
            where = posixpath.basename(subject.path) if waiter.path != subject.path else "this coordinator"
            message = f"'{event.name}' waits for the done-flag {other}, but {makers}, which {where} starts, writes none"
            yield waiter.path, lint("H014", message, _hint(other), wanted.line)


def _hint(flag: str) -> str:
    return f"{_EMPTY_FLAG} (fs, touchz) write {flag}"


def _datasets(subject: Subject[Coordinator], events: Sequence[DataEvent]) -> Iterator[tuple[DataEvent, Dataset]]:
    known = {dataset.name: dataset for dataset in subject.app.datasets if dataset.kind == "dataset"}
    for event in events:
        dataset = known.get(subject.filled(event.dataset))
        if dataset is not None:
            yield event, dataset


def _place(subject: Subject[Coordinator], dataset: Dataset) -> str:
    return subject.filled(dataset.uri_template).rstrip("/")


def _flag(subject: Subject[Coordinator], dataset: Dataset) -> str:
    """The name of the file; "" where the directory is enough, or nobody can tell."""
    if dataset.done_flag is None:
        return DEFAULT_DONE_FLAG
    flag = subject.filled(dataset.done_flag)
    return "" if "${" in flag else flag


def _workflow_of(subject: Subject[Coordinator]) -> Subject[Workflow] | None:
    name = subject.folder.definition(subject.app.app_path, "workflow")
    if subject.folder.local(subject.app.app_path) is None:
        name = posixpath.join(subject.folder.directory, "workflow.xml")  # people keep the two beside each other
    if name is None or name not in subject.files:
        return None
    try:
        app = reader.examine(subject.files[name], name)[0]
    except HowdahError:
        return None  # it is reported where it is checked itself
    return Subject(app, name, subject.files, subject.properties) if isinstance(app, Workflow) else None


def _is_one_of(use: Use, names: set[str]) -> bool:
    return bool(use.node) and use.name in names
