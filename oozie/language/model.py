"""What an Oozie app says, as frozen values.

Everything converts to or from this model: the generator builds it, the reader and the writer carry it to and from XML,
the validator judges it, the local engine runs it. Values are kept as they are written, EL included; nothing is resolved
here. Lines say where a thing was read (0 when it was built) and never count in a comparison.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias


@dataclass(frozen=True)
class Element:
    """One XML element: an action's body, credentials, sla:info, global, launcher.

    Kept as a tree, because Oozie itself hands an action's XML to its executor as it stands; the schema tables say what
    may stand in it. ``is_cdata``: the text stands in a CDATA section, where Oozie evaluates it without XML's escapes.
    Source: org.apache.oozie.workflow.lite.NodeDef.getConf.
    """

    tag: str
    namespace: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    text: str = ""
    children: tuple[Element, ...] = ()
    line: int = field(default=0, compare=False)
    is_cdata: bool = False

    def walk(self) -> Iterator[Element]:
        """The element and all below it, in document order."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting.extend(reversed(element.children))

    @property
    def written(self) -> tuple[str, ...]:
        """What is written in the element itself: its text and the values of its attributes."""
        return (self.text, *(value for _, value in self.attributes))

    def named(self, tag: str) -> Iterator[Element]:
        """The children called ``tag``, in order."""
        return (child for child in self.children if child.tag == tag)

    def first(self, tag: str) -> Element | None:
        """The first child called ``tag``."""
        return next(self.named(tag), None)

    def text_of(self, tag: str, default: str = "") -> str:
        """The text of the first child called ``tag``."""
        child = self.first(tag)
        return default if child is None else child.text

    def texts(self, tag: str) -> tuple[str, ...]:
        """The texts of all children called ``tag``."""
        return tuple(child.text for child in self.named(tag))

    def attribute(self, name: str, default: str = "") -> str:
        """The value of attribute ``name``."""
        return dict(self.attributes).get(name, default)

    def configuration(self) -> dict[str, str]:
        """Name and value of each property in the child ``configuration``, the last one winning as in Hadoop."""
        holder = self.first("configuration")
        return {p.text_of("name"): p.text_of("value") for p in holder.named("property")} if holder else {}


@dataclass(frozen=True)
class Start:
    """Where a workflow begins. Its name in Oozie's records is ``:start:``."""

    to: str
    line: int = field(default=0, compare=False)
    name: str = field(default=":start:", init=False)


@dataclass(frozen=True)
class End:
    """Where a workflow ends as SUCCEEDED."""

    name: str
    line: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Kill:
    """Where a workflow ends as KILLED, with a message."""

    name: str
    message: str
    line: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Case:
    """One way out of a decision: taken when ``predicate`` is true; ``is_cdata`` as an Element's."""

    to: str
    predicate: str
    line: int = field(default=0, compare=False)
    is_cdata: bool = False


@dataclass(frozen=True)
class Decision:
    """The first case whose predicate is true, else ``default``."""

    name: str
    cases: tuple[Case, ...]
    default: str
    line: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Fork:
    """Several paths at once."""

    name: str
    paths: tuple[str, ...]
    line: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Join:
    """Waits for every path of its fork."""

    name: str
    to: str
    line: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Action:
    """One piece of work; ``body`` is its element (``sqoop``, ``hive`` ...), ``body.tag`` its type.

    ``retry_interval`` is in minutes, as text since it may hold EL; "" where the attribute is absent.
    """

    name: str
    body: Element
    ok: str
    error: str
    credentials: str = ""
    retry_max: str = ""
    retry_interval: str = ""
    retry_policy: str = ""
    sla: Element | None = None
    line: int = field(default=0, compare=False)

    @property
    def type(self) -> str:
        """Oozie's name of the action type: the body's tag."""
        return self.body.tag


Node: TypeAlias = Start | End | Kill | Decision | Fork | Join | Action


@dataclass(frozen=True)
class Parameter:
    """A formal parameter; without ``value`` the job must bring one (else E0738)."""

    name: str
    value: str | None = None
    description: str | None = None
    line: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Workflow:
    """A workflow app; ``nodes`` in document order, start included; ``namespace`` such as ``uri:oozie:workflow:0.5``."""

    name: str
    nodes: tuple[Node, ...]
    namespace: str = "uri:oozie:workflow:1.0"
    parameters: tuple[Parameter, ...] = ()
    global_section: Element | None = None
    credentials: Element | None = None
    sla: Element | None = None

    @property
    def verified_parameters(self) -> tuple[Parameter, ...]:
        """The parameters that Oozie looks at; of schema 0.4.5 none, as it reads two numbers from a version.

        Source: org.apache.oozie.util.ParameterVerifier.
        """
        return () if self.namespace.count(".") > 1 else self.parameters

    def node(self, name: str) -> Node | None:
        """The first node called ``name``."""
        return next((node for node in self.nodes if node.name == name), None)

    @property
    def actions(self) -> tuple[Action, ...]:
        """The actions, in document order."""
        return tuple(node for node in self.nodes if isinstance(node, Action))


# The file that says that an instance of a dataset is complete, where the dataset does not say it.
DEFAULT_DONE_FLAG = "_SUCCESS"


@dataclass(frozen=True)
class Dataset:
    """A directory (or partition) that appears again and again.

    ``kind`` async-dataset has ``sequence_type`` and ``initial_version`` where a dataset has frequency, first instance
    and time zone; Oozie's schema knows it, Oozie itself ignores it.
    """

    name: str
    uri_template: str
    frequency: str = ""
    initial_instance: str = ""
    timezone: str = ""
    done_flag: str | None = None
    kind: Literal["dataset", "async-dataset"] = "dataset"
    sequence_type: str = ""
    initial_version: str = ""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True)
class DataEvent:
    """A data-in or data-out: which instances of ``dataset`` an action waits for or makes."""

    name: str
    dataset: str
    instances: tuple[str, ...] = ()
    start_instance: str = ""
    end_instance: str = ""
    nocleanup: str = ""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Controls:
    """How a coordinator materialises; "" where nothing is said. ``timeout`` in minutes."""

    timeout: str = ""
    concurrency: str = ""
    execution: str = ""
    throttle: str = ""


@dataclass(frozen=True)
class Coordinator:
    """A coordinator app: when, on what data, which workflow. ``frequency`` as written: minutes, EL or cron.

    ``input_combination`` is the ``and`` or ``or`` that schema 0.5 allows in input-events in the place of data-in.
    """

    name: str
    frequency: str
    start: str
    end: str
    timezone: str
    app_path: str
    configuration: tuple[tuple[str, str], ...] = ()
    namespace: str = "uri:oozie:coordinator:0.4"
    controls: Controls | None = None
    parameters: tuple[Parameter, ...] = ()
    includes: tuple[str, ...] = ()
    datasets: tuple[Dataset, ...] = ()
    inputs: tuple[DataEvent, ...] = ()
    outputs: tuple[DataEvent, ...] = ()
    input_logic: Element | None = None
    sla: Element | None = None
    input_combination: Element | None = None
    line: int = field(default=0, compare=False)


@dataclass(frozen=True)
class BundleMember:
    """One coordinator of a bundle."""

    name: str
    app_path: str
    configuration: tuple[tuple[str, str], ...] = ()
    enabled: str = ""
    critical: str = ""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Bundle:
    """A bundle app: coordinators that start and stop together."""

    name: str
    members: tuple[BundleMember, ...]
    kick_off_time: str = ""
    namespace: str = "uri:oozie:bundle:0.2"
    parameters: tuple[Parameter, ...] = ()


App: TypeAlias = Workflow | Coordinator | Bundle
