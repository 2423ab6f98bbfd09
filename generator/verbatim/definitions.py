"""``workflow_app``, ``coordinator_app``, ``bundle_app`` and ``app``: Oozie's files, said to the letter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from generator import elements as checked
from generator.errors import place_of_caller, refuse
from generator.schedule import Frequency
from generator.secrets import find_password
from generator.steps import branch
from generator.texts import AsIs
from generator.tree import walk
from generator.values import STEPS, ActionStep, Credential, Kill, Places, Step, Steps
from generator.verbatim.bodies import body_of_step, namespace_of_step
from generator.verbatim.layout import Layout, check_nodes, entry, in_order, places_of
from generator.verbatim.sections import credentials_of, pairs_of, parameters_of, qualified
from generator.verbatim.values import Definition, VerbatimApp
from oozie.language import model
from oozie.language.model import Element
from oozie.language.schema_tables import TABLES

Properties = Mapping[str, str] | Sequence[tuple[str, str]]
Parameters = Mapping[str, str | None] | Sequence[model.Parameter]


def workflow_app(
    name: str,
    *steps: Step,
    schema: str,
    schemas: Mapping[str, str] = checked.NOTHING,
    parameters: Parameters = (),
    shared: Element | None = None,
    credentials: Sequence[Credential] | Element = (),
    each_action: Places = Places(),  # noqa: B008 - a frozen value
    fail: Steps = (),
    aside: Steps = (),
    end: str = "end",
    order: Sequence[str] = (),
    sla: Element | None = None,
    file: str = "workflow.xml",
) -> Definition:
    """A workflow, said to the letter: nothing is added to it.

    ``schema`` is its version, ``schemas`` those of its actions by type. ``each_action``: where every action says that
    it runs. ``fail``: where errors lead whose action says nothing else, a kill or steps that end in one; ``aside``:
    steps that are reached by their name only. ``order`` names the nodes that stand first in the file, where that is
    another order than the one in which they are said.

    Raises: DeclarationError for what is no step, and for names that stand twice.
    """
    place = place_of_caller()
    main, apart, failing = branch("steps", steps), _apart(aside), branch("fail", fail)
    if failing and not isinstance(failing[-1], Kill):
        raise refuse("H305", f"{name}: fail does not end in kill(...)", "as in fail=kill('...', name='fail')")
    namespace = f"uri:oozie:workflow:{schema}"
    if namespace not in TABLES:
        known = ", ".join(ns.rpartition(":")[2] for ns in TABLES if ns.startswith("uri:oozie:workflow:"))
        raise refuse("H301", f"{name}: there is no workflow schema {schema!r}", f"one of {known}")

    def body_of(step: ActionStep) -> Element:
        return body_of_step(step, each_action, namespace_of_step(step, schema, schemas))

    layout = Layout(failing, body_of)
    layout.lay_out(main, end)
    layout.lay_out(apart, end)
    nodes = layout.all_nodes(entry(main, end), end)
    everything = (*main, *apart, *failing)
    places = places_of(everything)
    check_nodes(nodes, places, place)
    app = model.Workflow(
        name=name,
        nodes=in_order(nodes, order, place),
        namespace=namespace,
        parameters=parameters_of(parameters),
        global_section=qualified(shared, namespace) if shared else None,
        credentials=credentials_of(credentials, namespace),
        sla=sla,
    )
    needs = tuple(need for step in walk(everything) if isinstance(step, ActionStep) for need in step.needs)
    return Definition(_file(file), app, needs, tuple(places.items()), place)


def coordinator_app(
    name: str,
    *,
    frequency: Frequency | str,
    start: str,
    end: str,
    timezone: str,
    app_path: str,
    schema: str,
    configuration: Properties = (),
    controls: model.Controls | None = None,
    parameters: Parameters = (),
    includes: Sequence[str] = (),
    datasets: Sequence[model.Dataset] = (),
    inputs: Sequence[model.DataEvent] = (),
    outputs: Sequence[model.DataEvent] = (),
    input_logic: Element | None = None,
    input_combination: Element | None = None,
    sla: Element | None = None,
    file: str = "coordinator.xml",
) -> Definition:
    """A coordinator, said to the letter: when and on which data ``app_path`` runs, and what it is told."""
    place = place_of_caller()
    text = frequency.text if isinstance(frequency, Frequency) else frequency
    app = model.Coordinator(
        name=name,
        frequency=text,
        start=start,
        end=end,
        timezone=timezone,
        app_path=app_path,
        configuration=pairs_of("configuration", configuration),
        namespace=_namespace_of("coordinator", schema),
        controls=controls,
        parameters=parameters_of(parameters),
        includes=tuple(map(str, checked.sequence("includes", includes))),
        datasets=tuple(datasets),
        inputs=tuple(inputs),
        outputs=tuple(outputs),
        input_logic=input_logic,
        input_combination=input_combination,
        sla=sla,
    )
    return Definition(_file(file), app, place=place)


def controls(*, timeout: str = "", concurrency: str = "", execution: str = "", throttle: str = "") -> model.Controls:
    """How a coordinator goes on: ``controls(timeout="60", concurrency="2", execution="LAST_ONLY")``."""
    return model.Controls(timeout, concurrency, execution, throttle)


def dataset(
    name: str,
    uri: str,
    *,
    frequency: Frequency | str,
    initial_instance: str,
    timezone: str,
    done_flag: str | None = None,
) -> model.Dataset:
    """A dataset of :func:`coordinator_app`; ``done_flag`` None: Oozie's own, ``_SUCCESS``."""
    text = frequency.text if isinstance(frequency, Frequency) else frequency
    return model.Dataset(name, uri, text, initial_instance, timezone, done_flag)


