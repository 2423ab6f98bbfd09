"""How a workflow is declared: what a workflow.py imports.

::

    FUNNEL = workflow(
        "funnel",
        sqoop_import("import-funnel", connect="${jdbcUrl}", table="mysql_funnel", target_dir="/user/rawzone/funnel",
                     password_file="${passwordFile}", on_error=alert("${adminEmail}")),
        hive("summary-report", script="summary_report.hql", on_error="continue"),
        spark("train-model", application="jobs/train.py"),
        schedule=Schedule(every(minutes=150), start="2026-01-01T00:00Z", end="2027-01-01T00:00Z"),
    )

Steps run one after the other. What is returned are frozen values: nothing happens until they are generated.
Every function refuses what cannot be meant with a DeclarationError at the line that says it.

Two more doors are for what is rarer: :mod:`generator.cluster_actions` has the action types that only a cluster runs,
:mod:`generator.verbatim` says an app to the letter, as ``howdah import`` needs it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from generator import elements as checked
from generator.actions import hive, hive2, spark
from generator.errors import place_of_caller, refuse
from generator.schedule import DataInput, DataOutput, Dataset, Schedule, cron, every
from generator.services import alert, email, fs, handle, op, shell, sub_workflow
from generator.sqoop import sqoop, sqoop_import
from generator.steps import branch, check_name
from generator.texts import AsIs, Cdata
from generator.tree import walk
from generator.values import (
    ERROR_MESSAGE,
    ActionStep,
    Credential,
    Decide,
    Fork,
    Goto,
    Join,
    Kill,
    Parallel,
    Retry,
    Step,
    Steps,
    Verbatim,
    When,
    Workflow,
)

__all__ = [
    "DataInput",
    "DataOutput",
    "Dataset",
    "Schedule",
    "alert",
    "credential",
    "cron",
    "decide",
    "email",
    "every",
    "fs",
    "handle",
    "hive",
    "hive2",
    "kill",
    "op",
    "parallel",
    "retry",
    "shell",
    "spark",
    "sqoop",
    "sqoop_import",
    "sub_workflow",
    "when",
    "workflow",
]


def workflow(
    name: str,
    *steps: Step,
    schedule: Schedule | None = None,
    parameters: Mapping[str, str | None] = checked.NOTHING,
    credentials: Sequence[Credential] = (),
    description: str = "",
) -> Workflow:
    """A workflow: steps in sequence, and when they run.

    ``parameters`` are properties of its own, with their values; one with None must be given when the job is submitted.

    Raises: DeclarationError for what is no step, and for names that stand twice.
    """
    check_name(name, "a workflow")
    if schedule is not None and not isinstance(schedule, Schedule):
        raise refuse(
            "H301", f"{name}: schedule is {schedule!r}", "write schedule=Schedule(every(...), start=..., end=...)"
        )
    found = branch("steps", steps)
    _refuse_names_of_nodes(found)
    if not any(isinstance(step, (ActionStep, Parallel, Decide)) for step in found):
        raise refuse("H305", f"workflow '{name}' has no step", "give it one: shell(...), hive(...), spark(...)")
    pairs = tuple((check_parameter(key), _parameter(key, value)) for key, value in parameters.items())
    return Workflow(name, found, schedule, pairs, tuple(credentials), description, place=place_of_caller())


def parallel(*branches: Steps, name: str = "", join: str = "") -> Parallel:
    """Branches that run at the same time, each a step or a list of steps; what follows waits for all of them.

    A step with ``on_error="continue"`` does not stop the other branches. The join is called ``join``, or ``name-join``.
    """
    if len(branches) < 2:
        raise refuse("H305", f"parallel() has {len(branches)} branch(es): two are the least", "take the step out of it")
    found = tuple(branch(f"branch {number}", steps) for number, steps in enumerate(branches, start=1))
    for number, steps in enumerate(found, start=1):
        if not steps:
            raise refuse("H305", f"parallel(): branch {number} has no step")
    if name:
        check_name(name, "a fork")
    if join and not name:
        raise refuse("H302", f"parallel(): the join has the name '{join}', the fork has none", "give it name=, too")
    join_name = check_name(join, "a join") if join else f"{name}-join" if name else ""
    return Parallel(found, name, join_name, place=place_of_caller())


def decide(name: str, *cases: When, otherwise: Steps = ()) -> Decide:
    """The first case whose predicate is true, else ``otherwise``; an empty list of steps goes on to what follows."""
    check_name(name, "a decision")
    if not cases:
        raise refuse("H302", f"{name}: a decision needs a case", "as in when(\"${fs:exists('/data')}\", step)", name)
    for case in cases:
        if not isinstance(case, When):
            raise refuse("H301", f"{name}: {case!r} is no case", 'write when("${...}", step, ...)', name)
    return Decide(name, cases, branch("otherwise", otherwise), place=place_of_caller())


def when(predicate: str, *steps: Step) -> When:
    """A case of :func:`decide`: an EL expression, ``"${...}"``, and the steps to take when it is true."""
    taken = checked.text("predicate", predicate)
    if not isinstance(taken, AsIs) and not taken.strip().startswith("${"):
        hint = "as in \"${wf:actionData('count')['rows'] gt 0}\""
        raise refuse("H301", f"the predicate {predicate!r} is no EL expression", hint)
    return When(str(taken), branch("steps", steps), isinstance(taken, Cdata))


def kill(message: str = ERROR_MESSAGE, *, name: str = "") -> Kill:
    """The end of the job as KILLED: for ``on_error``, or as the last step of a decision's case."""
    if name:
        check_name(name, "a kill node")
    return Kill(checked.text("message", message), name, place=place_of_caller())


