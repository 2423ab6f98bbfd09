"""The command line of a Sqoop action, as far as its words go: the tool, its options, its flags.

Source: Sqoop User Guide 1.4.7; of an option that stands twice the last one counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from oozie.language.filling import fill, words
from oozie.language.secret_names import masked_text

if TYPE_CHECKING:  # the import of a table starts without the model of apps
    from oozie.language.model import Element

_SHORT = {"-e": "--query", "-m": "--num-mappers", "-z": "--compress"}
# Options without a value, as ``sqoop help`` of each tool says.
_FLAGS = frozenset({
    "--accumulo-create-table", "--append", "--as-avrodatafile", "--as-parquetfile", "--as-sequencefile",
    "--as-textfile", "--autoreset-to-one-mapper", "--batch", "--clear-staging-table", "--compress",
    "--create-hcatalog-table", "--create-hive-table", "--delete-target-dir", "--direct",
    "--drop-and-create-hcatalog-table", "--hbase-bulkload", "--hbase-create-table", "--help",
    "--hive-drop-import-delims", "--hive-import", "--hive-overwrite", "--list", "--mysql-delimiters",
    "--relaxed-isolation", "--skip-dist-cache", "--throw-on-error", "--validate", "--verbose",
})  # fmt: skip
_NO_FILES: Mapping[str, str] = MappingProxyType({})


def option_in(word: str) -> tuple[str, str | None]:
    """The long name of the option that ``word`` is, and the value that is joined to it: ``--x=v``, ``-m4``, ``-Da=b``.

    Without such a value None; what has no long name stays as it is.
    """
    if word.startswith("--"):
        name, joined, value = word.partition("=")
        return name, value if joined else None
    if word.startswith("-D"):
        return "-D", word[2:] or None
    if word.startswith("-m") and word[2:].isdigit():
        return _SHORT["-m"], word[2:]
    return _SHORT.get(word, word), None


@dataclass
class SqoopOptions:
    """A call of Sqoop; ``missing_files`` are the options files that are not there."""

    tool: str = ""
    values: dict[str, str] = field(default_factory=dict)
    flags: set[str] = field(default_factory=set)
    missing_files: list[str] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        """The value of ``--name``, or ""."""
        return self.values.get(f"--{name}", "")

    @property
    def database(self) -> str:
        """The JDBC URL without its options and without a password."""
        return masked_text(self["connect"].partition("?")[0].partition(";")[0])

    @property
    def hive_table(self) -> str:
        """The Hive table with its database, where one is written."""
        if self["hcatalog-table"]:
            return ".".join(filter(None, (self["hcatalog-database"], self["hcatalog-table"])))
        if "--hive-import" not in self.flags:
            return ""
        return ".".join(filter(None, (self["hive-database"], self["hive-table"] or self["table"])))


def options_of(body: Element, properties: Mapping[str, str], files: Mapping[str, str] = _NO_FILES) -> SqoopOptions:
    """What the action ``body`` calls, known ``properties`` filled in, options files looked up in ``files`` by name.

    Nothing is refused: words that Sqoop would not understand are passed over.
    """
    command = body.first("command")
    arguments = body.texts("arg") if command is None else map(unquoted, words(fill(command.text, properties)))
    found = SqoopOptions()
    rest = _with_options_files([fill(word, properties) for word in arguments], found, properties, files)
    for word in rest:
        name, value = option_in(word)
        if value is None and (name == "-D" or (name.startswith("--") and name not in _FLAGS)):
            value = next(rest, None)
        if not name.startswith("-"):
            found.tool = found.tool or name
        elif value is None:
            found.flags.add(name)
        elif name != "-D":
            found.values[name] = unquoted(value)
    return found


def unquoted(word: str) -> str:
    """``word`` without the quotes around it."""
    return word[1:-1] if len(word) > 1 and word[0] == word[-1] and word[0] in "'\"" else word


def words_of_options_file(text: str) -> list[str]:
    """The words of an options file, one a line, quotes as they are written; a backslash goes on in the next line.

    Source: org.apache.sqoop.util.OptionsFileUtil.
    """
    found, begun = [], ""
    for line in map(str.strip, text.splitlines()):
        if line.endswith("\\") and not line.startswith("#"):
            begun += line[:-1]
        elif line and not line.startswith("#"):
            found.append(begun + line)
            begun = ""
    return [*found, begun] if begun else found


def _with_options_files(
    arguments: Sequence[str], found: SqoopOptions, properties: Mapping[str, str], files: Mapping[str, str]
) -> Iterator[str]:
    """The words with what stands in an options file in its place; a file within a file is Sqoop's own error."""
    rest = iter(arguments)
    for word in rest:
        name = next(rest, None) if word == "--options-file" else None
        text = None if name is None else files.get(name)
        if name is None:
            yield word
        elif text is None:
            found.missing_files.append(name)
        else:
            yield from (fill(line, properties) for line in words_of_options_file(text))
