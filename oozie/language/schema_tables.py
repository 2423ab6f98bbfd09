"""What Oozie's schemas allow, as tables: one row an element type, one table a namespace.

A later version is the earlier one with some rows replaced. Source: the XSD files of oozie-client 5.2.1, as facts; the
property tests hold these tables against them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Type:
    """What one element may hold.

    ``content`` in the notation of content_model, or None for no children; ``text`` the kind of its text, "" for none,
    not even blanks. ``attributes``: names apart by blanks, ``name!`` required, ``name:kind`` typed.
    """

    content: str | None = None
    attributes: str = ""
    text: str = ""


Table = Mapping[str, Type]

TEXT = Type(text="string")
_FLAG = Type()
_NAMED = "name!:identifier"
_TO = Type(attributes="to!:identifier")
_PATH = Type(attributes="path!")

_CONFIGURATION: Table = {"configuration": Type("property+"), "property": Type("name value description?")}
_PARAMETERS: Table = {
    "parameters": Type("property:parameter+"),
    "parameter": Type("name value? description?"),
}
_PREPARE: Table = {"prepare": Type("delete* mkdir*"), "delete": _PATH, "mkdir": _PATH}
_LAUNCHER: Table = {
    "launcher": Type("(memory.mb|vcores|java-opts|env|queue|sharelib|view-acl|modify-acl)*"),
    "memory.mb": Type(text="unsigned-int"),
    "vcores": Type(text="unsigned-int"),
}
_CREDENTIALS: Table = {
    "credentials": Type("credential*"),
    "credential": Type("property*", "name! type!"),
}
_ACTION_PARTS: Table = {**_CONFIGURATION, **_PREPARE, "capture-output": _FLAG}

# Where an action runs: both elements required in early versions, optional once a workflow could say it globally.
_REQUIRED = "job-tracker name-node"
_OPTIONAL = "job-tracker? name-node?"
_EITHER = "(job-tracker|resource-manager)? name-node?"

_FILES = "file* archive*"
_STREAMS = "(streaming|pipes)?"

_WORKFLOW_0_1: Table = {
    **_ACTION_PARTS,
    "workflow-app": Type("start (decision|fork|join|kill|action)* end", "name!"),
    "start": _TO,
    "end": Type(attributes=_NAMED),
    "decision": Type("switch", _NAMED),
    "switch": Type("case+ default"),
    "case": Type(attributes="to!:identifier", text="string"),
    "default": _TO,
    "fork": Type("path path+", _NAMED),
    "path": Type(attributes="start!:identifier"),
    "join": Type(attributes=f"{_NAMED} to!:identifier"),
    "kill": Type("message", _NAMED),
    "action": Type("(map-reduce|pig|ssh|sub-workflow|fs|http|email|java|#other) ok error", _NAMED),
    "ok": _TO,
    "error": _TO,
    "map-reduce": Type(f"{_REQUIRED} prepare? {_STREAMS} job-xml? configuration? {_FILES}"),
    "streaming": Type("mapper? reducer? record-reader? record-reader-mapping* env*"),
    "pipes": Type("map? reduce? inputformat? partitioner? writer? program?"),
    "pig": Type(f"{_REQUIRED} prepare? job-xml? configuration? script param* {_FILES}"),
    "ssh": Type("host command args* capture-output?"),
    "sub-workflow": Type("app-path propagate-configuration? configuration?"),
    "propagate-configuration": _FLAG,
    "fs": Type("(delete|mkdir|move|chmod)*"),
    "move": Type(attributes="source! target!"),
    "chmod": Type(attributes="path! permissions! dir-files"),
    "http": Type("http-url post? (wait|continue) capture-output"),
    "post": Type(attributes="content-type!", text="string"),
    "wait": _FLAG,
    "continue": _FLAG,
    "email": Type("to subject message?"),
    "java": Type(f"{_REQUIRED} prepare? job-xml? configuration? main-class java-opts? arg* {_FILES} capture-output?"),
}
_WORKFLOW_0_2: Table = {
    **_WORKFLOW_0_1,
    "workflow-app": Type("start (decision|fork|join|kill|action)* end #sla-0.1?", "name!"),
    "action": Type("(map-reduce|pig|sub-workflow|fs|java|#other) ok error #sla-0.1?", _NAMED),
    "pig": Type(f"{_REQUIRED} prepare? job-xml? configuration? script param* argument* {_FILES}"),
}
_WORKFLOW_0_2_5: Table = {
    **_WORKFLOW_0_2,
    **_CREDENTIALS,
    "workflow-app": Type("credentials? start (decision|fork|join|kill|action)* end #sla-0.1?", "name!"),
    "action": Type(_WORKFLOW_0_2["action"].content, f"{_NAMED} cred"),
}
_WORKFLOW_0_3: Table = {
    **_WORKFLOW_0_2_5,
    "action": Type(_WORKFLOW_0_2["action"].content, f"{_NAMED} cred retry-max retry-interval"),
}
_FS_HEAD = "name-node? job-xml* configuration?"
_JAVA_OPTIONS = "(java-opts | java-opt+)?"
_WORKFLOW_0_4: Table = {
    **_WORKFLOW_0_3,
    **_PARAMETERS,
    "workflow-app": Type(
        "parameters? global? credentials? start (decision|fork|join|kill|action)* end #sla-0.1?", "name!"
    ),
    "global": Type("job-tracker? name-node? job-xml* configuration?"),
    "map-reduce": Type(f"{_OPTIONAL} prepare? {_STREAMS} job-xml* configuration? {_FILES}"),
    "pig": Type(f"{_OPTIONAL} prepare? job-xml* configuration? script param* argument* {_FILES}"),
    "fs": Type(f"{_FS_HEAD} (delete|mkdir|move|chmod|touchz)*"),
    "chmod": Type("recursive?", "path! permissions! dir-files"),
    "recursive": _FLAG,
    "touchz": _PATH,
    "java": Type(
        f"{_OPTIONAL} prepare? job-xml* configuration? main-class {_JAVA_OPTIONS} arg* {_FILES} capture-output?"
    ),
}
_WORKFLOW_0_4_5: Table = {
    **_WORKFLOW_0_4,
    "fs": Type(f"{_FS_HEAD} (delete|mkdir|move|chmod|touchz|chgrp)*"),
    "chgrp": Type("recursive?", "path! group! dir-files"),
}
_WORKFLOW_0_5: Table = {
    **_WORKFLOW_0_4_5,
    "workflow-app": Type("parameters? global? credentials? start (decision|fork|join|kill|action)* end #sla?", "name!"),
    "action": Type(
        "(map-reduce|pig|sub-workflow|fs|java|#other) ok error #sla?",
        f"{_NAMED} cred retry-max retry-interval retry-policy",
    ),
    "map-reduce": Type(f"{_OPTIONAL} prepare? {_STREAMS} job-xml* configuration? config-class? {_FILES}"),
    "fs": Type(f"{_FS_HEAD} (delete|mkdir|move|chmod|touchz|chgrp|setrep)*"),
    "delete": Type(attributes="path! skip-trash:boolean"),
    "setrep": Type(attributes="path! replication-factor!:short"),
}
_WORKFLOW_1_0: Table = {
    **_WORKFLOW_0_5,
    **_PREPARE,
    **_LAUNCHER,
    "global": Type(f"{_EITHER} launcher? job-xml* configuration?"),
    "map-reduce": Type(f"{_EITHER} prepare? {_STREAMS} launcher? job-xml* configuration? config-class? {_FILES}"),
    "pig": Type(f"{_EITHER} prepare? launcher? job-xml* configuration? script param* argument* {_FILES}"),
    "fs": Type(f"{_FS_HEAD} (delete|mkdir|move|chmod|touchz|chgrp)*"),
    "java": Type(
        f"{_EITHER} prepare? launcher? job-xml* configuration? main-class {_JAVA_OPTIONS} arg* {_FILES} capture-output?"
    ),
}

_COORDINATOR_HEAD = "name! frequency! start! end! timezone!"
_COORDINATOR_0_1: Table = {
    **_CONFIGURATION,
    "coordinator-app": Type("controls? datasets? input-events? output-events? action", _COORDINATOR_HEAD),
    "controls": Type("timeout? concurrency? execution?"),
    "datasets": Type("include* (dataset|async-dataset)*"),
    "dataset": Type("uri-template done-flag?", f"{_NAMED} frequency! initial-instance! timezone!"),
    "async-dataset": Type("uri-template", f"{_NAMED} sequence-type! initial-version!"),
    "input-events": Type("data-in+"),
    "data-in": Type("(instance+ | start-instance end-instance)", f"{_NAMED} dataset!"),
    "output-events": Type("data-out+"),
    "data-out": Type("instance", f"{_NAMED} dataset!"),
    "action": Type("workflow #sla-0.1?"),
    "workflow": Type("app-path configuration?"),
}
_COORDINATOR_0_2: Table = {**_COORDINATOR_0_1, "controls": Type("timeout? concurrency? execution? throttle?")}
_COORDINATOR_0_4: Table = {
    **_COORDINATOR_0_2,
    **_PARAMETERS,
    "coordinator-app": Type("parameters? controls? datasets? input-events? output-events? action", _COORDINATOR_HEAD),
    "data-out": Type("instance", f"{_NAMED} dataset! nocleanup:boolean"),
    "action": Type("workflow #sla?"),
}
_LOGIC = Type("(and|or|combine|data-in:operand)*", "name min wait")
_COORDINATOR_0_5: Table = {
    **_COORDINATOR_0_4,
    "coordinator-app": Type(
        "parameters? controls? datasets? input-events? input-logic? output-events? action", _COORDINATOR_HEAD
    ),
    "input-events": Type("(and | or | data-in+)?"),
    "input-logic": Type("(and|or|combine|data-in:operand)*"),
    "and": _LOGIC,
    "or": _LOGIC,
    "combine": Type("(data-in:operand data-in:operand+)?", "name min wait"),
    "operand": Type(attributes="name min wait dataset!"),
}

_BUNDLE_0_1: Table = {
    **_CONFIGURATION,
    "bundle-app": Type("controls? coordinator+", "name!"),
    "controls": Type("kick-off-time?"),
    "coordinator": Type("app-path configuration?", f"{_NAMED} critical"),
}
_BUNDLE_0_2: Table = {
    **_BUNDLE_0_1,
    **_PARAMETERS,
    "bundle-app": Type("parameters? controls? coordinator+", "name!"),
    "coordinator": Type("app-path configuration?", "name! critical enabled"),
}


def _action(tag: str, content: str) -> Table:
    """An action schema: its element and the parts that actions share."""
    return {**_ACTION_PARTS, **_LAUNCHER, tag: Type(content)}


def _hive2(head: str, work: str) -> Table:
    return _action("hive2", f"{head} job-xml* configuration? jdbc-url password? {work} param* argument* {_FILES}")


_EITHER_PREPARED = f"{_EITHER} prepare? launcher?"
_SQOOP = f"configuration? (command | arg+) {_FILES}"
_HIVE = "configuration? script param*"
_HIVE_OR_QUERY = f"configuration? (script|query) param* argument* {_FILES}"
_SHELL = f"configuration? exec argument* env-var* {_FILES} capture-output?"
_SPARK = "job-xml* configuration? master mode? name class? jar spark-opts? arg*"
_DISTCP = "configuration? java-opts? arg*"
_CONTACTS = "alert-contact dev-contact qa-contact se-contact"

# Versions of each kind of schema; a namespace is uri:oozie:<kind>:<version>.
_VERSIONS: Mapping[str, Mapping[str, Table]] = {
    "workflow": {
        "0.1": _WORKFLOW_0_1,
        "0.2": _WORKFLOW_0_2,
        "0.2.5": _WORKFLOW_0_2_5,
        "0.3": _WORKFLOW_0_3,
        "0.4": _WORKFLOW_0_4,
        "0.4.5": _WORKFLOW_0_4_5,
        "0.5": _WORKFLOW_0_5,
        "1.0": _WORKFLOW_1_0,
    },
    "coordinator": {
        "0.1": _COORDINATOR_0_1,
        "0.2": _COORDINATOR_0_2,
        "0.3": _COORDINATOR_0_2,
        "0.4": _COORDINATOR_0_4,
        "0.5": _COORDINATOR_0_5,
    },
    "bundle": {"0.1": _BUNDLE_0_1, "0.2": _BUNDLE_0_2},
    "sqoop-action": {
        "0.2": _action("sqoop", f"{_REQUIRED} prepare? job-xml? {_SQOOP}"),
        "0.3": _action("sqoop", f"{_REQUIRED} prepare? job-xml* {_SQOOP}"),
        "0.4": _action("sqoop", f"{_OPTIONAL} prepare? job-xml* {_SQOOP}"),
        "1.0": _action("sqoop", f"{_EITHER_PREPARED} job-xml* {_SQOOP}"),
    },
    "hive-action": {
        "0.2": _action("hive", f"{_REQUIRED} prepare? job-xml? {_HIVE} {_FILES}"),
        "0.3": _action("hive", f"{_REQUIRED} prepare? job-xml* {_HIVE} {_FILES}"),
        "0.4": _action("hive", f"{_OPTIONAL} prepare? job-xml* {_HIVE} {_FILES}"),
        "0.5": _action("hive", f"{_OPTIONAL} prepare? job-xml* {_HIVE} argument* {_FILES}"),
        "0.6": _action("hive", f"{_OPTIONAL} prepare? job-xml* {_HIVE_OR_QUERY}"),
        "1.0": _action("hive", f"{_EITHER_PREPARED} job-xml* {_HIVE_OR_QUERY}"),
    },
    "hive2-action": {
        "0.1": _hive2(f"{_OPTIONAL} prepare?", "script"),
        "0.2": _hive2(f"{_OPTIONAL} prepare?", "(script|query)"),
        "1.0": _hive2(_EITHER_PREPARED, "(script|query)"),
    },
    "shell-action": {
        "0.1": _action("shell", f"{_REQUIRED} prepare? job-xml? {_SHELL}"),
        "0.2": _action("shell", f"{_REQUIRED} prepare? job-xml* {_SHELL}"),
        "0.3": _action("shell", f"{_OPTIONAL} prepare? job-xml* {_SHELL}"),
        "1.0": _action("shell", f"{_EITHER_PREPARED} job-xml* {_SHELL}"),
    },
    "spark-action": {
        "0.1": _action("spark", f"{_REQUIRED} prepare? {_SPARK}"),
        "0.2": _action("spark", f"{_OPTIONAL} prepare? {_SPARK} {_FILES}"),
        "1.0": _action("spark", f"{_EITHER_PREPARED} {_SPARK} {_FILES}"),
    },
    "distcp-action": {
        "0.1": _action("distcp", f"{_REQUIRED} prepare? {_DISTCP}"),
        "0.2": _action("distcp", f"{_OPTIONAL} prepare? {_DISTCP}"),
        "1.0": _action("distcp", f"{_EITHER_PREPARED} {_DISTCP}"),
    },
    "email-action": {
        "0.1": {"email": Type("to cc? subject body")},
        "0.2": {"email": Type("to cc? bcc? subject body content_type? attachment?")},
    },
    "ssh-action": {
        "0.1": {"ssh": Type("host command args* capture-output?"), "capture-output": _FLAG},
        "0.2": {"ssh": Type("host command (args* | arg*) capture-output?"), "capture-output": _FLAG},
    },
    "git-action": {
        "1.0": _action(
            "git", "resource-manager? name-node prepare? git-uri branch? key-path? destination-uri configuration?"
        ),
    },
    "sla": {
        "0.1": {
            "info": Type(
                "app-name nominal-time should-start should-end parent-client-id? parent-sla-id? notification-msg? "
                f"{_CONTACTS} alert-frequency? alert-percentage? upstream-apps?"
            )
        },
        "0.2": {
            "info": Type(
                "nominal-time should-start? should-end max-duration? alert-events? alert-contact? notification-msg? "
                "upstream-apps?"
            )
        },
    },
}

TABLES: Mapping[str, Table] = {
    f"uri:oozie:{kind}:{version}": table for kind, versions in _VERSIONS.items() for version, table in versions.items()
}

# The root of each kind of app, and the kinds of schema that Oozie loads for it.
KINDS: Mapping[str, str] = {"workflow-app": "workflow", "coordinator-app": "coordinator", "bundle-app": "bundle"}
_LOADED: Mapping[str, tuple[str, ...]] = {
    "workflow": tuple(kind for kind in _VERSIONS if kind not in ("coordinator", "bundle")),
    "coordinator": ("coordinator", "sla"),
    "bundle": ("bundle",),
}
# What may stand alone; the action schemas have the one element that they are named after.
_GLOBALS: Mapping[str, tuple[str, ...]] = {
    "workflow": ("workflow-app", "switch", "kill", "map-reduce", "pig", "sub-workflow", "fs", "java"),
    "coordinator": ("coordinator-app", "datasets"),
    "bundle": ("bundle-app",),
    "sla": ("info",),
}


def is_global(app_kind: str, namespace: str, tag: str) -> bool:
    """Whether Oozie knows ``tag`` as an element that may stand where any element of another namespace may."""
    kind, _, version = namespace.removeprefix("uri:oozie:").partition(":")
    if kind not in _LOADED[app_kind] or namespace not in TABLES:
        return False
    if (kind, version, tag) == ("workflow", "0.1", "ssh"):
        return True
    return tag in _GLOBALS.get(kind, (kind.removesuffix("-action"),))