def retry(
    times: int | str | None, minutes: int | str | None = 10, *, policy: Literal["periodic", "exponential"] | None = None
) -> Retry:
    """For ``retry``: how often a failed action starts again, and after how many minutes; None is the server's choice.

    Either may be EL, as in ``retry("${retries}")``.
    """
    for argument, number in (("times", times), ("minutes", minutes)):
        if isinstance(number, str):
            checked.text(argument, number)
            if isinstance(number, AsIs) or "${" in number:
                continue
        elif number is None or (isinstance(number, int) and not isinstance(number, bool) and number >= 1):
            continue
        raise refuse("H301", f"retry: {argument} is {number!r}: a whole number from 1 is wanted")
    if policy not in (None, "periodic", "exponential") and not isinstance(policy, AsIs):
        raise refuse("H301", f"retry: policy is {policy!r}", "one of periodic, exponential")
    return Retry(times, minutes, policy)


def credential(name: str, type: str, properties: Mapping[str, str]) -> Credential:  # noqa: A002 - Oozie's own word
    """What actions with ``credentials="name"`` show a secured service, as in ``credential("hs2", "hive2", {...})``."""
    checked.properties(properties, "properties")  # refuses what is no text, and passwords
    return Credential(checked.text("name", name), checked.text("type", type), tuple(properties.items()))


def check_parameter(name: object) -> str:
    """``name`` if EL can speak of it. Raises: DeclarationError."""
    if not isinstance(name, str) or not name.isidentifier() or not name.isascii():
        raise refuse("H304", f"parameters: {name!r} is no name that EL can use", "letters, digits and _: rawDir")
    return name


def _refuse_names_of_nodes(steps: tuple[Step, ...]) -> None:
    for step in walk(steps):
        if isinstance(step, (Goto, Fork, Join)) or (isinstance(step, ActionStep) and step.on_error.to):
            message = f"'{step.name}': a workflow's steps follow one another; they are not reached by name"
            hint = "leave goto(), fork() and join() out, or say all of it to the letter with workflow_app(...)"
            raise refuse("H305", message, hint, step.name, place=step.place)
        if isinstance(step, ActionStep) and step.verbatim != Verbatim():
            message = f"'{step.name}': .but(...) belongs to workflow_app(...): here the profile says how it is written"
            raise refuse("H305", message, "", step.name, place=step.place)


def _parameter(name: str, value: str | None) -> str | None:
    if value is not None:
        checked.properties({name: value}, "parameters")
    return value
