"""The files of datasets that a coordinator includes, as far as they lie in its folder.

Oozie reads them when the coordinator is submitted: a path without a name node and a leading slash from the home folder
of who submits, the properties of the job only in the coordinator itself. Each dataset of them all has its own name.

Source: CoordSubmitXCommand.includeDataSets.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlsplit

from oozie.language import document
from oozie.language.app_folder import AppFolder
from oozie.language.model import Coordinator, Dataset
from oozie.language.reader import read_datasets
from storage.errors import Diagnostic, HowdahError

_HOME_HINT = "Oozie looks for it in the home folder of who submits: write ${nameNode}/... in front"


class IncludedFile(NamedTuple):
    """One file, and its datasets as they stand there."""

    path: str
    datasets: tuple[Dataset, ...]


@dataclass(frozen=True)
class Included:
    """What a coordinator includes: each file, and what Oozie would refuse in it, in the order in which Oozie reads.

    ``is_whole`` says whether all of it lies here; ``hidden`` are the names of datasets that Oozie passes over, as they
    have a namespace, with their file.
    """

    found: tuple[IncludedFile | Diagnostic, ...] = ()
    is_whole: bool = True
    hidden: Mapping[str, str] = field(default_factory=dict)

    @property
    def datasets(self) -> tuple[Dataset, ...]:
        """Those of all files."""
        return tuple(dataset for each in self.found if isinstance(each, IncludedFile) for dataset in each.datasets)


def included_files(app: Coordinator, name: str, folder: AppFolder, files: Mapping[str, bytes]) -> Included:
    """What ``app``, which lies at ``name`` in ``folder``, includes."""
    if not app.includes:
        return Included()
    walk = _Walk(folder, files)
    found = tuple(walk.run(name))
    is_whole = walk.is_whole and not any(isinstance(each, Diagnostic) for each in found)
    return Included(found, is_whole, walk.hidden)


@dataclass
class _Walk:
    folder: AppFolder
    files: Mapping[str, bytes]
    is_whole: bool = True
    hidden: dict[str, str] = field(default_factory=dict)
    file_of_dataset: dict[str, str] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)

    def run(self, name: str) -> Iterator[IncludedFile | Diagnostic]:
        """Depth first; a stack of our own, for files may include each other deeper than Python goes."""
        top = document.parse(self.files[name], name).first("datasets")
        texts = [(element.text, element.line) for element in top.named("include")] if top else []
        on_path, stack = [name], [iter(texts)]
        while stack:
            text, line = next(stack[-1], ("", 0))
            if not line:
                stack.pop()
                on_path.pop()
                continue
            problem, path = self._path(text.strip(), is_top=len(stack) == 1)
            if path in on_path[1:]:
                problem, path = ("E0803", f"'{path}' includes itself", "remove one <include>"), ""
            if problem:
                yield _finding(problem, on_path[-1], line)
            elif not path:
                self.is_whole = False
            if path:
                inner = yield from self._read(path, on_path[-1], line)
                on_path.append(path)
                stack.append(iter(inner))

    def _path(self, text: str, *, is_top: bool) -> tuple[tuple[str, str, str] | None, str]:
        """What is wrong with the text of an <include>, and the file that it means here, "" for none."""
        if not text:
            return ("E1001", "an <include> is empty", "name a file of datasets"), ""
        if "${" in text and not is_top:
            hint = "expressions count in the coordinator only: write the path in full"
            return ("E1002", f"a file that is included cannot include '{text}'", hint), ""
        filled = self.folder.filled(text)
        if "${" in filled:
            return None, ""
        path = self.folder.local(filled)
        if not filled.startswith("/") and not _has_scheme(filled):
            problem = ("E1002", f"there is no file of datasets at '{filled}'", _HOME_HINT)
            return problem, path if path and path in self.folder.files else ""  # the one that is meant
        if path is None or path.startswith("../"):
            return None, ""
        if path not in self.folder.files:
            return ("E1002", f"'{path}' is included and is not in the app's folder", "put it there"), ""
        return None, path

    def _read(
        self, path: str, above: str, line: int
    ) -> Generator[IncludedFile | Diagnostic, None, tuple[tuple[str, int], ...]]:
        """The file, what is wrong with it, and what it includes; ``above`` includes it."""
        try:
            read = read_datasets(self.files[path], path)
        except HowdahError as error:
            yield from error.diagnostics
            return ()
        is_known = path in self.known
        if not is_known:
            yield IncludedFile(path, read.datasets)
        self.known.add(path)
        self.hidden.update(dict.fromkeys(read.hidden, path))
        if read.trouble is not None:
            if not is_known:
                yield read.trouble
            return ()
        for dataset in read.datasets:
            if (other := self.file_of_dataset.setdefault(dataset.name, path)) != path or is_known:
                message = f"dataset '{dataset.name}' of '{path}' is included from '{other}' already"
                hint = "what is included once must not be included again, and each dataset has a name of its own"
                yield _finding(("E0803", message, hint), above, line)
                return ()
        return () if is_known else read.includes


def _finding(problem: tuple[str, str, str], path: str, line: int) -> Diagnostic:
    return Diagnostic(*problem, path=path, line=line)


def _has_scheme(path: str) -> bool:
    try:
        return bool(urlsplit(path).scheme)
    except ValueError:  # such as hdfs://[x
        return True
