from __future__ import annotations

import ast

import pytest

from generator.errors import DeclarationError
from generator.importing.python_text import (
    Call,
    Items,
    Table,
    Text,
    Word,
    Xml,
    functions_in,
    is_plain,
    module,
    render,
    value_of,
)
from oozie.language.model import Element

LONG = Text("x" * 70)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        'say "hi"',
        "it's",
        "both ' and \"",
        "\\n",
        "a\tb",
        "\n  one\n",
        "two\nlines",
        'ends"\n"',
        'a\n"""b"""',
        'a\nends\\"',
        'a\n\\""""',
        'a\n"""""',
        "\u200b\x85é\r",
    ],
)
def test_a_text_reads_back(text: str) -> None:
    assert ast.literal_eval(render(Text(text), 0, 0)) == text


def test_quotes_as_the_formatter_has_them() -> None:
    assert render(Text('"a"'), 0, 0) == "'\"a\"'"
    assert render(Text('it\'s "a"'), 0, 0) == "'it\\'s \"a\"'"
    assert render(Text("SELECT 1\nFROM x"), 0, 0) == '"""SELECT 1\nFROM x"""'


def test_what_fits_stands_in_one_line() -> None:
    call = Call("f", (Text("a"), Items((Word(1), Word(None)))), (("b", Table((("c", Word(True)),))),))

    assert render(call, 0, 0) == 'f("a", [1, None], b={"c": True})'


def test_what_does_not_has_a_line_for_each_argument() -> None:
    call = Call("f", (LONG, LONG), (("b", Items((LONG,))),), but=(("c", Word(1)),))
    x = f'"{LONG.value}"'

    assert render(call, 4, 4) == f"f(\n        {x},\n        {x},\n        b=[{x}],\n    ).but(c=1)"


def test_xml_moves_with_the_code_unless_a_text_spans_lines() -> None:
    assert (
        render(Xml("<a>\n  <b/>\n</a>\n", may_move=True), 4, 4)
        == '"""\n        <a>\n          <b/>\n        </a>\n    """'
    )
    assert render(Xml("<a>\n</a>", may_move=False), 4, 4) == '"""\n<a>\n</a>\n"""'


def test_a_call_gives_what_the_function_gives() -> None:
    call = Call("xml", (Text("<a/>"),))

    assert value_of(call) == Element("a")
    with pytest.raises(DeclarationError, match="H302"):
        value_of(Call("xml"))
    with pytest.raises(DeclarationError, match="H301"):
        value_of(Call("xml", (Text("<"),)))


def test_a_module_imports_what_it_calls() -> None:
    call = Call("shell", (Text("s"),), (("command", Call("as_is", (Text(""),))),), but=(("places", Call("places")),))

    assert set(functions_in(call)) == {"shell", "as_is", "places"}
    assert module('A "doc"', "A", call) == (
        '"""A "doc\\""""\n\nfrom generator.declare import shell\nfrom generator.verbatim import as_is, places\n\n'
        'A = shell("s", command=as_is("")).but(places=places())\n'
    )
    assert ast.get_docstring(ast.parse(module('A "doc"', "A", call))) == 'A "doc"'


def test_an_option_stands_with_its_value() -> None:
    words = Items(
        (Text("import"), Text("--query"), LONG, Text("-m"), Text("1"), Text("--append"), Text("--x=1"), Text("-"))
    )
    written = render(words, 0, 60)

    pairs = [f'*("--query", "{LONG.value}"),', '*("-m", "1"),']
    assert written.splitlines()[1:-1] == [f"    {w}" for w in ('"import",', *pairs, '"--append",', '"--x=1",', '"-",')]
    assert eval(written) == value_of(words)


PLAIN = (
    '"""Doc."""\n\nfrom generator.declare import op\nfrom generator.verbatim import app\n\n'
    'A = app(op("x", [*("-m", 1)], a={"b": None}).but(c=op()))\n'
)


def test_a_module_of_ours_is_plain() -> None:
    assert is_plain(PLAIN)


@pytest.mark.parametrize(
    ("what", "instead"),
    [
        ('"x"', "print('x')"),
        ('"x"', "print"),
        ('"x"', 'f"{1}"'),
        ('"x"', "app.but"),
        ('"x"', "op().format"),
        ('"x"', "op().but.format()"),
        ('"x"', "(lambda: 1)()"),
        ('"x"', "[y for y in ()]"),
        ("import app", "import app as print"),
        ("generator.declare", "generator.loader"),
        ("generator.declare", "generator.verbatim"),
        ("import op", "import *"),
        ('"""Doc."""', '"""Doc."""\nprint()'),
        ("A = ", "print()\nA = "),
        ("A = ", "A = op.x = "),
        ('"Doc.', '"Doc.\\'),
        ("c=op()))", "c=op())"),
    ],
)
def test_what_does_more_is_not(what: str, instead: str) -> None:
    assert what in PLAIN
    assert not is_plain(PLAIN.replace(what, instead, 1))
