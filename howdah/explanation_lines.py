"""An app in plain words on a terminal of 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from howdah.finding_json import told_of
from oozie.language.dataflow import Use
from oozie.language.explanation import BundleFacts, CoordinatorFacts, Data, Step, WorkflowSteps
from oozie.language.explanation.coordinator import MemberFacts
from oozie.language.family import Link
from storage.errors import Diagnostic, one_line

_WIDTH = 80
_LABEL = 13
_MOST_FINDINGS = 5
_MOST_USES = 60
_HOWS = ("reads", "writes", "replaces", "deletes", "mentions")
_TRUST = {"path": "", "name": ", going by its name", "only": ", the one beside it"}


def finding_lines(findings: Sequence[Diagnostic], app: str) -> Iterator[str]:
    """What Oozie would refuse in ``app``, shortly."""
    errors = [finding for finding in findings if finding.severity == "error"]
    if not errors:
        return
    yield from _labelled("note", "Oozie would refuse this app (howdah validate says more):")
    for finding in errors[:_MOST_FINDINGS]:
        where = f", line {finding.line}" if finding.line else ""
        yield from _labelled("", f"{finding.code}{where}: {told_of(finding, app)}")
    if len(errors) > _MOST_FINDINGS:
        yield from _labelled("", f"and {len(errors) - _MOST_FINDINGS} more")


def unread_lines(findings: Sequence[Diagnostic], app: str) -> Iterator[str]:
    """Why ``app`` cannot be read."""
    yield from _labelled("note", "it cannot be read:")
    for finding in findings:
        where = f", line {finding.line}" if finding.line else ""
        yield from _labelled("", f"{finding.code}{where}: {told_of(finding, app)}")
        yield from _labelled("", f"  {finding.hint}" if finding.hint else "", hang=2)


def unknown_lines(names: Sequence[str]) -> Iterator[str]:
    """Which properties nothing here defines."""
    if names:
        yield ""
        yield from _labelled(
            "unknown", f"{', '.join(names)}: write them into job.properties beside the app, or give --set {names[0]}=…"
        )


def heading(name: str, kind: str, path: str) -> list[str]:
    """What the lines below are about."""
    title = one_line(f"{kind} '{' '.join(name.split())}'")
    return [title, f"  {one_line(path)}"]


def coordinator_lines(facts: CoordinatorFacts) -> Iterator[str]:
    """When it runs, what it waits for, what it starts."""
    schedule = facts.schedule
    yield from _labelled("runs", schedule.frequency)
    yield from _labelled("", f"from {schedule.start} until {schedule.end}, time zone {schedule.timezone}")
    if schedule.trouble:
        yield from _labelled("first", schedule.trouble)
    for number, due in enumerate(schedule.first):
        yield from _labelled(
            "" if number else "first", f"{due.utc}   {datetime.fromisoformat(due.local):%a %Y-%m-%d %H:%M %z}"
        )
        yield from _labelled("", due.note)
    yield from _labelled("waits for", facts.waiting)
    for data in facts.waits_for:
        yield from _data_lines(data)
    yield from _labelled("", facts.timeout)
    yield from _labelled("at once", f"{facts.concurrency}, {facts.order}")
    if facts.throttle:
        yield from _labelled("", f"at most {facts.throttle} are made ahead and wait")
    yield from _labelled("starts", _link("workflow", facts.starts))
    yield from _handed(facts.hands.items())
    for number, data in enumerate(facts.makes):
        if not number:
            yield from _labelled("makes", "these data" if len(facts.makes) > 1 else "this")
        yield from _data_lines(data)
    yield from _labelled("SLA", facts.sla)


def bundle_lines(facts: BundleFacts) -> Iterator[str]:
    """The coordinators that start and stop together."""
    yield from _labelled("begins", facts.kick_off)
    count = len(facts.coordinators)
    yield from _labelled("holds", f"{count} coordinator{'s' * (count != 1)}, which start and stop together")
    for member in facts.coordinators:
        yield from _member_lines(member)


def workflow_lines(facts: WorkflowSteps) -> Iterator[str]:
    """Step by step; then what only a failure leads to, and how it ends."""
    yield from _labelled("SLA", facts.sla)
    is_after_failure = False
    if not facts.steps:
        yield from _labelled("does", "nothing: it goes from the start to its end")
    for step in facts.steps:
        if step.is_after_failure and not is_after_failure:
            yield ""
            yield "  Only after a failure:"
            is_after_failure = True
        yield from _step_lines(step)
    yield ""
    yield from _labelled("ends", facts.ends[0] if facts.ends else "never: nothing leads to an end")
    for end in facts.ends[1:]:
        yield from _labelled("", end)
    if facts.unreachable:
        yield from _labelled("never", f"no way leads to {', '.join(facts.unreachable)}")


def _step_lines(step: Step) -> Iterator[str]:
    yield ""
    kind = step.type if step.kind == "action" else step.kind
    yield one_line(f"  {step.number}. {step.name}  ({kind})")
    yield from _wrapped(step.does, "     ", "     ")
    for how in _HOWS:
        uses = [use for use in step.uses if use.how == how]
        for number, use in enumerate(uses[:_MOST_USES]):
            yield from _labelled("" if number else how, _use(use))
        if len(uses) > _MOST_USES:
            yield from _labelled("", f"and {len(uses) - _MOST_USES} more")
    for note in step.notes:
        yield from _labelled("note", note)
    for number, then in enumerate(step.then):
        yield from _labelled("" if number else ("starts" if step.kind == "fork" else "then"), then)
    yield from _labelled(
        "if it fails", f"{step.retries}; after that: {step.on_error}" if step.retries else step.on_error
    )
    yield from _labelled("SLA", step.sla)


def _use(use: Use) -> str:
    what = "" if use.what == "path" else f"{use.what} "
    where = f" of {use.where}" if use.where else ""
    said = f" (as {use.said})" if use.said else ""
    return f"{what}{use.name}{where}{said}"


def _data_lines(data: Data) -> Iterator[str]:
    yield from _labelled("", f"- {data.name}: {data.uri or data.dataset}", hang=2)
    details = "; ".join(part for part in (", ".join(data.instances), data.complete, data.note) if part)
    yield from _labelled("", f"  {details}" if details else "", hang=2)


def _member_lines(member: MemberFacts) -> Iterator[str]:
    yield ""
    yield one_line(f"  {member.name}")
    yield from _labelled("starts", _link("coordinator", member.starts))
    yield from _labelled("note", member.is_enabled)
    yield from _handed(member.hands.items())


def _link(kind: str, link: Link) -> str:
    if not link.path:
        return f"the {kind} at {link.app_path}, which is not here"
    return f"the {kind} at {link.app_path} ({link.path}{_TRUST[link.trust]})"


def _handed(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    for number, (name, value) in enumerate(pairs):
        yield from _labelled("" if number else "hands it", f"{name} = {' '.join(value.split())}")


def _labelled(label: str, text: str, hang: int = 0) -> Iterator[str]:
    """``text`` beside ``label``, wrapped; nothing where there is no text."""
    if text:
        first = f"     {label:<{_LABEL - 1}} "
        yield from _wrapped(text, first, " " * (len(first) + hang))


def _wrapped(text: str, first: str, rest: str) -> list[str]:
    # A path stays whole, so that it can be copied, also where it is wider than the terminal.
    return textwrap.wrap(
        one_line(text), _WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False,
        break_on_hyphens=False, drop_whitespace=True,
    )  # fmt: skip
