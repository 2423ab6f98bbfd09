"""The command line of ``sqoop import``: one table of arguments, and Sqoop's rules on how they go together."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from oozie.language.sqoop_options import option_in, unquoted, words_of_options_file
from oozie.local.sqoop.delimiters import DEFAULT_DELIMITERS, MYSQL_DELIMITERS, Delimiters, character, java_string
from oozie.local.sqoop.errors import ArgumentError
from oozie.local.sqoop.options import (
    DECIMAL_FORMAT,
    DELIMITERS,
    FAMILIES,
    FORMATS,
    HARMLESS_SWITCHES,
    HARMLESS_VALUES,
    SWITCHES,
    TEXT_SPLITTER,
    UNSUPPORTED,
    UNSUPPORTED_PROPERTIES,
    VALUES,
    Format,
)

Incremental = Literal["", "append", "lastmodified"]

DEFAULT_MAPPERS = 4
# Whether it is broken, what Sqoop says then, and how to mend it.
_Rule: TypeAlias = tuple[bool, str, str]
_INCREMENTAL: dict[str, Incremental] = {"": "", "append": "append", "lastmodified": "lastmodified"}
_KNOWN = VALUES | SWITCHES | set(HARMLESS_VALUES) | set(HARMLESS_SWITCHES)


@dataclass(frozen=True)
class ImportArguments:
    """An import as its command line asks for it; paths, names and SQL as written, delimiters decoded."""

    connect: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    password_file: str | None = None
    driver: str | None = None
    table: str | None = None
    query: str | None = None
    columns: tuple[str, ...] = ()
    where: str | None = None
    split_by: str | None = None
    split_limit: int = 0
    boundary_query: str | None = None
    mappers: int = DEFAULT_MAPPERS
    reset_to_one_mapper: bool = False
    target_dir: str | None = None
    warehouse_dir: str | None = None
    delete_target: bool = False
    append: bool = False
    incremental: Incremental = ""
    check_column: str = ""
    last_value: str | None = None
    null_string: str = "null"
    null_non_string: str = "null"
    delimiters: Delimiters = DEFAULT_DELIMITERS
    format: Format = "text"
    compress: bool = False
    codec: str | None = None
    fetch_size: int = 0
    java_types: tuple[tuple[str, str], ...] = ()
    class_name: str | None = None
    package_name: str | None = None
    properties: tuple[tuple[str, str], ...] = ()
    verbose: bool = False
    notes: tuple[str, ...] = ()

    def is_set(self, name: str) -> bool:
        """Whether ``-D name=true`` was given."""
        return dict(self.properties).get(name, "").lower() == "true"


@dataclass
class _Given:
    """What stands on the command line, before it is understood. Later arguments win, as in Sqoop's parser."""

    values: dict[str, str] = field(default_factory=dict)
    order: list[tuple[str, str]] = field(default_factory=list)
    properties: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def has(self, name: str) -> bool:
        return name in self.values

    def number(self, name: str, default: int) -> int:
        try:
            return int(self.values.get(name, default))
        except ValueError:
            raise ArgumentError("H421", f"{name} needs a number, not '{self.values[name]}'") from None


def parse_arguments(argv: list[str]) -> ImportArguments:
    """Understand the words after ``sqoop import``.

    Raises: ArgumentError H420 for an argument that is unknown or cannot be done, H421 for values that make no sense.
    """
    given = _read(_with_options_files(argv))
    _check(given)
    values = given.values
    return ImportArguments(
        connect=values["--connect"],
        username=values.get("--username"),
        password=values.get("--password"),
        password_file=values.get("--password-file"),
        driver=values.get("--driver"),
        table=values.get("--table"),
        query=values.get("--query"),
        columns=tuple(name.strip() for name in values["--columns"].split(",")) if given.has("--columns") else (),
        where=values.get("--where"),
        split_by=values.get("--split-by"),
        split_limit=given.number("--split-limit", 0),
        boundary_query=values.get("--boundary-query"),
        mappers=given.number("--num-mappers", DEFAULT_MAPPERS),
        reset_to_one_mapper=given.has("--autoreset-to-one-mapper"),
        target_dir=values.get("--target-dir"),
        warehouse_dir=values.get("--warehouse-dir"),
        delete_target=given.has("--delete-target-dir"),
        append=given.has("--append") or values.get("--incremental") == "append",
        incremental=_INCREMENTAL[values.get("--incremental", "")],
        check_column=values.get("--check-column", ""),
        last_value=values.get("--last-value"),
        null_string=java_string("--null-string", values.get("--null-string", "null")),
        null_non_string=java_string("--null-non-string", values.get("--null-non-string", "null")),
        delimiters=_delimiters(given),
        format=next((FORMATS[name] for name, _ in reversed(given.order) if name in FORMATS), "text"),
        compress=given.has("--compress") or given.has("--compression-codec"),
        codec=values.get("--compression-codec"),
        fetch_size=given.number("--fetch-size", 0),
        java_types=_java_types(values.get("--map-column-java", "")),
        class_name=values.get("--class-name"),
        package_name=values.get("--package-name"),
        properties=tuple(given.properties.items()),
        verbose=given.has("--verbose"),
        notes=tuple(given.notes),
    )


