"""From the model to an app's XML: the same app gives the same bytes, always.

Text is written exactly as the model has it, although Oozie trims it (see reader).
"""

from __future__ import annotations

from dataclasses import replace

from oozie.language import document
from oozie.language.model import (
    Action,
    App,
    Bundle,
    BundleMember,
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


def write(app: App) -> bytes:
    """The XML file of ``app``, which the reader turns into an equal app.

    Raises: AppError H004 for a character that XML cannot hold.
    """
    return document.serialise(to_element(app))


def to_element(app: App) -> Element:
    """The root element of ``app``, children in the order of Oozie's schemas, with the model's lines."""
    match app:
        case Workflow():
            return _workflow(app)
        case Coordinator():
            return _coordinator(app)
        case Bundle():
            return _bundle(app)


def _element(
    namespace: str,
    tag: str,
    attributes: dict[str, str] | None = None,
    children: list[Element] | None = None,
    text: str = "",
    line: int = 0,
) -> Element:
    pairs = tuple((attributes or {}).items())
    return Element(tag, namespace, pairs, text, tuple(children or ()), line)


def _given(**attributes: str) -> dict[str, str]:
    """Attributes that say something, ``retry_max`` as ``retry-max``."""
    return {name.replace("_", "-"): value for name, value in attributes.items() if value}


def _optional(*elements: Element | None) -> list[Element]:
    return [element for element in elements if element is not None]


def _workflow(app: Workflow) -> Element:
    ns = app.namespace
    children = [
        *_parameters(ns, app.parameters),
        *_optional(app.global_section, app.credentials),
        *(_node(ns, node) for node in app.nodes),
        *_optional(app.sla),
    ]
    return _element(ns, "workflow-app", {"name": app.name}, children)


def _parameters(ns: str, parameters: tuple[Parameter, ...]) -> list[Element]:
    properties = []
    for parameter in parameters:
        fields = {"name": parameter.name, "value": parameter.value, "description": parameter.description}
        children = [_element(ns, tag, text=text) for tag, text in fields.items() if text is not None]
        properties.append(_element(ns, "property", children=children, line=parameter.line))
    return [_element(ns, "parameters", children=properties)] if properties else []


def _node(ns: str, node: Node) -> Element:
    match node:
        case Start():
            return _element(ns, "start", {"to": node.to}, line=node.line)
        case End():
            return _element(ns, "end", {"name": node.name}, line=node.line)
        case Kill():
            message = _element(ns, "message", text=node.message, line=node.line)
            return _element(ns, "kill", {"name": node.name}, [message], line=node.line)
        case Fork():
            paths = [_element(ns, "path", {"start": path}, line=node.line) for path in node.paths]
            return _element(ns, "fork", {"name": node.name}, paths, line=node.line)
        case Join():
            return _element(ns, "join", {"name": node.name, "to": node.to}, line=node.line)
        case Decision():
            cases = [
                replace(_element(ns, "case", {"to": c.to}, text=c.predicate, line=c.line), is_cdata=c.is_cdata)
                for c in node.cases
            ]
            default = _element(ns, "default", {"to": node.default}, line=node.line)
            switch = _element(ns, "switch", children=[*cases, default], line=node.line)
            return _element(ns, "decision", {"name": node.name}, [switch], line=node.line)
        case Action():
            return _action(ns, node)


def _action(ns: str, node: Action) -> Element:
    attributes = {"name": node.name} | _given(
        cred=node.credentials,
        retry_max=node.retry_max,
        retry_interval=node.retry_interval,
        retry_policy=node.retry_policy,
    )
    outcomes = [_element(ns, tag, {"to": to}, line=node.line) for tag, to in (("ok", node.ok), ("error", node.error))]
    return _element(ns, "action", attributes, [node.body, *outcomes, *_optional(node.sla)], line=node.line)


def _coordinator(app: Coordinator) -> Element:
    ns = app.namespace
    attributes = {
        "name": app.name,
        "frequency": app.frequency,
        "start": app.start,
        "end": app.end,
        "timezone": app.timezone,
    }
    datasets = [
        *(_element(ns, "include", text=text) for text in app.includes),
        *(_dataset(ns, dataset) for dataset in app.datasets),
    ]
    inputs = [*_optional(app.input_combination), *(_data_event(ns, "data-in", event) for event in app.inputs)]
    outputs = [_data_event(ns, "data-out", event) for event in app.outputs]
    workflow = _element(ns, "workflow", children=_called(ns, app.app_path, app.configuration))
    children = [
        *_parameters(ns, app.parameters),
        *([_controls(ns, app.controls)] if app.controls else []),
        *_holder(ns, "datasets", datasets),
        *_holder(ns, "input-events", inputs),
        *_optional(app.input_logic),
        *_holder(ns, "output-events", outputs),
        _element(ns, "action", children=[workflow, *_optional(app.sla)], line=app.line),
    ]
    return _element(ns, "coordinator-app", attributes, children, line=app.line)


def _holder(ns: str, tag: str, children: list[Element]) -> list[Element]:
    return [_element(ns, tag, children=children, line=children[0].line)] if children else []


def _called(ns: str, app_path: str, configuration: tuple[tuple[str, str], ...]) -> list[Element]:
    """Which app is called, and with which configuration."""
    properties = []
    for name, value in configuration:
        fields = [_element(ns, "name", text=name), _element(ns, "value", text=value)]
        properties.append(_element(ns, "property", children=fields))
    return [_element(ns, "app-path", text=app_path), *_holder(ns, "configuration", properties)]


def _controls(ns: str, controls: Controls) -> Element:
    fields = _given(
        timeout=controls.timeout,
        concurrency=controls.concurrency,
        execution=controls.execution,
        throttle=controls.throttle,
    )
    return _element(ns, "controls", children=[_element(ns, tag, text=text) for tag, text in fields.items()])


def _dataset(ns: str, dataset: Dataset) -> Element:
    if dataset.kind == "dataset":
        attributes = {
            "frequency": dataset.frequency,
            "initial-instance": dataset.initial_instance,
            "timezone": dataset.timezone,
        }
    else:
        attributes = {"sequence-type": dataset.sequence_type, "initial-version": dataset.initial_version}
    children = [_element(ns, "uri-template", text=dataset.uri_template)]
    if dataset.done_flag is not None:
        children.append(_element(ns, "done-flag", text=dataset.done_flag))
    return _element(ns, dataset.kind, {"name": dataset.name, **attributes}, children, line=dataset.line)


def _data_event(ns: str, tag: str, event: DataEvent) -> Element:
    attributes = {"name": event.name, "dataset": event.dataset} | _given(nocleanup=event.nocleanup)
    texts = [("instance", text) for text in event.instances]
    # Either single instances or a range; empty ends are written too, for the schema wants one of both.
    texts = texts or [("start-instance", event.start_instance), ("end-instance", event.end_instance)]
    children = [_element(ns, name, text=text, line=event.line) for name, text in texts]
    return _element(ns, tag, attributes, children, line=event.line)


def _bundle(app: Bundle) -> Element:
    ns = app.namespace
    kick_off = [_element(ns, "kick-off-time", text=app.kick_off_time)] if app.kick_off_time else []
    children = [
        *_parameters(ns, app.parameters),
        *_holder(ns, "controls", kick_off),
        *(_member(ns, member) for member in app.members),
    ]
    return _element(ns, "bundle-app", {"name": app.name}, children)


def _member(ns: str, member: BundleMember) -> Element:
    attributes = {"name": member.name} | _given(critical=member.critical, enabled=member.enabled)
    children = _called(ns, member.app_path, member.configuration)
    return _element(ns, "coordinator", attributes, children, line=member.line)
