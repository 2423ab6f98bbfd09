"""What Hadoop's own actions read and write: MapReduce, DistCp, the file system, Git; and <prepare> of any action.

Source: WorkflowFunctionalSpec 3.2 and the DistCp and Git action extensions of Oozie 5.2.1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from oozie.language.dataflow.uses import Doing, How, Surroundings, Use
from oozie.language.filling import entries, fill, words
from oozie.language.model import Element

_INPUTS = ("mapreduce.input.fileinputformat.inputdir", "mapred.input.dir")
_OUTPUTS = ("mapreduce.output.fileoutputformat.outputdir", "mapred.output.dir")
_MAPPERS = ("mapreduce.job.map.class", "mapreduce.map.class", "mapred.mapper.class")
_REDUCERS = ("mapreduce.job.reduce.class", "mapreduce.reduce.class", "mapred.reducer.class")
_DISTCP_VALUES = frozenset({
    "-f", "-m", "-log", "-bandwidth", "-filters", "-strategy", "-mapredSslConf", "-numListstatusThreads", "-rdiff",
    "-atomic-tmp", "-tmp", "-blocksperchunk", "-copybuffersize", "-sizelimit", "-filelimit",
})  # fmt: skip
_MOST_NAMED = 2


def map_reduce(body: Element, around: Surroundings) -> Doing:
    """MapReduce with classes, streaming or pipes."""
    settings = {name.strip(): fill(value, around.properties) for name, value in body.configuration().items()}
    uses = [Use("reads", "path", path) for path in _all(settings, _INPUTS)]
    uses += [Use("writes", "path", path) for path in _all(settings, _OUTPUTS)]
    streaming, pipes = body.first("streaming"), body.first("pipes")
    program = "a MapReduce job"
    parts: list[str] = []
    if streaming is not None:
        program = "a streaming MapReduce job"
        parts = [fill(streaming.text_of(tag), around.properties) for tag in ("mapper", "reducer")]
    elif pipes is not None:
        program = "a MapReduce job in C++"
        parts = [fill(pipes.text_of("program"), around.properties)]
    else:
        parts = [part for names in (_MAPPERS, _REDUCERS) for part in _all(settings, names, is_list=False)[:1]]
    named = ", ".join(
        part.rpartition(".")[2] if "/" not in part and " " not in part else part for part in parts if part
    )
    notes = () if uses else ("its input and output do not stand in its configuration",)
    return Doing(f"runs {program}{f' ({named})' if named else ''}", tuple(uses), notes)


def _all(settings: Mapping[str, str], names: Sequence[str], *, is_list: bool = True) -> list[str]:
    found = [settings[name] for name in names if settings.get(name)]
    return list(dict.fromkeys(piece for text in found for piece in (entries(text) if is_list else [text.strip()])))


def distcp(body: Element, around: Surroundings) -> Doing:
    """A distributed copy: the last argument is the target."""
    arguments = [word for text in body.texts("arg") for word in words(fill(text, around.properties))]
    paths: list[str] = []
    lists: list[str] = []
    place = 0
    while place < len(arguments):
        word = arguments[place]
        if word == "-f":
            lists += arguments[place + 1 : place + 2]
        if word.startswith("-"):
            place += 1 + (word in _DISTCP_VALUES)
            continue
        paths.append(word)
        place += 1
    replaces = bool({"-overwrite", "-delete"} & set(arguments))
    uses = [Use("reads", "path", path) for path in (*lists, *paths[:-1])]
    uses += [Use("replaces" if replaces else "writes", "path", path) for path in paths[-1:]]
    listed = f", what {lists[0]} lists," if lists else ""
    return Doing(f"copies {_few(paths[:-1])}{listed} to {_few(paths[-1:])}".replace("copies ,", "copies"), tuple(uses))


def fs(body: Element, around: Surroundings) -> Doing:
    """Commands of the file system, in order."""
    uses: list[Use] = []
    phrases: list[str] = []
    for verb, children in _grouped(body.children):
        taken = [_FS[child.tag](child, around) for child in children]
        uses += [use for found in taken for use in found]
        names = [fill(child.attribute("path") or child.attribute("source"), around.properties) for child in children]
        phrase = f"{verb} {_few(names)}"
        if children[0].tag == "move":
            phrase += f" to {_few([fill(child.attribute('target'), around.properties) for child in children])}"
        elif extra := _EXTRA.get(children[0].tag, ""):
            phrase += f" to {fill(children[0].attribute(extra), around.properties)}"
        phrases.append(phrase)
    does = ", then ".join(phrases) if phrases else "does nothing"
    return Doing(does, tuple(uses))


def git(body: Element, around: Surroundings) -> Doing:
    """A clone of a repository."""
    target = fill(body.text_of("destination-uri"), around.properties)
    branch = fill(body.text_of("branch"), around.properties)
    uses = (Use("writes", "path", target),) if target else ()
    source = fill(body.text_of("git-uri"), around.properties)
    return Doing(f"clones {source}{f' (branch {branch})' if branch else ''} into {target}", uses)


def prepare_uses(body: Element, around: Surroundings) -> tuple[Use, ...]:
    """What <prepare> deletes and makes before the action starts."""
    prepare = body.first("prepare")
    return tuple(
        use
        for child in (prepare.children if prepare else ())
        if child.tag in _FS
        for use in _FS[child.tag](child, around)
    )


def _grouped(children: Sequence[Element]) -> Iterator[tuple[str, list[Element]]]:
    """Neighbours that do the same, under their verb."""
    group: list[Element] = []
    for child in children:
        if child.tag not in _FS:
            continue
        if group and group[0].tag != child.tag:
            yield _VERBS[group[0].tag], group
            group = []
        group.append(child)
    if group:
        yield _VERBS[group[0].tag], group


def _few(names: Sequence[str]) -> str:
    if len(names) > _MOST_NAMED:
        return f"{', '.join(names[:_MOST_NAMED])} and {len(names) - _MOST_NAMED} more"
    return " and ".join(names)


def _path(how: How) -> Callable[[Element, Surroundings], list[Use]]:
    return lambda child, around: [Use(how, "path", fill(child.attribute("path"), around.properties))]


def _move(child: Element, around: Surroundings) -> list[Use]:
    source, target = (fill(child.attribute(name), around.properties) for name in ("source", "target"))
    return [Use("reads", "path", source), Use("deletes", "path", source), Use("writes", "path", target)]


_FS: Mapping[str, Callable[[Element, Surroundings], list[Use]]] = {
    "delete": _path("deletes"),
    "mkdir": _path("writes"),
    "touchz": _path("writes"),
    "chmod": _path("mentions"),
    "chgrp": _path("mentions"),
    "setrep": _path("mentions"),
    "move": _move,
}
_VERBS = {
    "delete": "deletes",
    "mkdir": "makes",
    "touchz": "makes the empty file",
    "chmod": "sets the permissions of",
    "chgrp": "sets the group of",
    "setrep": "sets the replication of",
    "move": "moves",
}
_EXTRA = {"chmod": "permissions", "chgrp": "group", "setrep": "replication-factor"}
