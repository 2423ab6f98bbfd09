"""Columns of a source: their JDBC types, the Java types that Sqoop reads them as, and their names in Avro."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from oozie.local.sqoop.errors import ArgumentError, SourceError


class JavaType(Enum):
    """What Sqoop's generated class holds a value as; the value is the type's name for ``--map-column-java``."""

    INTEGER = "Integer"
    LONG = "Long"
    BOOLEAN = "Boolean"
    FLOAT = "Float"
    DOUBLE = "Double"
    DECIMAL = "java.math.BigDecimal"
    STRING = "String"
    DATE = "java.sql.Date"
    TIME = "java.sql.Time"
    TIMESTAMP = "java.sql.Timestamp"
    BYTES = "Bytes"


class SqlType:
    """The numbers of java.sql.Types."""

    BIT, TINYINT, SMALLINT, INTEGER, BIGINT = -7, -6, 5, 4, -5
    REAL, DOUBLE, NUMERIC, DECIMAL = 7, 8, 2, 3
    CHAR, VARCHAR, LONGVARCHAR = 1, 12, -1
    DATE, TIME, TIMESTAMP = 91, 92, 93
    BINARY, VARBINARY, LONGVARBINARY = -2, -3, -4
    OTHER = 1111


JAVA_TYPES = {
    SqlType.BIT: JavaType.BOOLEAN,
    SqlType.TINYINT: JavaType.INTEGER,
    SqlType.SMALLINT: JavaType.INTEGER,
    SqlType.INTEGER: JavaType.INTEGER,
    SqlType.BIGINT: JavaType.LONG,
    SqlType.REAL: JavaType.FLOAT,
    SqlType.DOUBLE: JavaType.DOUBLE,
    SqlType.NUMERIC: JavaType.DECIMAL,
    SqlType.DECIMAL: JavaType.DECIMAL,
    SqlType.CHAR: JavaType.STRING,
    SqlType.VARCHAR: JavaType.STRING,
    SqlType.LONGVARCHAR: JavaType.STRING,
    SqlType.DATE: JavaType.DATE,
    SqlType.TIME: JavaType.TIME,
    SqlType.TIMESTAMP: JavaType.TIMESTAMP,
    SqlType.BINARY: JavaType.BYTES,
    SqlType.VARBINARY: JavaType.BYTES,
    SqlType.LONGVARBINARY: JavaType.BYTES,
}

# java.sql types become epoch milliseconds, a decimal its digits: Sqoop 1.4.7 without logical types.
AVRO_TYPES = {
    JavaType.INTEGER: "int",
    JavaType.LONG: "long",
    JavaType.BOOLEAN: "boolean",
    JavaType.FLOAT: "float",
    JavaType.DOUBLE: "double",
    JavaType.DECIMAL: "string",
    JavaType.STRING: "string",
    JavaType.DATE: "long",
    JavaType.TIME: "long",
    JavaType.TIMESTAMP: "long",
    JavaType.BYTES: "bytes",
}

_MAPPABLE = {java.value.rpartition(".")[2].lower(): java for java in JavaType if java is not JavaType.BYTES}

_JAVA_WORDS = frozenset(
    [
        "abstract",
        "assert",
        "boolean",
        "break",
        "byte",
        "case",
        "catch",
        "char",
        "class",
        "const",
        "continue",
        "default",
        "do",
        "double",
        "else",
        "enum",
        "extends",
        "false",
        "final",
        "finally",
        "float",
        "for",
        "goto",
        "if",
        "implements",
        "import",
        "instanceof",
        "int",
        "interface",
        "long",
        "native",
        "new",
        "null",
        "package",
        "private",
        "protected",
        "public",
        "return",
        "short",
        "static",
        "strictfp",
        "super",
        "switch",
        "synchronized",
        "this",
        "throw",
        "throws",
        "transient",
        "true",
        "try",
        "void",
        "volatile",
        "while",
    ]
)


@dataclass(frozen=True)
class Column:
    """One column of the source.

    ``stored`` is what the database holds, ``java`` what Sqoop reads it as (``--map-column-java`` may change it);
    ``detail`` is the dialect's own note on the type; ``scale`` counts digits after the point.
    """

    name: str
    sql_type: int
    stored: JavaType
    java: JavaType
    detail: str = ""
    length: int = 0
    scale: int = 0

    @property
    def carried(self) -> JavaType:
        """What the value travels as: a number that is mapped to text is printed by Java, not by the database."""
        is_float = self.stored in (JavaType.FLOAT, JavaType.DOUBLE)
        return self.stored if self.java is JavaType.STRING and is_float else self.java

    @property
    def avro_name(self) -> str:
        """The column's name in Avro and Parquet."""
        return avro_identifier(java_identifier(self.name))


def column_of(name: str, sql_type: int, *, detail: str = "", length: int = 0, scale: int = 0) -> Column:
    """A column as the database tells it. A type unknown to Sqoop counts as text until :func:`map_columns` judges it."""
    java = JAVA_TYPES.get(sql_type, JavaType.STRING)
    return Column(name, sql_type, java, java, detail, length, scale)


def map_columns(columns: list[Column], mapping: dict[str, str]) -> list[Column]:
    """The columns with the Java types of ``--map-column-java``.

    Raises: ArgumentError H421 for an unknown type or column; SourceError H425 for a type that Sqoop cannot read.
    """
    names = {column.name for column in columns}
    for name in mapping:
        if name not in names:
            raise ArgumentError(
                "H421", f"--map-column-java names column '{name}', which is not imported", hint=_known(names)
            )
    mapped = [
        replace(column, java=_java_type(mapping[column.name])) if column.name in mapping else column
        for column in columns
    ]
    for column in mapped:
        if column.sql_type not in JAVA_TYPES and column.name not in mapping:
            raise SourceError(
                "H425",
                f"column '{column.name}' has type {column.detail}, which Sqoop cannot read",
                hint=f"--map-column-java {column.name}=String imports it as text",
            )
    return mapped


def _java_type(name: str) -> JavaType:
    java = _MAPPABLE.get(name.rpartition(".")[2].lower())
    if java is None:
        raise ArgumentError(
            "H421",
            f"--map-column-java knows no type '{name}'",
            hint="one of " + ", ".join(java.value for java in _MAPPABLE.values()),
        )
    return java


def _known(names: set[str]) -> str:
    return "the columns are " + ", ".join(sorted(names))


def java_identifier(name: str) -> str:
    """``name`` as Sqoop's generated class would call it. Source: org.apache.sqoop.orm.ClassWriter.toJavaIdentifier."""
    out = ""
    for char in name:
        if char.isalnum() or char in "_$":
            out += f"_{char}" if not out and char.isdigit() else char
        elif not char.isspace():
            out += "_"
    return f"_{out}" if out in _JAVA_WORDS or name.startswith("_") else out


def avro_identifier(name: str) -> str:
    """``name`` with every run of signs that Avro does not allow as one ``_``."""
    out = ""
    skipped = False
    for char in name:
        if char.isalnum() or char == "_":
            out, skipped = out + char, False
        elif not skipped:
            out, skipped = out + "_", True
    return out if out[:1].isalpha() or out.startswith("_") else f"AVRO_{out}"
