"""What a Sqoop action reads and writes, by its options."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from oozie.language.dataflow.sql import tables_of
from oozie.language.dataflow.uses import Doing, How, Surroundings, Use, merged
from oozie.language.model import Element
from oozie.language.secret_names import masked_text
from oozie.language.sqoop_options import SqoopOptions, options_of

_LONGEST_QUERY = 60


def sqoop(body: Element, around: Surroundings) -> Doing:
    """What ``body`` does."""
    options = options_of(body, around.properties, around.scripts)
    done = _TOOLS.get(options.tool, _other)(options)
    notes = tuple(f"its options in {name} are not here, so they are not known" for name in options.missing_files)
    return Doing(done.does, merged(done.uses), (*done.notes, *notes))


def _tables(options: SqoopOptions, how: How) -> tuple[Use, ...]:
    """The tables of the database: the one that is named, or those of the query."""
    if options["query"]:
        return tables_of(options["query"], what="database table", where=options.database)
    return (Use(how, "database table", options["table"], where=options.database),) if options["table"] else ()


def _import(options: SqoopOptions) -> Doing:
    uses = list(_tables(options, "reads"))
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


def _import_all(options: SqoopOptions) -> Doing:
    uses = [Use("reads", "database table", "every table", where=options.database)]
    if options["warehouse-dir"]:
        uses.append(Use("writes", "path", options["warehouse-dir"]))
    if "--hive-import" in options.flags:
        uses.append(Use("writes", "table", ".".join(filter(None, (options["hive-database"], "every table")))))
    return Doing(f"imports every table of {options.database or 'a database'}", tuple(uses))


def _export(options: SqoopOptions) -> Doing:
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


def _eval(options: SqoopOptions) -> Doing:
    query = " ".join(masked_text(options["query"]).split())
    short = query if len(query) <= _LONGEST_QUERY else f"{query[: _LONGEST_QUERY - 1]}…"
    return Doing(f"runs SQL on {options.database or 'a database'}: {short}", _tables(options, "mentions"))


def _merge(options: SqoopOptions) -> Doing:
    uses = [Use("reads", "path", options[name]) for name in ("new-data", "onto") if options[name]]
    if options["target-dir"]:
        uses.append(Use("writes", "path", options["target-dir"]))
    by = f" by {options['merge-key']}" if options["merge-key"] else ""
    return Doing(f"merges new rows onto older ones{by}", tuple(uses))


def _job(options: SqoopOptions) -> Doing:
    name = options["exec"] or "?"
    note = "the job's options lie in Sqoop's own store, so what it reads and writes is not known"
    return Doing(f"runs the saved Sqoop job '{name}'", (), (note,))


def _other(options: SqoopOptions) -> Doing:
    return Doing(f"runs Sqoop's {options.tool}" if options.tool else "runs Sqoop", _tables(options, "reads"))


_TOOLS: Mapping[str, Callable[[SqoopOptions], Doing]] = {
    "import": _import,
    "import-all-tables": _import_all,
    "export": _export,
    "eval": _eval,
    "merge": _merge,
    "job": _job,
}
