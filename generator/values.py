"""What a declaration is made of: frozen values, built by the functions of :mod:`generator.declare`.

An action's body is already an :class:`oozie.language.model.Element` in Oozie's own words, without namespace: which
schema it follows, and whether Hive is reached through its server, is for the profile to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from generator.schedule import Schedule
from oozie.language.model import Element

ERROR_MESSAGE = "${wf:errorMessage(wf:lastErrorNode())}"

Place: TypeAlias = tuple[str, int]


@dataclass(frozen=True)
class Kill:
    """The end of a job as KILLED, with a message."""

    message: str = ERROR_MESSAGE
    name: str = ""
    place: Place = field(default=("", 0), compare=False)


@dataclass(frozen=True)
class ErrorRoute:
    """Where an action's error leads: through ``steps``, then to a kill or on to what follows the action.

    In a verbatim app the kill may have a name (``kill_name``), and ``to`` may name another node.
    """

    steps: tuple[ActionStep, ...] = ()
    then: Literal["kill", "continue"] = "kill"
    message: str = ERROR_MESSAGE
    kill_name: str = ""
    to: str = ""

    @property
    def names_a_kill(self) -> bool:
        """Whether it ends in a kill node of its own, since its name or message is not the one of all others."""
        return self.then == "kill" and not self.to and bool(self.kill_name or self.message != ERROR_MESSAGE)


@dataclass(frozen=True)
class Retry:
    """Oozie's user-retry, what is None left to the server. Units: ``minutes`` between two attempts."""

    times: int | str | None
    minutes: int | str | None
    policy: str | None = None


@dataclass(frozen=True)
class Places:
    """The elements with which an action says where it runs; "" where it does not."""

    job_tracker: str = ""
    name_node: str = ""
    resource_manager: str = ""


@dataclass(frozen=True)
class Verbatim:
    """What an action says of itself in a verbatim app; ``places`` None: as all actions of the app.

    ``schema``: the version of its schema, or a whole namespace, where it is not that of its app's like; ``is_xml``: its
    body is complete, namespaces included.
    """

    schema: str = ""
    places: Places | None = None
    launcher: Element | None = None
    sla: Element | None = None
    is_xml: bool = False


@dataclass(frozen=True)
class ActionStep:
    """One Oozie action; ``needs`` are the files of the workflow's folder (or of this distribution) that it names.

    ``needs`` maps the name inside the app to the file that it is copied from.
    """

    name: str
    body: Element
    on_error: ErrorRoute = ErrorRoute()
    retry: Retry | None = None
    credentials: str = ""
    needs: tuple[tuple[str, str], ...] = ()
    verbatim: Verbatim = Verbatim()
    place: Place = field(default=("", 0), compare=False)

    def but(
        self,
        *,
        schema: str = "",
        places: Places | None = None,
        launcher: Element | None = None,
        sla: Element | None = None,
        credentials: str = "",
    ) -> ActionStep:
        """The same action with what only a verbatim app (:func:`workflow_app`) can say of it."""
        verbatim = self.verbatim
        return replace(
            self,
            credentials=credentials or self.credentials,
            verbatim=Verbatim(
                schema or verbatim.schema,
                verbatim.places if places is None else places,
                launcher or verbatim.launcher,
                sla or verbatim.sla,
                verbatim.is_xml,
            ),
        )


@dataclass(frozen=True)
class Goto:
    """The way to the node called ``name``, wherever it stands."""

    name: str
    place: Place = field(default=("", 0), compare=False)


@dataclass(frozen=True)
class Fork:
    """A fork without a join of its own: its paths lead to nodes by name."""

    name: str
    paths: tuple[str, ...]
    place: Place = field(default=("", 0), compare=False)


@dataclass(frozen=True)
class Join:
    """A join that paths lead to by name."""

    name: str
    place: Place = field(default=("", 0), compare=False)


@dataclass(frozen=True)
class Parallel:
    """Branches that run at the same time; what follows waits for all of them."""

    branches: tuple[tuple[Step, ...], ...]
    name: str = ""
    join_name: str = ""
    place: Place = field(default=("", 0), compare=False)


@dataclass(frozen=True)
class When:
    """One way out of a decision: ``steps``, taken when ``predicate`` is true."""

    predicate: str
    steps: tuple[Step, ...]
    is_cdata: bool = False


@dataclass(frozen=True)
class Decide:
    """The first of ``cases`` whose predicate is true, else ``otherwise``; all of them lead to what follows."""

    name: str
    cases: tuple[When, ...]
    otherwise: tuple[Step, ...] = ()
    place: Place = field(default=("", 0), compare=False)


Step: TypeAlias = ActionStep | Parallel | Decide | Kill | Goto | Fork | Join
STEPS = (ActionStep, Parallel, Decide, Kill, Goto, Fork, Join)
Steps: TypeAlias = Step | Sequence[Step]
OnError: TypeAlias = Literal["kill", "continue"] | Kill | ErrorRoute | ActionStep | Goto


@dataclass(frozen=True)
class Credential:
    """What an action shows a secured service; ``type`` as in oozie.credentials.credentialclasses."""

    name: str
    type: str
    properties: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Workflow:
    """A whole declaration: steps in sequence, when they run, and the properties that they are told."""

    name: str
    steps: tuple[Step, ...]
    schedule: Schedule | None = None
    parameters: tuple[tuple[str, str | None], ...] = ()
    credentials: tuple[Credential, ...] = ()
    description: str = ""
    place: Place = field(default=("", 0), compare=False)
