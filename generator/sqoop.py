"""Sqoop actions: the options of ``sqoop import`` by name, always as ``<arg>`` elements.

A ``<command>`` would be split on every blank, quotes or not; an ``<arg>`` reaches Sqoop as it stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

from generator import elements as xml
from generator.errors import refuse
from generator.steps import action_step, shipped
from generator.values import ActionStep, OnError, Retry

FileFormat: TypeAlias = Literal["text", "sequence", "avro", "parquet"]
Incremental: TypeAlias = Literal["append", "lastmodified"]

_FORMATS = {
    "text": (),
    "sequence": ("--as-sequencefile",),
    "avro": ("--as-avrodatafile",),
    "parquet": ("--as-parquetfile",),
}
# What Sqoop pastes into the Java that it writes: \N for Hive takes two backslashes.
_HIVE_NULL = r"\\N"
_INSTEAD = "use password_file= (a path on the cluster) or password_alias= (a credential store)"


def sqoop_import(
    name: str,
    *,
    connect: str,
    table: str | None = None,
    query: str | None = None,
    target_dir: str | None = None,
    warehouse_dir: str | None = None,
    username: str | None = None,
    password_file: str | None = None,
    password_alias: str | None = None,
    password: None = None,
    driver: str | None = None,
    columns: Sequence[str] = (),
    where: str | None = None,
    split_by: str | None = None,
    boundary_query: str | None = None,
    mappers: int | None = None,
    delete_target_dir: bool = False,
    append: bool = False,
    incremental: Incremental | None = None,
    check_column: str | None = None,
    last_value: str | None = None,
    file_format: FileFormat = "text",
    null_string: str | None = None,
    null_non_string: str | None = None,
    fields_terminated_by: str | None = None,
    lines_terminated_by: str | None = None,
    enclosed_by: str | None = None,
    optionally_enclosed_by: str | None = None,
    escaped_by: str | None = None,
    compress: bool = False,
    compression_codec: str | None = None,
    fetch_size: int | None = None,
    map_column_java: Mapping[str, str] = xml.NOTHING,
    options: Sequence[str] = (),
    configuration: Mapping[str, str] = xml.NOTHING,
    prepare_delete: Sequence[str] = (),
    files: Sequence[str] = (),
    archives: Sequence[str] = (),
    credentials: str = "",
    on_error: OnError = "kill",
    retry: Retry | None = None,
) -> ActionStep:
    """A table, or the rows of a query, from a database into a directory of the cluster.

    Nulls are written as Hive reads them unless ``null_string`` and ``null_non_string`` say otherwise; ``options`` are
    further words, as on Sqoop's command line.

    Raises: DeclarationError for a password in any form, and for arguments that Sqoop would refuse together.
    """
    _check_source(name, table, query, password)
    _check_directory(name, target_dir, warehouse_dir, delete_target_dir, append, incremental)
    _check_rows(name, query, split_by, mappers, incremental, check_column)
    if file_format not in _FORMATS:
        raise refuse("H301", f"{name}: file_format is {file_format!r}", f"one of {', '.join(_FORMATS)}", name)
    if file_format == "text":
        null_string, null_non_string = null_string or _HIVE_NULL, null_non_string or _HIVE_NULL
    words = [
        *_option("--connect", connect),
        *_option("--driver", driver),
        *_option("--username", username),
        *_option("--password-file", password_file),
        *_option("--password-alias", password_alias),
        *_option("--table", table),
        *_option("--query", query),
        *_option("--columns", ",".join(xml.text("columns", c) for c in columns) if columns else None),
        *_option("--where", where),
        *_option("--split-by", split_by),
        *_option("--boundary-query", boundary_query),
        *_option("--target-dir", target_dir),
        *_option("--warehouse-dir", warehouse_dir),
        *(("--delete-target-dir",) if delete_target_dir else ()),
        *(("--append",) if append else ()),
        *_option("--incremental", incremental),
        *_option("--check-column", check_column),
        *_option("--last-value", last_value),
        *_FORMATS[file_format],
        *_option("--fields-terminated-by", _character(fields_terminated_by)),
        *_option("--lines-terminated-by", _character(lines_terminated_by)),
        *_option("--enclosed-by", _character(enclosed_by)),
        *_option("--optionally-enclosed-by", _character(optionally_enclosed_by)),
        *_option("--escaped-by", _character(escaped_by)),
        *_option("--null-string", null_string),
        *_option("--null-non-string", null_non_string),
        *(("--compress",) if compress else ()),
        *_option("--compression-codec", compression_codec),
        *_option("--fetch-size", _number(name, "fetch_size", fetch_size)),
        *_option("--map-column-java", ",".join(f"{c}={t}" for c, t in map_column_java.items()) or None),
        *_option("-m", _number(name, "mappers", mappers)),
        *xml.sequence("options", options),
    ]
    return sqoop(
        name,
        args=("import", *map(str, words)),
        configuration=configuration,
        prepare_delete=prepare_delete,
        files=files,
        archives=archives,
        credentials=credentials,
        on_error=on_error,
        retry=retry,
    )


def sqoop(
    name: str,
    *,
    args: Sequence[str] = (),
    command: str | None = None,
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
    """Any tool of Sqoop (export, eval ...), word by word: ``args=("export", "--connect", "${jdbcUrl}", ...)``.

    ``command`` is the same in one text, which Oozie splits on every blank, quotes or not: words are safer.
    """
    needs: dict[str, str] = {}
    words = xml.leaves("arg", args, "options")
    if words and command is not None:
        raise refuse("H302", f"{name}: args and command say the same", "leave command out", name)
    if command is None and not words:
        raise refuse("H302", f"{name}: args is empty", 'the first word is the tool, as in args=("export", ...)', name)
    element = xml.body(
        "sqoop",
        xml.prepare(prepare_delete, prepare_mkdir),
        shipped("job-xml", job_xml, "job_xml", needs),
        xml.configuration(configuration),
        xml.leaf("command", command),
        words,
        shipped("file", files, "files", needs),
        shipped("archive", archives, "archives", needs),
    )
    return action_step(name, element, on_error, retry, credentials, needs)


def _option(word: str, value: str | None) -> tuple[str, ...]:
    return () if value is None else (word, xml.text(word.lstrip("-").replace("-", "_"), value))


def _character(value: str | None) -> str | None:
    r"""A delimiter as Sqoop reads it: a tab is the two characters ``\t``, any other control character an octal."""
    if value is None or not isinstance(value, str) or not value or value.isprintable():
        return value
    named = {"\t": r"\t", "\n": r"\n", "\r": r"\r", "\0": r"\0", "\b": r"\b"}
    return "".join(named.get(c, c if c.isprintable() else f"\\0{ord(c):02o}") for c in value)


def _number(name: str, argument: str, value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise refuse("H301", f"{name}: {argument} is {value!r}: a whole number from 1 is wanted", "", name)
    return str(value)


def _check_source(name: str, table: str | None, query: str | None, password: object) -> None:
    if password is not None:
        raise refuse("H303", f"{name}: password= would stand in workflow.xml for all to read", _INSTEAD, name)
    if (table is None) == (query is None):
        raise refuse("H302", f"{name}: one of table= and query= is wanted", 'as in table="mysql_funnel"', name)
    if query is not None and "$CONDITIONS" not in query:
        hint = "end it with: WHERE $CONDITIONS"
        raise refuse("H302", f"{name}: query has no $CONDITIONS, which Sqoop wants to split it", hint, name)


def _check_directory(
    name: str, target: str | None, warehouse: str | None, delete: bool, append: bool, incremental: str | None
) -> None:
    if (target is None) == (warehouse is None):
        raise refuse("H302", f"{name}: one of target_dir= and warehouse_dir= is wanted", "", name)
    if delete and (append or incremental):
        other = "append" if append else "incremental"
        raise refuse("H302", f"{name}: delete_target_dir and {other} exclude each other", "leave one of them out", name)


def _check_rows(
    name: str, query: str | None, split_by: str | None, mappers: int | None, incremental: str | None, check: str | None
) -> None:
    if query is not None and split_by is None and mappers != 1:
        raise refuse("H302", f"{name}: a query needs split_by=, or mappers=1", "Sqoop has no key to split it by", name)
    if incremental is not None and incremental not in ("append", "lastmodified"):
        raise refuse("H301", f"{name}: incremental is {incremental!r}", "one of append, lastmodified", name)
    if (incremental is None) != (check is None):
        raise refuse("H302", f"{name}: incremental= and check_column= belong together", "", name)
