"""A whole Oozie app, given as its files, as a declaration: workflow.py, and the files that go along."""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from generator.errors import DeclarationError, GenerationError
from generator.importing.definitions import said_definition
from generator.importing.python_text import Call, Expression, Items, Table, Text, Word, is_plain, module, value_of
from generator.importing.words import said
from generator.loader import PROFILES_FILE, WORKFLOW_FILE
from generator.secrets import find_password
from generator.steps import check_name
from generator.verbatim.files import DEFAULTS, refused
from generator.verbatim.values import Definition
from oozie.language import document, model
from oozie.language.changes import app_changes
from oozie.language.check import APP_NAMES, JOB_PROPERTIES, is_app
from oozie.language.errors import AppError
from oozie.language.missing_files import FILE_TAGS
from oozie.language.model import Element
from oozie.language.properties import read_properties
from oozie.language.reader import examine
from oozie.language.writer import to_element
from storage.errors import Diagnostic, one_line

NO_APP = "H332"
# More definitions than that in folders below the one that is imported are no longer one app.
MOST_BELOW = 20

_OURS = frozenset({WORKFLOW_FILE, PROFILES_FILE})
_SCHEMA_INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"
_DECLARATION = b"from generator."
_SCHEDULES = frozenset({"bundle-app", "coordinator-app"})
_KIND_ORDER = (model.Workflow, model.Coordinator, model.Bundle)


@dataclass(frozen=True)
class Imported:
    """What an app was turned into: the text of workflow.py, and the paths of the files that stand beside it.

    ``apps`` and ``properties`` are what was read, to hold what is generated against; ``findings`` what Oozie would
    refuse, and files that are carried as they are although they look like apps.
    """

    source: str
    apps: Mapping[str, model.App]
    properties: Mapping[str, str] | None
    carried: tuple[str, ...]
    findings: tuple[Diagnostic, ...]


def import_app(files: Mapping[str, bytes], *, only: str = "") -> Imported:
    """The declaration of the app in ``files``; of the definition ``only``, with what belongs to it, where one is named.

    Raises: AppError for definitions that cannot be read, GenerationError H331 for what a declaration cannot say, H332
    where there is no app.
    """
    apps, findings = _definitions(files, only)
    carried = _carried_by(only, apps, files) if only else tuple(_carried(files, apps))
    properties = _properties(files)
    calls: list[Expression] = []
    needs: set[str] = set()
    for file, app in apps.items():
        call, definition = _said(file, app, carried)
        calls.append(call)
        needs |= {name for name, _ in definition.needs}
    violations = [finding for file in apps for finding in refused(file, files)]
    named: list[tuple[str, Expression]] = []
    if properties is not None:
        named.append(
            ("properties", Table(tuple((key, _said_property(key, value)) for key, value in properties.items())))
        )
    if listed := _listed(carried, needs, whole_folders=not only):
        named.append(("files", Items(tuple(map(Text, listed)))))
    if violations:
        named.append(("unchecked", Word(True)))
    name = next(iter(apps.values())).name
    source = module(_doc(name), _constant(name), Call("app", tuple(calls), tuple(named)))
    # It is run when it is generated: a text of the app must never have become a line of it.
    if not is_plain(source):
        message = "the declaration would say more than the app"
        raise GenerationError("H333", message, hint="nothing was written; please report this with the app")
    return Imported(source, apps, properties, carried, (*findings, *violations))


def differences(imported: Imported, generated: Mapping[str, bytes]) -> list[str]:
    """How the generated files differ from the app that was imported, in words: nothing, if all is well."""
    found = []
    for file, app in imported.apps.items():
        again = examine(generated[file], file)[0] if file in generated else None
        if again != app:
            changes = app_changes(app, again) if again is not None else []
            what = f"{changes[0].name} {changes[0].part}".strip() if changes else "the order of its nodes"
            found.append(f"{file}: {what}")
    properties = generated.get(JOB_PROPERTIES)
    if (None if properties is None else read_properties(properties.decode())) != imported.properties:
        found.append(JOB_PROPERTIES)
    expected = {*imported.apps, *imported.carried, *([JOB_PROPERTIES] if imported.properties is not None else [])}
    return [*found, *sorted(expected ^ set(generated))]


