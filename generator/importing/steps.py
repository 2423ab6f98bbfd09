"""A workflow's graph as steps: sequences, parallel branches and decisions where it has that shape, names where not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import heappop, heappush

from generator.importing.dominators import meeting_points
from generator.importing.python_text import Call, Expression, Items, Text
from generator.importing.words import said
from generator.services import ALERT_BODY, ALERT_SUBJECT
from generator.values import ERROR_MESSAGE
from oozie.language import model
from oozie.language.graph import transitions

# Deeper than that the steps inside of steps are told apart, by name: nobody reads them otherwise, nor can Python.
DEEPEST = 6
# So many actions stand inside of a case that skips what is left; more follow a decision that leads past them.
FEW = 2

ActionCall = Callable[[model.Action], Call]


@dataclass(frozen=True)
class Said:
    """The arguments of ``workflow_app``: steps, where errors lead, and steps that are reached by name."""

    steps: tuple[Expression, ...]
    fail: tuple[Expression, ...]
    aside: tuple[Expression, ...]


def said_steps(app: model.Workflow, action_call: ActionCall) -> Said:
    """All nodes of ``app`` in steps; an action without its error's route is what ``action_call`` gives."""
    return _Teller(app, action_call).tell()


class _Told:
    """The nodes that are said already, and how many of the others lead to each."""

    def __init__(self, onward: Mapping[str, Sequence[str]]) -> None:
        self._onward = onward
        self._names = list(onward)
        self._places = {name: place for place, name in enumerate(onward)}
        self._said: set[str] = set()
        self._leading = Counter(to for name in onward for to in self._ways(name))
        # A heap of places: the nodes that none of the others leads to, some of them said by now.
        self._entries = [place for name, place in self._places.items() if not self._leading[name]]

    def __contains__(self, name: str) -> bool:
        return name in self._said

    def add(self, name: str) -> None:
        """``name`` is said now."""
        if name in self._said:
            return
        self._said.add(name)
        for to in self._ways(name):
            self._leading[to] -= 1
            if not self._leading[to] and to in self._places:
                heappush(self._entries, self._places[to])

    def others(self) -> Iterator[str]:
        """Where to begin with what is not said, until all is: where nothing of it leads to, else with the first."""
        first = 0
        while True:
            while self._entries and self._names[self._entries[0]] in self._said:
                heappop(self._entries)
            while first < len(self._names) and self._names[first] in self._said:
                first += 1
            if first == len(self._names):
                return
            yield self._names[self._entries[0] if self._entries else first]

    def _ways(self, name: str) -> set[str]:
        return {to for to in self._onward.get(name, ()) if to != name}


