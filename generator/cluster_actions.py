"""The action types that only a cluster runs, a function each: java, map-reduce, pig, distcp, ssh and git.

A second door beside :mod:`generator.declare`, whose actions the local engine runs too. What every function takes is
said in :mod:`generator.actions`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from generator import elements as xml
from generator.errors import refuse
from generator.steps import action_step, packaged, shipped
from generator.values import ActionStep, OnError, Retry
from oozie.language.model import Element

__all__ = ["distcp", "git", "java", "map_reduce", "pig", "ssh"]


def java(
    name: str,
    *,
    main_class: str,
    args: Sequence[str] = (),
    java_opts: Sequence[str] | str = (),
    jars: Sequence[str] = (),
    capture_output: bool = False,
    configuration: Mapping[str, str] = xml.NOTHING,
    prepare_delete: Sequence[str] = (),
    prepare_mkdir: Sequence[str] = (),
    job_xml: Sequence[str] = (),
    files: Sequence[str] = (),
    archives: Sequence[str] = (),
    credentials: str = "",
    on_error: OnError = "kill",
    retry: Retry | None = None,
) -> ActionStep:
    """A Java program; ``jars`` go into the app's ``lib/``, which Oozie puts on its class path.

    ``java_opts`` are options of the JVM, word by word; one text of several is split on its blanks by Oozie.
    """
    needs = _libraries(jars)
    element = xml.body(
        "java",
        xml.prepare(prepare_delete, prepare_mkdir),
        shipped("job-xml", job_xml, "job_xml", needs),
        xml.configuration(configuration),
        xml.leaf("main-class", main_class),
        xml.leaf("java-opts", java_opts)
        if isinstance(java_opts, str)
        else xml.leaves("java-opt", java_opts, "java_opts"),
        xml.leaves("arg", args, "args"),
        shipped("file", files, "files", needs),
        shipped("archive", archives, "archives", needs),
        xml.flag("capture-output", capture_output),
    )
    return action_step(name, element, on_error, retry, credentials, needs)


def map_reduce(
    name: str,
    *,
    configuration: Mapping[str, str] = xml.NOTHING,
    streaming: Mapping[str, str] = xml.NOTHING,
    pipes: Mapping[str, str] = xml.NOTHING,
    config_class: str | None = None,
    jars: Sequence[str] = (),
    prepare_delete: Sequence[str] = (),
    prepare_mkdir: Sequence[str] = (),
    job_xml: Sequence[str] = (),
    files: Sequence[str] = (),
    archives: Sequence[str] = (),
    credentials: str = "",
    on_error: OnError = "kill",
    retry: Retry | None = None,
) -> ActionStep:
    """A MapReduce job, told by its configuration; ``streaming`` (mapper, reducer ...) or ``pipes`` where it is one."""
    if streaming and pipes:
        raise refuse("H302", f"{name}: a job is streaming or pipes, not both", "leave one of them out", name)
    needs = _libraries(jars)
    element = xml.body(
        "map-reduce",
        xml.prepare(prepare_delete, prepare_mkdir),
        _variant("streaming", streaming, ("mapper", "reducer", "record-reader")),
        _variant("pipes", pipes, ("map", "reduce", "inputformat", "partitioner", "writer", "program")),
        shipped("job-xml", job_xml, "job_xml", needs),
        xml.configuration(configuration),
        xml.leaf("config-class", config_class),
        shipped("file", files, "files", needs),
        shipped("archive", archives, "archives", needs),
    )
    return action_step(name, element, on_error, retry, credentials, needs)


def pig(
    name: str,
    *,
    script: str,
    params: Mapping[str, str] = xml.NOTHING,
    arguments: Sequence[str] = (),
    configuration: Mapping[str, str] = xml.NOTHING,
    prepare_delete: Sequence[str] = (),
    prepare_mkdir: Sequence[str] = (),
    job_xml: Sequence[str] = (),
    files: Sequence[str] = (),
    archives: Sequence[str] = (),
    credentials: str = "",
    on_error: OnError = "kill",
    retry: Retry | None = None,
) -> ActionStep:
    """A Pig Latin script with parameters."""
    needs: dict[str, str] = {}
    element = xml.body(
        "pig",
        xml.prepare(prepare_delete, prepare_mkdir),
        shipped("job-xml", job_xml, "job_xml", needs),
        xml.configuration(configuration),
        shipped("script", (script,), "script", needs),
        xml.assignments("param", params, "params"),
        xml.leaves("argument", arguments, "arguments"),
        shipped("file", files, "files", needs),
        shipped("archive", archives, "archives", needs),
    )
    return action_step(name, element, on_error, retry, credentials, needs)


def distcp(
    name: str,
    *,
    args: Sequence[str],
    java_opts: str | None = None,
    configuration: Mapping[str, str] = xml.NOTHING,
    prepare_delete: Sequence[str] = (),
    prepare_mkdir: Sequence[str] = (),
    credentials: str = "",
    on_error: OnError = "kill",
    retry: Retry | None = None,
) -> ActionStep:
    """A copy between file systems: DistCp's options, sources and target, as on its command line."""
    element = xml.body(
        "distcp",
        xml.prepare(prepare_delete, prepare_mkdir),
        xml.configuration(configuration),
        xml.leaf("java-opts", java_opts),
        xml.leaves("arg", args, "args"),
    )
    return action_step(name, element, on_error, retry, credentials)


