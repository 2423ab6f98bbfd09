from __future__ import annotations

import pytest

from oozie.language.model import Element
from oozie.language.sqoop_options import option_in, options_of, unquoted, words_of_options_file


@pytest.mark.parametrize(
    ("word", "option"),
    [
        ("--table", ("--table", None)),
        ("--table=t=1", ("--table", "t=1")),
        ("--table=", ("--table", "")),
        ("-m", ("--num-mappers", None)),
        ("-m4", ("--num-mappers", "4")),
        ("-mx", ("-mx", None)),
        ("-e", ("--query", None)),
        ("-D", ("-D", None)),
        ("-Da=b", ("-D", "a=b")),
        ("import", ("import", None)),
    ],
)
def test_an_option_goes_by_its_long_name(word: str, option: tuple[str, str | None]) -> None:
    assert option_in(word) == option


def test_the_command_counts_before_the_words() -> None:
    body = Element("sqoop", children=(Element("arg", text="export"), Element("command", text="import -m 1 --append")))

    options = options_of(body, {})

    assert (options.tool, options["num-mappers"], options.flags) == ("import", "1", {"--append"})


def test_quotes_go_wherever_a_value_stands() -> None:
    body = Element(
        "sqoop", children=(Element("command", text="import --connect 'jdbc:x' --table=\"${t}\" -Da=b -D c=d"),)
    )

    options = options_of(body, {"t": "orders"})

    assert options.values == {"--connect": "jdbc:x", "--table": "orders"}
    assert unquoted("'a\"") == "'a\""


def test_a_word_of_an_options_file_may_span_lines() -> None:
    text = "# none\\\n--query\n  SELECT * \\\n\n FROM t\n'--where' \nlast\\"

    assert words_of_options_file(text) == ["--query", "SELECT * FROM t", "'--where'", "last"]
