"""The app around the nodes: schemas, what all actions share, and the parameters that a job must bring."""

from __future__ import annotations

from dataclasses import replace

from generator.elements import configuration
from generator.errors import GenerationError, refuse
from generator.passes.draft import Draft
from generator.profiles import Profile
from generator.tree import walk
from generator.values import ActionStep, Credential
from generator.variables import properties_of
from oozie.language import model
from oozie.language.model import Element

# The actions that stand in the workflow's own schema.
_BUILT_IN = frozenset({"fs", "java", "map-reduce", "pig", "sub-workflow"})

# 5.x reads the launcher's queue under its own prefix, 4.x too.
_QUEUE = {
    "mapreduce.job.queuename": "${queueName}",
    "oozie.launcher.mapreduce.job.queuename": "${queueName}",
}


def defaults(draft: Draft) -> Draft:
    """Gives every element its schema, and the app what its actions share and its formal parameters.

    Raises: DeclarationError for an action of a type or with a credential that is not known here.
    """
    _check_credentials(draft)
    namespace = f"uri:oozie:workflow:{draft.profile.schema('workflow')}"
    nodes = tuple(
        replace(node, body=_qualify(node.body, _namespace(node.body.tag, draft.profile, namespace)))
        if isinstance(node, model.Action)
        else node
        for node in draft.nodes
    )
    app = model.Workflow(
        name=draft.declaration.name,
        nodes=nodes,
        namespace=namespace,
        global_section=_qualify(_shared(), namespace),
        credentials=_credentials(draft.declaration.credentials, namespace),
    )
    parameters = tuple(model.Parameter(name) for name in sorted(properties_of(app)))
    return replace(draft, nodes=nodes, app=replace(app, parameters=parameters))


def _namespace(tag: str, profile: Profile, workflow_namespace: str) -> str:
    if tag in _BUILT_IN:
        return workflow_namespace
    try:
        return f"uri:oozie:{tag}-action:{profile.schema(tag)}"
    except KeyError:
        message = f"profile '{profile.name}' has no {tag} action"
        raise GenerationError("H315", message, hint=f"add its schema: schemas=(..., ({tag!r}, '1.0'))") from None


def _qualify(element: Element, namespace: str) -> Element:
    return replace(
        element, namespace=namespace, children=tuple(_qualify(child, namespace) for child in element.children)
    )


def _shared() -> Element:
    places = (Element("job-tracker", text="${jobTracker}"), Element("name-node", text="${nameNode}"))
    return Element("global", children=(*places, *configuration(_QUEUE)))


def _credentials(credentials: tuple[Credential, ...], namespace: str) -> Element | None:
    if not credentials:
        return None
    children = tuple(
        Element(
            "credential",
            attributes=(("name", credential.name), ("type", credential.type)),
            children=tuple(
                Element("property", children=(Element("name", text=name), Element("value", text=value)))
                for name, value in credential.properties
            ),
        )
        for credential in credentials
    )
    return _qualify(Element("credentials", children=children), namespace)


def _check_credentials(draft: Draft) -> None:
    known = {credential.name for credential in draft.declaration.credentials}
    for step in walk(draft.steps):
        if not isinstance(step, ActionStep):
            continue
        for name in filter(None, (part.strip() for part in step.credentials.split(","))):
            if name not in known:
                message = f"{step.name}: no credential is called '{name}'"
                hint = "declare it: workflow(..., credentials=(credential(...),))"
                raise refuse("H302", message, hint, step.name, place=step.place)
