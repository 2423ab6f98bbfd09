"""The arguments of ``sqoop import``, in tables: what each needs, and what becomes of those that Java alone can do."""

# ruff: noqa: SIM905 - lists of arguments read better as words
from __future__ import annotations

from typing import Literal

Format = Literal["text", "avro", "parquet"]

# Arguments with a value that decide something.
VALUES = frozenset(
    [
        "--connect",
        "--username",
        "--password",
        "--password-file",
        "--password-alias",
        "--driver",
        "--table",
        "--query",
        "--columns",
        "--where",
        "--split-by",
        "--split-limit",
        "--boundary-query",
        "--num-mappers",
        "--target-dir",
        "--warehouse-dir",
        "--incremental",
        "--check-column",
        "--last-value",
        "--null-string",
        "--null-non-string",
        "--fields-terminated-by",
        "--lines-terminated-by",
        "--enclosed-by",
        "--optionally-enclosed-by",
        "--escaped-by",
        "--compression-codec",
        "--fetch-size",
        "--map-column-java",
        "--class-name",
        "--package-name",
    ]
)

SWITCHES = frozenset(
    [
        "--delete-target-dir",
        "--append",
        "--autoreset-to-one-mapper",
        "--mysql-delimiters",
        "--as-textfile",
        "--as-avrodatafile",
        "--as-parquetfile",
        "--compress",
        "--verbose",
    ]
)

# Accepted with a line in the log: they set up Java, its generated code or the cluster, and change no row.
HARMLESS_VALUES = {
    "--bindir": "no class is generated",
    "--outdir": "no class is generated",
    "--jar-file": "no class is generated",
    "--hadoop-home": "no Hadoop is started",
    "--hadoop-mapred-home": "no Hadoop is started",
    "--mapreduce-job-name": "no MapReduce job is started",
    "--inline-lob-limit": "large objects always stand in their row",
    "--temporary-rootdir": "the temporary directory stands beside the target",
    "--metadata-transaction-isolation-level": "metadata is read without a transaction",
    "--input-fields-terminated-by": "nothing is read back",
    "--input-lines-terminated-by": "nothing is read back",
    "--input-enclosed-by": "nothing is read back",
    "--input-optionally-enclosed-by": "nothing is read back",
    "--input-escaped-by": "nothing is read back",
    "--input-null-string": "nothing is read back",
    "--input-null-non-string": "nothing is read back",
}
HARMLESS_SWITCHES = {
    "--skip-dist-cache": "there is no distributed cache",
    "--relaxed-isolation": "each split reads what is committed",
    "--throw-on-error": "an error always ends the import",
}

# Sqoop's own, which change what is written or where, and which this import cannot do.
UNSUPPORTED = {
    "-P": "there is no terminal to ask at; use --password-file",
    "--connection-manager": "the URL alone decides how a database is read; leave it out",
    "--connection-param-file": "put the parameters into the URL after '?'",
    "--merge-key": "merging by key is not done here; import with --append and keep the newest row of each key in Hive",
    "--as-sequencefile": "sequence files of generated classes need Java; use --as-avrodatafile or --as-parquetfile",
    "--direct": "mysqldump prints rows in another way; leave it out, the database renders the rows anyway",
    "--direct-split-size": "it splits the files of --direct; use --num-mappers",
    "--validate": "the number of rows is in the log",
    "--validator": "the number of rows is in the log",
    "--validation-threshold": "the number of rows is in the log",
    "--validation-failurehandler": "the number of rows is in the log",
    "--escape-mapping-column-names": "give --map-column-java the column's own name",
    "--oracle-escaping-disabled": "Oracle is not read here",
    "--hive-drop-import-delims": "remove the characters in --query, or read the table with an --escaped-by",
    "--hive-delims-replacement": "replace the characters in --query, or read the table with an --escaped-by",
    "--help": "see docs/sqoop.md",
}
FAMILIES = {
    "--hive-": "import into a directory, and let a hive action create the table over it",
    "--hcatalog-": "import into a directory, and let a hive action create the table over it",
    "--create-h": "import into a directory, and let a hive action create the table over it",
    "--map-column-hive": "import into a directory, and let a hive action create the table over it",
    "--drop-and-create-hcatalog": "import into a directory, and let a hive action create the table over it",
    "--external-table-dir": "import into a directory, and let a hive action create the table over it",
    "--hbase-": "HBase is not written here",
    "--column-family": "HBase is not written here",
    "--accumulo-": "Accumulo is not written here",
}

FORMATS: dict[str, Format] = {"--as-textfile": "text", "--as-avrodatafile": "avro", "--as-parquetfile": "parquet"}

DELIMITERS = frozenset(
    """--fields-terminated-by --lines-terminated-by --enclosed-by --optionally-enclosed-by --escaped-by""".split()
)

# Generic options (-D name=value) that change what is imported.
TEXT_SPLITTER = "org.apache.sqoop.splitter.allow_text_splitter"
DECIMAL_FORMAT = "sqoop.bigdecimal.format.string"
LOGICAL_DECIMAL = "sqoop.avro.logical_types.decimal.enable"
UNSUPPORTED_PROPERTIES = {
    LOGICAL_DECIMAL: "decimals are written as text",
    "sqoop.parquet.logical_types.decimal.enable": "decimals are written as text",
}