class _Teller:
    """Follows the graph from the start and says each node once, where it is reached first."""

    def __init__(self, app: model.Workflow, action_call: ActionCall) -> None:
        self.action_call = action_call
        self.nodes = {node.name: node for node in app.nodes}
        self.start = next((node.to for node in app.nodes if isinstance(node, model.Start)), "")
        self.end = next((node.name for node in app.nodes if isinstance(node, model.End)), "")
        # How many nodes lead to each.
        self.reached = Counter(to for node in app.nodes for to in {to for _, to in transitions(node)})
        self.fail = self._fail(app)
        self.fails_at = self.fail[0] if self.fail else ""
        self.onward = {node.name: _onward(node) for node in app.nodes if node.name != ":start:"}
        self.told = _Told(self.onward)
        for name in (self.end, *self.fail):
            self.told.add(name)
        self.meetings = meeting_points(self.onward, self.end)

    def tell(self) -> Said:
        steps = self._sequence(self.start, self.end, frozenset())
        fail = tuple(self._failing(name) for name in self.fail)
        aside = [step for name in self.told.others() for step in self._sequence(name, "", frozenset())]
        return Said(tuple(steps), fail, tuple(aside))

    def _sequence(self, name: str, stop: str, meetings: frozenset[str], depth: int = 0) -> list[Expression]:
        """The steps from ``name`` to ``stop``, which comes next; the nodes of ``meetings`` come later, too."""
        steps: list[Expression] = []
        while name != stop:
            node = self.nodes.get(name)
            if node is None or name in self.told or name in meetings:
                return [*steps, _goto(name)]
            match node:
                case model.Action():
                    self.told.add(name)
                    steps.append(self._action(node))
                    name = node.ok
                case model.Kill():
                    if self.reached[name] > 1 and (stop or meetings):
                        return [*steps, _goto(name)]
                    self.told.add(name)
                    return [*steps, _kill(node)]
                case model.Join():
                    self.told.add(name)
                    steps.append(Call("join", (Text(name),)))
                    name = node.to
                case model.Fork():
                    self.told.add(name)
                    step, following = self._fork(node, meetings | {stop}, depth)
                    steps.append(step)
                    if not following:
                        return steps
                    name = following
                case model.Decision():
                    self.told.add(name)
                    step, following = self._decision(node, stop, meetings, depth)
                    steps.append(step)
                    if not following:
                        return steps
                    name = following
                case _:
                    return [*steps, _goto(name)]
        return steps

    def _fork(self, node: model.Fork, meetings: frozenset[str], depth: int) -> tuple[Expression, str]:
        """The step of a fork, and the node that follows its join: none where it has no join of its own."""
        meeting = self.nodes.get(self.meetings.get(node.name, ""))
        if (
            not isinstance(meeting, model.Join)
            or meeting.name in self.told
            or meeting.name in meetings
            or depth >= DEEPEST
            or len(node.paths) < 2
        ):
            return Call("fork", (Text(node.name), *map(Text, node.paths))), ""
        branches = [
            self._sequence(path, meeting.name, meetings, depth + 1) or [_goto(meeting.name)] for path in node.paths
        ]
        self.told.add(meeting.name)
        named = (("name", Text(node.name)), ("join", Text(meeting.name)))
        return Call("parallel", tuple(map(_one_or_list, branches)), named), meeting.to

    def _decision(
        self, node: model.Decision, stop: str, meetings: frozenset[str], depth: int
    ) -> tuple[Expression, str]:
        """The step of a decision, and the node that follows it: none where each case has a way of its own."""
        targets = (*(case.to for case in node.cases), node.default)
        meeting = self.meetings.get(node.name, "")
        if meeting in meetings or (meeting in self.told and meeting != stop):
            meeting = ""
        following = meeting
        if meeting == stop:
            following = self._only_long_way(targets, meeting, meetings) or meeting
        if not following and depth >= DEEPEST:
            following = ""
        inner = meetings | {stop, following}
        told = []
        for target in targets:
            if depth >= DEEPEST and target != following:
                told.append([_goto(target)])
            else:
                told.append(self._sequence(target, following, inner - {following}, depth + 1))
        cases = tuple(
            Call("when", (said(case.predicate, is_cdata=case.is_cdata), *steps))
            if _is_predicate(case)
            else Call("when", (Call("as_is", (Text(case.predicate),)), *steps))
            for case, steps in zip(node.cases, told, strict=False)
        )
        named = (("otherwise", _one_or_list(told[-1])),) if told[-1] else ()
        # What follows is the continuation of a sequence that may end here, as it stands.
        return Call("decide", (Text(node.name), *cases), named), following

    def _only_long_way(self, targets: Sequence[str], meeting: str, meetings: frozenset[str]) -> str:
        """The one long way out of a decision, where the others lead to the end of the sequence at once: a guard."""
        long = {
            name
            for name in targets
            if name != meeting
            and name not in self.told
            and name not in meetings
            and not isinstance(self.nodes.get(name), (model.Kill, model.End))
        }
        return long.pop() if len(long) == 1 and not self._is_short(min(long), meeting) else ""

    def _is_short(self, name: str, stop: str) -> bool:
        """Whether a few actions, one after the other, lead from ``name`` to ``stop``."""
        for _ in range(FEW):
            node = self.nodes.get(name)
            if not isinstance(node, model.Action):
                return False
            name = node.ok
            if name == stop:
                return True
        return False

    def _action(self, node: model.Action) -> Expression:
        return _with(self.action_call(node), self._route(node))

    def _route(self, node: model.Action) -> Expression | None:
        """What ``on_error`` of an action says; None for the default."""
        if node.error == self.fails_at:
            return None
        if node.error == node.ok:
            return Text("continue")
        handlers = self._handlers(node)
        if handlers:
            return self._handled(node, handlers)
        return self._way(node.error)

    def _way(self, name: str) -> Expression:
        """A kill that nothing else leads to, said in its place; any other node by its name."""
        node = self.nodes.get(name)
        if isinstance(node, model.Kill) and self.reached[name] == 1 and name not in self.told:
            self.told.add(name)
            return _kill(node)
        return _goto(name)

    def _handlers(self, node: model.Action) -> list[model.Action]:
        """Actions one after the other that only the error of ``node`` leads to."""
        found: list[model.Action] = []
        name = node.error
        while True:
            handler = self.nodes.get(name)
            if not isinstance(handler, model.Action) or self.reached[name] != 1 or name in self.told:
                return found
            found.append(handler)
            self.told.add(name)
            name = handler.ok

    def _handled(self, node: model.Action, handlers: list[model.Action]) -> Expression:
        last = handlers[-1].ok
        calls = [_with(self.action_call(handler), self._inner_route(handler)) for handler in handlers]
        then: Expression | None
        if last == self.fails_at:
            then = None
        elif last == node.ok:
            then = Text("continue")
        else:
            then = self._way(last)
        if len(calls) == 1 and (mail := self._alert(calls[0], handlers[0], then)):
            return mail
        if len(calls) == 1 and then is None:
            return calls[0]
        return Call("handle", tuple(calls), (("then", then),) if then else ())

    def _inner_route(self, handler: model.Action) -> Expression | None:
        if handler.error == self.fails_at:
            return None
        return Text("continue") if handler.error == handler.ok else self._way(handler.error)

    def _alert(self, call: Call, handler: model.Action, then: Expression | None) -> Expression | None:
        """A mail that leads where its own error leads, as ``alert(...)``."""
        named = dict(call.named)
        route = named.pop("on_error", None)
        if call.function != "email" or call.but or not named.keys() <= {"to", "subject", "body", "cc"}:
            return None
        if route != (None if then is None else Text("continue")) or then not in (None, Text("continue")):
            return None
        receiver = named.pop("to", None)
        if receiver is None:
            return None
        usual = {"subject": Text(ALERT_SUBJECT), "body": Text(ALERT_BODY)}
        told = ((name, text) for name, text in named.items() if usual.get(name) != text)
        more = (("name", Text(handler.name)), *told, *((("then", then),) if then else ()))
        return Call("alert", (receiver,), more)

    def _fail(self, app: model.Workflow) -> tuple[str, ...]:
        """The nodes that most errors lead to: a kill, or actions that end in one."""
        errors = Counter(action.error for action in app.actions if action.error != action.ok)
        chains = {name: self._ends_in_kill(name) for name in errors}
        found = [name for name, chain in chains.items() if chain]
        # Of two that are reached as often, the shorter one: a kill alone is what everybody expects.
        return chains[max(found, key=lambda name: (errors[name], -len(chains[name])))] if found else ()

    def _ends_in_kill(self, name: str) -> tuple[str, ...]:
        chain: list[str] = []
        node = self.nodes.get(name)
        while isinstance(node, model.Action) and node.name not in chain and (not chain or self.reached[node.name] == 1):
            chain.append(node.name)
            node = self.nodes.get(node.ok)
        return (*chain, node.name) if isinstance(node, model.Kill) else ()

    def _failing(self, name: str) -> Expression:
        """A step of where errors lead; its own error leads to the kill by default."""
        node = self.nodes[name]
        if isinstance(node, model.Kill):
            return _kill(node)
        assert isinstance(node, model.Action)
        if node.error == self.fail[-1]:
            return _with(self.action_call(node), None)
        route = Text("continue") if node.error == node.ok else _goto(node.error)
        return _with(self.action_call(node), route)


def _onward(node: model.Node) -> tuple[str, ...]:
    """Where a node leads when all goes well."""
    return (node.ok,) if isinstance(node, model.Action) else tuple(to for _, to in transitions(node))


def _with(call: Call, route: Expression | None) -> Call:
    return call if route is None else replace(call, named=(*call.named, ("on_error", route)))


def _goto(name: str) -> Expression:
    return Call("goto", (Text(name),))


def _kill(node: model.Kill) -> Expression:
    message = () if node.message == ERROR_MESSAGE else (said(node.message),)
    return Call("kill", message, (("name", Text(node.name)),))


def _is_predicate(case: model.Case) -> bool:
    return case.is_cdata or case.predicate.strip().startswith("${")


def _one_or_list(steps: Sequence[Expression]) -> Expression:
    return steps[0] if len(steps) == 1 else Items(tuple(steps))