def async_dataset(name: str, uri: str, *, sequence_type: str, initial_version: str) -> model.Dataset:
    """A dataset of the form that Oozie's schema knows and Oozie ignores."""
    return model.Dataset(name, uri, kind="async-dataset", sequence_type=sequence_type, initial_version=initial_version)


def data_in(name: str, dataset: str, *instances: str, start: str = "", end: str = "") -> model.DataEvent:
    """Instances of a dataset that a run of :func:`coordinator_app` waits for: single ones, or from start to end."""
    return model.DataEvent(name, dataset, instances, start, end)


def data_out(name: str, dataset: str, *instances: str, nocleanup: str = "") -> model.DataEvent:
    """The instance of a dataset that a run of :func:`coordinator_app` makes."""
    return model.DataEvent(name, dataset, instances, nocleanup=nocleanup)


def bundle_app(
    name: str,
    *members: model.BundleMember,
    schema: str,
    kick_off_time: str = "",
    parameters: Parameters = (),
    file: str = "bundle.xml",
) -> Definition:
    """A bundle, said to the letter: coordinators that start and stop together."""
    app = model.Bundle(name, members, kick_off_time, _namespace_of("bundle", schema), parameters_of(parameters))
    return Definition(_file(file), app, place=place_of_caller())


def member(
    name: str, app_path: str, *, configuration: Properties = (), enabled: str = "", critical: str = ""
) -> model.BundleMember:
    """One coordinator of :func:`bundle_app`."""
    return model.BundleMember(name, app_path, pairs_of("configuration", configuration), enabled, critical)


def app(
    *definitions: Definition,
    properties: Properties | None = None,
    files: Sequence[str] = (),
    unchecked: bool = False,
) -> VerbatimApp:
    """A whole app: its workflow, coordinator and bundle, the properties it is submitted with, and what goes along.

    ``files`` are further files and folders (``"lib/"``) beside workflow.py. What Oozie would refuse in a definition is
    an error, unless ``unchecked``.
    """
    if not definitions or not all(isinstance(definition, Definition) for definition in definitions):
        raise refuse("H301", "app() wants definitions", "as in app(workflow_app(...), properties={...})")
    names = [definition.file for definition in definitions]
    if twice := next((name for name in names if names.count(name) > 1), ""):
        raise refuse("H316", f"two definitions would be called '{twice}'", 'give one another: file="..."')
    pairs = None if properties is None else _job_properties(properties)
    kept = tuple(_file(str(file), "files") for file in checked.sequence("files", files))
    return VerbatimApp(definitions, pairs, kept, unchecked, place_of_caller())


def _job_properties(properties: Properties) -> tuple[tuple[str, str], ...]:
    entries = tuple(properties.items() if isinstance(properties, Mapping) else properties)
    for name, value in entries:
        if not isinstance(value, AsIs) and (why := find_password(str(value), str(name))):
            hint = "put the password into a file and name that; or as_is(...), where it must stay"
            raise refuse("H303", f"property '{name}' {why}", hint)
    return tuple((str(name), str(value)) for name, value in entries)


def _apart(steps: Steps) -> tuple[Step, ...]:
    """Steps with kills and gotos between them: what follows one of these is reached by its name."""
    found = [steps] if isinstance(steps, STEPS) else list(checked.sequence("aside", steps))
    return tuple(step for part in found for step in branch("aside", part))


def _namespace_of(kind: str, schema: str) -> str:
    namespace = f"uri:oozie:{kind}:{schema}"
    if namespace not in TABLES:
        known = ", ".join(ns.rpartition(":")[2] for ns in TABLES if ns.startswith(f"uri:oozie:{kind}:"))
        raise refuse("H301", f"there is no {kind} schema {schema!r}", f"one of {known}")
    return namespace


def _file(path: str, argument: str = "file") -> str:
    """``path``, if it lies inside of the app."""
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts:
        raise refuse("H301", f"{argument}: {path!r} is no path inside of the app", "as in lib/tools.jar")
    return path