def _with_options_files(argv: list[str]) -> list[str]:
    """The words with every ``--options-file`` replaced by what stands in it."""
    out: list[str] = []
    words = iter(argv)
    for word in words:
        if word != "--options-file":
            out.append(word)
            continue
        name = next(words, "")
        try:
            text = Path(name).read_text()
        except OSError as error:
            raise ArgumentError("H421", f"--options-file {name} cannot be read ({error.strerror})") from None
        found = words_of_options_file(text)
        if broken := next((word for word in found if word[0] in "'\"" and unquoted(word) == word), ""):
            raise ArgumentError("H421", f"--options-file {name}: {broken} has no end", hint="close the quotes")
        out += map(unquoted, found)
    return out


def _read(argv: list[str]) -> _Given:
    given = _Given()
    words = iter(argv)
    for word in words:
        name, joined = option_in(word)
        if name == "-D":
            _read_property(given, joined or _value_after(words, name))
            continue
        value = joined or ""
        if joined is None and (name in VALUES or name in HARMLESS_VALUES):
            value = _value_after(words, name)
        elif name not in _KNOWN:
            raise _unknown(name)
        if note := HARMLESS_VALUES.get(name) or HARMLESS_SWITCHES.get(name):
            given.notes.append(f"{name} has no effect here: {note}")
        given.values[name] = value
        given.order.append((name, value))
    return given


def _value_after(words: Iterator[str], name: str) -> str:
    value = next(words, None)
    if value is None:
        raise ArgumentError("H421", f"{name} needs a value", hint="it stands last on the command line")
    return value


def _read_property(given: _Given, text: str) -> None:
    name, _, value = text.partition("=")
    if name in UNSUPPORTED_PROPERTIES and value.lower() == "true":
        raise ArgumentError("H420", f"-D {name} cannot be done here", hint=UNSUPPORTED_PROPERTIES[name])
    if name == DECIMAL_FORMAT and value.lower() == "false":
        raise ArgumentError("H420", f"-D {name}=false cannot be done here", hint="decimals are written in full")
    if name != TEXT_SPLITTER:
        given.notes.append(f"-D {name} has no effect here: it sets up Hadoop")
    given.properties[name] = value


def _unknown(word: str) -> ArgumentError:
    hint = UNSUPPORTED.get(word) or next((why for stem, why in FAMILIES.items() if word.startswith(stem)), None)
    if hint:
        return ArgumentError("H420", f"sqoop import: {word} cannot be done here", hint=hint)
    asked = word if word.startswith("--") else f"--{word.lstrip('-')}"
    near = difflib.get_close_matches(asked, sorted(_KNOWN), 1, 0.0)
    return ArgumentError("H420", f"sqoop import: unknown argument '{word}'", hint=f"did you mean '{near[0]}'?")


def _delimiters(given: _Given) -> Delimiters:
    field_end, line_end, enclose, escape, always = ",", "\n", "\0", "\0", False
    order = [*(pair for pair in given.order if pair[0] in DELIMITERS)]
    found = {name: character(name, value) for name, value in order}
    if given.has("--mysql-delimiters"):
        return MYSQL_DELIMITERS
    field_end = found.get("--fields-terminated-by", field_end)
    line_end = found.get("--lines-terminated-by", line_end)
    escape = found.get("--escaped-by", escape)
    enclose = found.get("--enclosed-by", found.get("--optionally-enclosed-by", enclose))
    always = "--enclosed-by" in found
    return Delimiters(field_end, line_end, enclose, escape, always)


