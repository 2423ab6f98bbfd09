"""Rules about forks and joins, and about ways that meet outside of a join.

From each fork Oozie walks every path down to a join and does not pass it; what it met tells which join belongs to
which fork. Only then it goes on behind the join. A way over an action's error is walked too, but two of them may meet
in a node, and so may ways that part at the same decision: only one of them is ever taken.

Source: org.apache.oozie.workflow.lite.LiteWorkflowValidator.validateForkJoin (5.2.1), which walks again and again what
it has seen; :class:`_Walk` remembers it, which changes the time and no verdict.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from oozie.language.graph import called, nodes_by_name, transitions
from oozie.language.model import Action, Decision, End, Fork, Join, Kill, Node, Start, Workflow
from oozie.language.node_rules import Walked
from storage.errors import Diagnostic


def fork_rules(app: Workflow, walked: Walked) -> list[Diagnostic]:
    """What is wrong with forks and joins; ``walked`` says which ways there are.

    Oozie looks at them only where no transition is lost. Where one is, the others are judged: a finding then is one
    that stays, wherever the lost ones will lead when they are mended.
    """
    walk = _Walk(nodes_by_name(app), walked.lost, walked.doubtful)
    start = next(node for node in app.nodes if isinstance(node, Start))
    forks, joins = walked.forks, walked.joins
    if forks != joins and not walked.lost:
        message = f"{forks} fork{'s' * (forks != 1)} and {joins} join{'s' * (joins != 1)} are not pairs"
        line = next((node.line for node in app.nodes if isinstance(node, (Fork, Join))), 0)
        hint = "every fork has a join of its own, where its paths end"
        walk.findings.append(Diagnostic("E0730", message, hint, line=line))
    walk.run(_Visit(start, None, None, True, start))
    return walk.findings


class _Visit(NamedTuple):
    """How a node is arrived at: below which fork, below which first decision, over ok only, from which node."""

    node: Node
    fork: str | None
    decision: str | None
    is_ok: bool
    before: Node


@dataclass
class _Walk:
    nodes: dict[str, Node]
    lost: frozenset[tuple[str, str]]
    doubtful: frozenset[tuple[str, str]]
    findings: list[Diagnostic] = field(default_factory=list)
    fork_of_join: dict[str, str] = field(default_factory=dict)
    decision_of_node: dict[str, str | None] = field(default_factory=dict)
    unsure: set[str] = field(default_factory=set)
    seen: set[tuple[str, str | None, bool]] = field(default_factory=set)
    broken_forks: set[str] = field(default_factory=set)

    def run(self, visit: _Visit) -> None:
        """Walk depth first; a stack of our own, for workflows are longer than Python's is deep."""
        stack = [self.visit(visit)]
        while stack:
            following = next(stack[-1], None)
            if following is None:
                stack.pop()
            else:
                stack.append(self.visit(following))

    def visit(self, visit: _Visit) -> Iterator[_Visit]:
        """The visits that follow from one."""
        node = visit.node
        is_doubtful = (visit.before.name, node.name) in self.doubtful
        if visit.is_ok and not isinstance(node, (Kill, Join, End)) and self._meets_another_way(visit, is_doubtful):
            return
        key = (node.name, visit.fork, visit.is_ok)
        if key in self.seen and not isinstance(node, (Join, End)):
            return
        self.seen.add(key)
        match node:
            case Fork():
                yield from self._fork(node, visit)
            case Join() if is_doubtful:
                self._leave_unknown(visit.fork)
            case Join():
                self._join(node, visit.fork)
            case End():
                if visit.fork is not None:
                    hint = f"lead it to the join of fork '{visit.fork}' first"
                    self._add(visit.before, "E0737", f"{called(visit.before)} ends the workflow inside a fork", hint)
            case Decision():
                below = visit._replace(decision=visit.decision or node.name)
                for _, to in transitions(node):
                    yield from self._on(below, to)
            case Action():
                yield from self._on(visit, node.ok)
                yield from self._on(visit._replace(is_ok=False), node.error)
            case Start():
                yield from self._on(visit, node.to)

    def _on(self, visit: _Visit, to: str) -> Iterator[_Visit]:
        """The visit of the node to which the one that is visited leads, unless nobody knows which that is."""
        if (visit.node.name, to) in self.lost:
            self._leave_unknown(visit.fork)
        else:
            yield visit._replace(node=self.nodes[to], before=visit.node)

    def _leave_unknown(self, fork: str | None) -> None:
        """Where a path of ``fork`` ends."""
        if fork is not None:
            self.broken_forks.add(fork)

    def _add(self, node: Node, code: str, message: str, hint: str) -> None:
        finding = Diagnostic(code, message, hint, line=node.line, node=node.name)
        if finding not in self.findings:
            self.findings.append(finding)

    def _meets_another_way(self, visit: _Visit, is_doubtful: bool) -> bool:
        """Whether a second ok way leads here, that does not part from the first one at the same decision."""
        name = visit.node.name
        if name not in self.decision_of_node:
            self.decision_of_node[name] = visit.decision
            if is_doubtful:
                self.unsure.add(name)
            return False
        first = self.decision_of_node[name]
        if first is not None and first == visit.decision:
            return False
        if is_doubtful or name in self.unsure:
            self._leave_unknown(visit.fork)
        else:
            hint = "let the ways meet in a join, or lead one of them to a node of its own"
            self._add(visit.node, "E0743", f"two ways lead on ok to {called(visit.node)}", hint)
        return True

    def _fork(self, fork: Fork, visit: _Visit) -> Iterator[_Visit]:
        for to, count in Counter(fork.paths).items():
            if count > 1 and (fork.name, to) not in self.lost and not isinstance(self.nodes[to], (Join, Kill)):
                self._add(fork, "E0744", f"fork '{fork.name}' leads to '{to}' {count} times", "name it once")
        known = len(self.findings)
        for to in dict.fromkeys(fork.paths):
            yield from self._on(visit._replace(fork=fork.name), to)
        joins = [join for join, of_fork in self.fork_of_join.items() if of_fork == fork.name]
        if len(joins) > 1:
            hint = "end all its paths in one join"
            self._add(fork, "E0757", f"the paths of fork '{fork.name}' end in several joins: {', '.join(joins)}", hint)
        elif joins:
            for _, to in transitions(self.nodes[joins[0]]):
                yield from self._on(visit._replace(node=self.nodes[joins[0]]), to)
        elif len(self.findings) > known or fork.name in self.broken_forks:
            self.broken_forks.add(fork.name)  # it is known why no path comes to a join
            self._leave_unknown(visit.fork)
        else:
            self._add(fork, "E0733", f"fork '{fork.name}' has no join", "end all its paths in one join")

    def _join(self, join: Join, fork: str | None) -> None:
        if fork is None:
            hint = "a join ends the paths of a fork; lead the way to the node behind it"
            self._add(join, "E0742", f"a way leads to join '{join.name}' that comes from no fork", hint)
        elif self.fork_of_join.setdefault(join.name, fork) != fork:
            forks = f"'{self.fork_of_join[join.name]}' and '{fork}'"
            hint = "give each fork a join of its own"
            self._add(join, "E0758", f"join '{join.name}' ends the paths of several forks: {forks}", hint)
