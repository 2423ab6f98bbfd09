"""From an app's XML to the model.

Text is kept exactly as it stands. Oozie itself trims it: it prints an action's XML with JDOM's pretty format (leading
and trailing blanks of every text go, inner ones stay) before the executor sees it, and the executors ask for the
trimmed text once more. Who runs an app must trim likewise; comments and processing instructions are dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

from oozie.language import document, schema
from oozie.language.errors import AppError
from oozie.language.model import (
    Action,
    App,
    Bundle,
    BundleMember,
    Case,
    Controls,
    Coordinator,
    DataEvent,
    Dataset,
    Decision,
    Element,
    End,
    Fork,
    Join,
    Kill,
    Node,
    Parameter,
    Start,
    Workflow,
)
from storage.errors import Diagnostic


def read(data: bytes, path: str = "") -> App:
    """The app that ``data`` holds; its root element says of which kind.

    Raises: AppError with every violation of the schema (E0701), or that this is no XML (see document.parse).
    """
    app, findings = examine(data, path)
    if findings or app is None:
        raise AppError.of(findings)
    return app


def read_workflow(data: bytes, path: str = "") -> Workflow:
    """As :func:`read`, for a workflow only. Raises: AppError H005 for another kind of app."""
    app = read(data, path)
    if not isinstance(app, Workflow):
        raise _wrong_kind(app, "workflow", path)
    return app


def read_coordinator(data: bytes, path: str = "") -> Coordinator:
    """As :func:`read`, for a coordinator only. Raises: AppError H005 for another kind of app."""
    app = read(data, path)
    if not isinstance(app, Coordinator):
        raise _wrong_kind(app, "coordinator", path)
    return app


def read_bundle(data: bytes, path: str = "") -> Bundle:
    """As :func:`read`, for a bundle only. Raises: AppError H005 for another kind of app."""
    app = read(data, path)
    if not isinstance(app, Bundle):
        raise _wrong_kind(app, "bundle", path)
    return app


class DatasetsFile(NamedTuple):
    """The files that a file of datasets includes in its turn, each with its line, and its own datasets.

    ``trouble`` is what Oozie refuses once the values of the datasets are right, ``hidden`` the names of datasets that
    it passes over since they have a namespace.
    """

    includes: tuple[tuple[str, int], ...]
    datasets: tuple[Dataset, ...]
    trouble: Diagnostic | None = None
    hidden: frozenset[str] = frozenset()


def read_datasets(data: bytes, path: str = "") -> DatasetsFile:
    """What a file of datasets says.

    Oozie holds such a file against no schema, whatever its root is called, and passes over what it does not know.

    Raises: AppError E0700 for what is no XML.

    Source: CoordSubmitXCommand.includeOneDSFile.
    """
    try:
        root = document.parse(data, path)
    except AppError as error:
        raise AppError.of(
            [replace(d, code="E0700" if d.code[0] == "E" else d.code) for d in error.diagnostics]
        ) from None
    seen = [element for element in root.named("dataset") if not element.namespace]
    return DatasetsFile(
        tuple((element.text, element.line) for element in root.named("include")),
        tuple(map(_dataset, seen)),
        _trouble(seen, path),
        frozenset(element.attribute("name") for element in root.named("dataset") if element.namespace),
    )


def _trouble(datasets: list[Element], path: str) -> Diagnostic | None:
    """E0803 for the first dataset of an included file that lacks its name or its template, or stands twice."""
    names: set[str] = set()
    for element in datasets:
        if problem := _problem_of_included(element, names):
            message, hint = problem
            return Diagnostic("E0803", message, hint, path, element.line)
        names.add(element.attribute("name"))
    return None


def _problem_of_included(element: Element, known: set[str]) -> tuple[str, str] | None:
    name, template = element.attribute("name"), element.first("uri-template")
    if "name" not in dict(element.attributes):
        return "a dataset has no name", 'write name="..."'
    if template is None:
        return f"dataset '{name}' has no uri-template", "add it"
    if template.namespace:
        message = f"the uri-template of dataset '{name}' has the namespace '{template.namespace}'"
        return f"{message}, so that Oozie does not find it", "an included file has no namespace: remove its xmlns"
    return (f"dataset '{name}' stands twice", "remove one of them") if name in known else None


def examine(data: bytes, path: str = "") -> tuple[App | None, list[Diagnostic]]:
    """The app, and what the schema has against it; no app where the schema's findings leave its structure in doubt.

    Raises: AppError where there is no XML to look at (see document.parse).
    """
    root = document.parse(data, path)
    findings = schema.check(root, path)
    if root.tag not in _APPS or not all(finding.inner for finding in findings):
        return None, [finding.diagnostic for finding in findings]
    return _APPS[root.tag](root), [finding.diagnostic for finding in findings]


def _wrong_kind(app: App, wanted: str, path: str) -> AppError:
    kind = type(app).__name__.lower()
    return AppError("H005", f"this is a {kind}, not a {wanted}", hint=f"name the file of the {wanted}", path=path)


def _workflow(root: Element) -> Workflow:
    nodes = (_NODES[child.tag](child) for child in root.children if child.tag in _NODES)
    return Workflow(
        name=root.attribute("name"),
        nodes=tuple(nodes),
        namespace=root.namespace,
        parameters=_parameters(root),
        global_section=root.first("global"),
        credentials=root.first("credentials"),
        sla=_sla(root),
    )


def _sla(holder: Element) -> Element | None:
    return next((c for c in holder.children if c.namespace.startswith(document.SLA_NAMESPACE)), None)


def _parameters(root: Element) -> tuple[Parameter, ...]:
    holder = root.first("parameters")
    return tuple(map(_parameter, holder.named("property"))) if holder else ()


def _parameter(element: Element) -> Parameter:
    value, description = element.first("value"), element.first("description")
    return Parameter(
        name=element.text_of("name"),
        value=None if value is None else value.text,
        description=None if description is None else description.text,
        line=element.line,
    )


def _decision(element: Element) -> Decision:
    switch = element.first("switch") or Element("switch")
    default = switch.first("default") or Element("default")
    cases = tuple(Case(case.attribute("to"), case.text, case.line, case.is_cdata) for case in switch.named("case"))
    return Decision(element.attribute("name"), cases, default.attribute("to"), element.line)


def _action(element: Element) -> Action:
    outcomes = {child.tag: child for child in element.children if child.namespace == element.namespace}
    missing = Element("")
    return Action(
        name=element.attribute("name"),
        body=element.children[0] if element.children else missing,
        ok=outcomes.get("ok", missing).attribute("to"),
        error=outcomes.get("error", missing).attribute("to"),
        credentials=element.attribute("cred"),
        retry_max=element.attribute("retry-max"),
        retry_interval=element.attribute("retry-interval"),
        retry_policy=element.attribute("retry-policy"),
        sla=next((c for c in element.children[1:] if c.namespace.startswith(document.SLA_NAMESPACE)), None),
        line=element.line,
    )


_NODES: Mapping[str, Callable[[Element], Node]] = MappingProxyType(
    {
        "start": lambda e: Start(e.attribute("to"), e.line),
        "end": lambda e: End(e.attribute("name"), e.line),
        "kill": lambda e: Kill(e.attribute("name"), e.text_of("message"), e.line),
        "fork": lambda e: Fork(e.attribute("name"), tuple(p.attribute("start") for p in e.named("path")), e.line),
        "join": lambda e: Join(e.attribute("name"), e.attribute("to"), e.line),
        "decision": _decision,
        "action": _action,
    }
)


def _coordinator(root: Element) -> Coordinator:
    nothing = Element("")
    action = root.first("action") or nothing
    workflow = action.first("workflow") or nothing
    datasets, inputs = root.first("datasets") or nothing, root.first("input-events") or nothing
    combinations = (c for c in inputs.children if c.tag in ("and", "or"))
    return Coordinator(
        name=root.attribute("name"),
        frequency=root.attribute("frequency"),
        start=root.attribute("start"),
        end=root.attribute("end"),
        timezone=root.attribute("timezone"),
        app_path=workflow.text_of("app-path"),
        configuration=_configuration(workflow),
        namespace=root.namespace,
        controls=_controls(root),
        parameters=_parameters(root),
        includes=datasets.texts("include"),
        datasets=_datasets_in(datasets),
        inputs=tuple(map(_data_event, inputs.named("data-in"))),
        outputs=tuple(map(_data_event, (root.first("output-events") or nothing).named("data-out"))),
        input_logic=root.first("input-logic"),
        sla=_sla(action),
        input_combination=next(combinations, None),
        line=root.line,
    )


def _configuration(holder: Element) -> tuple[tuple[str, str], ...]:
    configuration = holder.first("configuration")
    properties = configuration.named("property") if configuration else ()
    return tuple((p.text_of("name"), p.text_of("value")) for p in properties)


def _controls(root: Element) -> Controls | None:
    element = root.first("controls")
    if element is None:
        return None
    return Controls(*(element.text_of(tag) for tag in ("timeout", "concurrency", "execution", "throttle")))


def _datasets_in(holder: Element) -> tuple[Dataset, ...]:
    return tuple(_dataset(child) for child in holder.children if child.tag in ("dataset", "async-dataset"))


def _dataset(element: Element) -> Dataset:
    done_flag = next((child for child in element.named("done-flag") if child.namespace == element.namespace), None)
    return Dataset(
        name=element.attribute("name"),
        uri_template=element.text_of("uri-template"),
        frequency=element.attribute("frequency"),
        initial_instance=element.attribute("initial-instance"),
        timezone=element.attribute("timezone"),
        done_flag=None if done_flag is None else done_flag.text,
        kind="dataset" if element.tag == "dataset" else "async-dataset",
        sequence_type=element.attribute("sequence-type"),
        initial_version=element.attribute("initial-version"),
        line=element.line,
    )


def _data_event(element: Element) -> DataEvent:
    return DataEvent(
        name=element.attribute("name"),
        dataset=element.attribute("dataset"),
        instances=element.texts("instance"),
        start_instance=element.text_of("start-instance"),
        end_instance=element.text_of("end-instance"),
        nocleanup=element.attribute("nocleanup"),
        line=element.line,
    )


def _bundle(root: Element) -> Bundle:
    return Bundle(
        name=root.attribute("name"),
        members=tuple(map(_member, root.named("coordinator"))),
        kick_off_time=(root.first("controls") or Element("")).text_of("kick-off-time"),
        namespace=root.namespace,
        parameters=_parameters(root),
    )


def _member(element: Element) -> BundleMember:
    return BundleMember(
        name=element.attribute("name"),
        app_path=element.text_of("app-path"),
        configuration=_configuration(element),
        enabled=element.attribute("enabled"),
        critical=element.attribute("critical"),
        line=element.line,
    )


_APPS: Mapping[str, Callable[[Element], App]] = MappingProxyType(
    {"workflow-app": _workflow, "coordinator-app": _coordinator, "bundle-app": _bundle}
)
