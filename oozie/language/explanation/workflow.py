"""A workflow step by step: what each does, where it goes on, what happens when it fails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from oozie.language.dataflow import Doing, Use
from oozie.language.explanation.conditions import in_words
from oozie.language.filling import fill, without_expressions
from oozie.language.graph import nodes_by_name, transitions
from oozie.language.model import Action, Decision, Element, End, Fork, Join, Kill, Node, Start, Workflow
from oozie.language.secret_names import masked_text

_DEFAULT_RETRY_MINUTES = "10"
_RETRIED = "where Oozie takes the error for a passing one"
_MOST_MAILS = 6


@dataclass(frozen=True)
class Step:
    """One node: ``number`` counts from 1 in the order of the work; ``then`` and ``on_error`` are sentences.

    ``is_after_failure``: only the failure of another step leads here.
    """

    number: int
    name: str
    kind: str
    type: str
    does: str
    uses: tuple[Use, ...] = ()
    notes: tuple[str, ...] = ()
    retries: str = ""
    then: tuple[str, ...] = ()
    on_error: str = ""
    sla: str = ""
    line: int = 0
    is_after_failure: bool = False


@dataclass(frozen=True)
class WorkflowSteps:
    """The steps in the order of the work, those after a failure last; ``ends`` say how it may end."""

    steps: tuple[Step, ...]
    ends: tuple[str, ...]
    unreachable: tuple[str, ...] = ()
    sla: str = ""


def explain_workflow(app: Workflow, doings: Mapping[str, Doing], properties: Mapping[str, str]) -> WorkflowSteps:
    """What ``app`` does; ``doings`` are those of its actions by name."""
    telling = _Telling(app, doings, without_expressions(properties))
    return WorkflowSteps(
        tuple(telling.step(name) for name in (*telling.main, *telling.after_failure)),
        tuple(telling.ends()),
        tuple(node.name for node in app.nodes if node.name not in telling.reached and node.name != ":start:"),
        sla_in_words(app.sla, properties),
    )


def sla_in_words(sla: Element | None, properties: Mapping[str, str]) -> str:
    """What has to be met, "" for nothing."""
    if sla is None:
        return ""
    known = {child.tag: fill(child.text, properties) for child in sla.children}
    parts = [
        f"{words} {masked_text(known[tag])}"
        for tag, words in (
            ("should-start", "start within"),
            ("should-end", "end within"),
            ("max-duration", "take at most"),
        )
        if known.get(tag)
    ]
    nominal = f" of {known['nominal-time']}" if known.get("nominal-time") else ""
    alert = f"; alerts go to {known['alert-contact']}" if known.get("alert-contact") else ""
    return f"{' and '.join(parts)}{nominal}{alert}" if parts else ""


@dataclass
class _Telling:
    """One workflow, while it is told."""

    app: Workflow
    doings: Mapping[str, Doing]
    properties: Mapping[str, str]
    main: list[str] = field(init=False)
    after_failure: list[str] = field(init=False)
    reached: set[str] = field(init=False)
    numbers: dict[str, int] = field(init=False)
    nodes: dict[str, Node] = field(init=False)

    def __post_init__(self) -> None:
        self.nodes = nodes_by_name(self.app)
        starts = [node.name for node in self.app.nodes if isinstance(node, Start)]
        main = self._ordered(starts, set(), follows_errors=False)
        rest = self._ordered([name for one in main for name in self._errors_of(one)], set(main), follows_errors=True)
        self.reached = {*main, *rest}
        self.main = [name for name in main if self._is_told(name)]
        self.after_failure = [name for name in rest if self._is_told(name)]
        self.numbers = {name: number for number, name in enumerate((*self.main, *self.after_failure), 1)}

    def step(self, name: str) -> Step:
        """The node called ``name``."""
        node = self.nodes[name]
        number, late = self.numbers[name], name in set(self.after_failure)
        match node:
            case Action():
                return self._action(node, number, late)
            case Decision():
                cases = [
                    f"if {in_words(fill(case.predicate, self.properties))}: {self.to(case.to)}" for case in node.cases
                ]
                cases.append(f"otherwise: {self.to(node.default)}")
                return Step(number, name, "decision", "", "decides where to go on", then=tuple(cases), line=node.line,
                            is_after_failure=late)  # fmt: skip
            case Fork():
                paths = tuple(self.to(path) for path in node.paths)
                return Step(number, name, "fork", "", "does these at the same time", then=paths, line=node.line,
                            is_after_failure=late)  # fmt: skip
            case Join():
                return Step(number, name, "join", "", "waits until all that was begun at the same time has ended",
                            then=(self.to(node.to),), line=node.line, is_after_failure=late)  # fmt: skip
        raise AssertionError(node)  # what else there is, is not told as a step

    def ends(self) -> Iterator[str]:
        """How the workflow may end."""
        for node in self.app.nodes:
            if node.name not in self.reached:
                continue
            if isinstance(node, End):
                yield f"'{node.name}': SUCCEEDED"
            elif isinstance(node, Kill):
                yield f"'{node.name}': KILLED, {self._message(node)}"

    def to(self, name: str) -> str:
        """Where a transition leads."""
        node = self.nodes.get(name)
        match node:
            case None:
                return f"'{name}', which does not exist" if name else "nowhere: no node is named"
            case End():
                return f"the end: the workflow has SUCCEEDED ('{name}')"
            case Kill():
                return f"the workflow is killed ('{name}')"
            case _:
                return f"step {self.numbers[name]}, {name}" if name in self.numbers else name

    def _action(self, node: Action, number: int, late: bool) -> Step:
        done = self.doings.get(node.name, Doing("does something"))
        return Step(
            number, node.name, "action", node.type, done.does, done.uses, done.notes, self._retries(node),
            (self.to(node.ok),), self._on_error(node), sla_in_words(node.sla, self.properties), node.line, late,
        )  # fmt: skip

    def _retries(self, node: Action) -> str:
        most = fill(node.retry_max, self.properties)
        if most in ("", "0"):
            return ""
        interval = fill(node.retry_interval, self.properties) or _DEFAULT_RETRY_MINUTES
        times = "once" if most == "1" else f"up to {most} times"
        apart = f"after {interval} minutes" if most == "1" else f"{interval} minutes apart"
        longer = ", twice as long each time" if node.retry_policy.strip().lower() == "exponential" else ""
        return f"is tried again {times}, {apart}{longer}, {_RETRIED}"

    def _on_error(self, node: Action) -> str:
        """What a failure leads to, through mails and the like, to a kill node, an end or a step of the work."""
        parts: list[str] = []
        seen, name = {node.name}, node.error
        while len(parts) < _MOST_MAILS:
            following = self.nodes.get(name)
            match following:
                case Kill():
                    parts.append(self.to(name))
                case End():
                    parts.append("the workflow ends as SUCCEEDED all the same")
                case Action() if name not in self.main and name not in seen:
                    # What a mail says to whom is worth a word here; the rest stands at its own step.
                    does = self.doings[name].does if following.type == "email" and name in self.doings else ""
                    parts.append(", ".join(filter(None, (self.to(name), does))))
                    seen.add(name)
                    name = following.ok
                    continue
                case None:
                    parts.append(self.to(name))
                case _ if name == node.ok:
                    parts.append(f"it goes on all the same, with {self.to(name)}")
                case _:
                    parts.append(f"it goes on with {self.to(name)}")
            break
        return ", then ".join(parts)

    def _message(self, node: Kill) -> str:
        message = " ".join(masked_text(fill(node.message, self.properties)).split())
        return f"“{message}”" if message else "without a message"

    def _is_told(self, name: str) -> bool:
        return isinstance(self.nodes[name], (Action, Decision, Fork, Join))

    def _errors_of(self, name: str) -> list[str]:
        node = self.nodes[name]
        return [node.error] if isinstance(node, Action) else []

    def _ordered(self, roots: list[str], known: set[str], *, follows_errors: bool) -> list[str]:
        """The nodes that ``roots`` lead to, each after all that lead to it, else as they are written."""
        found: list[str] = []
        done = set(known)
        for root in reversed(roots):
            stack: list[tuple[str, Iterator[str]]] = []
            self._enter(root, stack, done, follows_errors)
            while stack:
                name, following = stack[-1]
                nearest = next(following, None)
                if nearest is None:
                    stack.pop()
                    found.append(name)
                else:
                    self._enter(nearest, stack, done, follows_errors)
        return found[::-1]

    def _enter(self, name: str, stack: list[tuple[str, Iterator[str]]], done: set[str], follows_errors: bool) -> None:
        if name not in self.nodes or name in done:
            return
        done.add(name)
        node = self.nodes[name]
        targets = [to for _, to in transitions(node)]
        if isinstance(node, Action) and not follows_errors:
            targets = [node.ok]
        stack.append((name, iter(targets[::-1])))
