from __future__ import annotations

import pytest

from oozie.local.sqoop.arguments import parse_arguments
from oozie.local.sqoop.columns import SqlType, column_of
from oozie.local.sqoop.errors import ArgumentError
from oozie.local.sqoop.files import avro_schema, codec_of


def arguments(*words):
    return parse_arguments(["--connect", "u", "--table", "my-table", *words])


@pytest.mark.parametrize(
    ("words", "codec"),
    [
        ((), ""),
        (("-z",), "gzip"),
        (("--compression-codec", "deflate"), "deflate"),
        (("--compression-codec", "org.apache.hadoop.io.compress.BZip2Codec"), "bzip2"),
        (("-z", "--as-avrodatafile"), "deflate"),
        (("-z", "--as-parquetfile"), "snappy"),
    ],
)
def test_codec(words, codec):
    assert codec_of(arguments(*words)) == codec


@pytest.mark.parametrize("words", [("lzo",), ("snappy",), ("gzip", "--as-avrodatafile")])
def test_codec_that_cannot_be_had(words):
    with pytest.raises(ArgumentError, match="H421 --compression-codec"):
        codec_of(arguments("--compression-codec", *words))


def test_avro_schema():
    schema = avro_schema(arguments("--package-name", "org.example"), [column_of("a", SqlType.BIGINT)])
    assert schema == {
        "type": "record", "name": "my-table", "namespace": "org.example", "doc": "Sqoop import of my-table",
        "fields": [
            {"name": "a", "type": ["null", "long"], "default": None, "columnName": "a", "sqlType": "-5"},
        ],
        "tableName": "my-table",
    }  # fmt: skip
    assert avro_schema(arguments(), [])["name"] == "my_table"