def ssh(
    name: str,
    *,
    host: str,
    command: str,
    args: Sequence[str] = (),
    capture_output: bool = False,
    on_error: OnError = "kill",
    retry: Retry | None = None,
) -> ActionStep:
    """A command on ``user@host``, which Oozie's own user must reach without a password."""
    element = xml.body(
        "ssh",
        xml.leaf("host", host),
        xml.leaf("command", command),
        xml.leaves("arg", args, "args"),
        xml.flag("capture-output", capture_output),
    )
    return action_step(name, element, on_error, retry)


def git(
    name: str,
    *,
    uri: str,
    destination: str,
    branch: str | None = None,
    key_path: str | None = None,
    configuration: Mapping[str, str] = xml.NOTHING,
    prepare_delete: Sequence[str] = (),
    prepare_mkdir: Sequence[str] = (),
    credentials: str = "",
    on_error: OnError = "kill",
    retry: Retry | None = None,
) -> ActionStep:
    """A git repository, cloned to a directory of the cluster (Oozie 5.1 and later)."""
    element = xml.body(
        "git",
        xml.leaf("name-node", "${nameNode}"),  # the only schema that leaves no room for a default
        xml.prepare(prepare_delete, prepare_mkdir),
        xml.leaf("git-uri", uri, "uri"),
        xml.leaf("branch", branch),
        xml.leaf("key-path", key_path),
        xml.leaf("destination-uri", destination, "destination"),
        xml.configuration(configuration),
    )
    return action_step(name, element, on_error, retry, credentials)


def _libraries(jars: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for jar in xml.sequence("jars", jars):
        name, files = packaged("jars", xml.text("jars", jar))
        if not files:
            raise refuse("H301", f"jars holds '{name}', which is on the cluster", "name it in oozie.libpath or files=")
        found[f"lib/{name}"] = files[name]
    return found


def _variant(tag: str, values: Mapping[str, str], order: tuple[str, ...]) -> tuple[Element, ...]:
    """The element ``streaming`` or ``pipes``, its children in the order of the schema."""
    xml.mapping(tag, values)
    if unknown := sorted(set(values) - set(order)):
        raise refuse("H301", f"{tag} has no '{unknown[0]}'", f"known: {', '.join(order)}")
    children = tuple(child for key in order for child in xml.leaf(key, values.get(key), f"{tag}[{key!r}]"))
    return (Element(tag, children=children),) if children else ()