def _definitions(files: Mapping[str, bytes], only: str) -> tuple[dict[str, model.App], list[Diagnostic]]:
    """The apps by their files, workflows first, and what was passed over."""
    names = [only] if only else _app_files(files)
    found: dict[str, model.App] = {}
    errors: list[Diagnostic] = []
    for name in names:
        try:
            app, violations = examine(files[name], name)
        except AppError as error:
            app, violations = None, list(error.diagnostics)
        if app is None or (violations and not _is_whole(app, files[name])):
            errors += violations
        else:
            found[name] = app
    broken = [error for error in errors if PurePosixPath(error.path).name in APP_NAMES or only or not found]
    if broken:
        raise AppError.of(broken)
    if not found:
        raise GenerationError(NO_APP, "there is no Oozie app here", hint="name the folder of a workflow.xml")
    ordered = sorted(
        found.items(),
        key=lambda item: (_KIND_ORDER.index(type(item[1])), PurePosixPath(item[0]).name not in APP_NAMES, item[0]),
    )
    return dict(ordered), errors


def _app_files(files: Mapping[str, bytes]) -> list[str]:
    """The definitions in the folder itself with those that they schedule; where it has none, those below it.

    The latter are one app if they are few. Raises: GenerationError H332 for a folder of many apps.
    """
    possible = [name for name in sorted(files) if name.endswith(".xml") and not _is_hidden(name)]
    if own := [name for name in possible if "/" not in name and is_app(files, name)]:
        return _with_scheduled(own, files)
    below = [name for name in possible if is_app(files, name)]
    if len(below) > MOST_BELOW:
        hint = f"name one of its folders, such as {PurePosixPath(below[0]).parent}"
        raise GenerationError(NO_APP, f"there are {len(below)} definitions below this folder", hint=hint)
    return below


def _with_scheduled(own: list[str], files: Mapping[str, bytes]) -> list[str]:
    """``own``, the coordinators of its bundles and the workflows of coordinators, in folders below as well."""
    from oozie.language.family import Family  # most apps have no schedule

    found = dict.fromkeys(own)
    for name in own:
        if document.root_tag(files[name]) not in _SCHEDULES:
            continue
        family = Family(files, name)
        waiting = [name]
        while waiting:
            member = family.members[waiting.pop()]
            if isinstance(member.app, (model.Bundle, model.Coordinator)):
                paths = [link.path for link in family.links(member).values() if link.path and link.path not in found]
                found |= dict.fromkeys(paths)
                waiting += paths
    return list(found)


def _is_whole(app: model.App, data: bytes) -> bool:
    """Whether all that a definition holds is in the model, although it breaks the schema: in an action's body it is."""
    return _plain(to_element(app)) == _plain(document.parse(data))


def _plain(element: Element) -> Element:
    """An element without what makes no difference: the order of attributes, where its schemas lie."""
    attributes = ((name, value) for name, value in element.attributes if not name.startswith(_SCHEMA_INSTANCE))
    return replace(element, attributes=tuple(sorted(attributes)), children=tuple(map(_plain, element.children)))


def _said(file: str, app: model.App, carried: Collection[str]) -> tuple[Call, Definition]:
    """The call that gives ``app``, and what it gives. Raises: GenerationError H331."""
    _refuse_names(file, app)
    order: list[str] | None = None
    while True:
        call = said_definition(file, app, carried, order or ())
        try:
            definition = value_of(call)
        except DeclarationError as error:
            raise GenerationError.of([_unsayable(file, app, finding) for finding in error.diagnostics]) from error
        if not isinstance(definition, Definition):
            raise TypeError(call.function)
        if definition.app == app:
            return call, definition
        if order is not None or not (isinstance(app, model.Workflow) and isinstance(definition.app, model.Workflow)):
            changes = app_changes(app, definition.app)
            what = f"{changes[0].kind} '{changes[0].name}' {changes[0].part}".strip() if changes else "what it says"
            message = f"a declaration cannot say this: {what}"
            raise GenerationError("H331", message, hint="keep this app as XML", path=file)
        order = _said_first(app, definition.app)


def _said_first(wanted: model.Workflow, said: model.Workflow) -> list[str]:
    """The names of the nodes up to where the others follow in the order in which they are said."""
    places = {node.name: number for number, node in enumerate(said.nodes)}
    names = [node.name for node in wanted.nodes[1:-1]]
    first = len(names)
    after = len(places)
    while first and places.get(names[first - 1], after) < after:
        first -= 1
        after = places[names[first]]
    return names[:first]