def _java_types(text: str) -> tuple[tuple[str, str], ...]:
    pairs = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, equals, java = part.partition("=")
        if not equals:
            raise ArgumentError("H421", f"--map-column-java cannot read '{part}'", hint="COLUMN=TYPE,COLUMN=TYPE")
        pairs.append((name.strip(), java.strip()))
    return tuple(pairs)


def _check(given: _Given) -> None:
    """Sqoop's rules, in Sqoop's order. Source: org.apache.sqoop.tool.ImportTool.validateOptions."""
    values = given.values
    for wrong, message, hint in _rules(given):
        if wrong:
            raise ArgumentError("H421", message, hint=hint)
    if values.get("--password-alias"):
        raise ArgumentError(
            "H423",
            f"--password-alias {values['--password-alias']}: a Java keystore (jceks) cannot be read without Java",
            hint="write the password, without a line end, to a file of mode 400 and use --password-file file:///path",
        )


def _rules(given: _Given) -> list[_Rule]:
    of_query = _rules_of_query(given) if given.has("--query") else []
    return [*_rules_of_source(given), *of_query, *_rules_of_target(given)]


def _rules_of_source(given: _Given) -> list[_Rule]:
    has, incremental = given.has, given.values.get("--incremental", "")
    passwords = sum(map(has, ("--password", "--password-file", "--password-alias")))
    return [
        (not has("--connect"), "--connect is required", "--connect jdbc:mysql://HOST/DATABASE"),
        (given.number("--num-mappers", 1) < 1, "--num-mappers must be 1 or more", "-m 1 imports in one part"),
        (passwords > 1, "only one of --password, --password-alias and --password-file may be given", "keep the file"),
        (
            incremental not in _INCREMENTAL or (has("--incremental") and not incremental),
            f"unknown incremental import mode: {incremental}",
            "use 'append' or 'lastmodified'",
        ),
        (not has("--table") and not has("--query"), "--table or --query is required for import", "--table NAME"),
        (
            has("--jar-file") and not has("--class-name"),
            "--jar-file is given, but no class with --class-name",
            "leave --jar-file out",
        ),
        (
            has("--target-dir") and has("--warehouse-dir"),
            "--target-dir and --warehouse-dir are incompatible",
            "--warehouse-dir is the parent of a directory named as the table",
        ),
    ]


def _rules_of_query(given: _Given) -> list[_Rule]:
    has = given.has
    return [
        (has("--table"), "--query and --table cannot be given together", "keep one"),
        (not has("--target-dir"), "--query needs a destination", "--target-dir DIRECTORY"),
        (
            given.number("--num-mappers", DEFAULT_MAPPERS) > 1 and not has("--split-by"),
            "when importing query results in parallel, --split-by is required",
            "--split-by COLUMN, or -m 1",
        ),
        (
            "$CONDITIONS" not in given.values["--query"],
            "the query must contain '$CONDITIONS' in its WHERE clause",
            "SELECT ... WHERE $CONDITIONS (in double quotes on a shell's line: \\$CONDITIONS)",
        ),
        (has("--where"), "--where goes with --table only", "put it into the query"),
        (has("--columns"), "--columns goes with --table only", "name the columns in the query"),
        (
            has("--boundary-query") and not has("--split-by"),
            "a boundary query for --query requires --split-by as well",
            "--split-by COLUMN",
        ),
    ]


def _rules_of_target(given: _Given) -> list[_Rule]:
    has, is_incremental = given.has, given.has("--incremental")
    return [
        (
            has("--delete-target-dir") and has("--append"),
            "--append and --delete-target-dir cannot be used together",
            "keep one",
        ),
        (
            has("--delete-target-dir") and is_incremental,
            "--delete-target-dir cannot be used with incremental imports",
            "an incremental import adds to the directory",
        ),
        (
            has("--autoreset-to-one-mapper") and has("--split-by"),
            "--autoreset-to-one-mapper and --split-by cannot be used together",
            "keep --split-by",
        ),
        (
            is_incremental and not has("--check-column"),
            "for an incremental import, --check-column is required",
            "--check-column id",
        ),
        (
            not is_incremental and has("--check-column"),
            "--check-column needs an incremental import mode",
            "--incremental append or lastmodified",
        ),
        (
            given.values.get("--incremental") == "lastmodified" and has("--as-avrodatafile"),
            "--incremental lastmodified cannot be used with --as-avrodatafile",
            "Sqoop cannot merge Avro files either",
        ),
        (
            has("--class-name") and has("--package-name"),
            "--class-name overrides --package-name; you cannot use both",
            "keep --class-name",
        ),
    ]
