"""The files of datasets that a coordinator includes, as far as they lie in its folder.

Oozie reads them when the coordinator is submitted: a path without a name node and a leading slash from the home folder
of who submits, the properties of the job only in the coordinator itself. Each dataset of them all has its own name.

Source: CoordSubmitXCommand.includeDataSets.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from oozie.language import document
from oozie.language.app_folder import AppFolder
from oozie.language.model import Coordinator
from oozie.language.reader import read_datasets
from storage.errors import Diagnostic, HowdahError

_HOME_HINT = "Oozie looks for it in the home folder of who submits: write ${nameNode}/... in front"


def included_files(
    app: Coordinator, name: str, files: Mapping[str, bytes], properties: Mapping[str, str]
) -> Iterator[Diagnostic]:
    """What Oozie would refuse in the files that ``app``, which lies at ``name``, includes, each place with its file."""
    if app.includes:
        yield from _Walk(AppFolder(posixpath.dirname(name), files, properties), files).run(name)


@dataclass
class _Walk:
    folder: AppFolder
    files: Mapping[str, bytes]
    file_of_dataset: dict[str, str] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)

    def run(self, name: str) -> Iterator[Diagnostic]:
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
            if path:
                findings, inner = self._read(path, on_path[-1], line)
                yield from findings
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
        if not filled.startswith("/") and not _has_scheme(filled):
            return ("E1002", f"there is no file of datasets at '{filled}'", _HOME_HINT), ""
        path = self.folder.local(filled)
        if path is None or path.startswith("../"):
            return None, ""
        if path not in self.files:
            return ("E1002", f"'{path}' is included and is not in the app's folder", "put it there"), ""
        return None, path

    def _read(self, path: str, above: str, line: int) -> tuple[list[Diagnostic], list[tuple[str, int]]]:
        """What is wrong with the file, and what it includes; ``above`` includes it."""
        try:
            datasets = read_datasets(self.files[path], path)[1]
            root = document.parse(self.files[path], path)
        except HowdahError as error:
            return list(error.diagnostics), []
        is_known = path in self.known
        self.known.add(path)
        for dataset in datasets:
            if (other := self.file_of_dataset.setdefault(dataset.name, path)) != path or is_known:
                message = f"dataset '{dataset.name}' of '{path}' is included from '{other}' already"
                hint = "what is included once must not be included again, and each dataset has a name of its own"
                return [_finding(("E0803", message, hint), above, line)], []
        return [], [] if is_known else [(element.text, element.line) for element in root.named("include")]


def _finding(problem: tuple[str, str, str], path: str, line: int) -> Diagnostic:
    return Diagnostic(*problem, path=path, line=line)


def _has_scheme(path: str) -> bool:
    try:
        return bool(urlsplit(path).scheme)
    except ValueError:  # such as hdfs://[x
        return True
