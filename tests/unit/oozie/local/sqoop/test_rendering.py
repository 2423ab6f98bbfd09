"""What is asked of the database: one column, whatever the table."""

from __future__ import annotations

from oozie.local.sqoop.columns import SqlType, column_of
from oozie.local.sqoop.databases.database import Dialect
from oozie.local.sqoop.delimiters import Delimiters
from oozie.local.sqoop.rendering import TextLayout, text_lines, typed_records

# A dialect that is easy to read.
PLAIN = Dialect(
    quote=lambda name: name,
    literal=lambda text: repr(text),
    concat=lambda parts: "+".join(parts),
    replace=lambda text, old, new: f"{text}[{old}->{new}]",
    contains=lambda text, part: f"{part} in {text}",
    java=lambda column, ref: f"java({ref})",
    plain=lambda column, ref: f"plain({ref})",
)
NUMBER, TEXT, FLOAT = column_of("n", SqlType.INTEGER), column_of("t", SqlType.VARCHAR), column_of("f", SqlType.DOUBLE)


def layout(**delimiters):
    return TextLayout(Delimiters(**delimiters), "NS", "NN")


def test_a_whole_line():
    rendered = text_lines(PLAIN, [NUMBER, TEXT], layout())
    assert rendered.fields == ()
    assert rendered.expression == "COALESCE(java(n), 'NN')+','+COALESCE(java(t), 'NS')+'\\n'"


def test_a_float_comes_typed_and_the_rest_in_one_piece():
    rendered = text_lines(PLAIN, [NUMBER, TEXT, FLOAT, NUMBER], layout())
    assert rendered.fields == (None, FLOAT, None)


def test_a_number_needs_no_escape():
    assert "[" not in text_lines(PLAIN, [NUMBER], layout(escape="\\")).expression
    assert "[','->'\\\\,']" in text_lines(PLAIN, [TEXT], layout(escape="\\")).expression
    assert "['-'->'\\\\-']" in text_lines(PLAIN, [NUMBER], layout(escape="\\", field="-")).expression


def test_enclosed_only_where_needed():
    assert "CASE" not in text_lines(PLAIN, [NUMBER], layout(enclose='"')).expression
    assert "CASE WHEN ',' in java(t)" in text_lines(PLAIN, [TEXT], layout(enclose='"')).expression


def test_null_is_escaped_as_a_value_would_be():
    assert layout(escape="N").null(TEXT) == "NNS"


def test_typed_records():
    rendered = typed_records(PLAIN, [NUMBER, TEXT])
    assert rendered.fields == (NUMBER, TEXT)
    assert rendered.expression.startswith("COALESCE(plain(n), '')+','+COALESCE('\"'+plain(t)")
