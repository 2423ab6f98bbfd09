"""What a Sqoop action reads and writes, by its options.

Source: Sqoop User Guide 1.4.7; of an option that stands twice the last one counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from oozie.language.dataflow.sql import tables_of
from oozie.language.dataflow.uses import Doing, How, Surroundings, Use, merged
from oozie.language.filling import fill, words
from oozie.language.model import Element
from oozie.language.secret_names import masked_text

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
_LONGEST_QUERY = 60


@dataclass
class _Options:
    """A call of Sqoop: the tool, its options with a value and its flags."""

    tool: str = ""
    values: dict[str, str] = field(default_factory=dict)
    flags: set[str] = field(default_factory=set)
    missing_files: list[str] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
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

    def tables(self, how: How) -> tuple[Use, ...]:
        """The tables of the database: the one that is named, or those of the query."""
        if self["query"]:
            return tables_of(self["query"], what="database table", where=self.database)
        return (Use(how, "database table", self["table"], where=self.database),) if self["table"] else ()


def sqoop(body: Element, around: Surroundings) -> Doing:
    """What ``body`` does."""
    options = _options(_arguments(body, around), around)
    done = _TOOLS.get(options.tool, _other)(options)
    notes = tuple(f"its options in {name} are not here, so they are not known" for name in options.missing_files)
    return Doing(done.does, merged(done.uses), (*done.notes, *notes))


def _arguments(body: Element, around: Surroundings) -> list[str]:
    command = body.first("command")
    if command is not None:
        return [_unquoted(word) for word in words(fill(command.text, around.properties))]
    return [fill(text, around.properties) for text in body.texts("arg")]


def _unquoted(word: str) -> str:
    return word[1:-1] if len(word) > 1 and word[0] == word[-1] and word[0] in "'\"" else word


def _options(arguments: Sequence[str], around: Surroundings) -> _Options:
    found = _Options()
    place = 0
    while place < len(arguments):
        word = arguments[place]
        place += 1
        name, joined, value = word.partition("=") if word.startswith("--") else (_SHORT.get(word, word), "", "")
        if joined:
            found.values[name] = _unquoted(value)
        elif name == "--options-file" and place < len(arguments):
            _read_options_file(arguments[place], found, around)
            place += 1
        elif name == "-D":
            place += 1
        elif name.startswith("--") and name not in _FLAGS and place < len(arguments):
            found.values[name] = _unquoted(arguments[place])
            place += 1
        elif name.startswith("-"):
            found.flags.add(name)
        elif not found.tool:
            found.tool = name
    return found


def _read_options_file(name: str, found: _Options, around: Surroundings) -> None:
    """One option or value a line; a file within a file is Sqoop's own error."""
    text = around.scripts.get(name)
    if text is None:
        found.missing_files.append(name)
        return
    lines = [fill(line, around.properties) for line in text.splitlines() if line.strip() and line.strip()[0] != "#"]
    inner = _options([line for line in lines if line != "--options-file"], Surroundings(around.properties, {}))
    found.tool = found.tool or inner.tool
    found.values |= inner.values
    found.flags |= inner.flags


def _import(options: _Options) -> Doing:
    uses = list(options.tables("reads"))
    what = f"table {options['table']}" if options["table"] and not options["query"] else "the rows of a query"
    target = options["target-dir"]
    if not target and options["warehouse-dir"]:
        target = f"{options['warehouse-dir'].rstrip('/')}/{options['table']}"
    replaces = "--delete-target-dir" in options.flags
    notes = []
    if target:
        # On its way into Hive the directory is only passed through.
        uses.append(Use("replaces" if replaces else "writes", "path", target))
    elif not options.hive_table and not options["hbase-table"]:
        home = f"/user/<who runs it>/{options['table']}"
        uses.append(Use("writes", "path", home))
        notes.append("no directory is named: Sqoop takes one in the home of the user whom the job runs as")
    if options.hive_table:
        over = bool({"--hive-overwrite", "--drop-and-create-hcatalog-table"} & options.flags)
        uses.append(Use("replaces" if over else "writes", "table", options.hive_table))
    if options["hbase-table"]:
        uses.append(Use("writes", "database table", options["hbase-table"], where="HBase"))
    into = f" into Hive table {options.hive_table}" if options.hive_table else ""
    does = f"imports {what} from {options.database or 'a database'}{into}"
    if options["incremental"]:
        does += f", only rows that are new by {options['check-column'] or 'its check column'}"
    return Doing(does, tuple(uses), tuple(notes))


def _import_all(options: _Options) -> Doing:
    uses = [Use("reads", "database table", "every table", where=options.database)]
    if options["warehouse-dir"]:
        uses.append(Use("writes", "path", options["warehouse-dir"]))
    if "--hive-import" in options.flags:
        uses.append(Use("writes", "table", ".".join(filter(None, (options["hive-database"], "every table")))))
    return Doing(f"imports every table of {options.database or 'a database'}", tuple(uses))


def _export(options: _Options) -> Doing:
    uses = []
    if options["export-dir"]:
        uses.append(Use("reads", "path", options["export-dir"]))
    if options["hcatalog-table"]:
        uses.append(Use("reads", "table", options.hive_table))
    target = options["table"] or options["call"]
    kind = "table" if options["table"] else "the stored procedure"
    uses += [Use("writes", "database table", name, where=options.database)
             for name in (options["staging-table"], target) if name]  # fmt: skip
    what = options["export-dir"] or (f"Hive table {options.hive_table}" if options["hcatalog-table"] else "files")
    how = f", updating rows by {options['update-key']}" if options["update-key"] else ""
    return Doing(f"exports {what} into {kind} {target} of {options.database or 'a database'}{how}", tuple(uses))


def _eval(options: _Options) -> Doing:
    query = " ".join(masked_text(options["query"]).split())
    short = query if len(query) <= _LONGEST_QUERY else f"{query[: _LONGEST_QUERY - 1]}…"
    return Doing(f"runs SQL on {options.database or 'a database'}: {short}", options.tables("mentions"))


def _merge(options: _Options) -> Doing:
    uses = [Use("reads", "path", options[name]) for name in ("new-data", "onto") if options[name]]
    if options["target-dir"]:
        uses.append(Use("writes", "path", options["target-dir"]))
    by = f" by {options['merge-key']}" if options["merge-key"] else ""
    return Doing(f"merges new rows onto older ones{by}", tuple(uses))


def _job(options: _Options) -> Doing:
    name = options["exec"] or "?"
    note = "the job's options lie in Sqoop's own store, so what it reads and writes is not known"
    return Doing(f"runs the saved Sqoop job '{name}'", (), (note,))


def _other(options: _Options) -> Doing:
    return Doing(f"runs Sqoop's {options.tool}" if options.tool else "runs Sqoop", options.tables("reads"))


_TOOLS: Mapping[str, Callable[[_Options], Doing]] = {
    "import": _import,
    "import-all-tables": _import_all,
    "export": _export,
    "eval": _eval,
    "merge": _merge,
    "job": _job,
}
