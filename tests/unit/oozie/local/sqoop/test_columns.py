from __future__ import annotations

import pytest

from oozie.local.sqoop.columns import JavaType, SqlType, avro_identifier, column_of, java_identifier, map_columns
from oozie.local.sqoop.errors import HowdahError


# Each was seen in the schema that the real Sqoop wrote.
@pytest.mark.parametrize(
    ("name", "avro"),
    [("id", "id"), ("with space", "withspace"), ("with-dash", "with_dash"), ("class", "_class"), ("_lead", "__lead"),
     ("9nine", "_9nine"), ("ünder", "ünder"), ("a$b", "a_b")],
)  # fmt: skip
def test_names(name, avro):
    assert avro_identifier(java_identifier(name)) == avro


def test_mapping():
    found = map_columns([column_of("a", SqlType.DECIMAL), column_of("b", SqlType.INTEGER)], {"a": "Double"})
    assert [column.java for column in found] == [JavaType.DOUBLE, JavaType.INTEGER]


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({"z": "String"}, "H421 .*column 'z'"),
        ({"a": "Complex"}, "H421 .*no type 'Complex'"),
        ({}, "H425 .*'a' has type"),
    ],
)
def test_refused(mapping, message):
    with pytest.raises(HowdahError, match=message):
        map_columns([column_of("a", SqlType.OTHER, detail="uuid")], mapping)
