"""What is known is put in, the rest stays as it is written."""

from __future__ import annotations

import time

import pytest

from oozie.language.filling import entries, fill, unknown_names, without_expressions, words


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("${nameNode}/${day}", "hdfs://nn/${day}"),
        ("${wf:conf('nameNode')}/x", "hdfs://nn/x"),
        ('${ wf:conf("root") }', "hdfs://nn/data"),
        ("${root}", "hdfs://nn/data"),
        ("${wf:user()}", "${wf:user()}"),
        (" ${circle} ", "${circle}"),
        ("${dfs.name}", "x"),
    ],
)
def test_names_are_replaced(text: str, filled: str) -> None:
    known = {
        "nameNode": "hdfs://nn",
        "root": "${nameNode}/data",
        "circle": "${wheel}",
        "wheel": "${circle}",
        "dfs.name": "x",
    }

    assert fill(text, known) == filled


def test_values_that_double_each_other_end() -> None:
    known = {f"a{number}": f"${{a{number + 1}}}" * 2 for number in range(40)}

    assert fill("${a0}", known) == "${a0}"


def test_what_is_open_is_named() -> None:
    assert unknown_names("${a}/${wf:id()}/${b.c}") == ["a", "b.c"]


def test_an_expression_is_one_word() -> None:
    assert words("import  --where ${concat('a', 'b')}x 'c d'") == [
        "import",
        "--where",
        "${concat('a', 'b')}x",
        "'c",
        "d'",
    ]


def test_expressions_that_never_close_are_read_in_linear_time() -> None:
    text = "${a" * 100_000
    started = time.process_time()

    assert (words(text), entries(text)) == ([text], [text])
    assert time.process_time() - started < 5  # a minute where each looks for its end


def test_an_expression_is_part_of_one_entry_of_a_list() -> None:
    assert entries(" /a/${concat('x', 'y')}/b, ,${c}") == ["/a/${concat('x', 'y')}/b", "${c}"]


def test_a_text_that_would_grow_beyond_all_measure_is_never_made() -> None:
    text = "${a}" * 250_000

    assert fill(text, {"a": "x" * 1_000_000_000}) == text


def test_what_only_oozie_can_tell_is_left_out() -> None:
    plain = {"a": "x", "logs": "/logs/${YEAR}/${ MONTH }", "b": "${dfs.name-node}", "c": "{x}"}
    computed = {"day": "${coord:formatTime(coord:nominalTime(), 'yyyy')}", "dir": "/out/${wf:id()}", "n": "#{1 + 1}"}

    assert without_expressions({**plain, **computed}) == plain