def _refuse_names(file: str, app: model.App) -> None:
    """Raises: GenerationError H331 for names that Oozie does not take, and for two nodes of one name."""
    seen: set[str] = set()
    for node in app.nodes[1:] if isinstance(app, model.Workflow) else ():
        why, hint = _problem_of_name(node.name, seen)
        if why:
            message = f"a declaration cannot say this: {why}"
            raise GenerationError("H331", message, hint=hint, path=file, line=node.line, node=node.name)
        seen.add(node.name)


def _problem_of_name(name: str, others: Collection[str]) -> tuple[str, str]:
    if name in others:
        return f"two nodes are called '{name}'", "Oozie takes none of them, either: give one another name"
    try:
        check_name(name, "a node")
    except DeclarationError as error:
        return error.diagnostics[0].message, error.diagnostics[0].hint
    return "", ""


def _unsayable(file: str, app: model.App, finding: Diagnostic) -> Diagnostic:
    """What the functions of a declaration refuse, at the place in the app."""
    node = app.node(finding.node) if isinstance(app, model.Workflow) and finding.node else None
    line = node.line if node is not None else 0
    message = f"a declaration cannot say this: {finding.message}"
    return Diagnostic("H331", message, "mend it there, then import it again", file, line, finding.node)


def _properties(files: Mapping[str, bytes]) -> dict[str, str] | None:
    if JOB_PROPERTIES not in files:
        return None
    return read_properties(files[JOB_PROPERTIES].decode("utf-8", "replace"), JOB_PROPERTIES)


def _said_property(name: str, value: str) -> Expression:
    expression = said(value, name) if value.strip() else Text(value)
    return expression if isinstance(expression, Text) or _is_secret(name, value) else Text(value)


def _is_secret(name: str, value: str) -> bool:
    return bool(find_password(value, name))


def _carried(files: Mapping[str, bytes], apps: Mapping[str, model.App]) -> Iterator[str]:
    """Everything else in the folder, hidden files apart. Raises: GenerationError H331 for names that are taken."""
    for name in sorted(files):
        if name in apps or name == JOB_PROPERTIES or _is_hidden(name):
            continue
        if any("\ud800" <= char <= "\udfff" for char in name):
            message = f"the name of a file is no text: {one_line(name)}"
            raise GenerationError("H331", message, hint="give it another name", path=one_line(name))
        if name in _OURS and _DECLARATION in files[name]:
            continue
        # A disk that takes capitals for small letters would put it over the declaration.
        if name.casefold() in _OURS:
            message = f"the app has a file '{name}', which is the name of the declaration's own"
            raise GenerationError("H331", message, hint="put it into a folder, and mend what names it", path=name)
        yield name


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") or part == "__pycache__" for part in name.split("/"))


def _carried_by(only: str, apps: Mapping[str, model.App], files: Mapping[str, bytes]) -> tuple[str, ...]:
    """What belongs to one definition in a folder of several: the files that it names, lib/, its defaults."""
    wanted = {*DEFAULTS, *_named_in(apps[only])}
    found = {name for name in files if name in wanted or name.startswith("lib/")}
    return tuple(_carried(dict.fromkeys(found, b""), apps))


def _named_in(app: model.App) -> Iterator[str]:
    for action in app.actions if isinstance(app, model.Workflow) else ():
        for child in action.body.children:
            if child.tag in FILE_TAGS:
                yield from (part.partition("#")[0].strip() for part in child.text.split(","))


def _listed(carried: Collection[str], needs: Collection[str], *, whole_folders: bool) -> list[str]:
    """The files that no action names plainly; a folder as one."""
    listed = [name for name in carried if name not in needs]
    if whole_folders:
        listed = [f"{name.split('/')[0]}/" if "/" in name else name for name in listed]
    return sorted(dict.fromkeys(listed))


def _doc(name: str) -> str:
    shown = " ".join(name.split())[:40]
    return f"The Oozie app {shown or 'without a name'}, imported: `howdah generate` writes the same again."


def _constant(name: str) -> str:
    found = re.sub(r"[^A-Z0-9]+", "_", name.upper().encode("ascii", "ignore").decode()).strip("_")[:60]
    return found if found.isidentifier() and not keyword.iskeyword(found) else "APP"
